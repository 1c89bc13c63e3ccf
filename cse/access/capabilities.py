"""The acts somebody may be allowed to do. Views declare one; roles hold a set of them."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """An act, named as the audit log names it."""

    # On every page
    SIGN_IN = "sign in"
    USE_SERVICE = "use the service"
    SEE_OWN_WORK = "see own work"
    SEE_GUIDANCE = "read guidance"
    SEE_DIRECTORY = "see the directory of leads"
    # Children
    SEARCH_CHILDREN = "search for a child"
    ADD_CHILD = "add a child"
    SEE_CHILD = "see a child"
    EDIT_CHILD = "edit a child"
    RECORD_LEGAL_STATUS = "record legal status"
    LINK_CHILDREN = "link two children"
    APPROVE_LINK = "answer a proposed link between two children"
    SEE_TIMELINE = "see a child's timeline"
    # Access
    SEE_ACCESS = "see who can see a child"
    GRANT_ACCESS = "grant access to a child"
    EXCLUDE = "exclude somebody from a child"
    DECLARE_CONFLICT = "declare own conflict of interest"
    SEAL = "seal a child"
    BREAK_GLASS = "open a child in an emergency"
    REVIEW_BREAK_GLASS = "review emergency access"
    SEE_LOOKS = "see who has looked"
    # Screening
    SEE_SCREEN = "see a screen"
    SCREEN = "complete a screen"
    COUNTERSIGN = "countersign a lowered indicator"
    APPROVE_LEVEL = "approve a lowered level"
    CORRECT_SCREEN = "correct a screen"
    # Assessments
    SEE_ASSESSMENT = "see an assessment"
    ASSESS = "complete an assessment"
    CORRECT_ASSESSMENT = "correct an assessment"
    CONTRIBUTE = "contribute to an assessment"
    TRACK_ASSESSMENT = "record an assessment of social care"
    # Referrals
    SEE_REFERRAL = "see a referral"
    REFER = "make a referral"
    OWN_REFERRAL = "write and follow a referral of one's own"
    TRIAGE = "answer a referral sent to own team"
    SIGN_DECISION = "sign a decision not to refer"
    READ_SIGNED = "read again what one has signed"
    CONSULT = "consult without a name"
    EARLY_HELP = "plan early help"
    # Missing
    SEE_MISSING = "see missing episodes"
    RECORD_MISSING = "record a missing episode"
    ALLOCATE_INTERVIEW = "allocate a return interview"
    RECORD_INTERVIEW = "record a return interview"
    # Paper
    EXPORT = "export a document"
    EXPORT_BLANK = "export a blank tool"
    VERIFY_DOCUMENT = "verify a document"
    SEE_EXPORTS = "see the export register"
    # Running the service
    MANAGE_ACCOUNTS = "manage accounts"
    AGREE_ACCOUNT_CHANGE = "agree to a change of an account"
    MANAGE_TOOLS = "manage screening tools"
    MANAGE_LANGUAGE = "manage the language helper"
    SEE_AUDIT = "see the audit log"


#: Acts that are about one child: `can()` needs the child for them.
CHILD_ACTS = frozenset(
    {
        Capability.SEE_CHILD,
        Capability.EDIT_CHILD,
        Capability.RECORD_LEGAL_STATUS,
        Capability.LINK_CHILDREN,
        Capability.APPROVE_LINK,
        Capability.SEE_TIMELINE,
        Capability.SEE_ACCESS,
        Capability.GRANT_ACCESS,
        Capability.EXCLUDE,
        Capability.DECLARE_CONFLICT,
        Capability.SEAL,
        Capability.SEE_LOOKS,
        Capability.SEE_SCREEN,
        Capability.SCREEN,
        Capability.COUNTERSIGN,
        Capability.APPROVE_LEVEL,
        Capability.CORRECT_SCREEN,
        Capability.SEE_ASSESSMENT,
        Capability.ASSESS,
        Capability.CORRECT_ASSESSMENT,
        Capability.CONTRIBUTE,
        Capability.TRACK_ASSESSMENT,
        Capability.SEE_REFERRAL,
        Capability.REFER,
        Capability.OWN_REFERRAL,
        Capability.TRIAGE,
        Capability.SIGN_DECISION,
        Capability.READ_SIGNED,
        Capability.EARLY_HELP,
        Capability.SEE_MISSING,
        Capability.RECORD_MISSING,
        Capability.ALLOCATE_INTERVIEW,
        Capability.RECORD_INTERVIEW,
        Capability.EXPORT,
    }
)
