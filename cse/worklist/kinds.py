"""The kinds of work that can wait: what home says of each, and the page that deals with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from django.urls import NoReverseMatch, reverse

FINISH_DRAFT = "finish_draft"
COUNTERSIGN = "countersign"
APPROVE_LEVEL = "approve_level"
REPEAT_SCREEN = "repeat_screen"
FINISH_ASSESSMENT = "finish_assessment"
CONTRIBUTE = "contribute"
WRITE_DOWN = "write_down"
REVIEW_BREAK_GLASS = "review_break_glass"
REVIEW_SEAL = "review_seal"
REFUSED_ATTEMPT = "refused_attempt"
DUTY_ADDED = "duty_added"
DUTY_TAKEN = "duty_taken"
NAME_FOR_SEAL = "name_for_seal"
FIND_LEAD = "find_lead"
SECOND_LEAD = "second_lead"
FINISH_REFERRAL = "finish_referral"
DECIDE_REFERRAL = "decide_referral"
ACKNOWLEDGE_REFERRAL = "acknowledge_referral"
AGREE_OUTCOME = "agree_outcome"
READ_OUTCOME = "read_outcome"
TELL_CONTACT = "tell_contact"
OVERSEE_REFERRAL = "oversee_referral"
UNREAD_REFERRAL = "unread_referral"
ANSWER_DISAGREEMENT = "answer_disagreement"
ESCALATE_DISAGREEMENT = "escalate_disagreement"
SINGLE_ASSESSMENT = "single_assessment"
ASSESSMENT_RISKS = "assessment_risks"
SCREEN_OUTSTANDING = "screen_outstanding"
FINISH_DECISION = "finish_decision"
SIGN_DECISION = "sign_decision"
SIGN_EXCEPTION = "sign_exception"
REFER_AFTER_DECISION = "refer_after_decision"
REFER_AFTER_ADVICE = "refer_after_advice"
REFER_AFTER_SCREEN = "refer_after_screen"
REFER_AFTER_LEVEL = "refer_after_level"
REFER_AFTER_ASSESSMENT = "refer_after_assessment"
REFER_AFTER_BIRTH = "refer_after_birth"
REFER_LEFT = "refer_left"
HELP_ACTION = "help_action"
HELP_MEETING = "help_meeting"
OFFER_HELP = "offer_help"
HELP_OWED = "help_owed"
END_HELP = "end_help"
SCREEN_AGAIN = "screen_again"
RECORD_RETURN = "record_return"
ALLOCATE_INTERVIEW = "allocate_interview"
HOLD_INTERVIEW = "hold_interview"
ANSWER_LINK = "answer_link"


@dataclass(frozen=True)
class Kind:
    """A kind of work: ``words`` say what is to be done; ``url_name`` takes the subject's id."""

    key: str
    words: str
    url_name: str

    def address(self, subject_id: UUID) -> str:
        """The page where it is done; empty while no room serves that page."""
        try:
            return reverse(self.url_name, args=[subject_id])
        except NoReverseMatch:
            return ""


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            Kind(FINISH_DRAFT, "Finish the screen", "screening:draft"),
            Kind(COUNTERSIGN, "Countersign a lowered indicator", "screening:countersign"),
            Kind(APPROVE_LEVEL, "Approve or refuse a lowered level", "screening:approve-level"),
            Kind(REPEAT_SCREEN, "Repeat the screen", "screening:repeat"),
            Kind(
                DUTY_TAKEN,
                "A correction took a duty away: say whether it is right",
                "screening:changed-duty",
            ),
            Kind(
                DUTY_ADDED,
                "Read the duty that a changed date of birth added",
                "screening:changed-duty",
            ),
            Kind(FINISH_ASSESSMENT, "Finish the assessment", "screening:assessment-draft"),
            Kind(CONTRIBUTE, "Contribute to the assessment", "screening:contribution"),
            Kind(
                WRITE_DOWN,
                "Ask somebody outside the service for their contribution, and write it down",
                "screening:request",
            ),
            Kind(REVIEW_BREAK_GLASS, "Review emergency access", "access:review-break-glass"),
            Kind(REVIEW_SEAL, "Review the seal", "access:review-seal"),
            Kind(REFUSED_ATTEMPT, "Read what somebody tried and may not do", "access:attempts"),
            Kind(
                NAME_FOR_SEAL,
                "Name somebody for a sealed record that nobody can open",
                "access:name-for-seal",
            ),
            Kind(
                FIND_LEAD,
                "Give somebody the post of safeguarding lead: a sealed record has nobody left",
                "people:edit-agency",
            ),
            Kind(
                SECOND_LEAD,
                "Give another person the post of safeguarding lead: something waits that the only "
                "one may not answer",
                "people:edit-agency",
            ),
            Kind(FINISH_REFERRAL, "Send the referral", "referrals:draft"),
            Kind(DECIDE_REFERRAL, "Decide the referral", "referrals:delivery"),
            Kind(ACKNOWLEDGE_REFERRAL, "Acknowledge the referral", "referrals:delivery"),
            Kind(AGREE_OUTCOME, "Agree to an outcome, or not", "referrals:delivery"),
            Kind(READ_OUTCOME, "Read what was decided on your referral", "referrals:outcome"),
            Kind(
                UNREAD_REFERRAL,
                "Telephone the team: nobody there can open your referral",
                "referrals:outcome",
            ),
            Kind(
                OVERSEE_REFERRAL,
                "Oversee a colleague’s referral as their line manager, and record it",
                "referrals:oversee",
            ),
            Kind(TELL_CONTACT, "Tell the contact outside the service", "referrals:outcome"),
            Kind(
                ANSWER_DISAGREEMENT,
                "Answer somebody who does not agree with a decision",
                "referrals:disagreement",
            ),
            Kind(
                ESCALATE_DISAGREEMENT,
                "Take a disagreement further outside the service: nobody here can answer it",
                "referrals:show",
            ),
            Kind(
                SINGLE_ASSESSMENT,
                "Begin the single assessment of a looked-after child, and record it",
                "screening:statutory-record",
            ),
            Kind(
                ASSESSMENT_RISKS,
                "Put the risks, and what each agency does, into the single assessment",
                "screening:statutory-risks",
            ),
            Kind(SCREEN_OUTSTANDING, "Send the outstanding screen of a referral", "referrals:show"),
            Kind(FINISH_DECISION, "Finish the decision not to refer", "referrals:decision"),
            Kind(
                SIGN_DECISION,
                "Sign a decision not to refer, or say why not",
                "referrals:decision",
            ),
            Kind(
                SIGN_EXCEPTION,
                "Sign an under-13 exception, or say why not",
                "referrals:decision",
            ),
            Kind(REFER_AFTER_DECISION, "Make the referral that is owed", "referrals:decision"),
            Kind(
                REFER_AFTER_ADVICE,
                "Make the referral that social care asked for",
                "referrals:advice",
            ),
            Kind(
                REFER_AFTER_SCREEN,
                "Make the referral that a screen makes mandatory",
                "referrals:start-from-screen",
            ),
            Kind(
                REFER_AFTER_LEVEL,
                "Make the referral that a child’s level makes mandatory",
                "referrals:start-from-child",
            ),
            Kind(
                REFER_AFTER_ASSESSMENT,
                "Make the referral that an assessment makes mandatory: it speaks of harm",
                "screening:assessment-harm",
            ),
            Kind(
                REFER_AFTER_BIRTH,
                "Refer again: a corrected date of birth makes more mandatory",
                "referrals:show",
            ),
            Kind(
                REFER_LEFT,
                "Make the referral that is owed: nobody who saw the child is left to make it",
                "referrals:start-from-child",
            ),
            Kind(HELP_ACTION, "Do what the early help plan says", "referrals:help-action"),
            Kind(HELP_MEETING, "Meet with the team around the child", "referrals:early-help"),
            Kind(
                HELP_OWED,
                "Offer early help: a rule says that it must be offered",
                "referrals:start-early-help",
            ),
            Kind(OFFER_HELP, "Offer early help again", "referrals:early-help"),
            Kind(END_HELP, "Agree that early help ends, or not", "referrals:early-help"),
            Kind(SCREEN_AGAIN, "Screen the child again after early help", "referrals:early-help"),
            Kind(
                RECORD_RETURN,
                "A child is missing: find out whether they are back, and record the return",
                "missing:episode",
            ),
            Kind(
                ALLOCATE_INTERVIEW, "Ask somebody to hold the return interview", "missing:episode"
            ),
            Kind(HOLD_INTERVIEW, "Hold the return interview", "missing:episode"),
            Kind(
                ANSWER_LINK, "Agree to a link between two children, or not", "children:answer-link"
            ),
        )
    }
)

#: Work of people who do not see the child it is about, and learn nothing of it.
UNSEEN = (NAME_FOR_SEAL, FIND_LEAD, SECOND_LEAD)
#: Work of people who see the request that they were asked to answer, and not the record.
ASKED = (CONTRIBUTE,)
#: Work on a referral of one's own, also for whoever sees nothing else of the child any more.
OWN_REFERRAL = (
    FINISH_REFERRAL,
    READ_OUTCOME,
    UNREAD_REFERRAL,
    TELL_CONTACT,
    OVERSEE_REFERRAL,
    ESCALATE_DISAGREEMENT,
)
#: Work that only the agency that began it can open: nobody else's leads have it handed to them.
OF_ONE_AGENCY = (
    *OWN_REFERRAL,
    SCREEN_OUTSTANDING,
    FINISH_DECISION,
    REFER_AFTER_DECISION,
    REFER_AFTER_ADVICE,
    REFER_AFTER_BIRTH,
    END_HELP,
    SINGLE_ASSESSMENT,
    ASSESSMENT_RISKS,
)
#: Work of whoever did not do themselves what is judged: asked for by the act (access.actions).
OF_ANOTHER = (REVIEW_BREAK_GLASS, REFUSED_ATTEMPT)
#: Work about two children: for whoever sees both and may answer, and did not propose it.
PAIR = (ANSWER_LINK,)
#: Work with a referral that was sent to one's team, for whoever's post shows them no more of it.
TRIAGE = (DECIDE_REFERRAL, ACKNOWLEDGE_REFERRAL, AGREE_OUTCOME, ANSWER_DISAGREEMENT)


def kind_of(key: str) -> Kind:
    """The kind with that key. Raises ``ValueError`` for a key that no room has registered."""
    try:
        return KINDS[key]
    except KeyError:
        raise ValueError(f"{key!r} is no kind of work") from None
