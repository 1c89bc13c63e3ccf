"""What each role may do. A role alone shows no child: that takes a grant (cse.access.scope)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cse.access.capabilities import Capability as C  # noqa: N817  it stands in long lists
from cse.people.models import Role

EVERYBODY = frozenset(
    {C.SIGN_IN, C.USE_SERVICE, C.SEE_OWN_WORK, C.SEE_GUIDANCE, C.SEE_DIRECTORY, C.VERIFY_DOCUMENT}
)

WORKING_WITH_CHILDREN = EVERYBODY | {
    C.SEARCH_CHILDREN,
    C.ADD_CHILD,
    C.SEE_CHILD,
    C.EDIT_CHILD,
    C.RECORD_LEGAL_STATUS,
    C.LINK_CHILDREN,
    C.SEE_TIMELINE,
    C.SEE_ACCESS,
    C.DECLARE_CONFLICT,
    C.BREAK_GLASS,
    C.SEE_SCREEN,
    C.SCREEN,
    C.CORRECT_SCREEN,
    C.SEE_ASSESSMENT,
    C.ASSESS,
    C.CORRECT_ASSESSMENT,
    C.CONTRIBUTE,
    C.TRACK_ASSESSMENT,
    C.SEE_REFERRAL,
    C.REFER,
    C.OWN_REFERRAL,
    C.TRIAGE,
    C.CONSULT,
    C.EARLY_HELP,
    C.SEE_MISSING,
    C.RECORD_MISSING,
    C.RECORD_INTERVIEW,
    C.EXPORT_BLANK,
}

#: Those who answer for others' work on a child.
RESPONSIBLE = WORKING_WITH_CHILDREN | {
    C.GRANT_ACCESS,
    C.EXCLUDE,
    C.SEAL,
    C.REVIEW_BREAK_GLASS,
    C.SEE_LOOKS,
    C.COUNTERSIGN,
    C.APPROVE_LEVEL,
    C.APPROVE_LINK,
    C.EXPORT,
    C.SEE_EXPORTS,
}

#: Leads and managers: a decision not to refer takes their signature.
SIGNING = RESPONSIBLE | {C.AGREE_ACCOUNT_CHANGE, C.SIGN_DECISION, C.READ_SIGNED}

ROLE_ACTS: Mapping[Role, frozenset[C]] = MappingProxyType(
    {
        Role.PRACTITIONER: WORKING_WITH_CHILDREN,
        Role.NAMED_LEAD: SIGNING,
        Role.SENIOR_MANAGER: SIGNING,
        Role.FRONT_DOOR: WORKING_WITH_CHILDREN
        | {C.GRANT_ACCESS, C.EXPORT, C.SEE_EXPORTS, C.ALLOCATE_INTERVIEW},
        Role.CSE_TEAM: RESPONSIBLE | {C.ALLOCATE_INTERVIEW},
        Role.CHAIR: WORKING_WITH_CHILDREN | {C.EXPORT, C.SEE_EXPORTS},
        # The police are sent referrals by rule; they see those, and of the child what goes along.
        Role.INTELLIGENCE: EVERYBODY | {C.SEE_REFERRAL, C.TRIAGE, C.CONTRIBUTE},
        Role.BOARD: EVERYBODY | {C.EXPORT_BLANK, C.MANAGE_TOOLS},
        Role.ADMINISTRATOR: EVERYBODY
        | {
            C.MANAGE_ACCOUNTS,
            C.AGREE_ACCOUNT_CHANGE,
            C.MANAGE_TOOLS,
            C.MANAGE_LANGUAGE,
            C.EXPORT_BLANK,
        },
        Role.AUDITOR: EVERYBODY | {C.SEE_AUDIT, C.SEE_EXPORTS},
    }
)
