"""What may be done with an assessment now, and why not: asked by acts, pages and templates."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible, check
from cse.access.principals import principals_of
from cse.children.models import Child
from cse.people.models import Agency, AgencyType, Role
from screening.assessments import queries
from screening.models import (
    AnyAssessment,
    AssessmentForm,
    Contribution,
    RiskAssessment,
    Status,
    StatutoryAssessment,
)
from screening.policies import NoDraft, Refused, check_answers_for, is_adult
from screening.queries import worked_on

SPECIALISTS: Final = frozenset({Role.CSE_TEAM, Role.FRONT_DOOR})
"""Who completes Wiltshire's form: the specialists in the MASH (W §12.10)."""
FORMS: Final = {"wiltshire": AssessmentForm.COMPREHENSIVE}
"""The form of an area, by the key of its tool; Oxfordshire's Risk Assessment for every other."""
TOO_OLD = (
    "This person is 18 or older. The assessment is for a child. Use adult safeguarding, and tell "
    "the police about any offence against them as a child."
)
NOT_YOURS = (
    "Another agency made this assessment. Ask them, or the specialist team, to do it; what you "
    "know belongs in a contribution."
)
FOR_SPECIALISTS = (
    "The Comprehensive screen is completed by the specialists in the MASH, sometimes together with "
    "you. Make a referral, or ask them to begin it."
)

FOR_SPECIALISTS_TO_END = (
    "The Comprehensive screen is set aside by the specialists in the MASH, who complete it. Tell "
    "them why it should not go on."
)
HAS_OUTCOME = (
    "It has its outcome, and nobody is asked for it any more. Who was asked before can answer; "
    "what is new belongs in a referral, or in what runs now."
)


def form_of(tool_key: str) -> AssessmentForm:
    """The form that an area uses."""
    return FORMS.get(tool_key, AssessmentForm.RISK_ASSESSMENT)


def check_can_start(user: Any, child: Child, today: dt.date) -> None:
    """Raise unless this person may begin an assessment of this child (O §20, W §12.10)."""
    check(user, Capability.ASSESS, child)
    check_start(user, child, today)


def check_start(user: Any, child: Child, today: dt.date) -> None:
    """The same of a child whom the page shows already, to somebody whose post includes the act."""
    if is_adult(child, today):
        raise Refused(TOO_OLD)
    _check_specialist(user, form_of(child.authority.tool_key))


def check_can_save(user: Any, assessment: RiskAssessment) -> None:
    """Raise unless this person may change the draft now; `NoDraft` where it is none any more."""
    check(user, Capability.ASSESS, assessment.child_id)
    if assessment.status == Status.COMPLETE:
        raise NoDraft("This assessment is complete and can no longer change. Correct it instead.")
    if assessment.status == Status.SET_ASIDE:
        raise NoDraft("This draft was set aside. Start a new assessment.")


def check_can_complete(user: Any, assessment: RiskAssessment) -> None:
    """Raise unless this person may complete the draft."""
    check_can_save(user, assessment)
    _check_specialist(user, AssessmentForm(assessment.form))
    _check_answers_for_it(user, assessment)


def check_can_set_aside(user: Any, assessment: RiskAssessment) -> None:
    """Raise unless this person may set the draft aside: whoever may complete it, and nobody else.

    Else somebody who can neither begin nor complete one would end it alone.
    """
    check_can_save(user, assessment)
    _check_specialist(user, AssessmentForm(assessment.form), FOR_SPECIALISTS_TO_END)
    _check_answers_for_it(user, assessment)


def _check_specialist(user: Any, form: AssessmentForm, words: str = FOR_SPECIALISTS) -> None:
    if form is AssessmentForm.COMPREHENSIVE and not SPECIALISTS & principals_of(user).roles:
        raise Refused(words)


def check_can_correct(user: Any, assessment: RiskAssessment) -> None:
    """Raise unless this person may correct a completed assessment, or its day."""
    check(user, Capability.CORRECT_ASSESSMENT, assessment.child_id)
    if not assessment.is_complete:
        raise Refused("Only a completed assessment is corrected; a draft is simply changed.")
    _check_specialist(user, AssessmentForm(assessment.form))
    _check_answers_for_it(user, assessment)


def check_can_answer_harm(user: Any, assessment: RiskAssessment) -> None:
    """Raise unless this person may answer for corrections that took harm out (decision 0010).

    Whoever took out any of it does not, whatever was corrected after that.
    """
    check(user, Capability.COUNTERSIGN, assessment.child_id)
    check_answers_for(user, assessment, assessment.pk)
    taken = queries.harm_taken_out(assessment)
    if taken is None:
        raise Refused("No correction took out here what was said of harm.")
    if taken.answer is not None:
        raise Refused(f"{taken.answer.by.get_full_name()} has answered for it already.")
    for each in taken.parts:
        if user.pk in {each.completed_by_id, *worked_on(each)}:
            raise Refused("You worked on this correction yourself: somebody else has to answer.")


def _check_answers_for_it(user: Any, assessment: RiskAssessment) -> None:
    """The agency that makes it, or the specialists who lead them all (O §10.2, §19.3, §20).

    Whoever sees the child contributes; what is due is counted from the day of completion, which
    is nobody else's to set or move.
    """
    principals = principals_of(user)
    if assessment.agency_id not in principals.agency_ids and not SPECIALISTS & principals.roles:
        raise Refused(NOT_YOURS)


def check_can_ask(user: Any, record: AnyAssessment) -> None:
    """Raise unless this person may ask for contributions to it now (O §10.2)."""
    check_asks(user, record)
    if isinstance(record, StatutoryAssessment):
        if record.mistake_reason:
            raise Refused("It was recorded by mistake: nobody is asked for it.")
        if record.outcome:
            raise Refused(HAS_OUTCOME)
    elif record.status == Status.SET_ASIDE:
        raise Refused("This draft was set aside: nobody is asked any more.")


def check_asks(user: Any, record: AnyAssessment) -> None:
    """Raise unless asking for contributions to it, and taking a request back, is this person's.

    For social care's own it is theirs; for a local form of whoever assesses the child.
    """
    if isinstance(record, StatutoryAssessment):
        check_can_track(user, record.child_id)
    else:
        check(user, Capability.ASSESS, record.child_id)


def is_asked(user: Any, contribution: Contribution) -> bool:
    """Whether this is the person, or somebody of the team, who was asked."""
    if contribution.asked_team is not None:
        return contribution.asked_team.group_id in principals_of(user).groups
    return contribution.asked_user_id is not None and contribution.asked_user_id == user.pk


def check_can_answer(user: Any, contribution: Contribution) -> None:
    """Raise unless this person was asked, and an answer is still wanted."""
    check(user, Capability.CONTRIBUTE, contribution.record.child_id)
    if not is_asked(user, contribution):
        raise NotVisible
    check_waits(contribution)


def check_can_write_down(user: Any, contribution: Contribution) -> None:
    """Raise unless this person may write down what somebody without an account has said."""
    check_asks(user, contribution.record)
    if contribution.has_account:
        raise Refused("They answer for themselves: nobody writes it for them.")
    check_waits(contribution)


def check_waits(contribution: Contribution) -> None:
    """Raise for what was answered or withdrawn: it never changes again."""
    if contribution.answered_at is not None:
        raise Refused("This was answered already, and an answer never changes.")
    if contribution.withdrawn_at is not None:
        raise Refused("This is no longer asked for.")


def check_can_track(user: Any, child: Any) -> None:
    """Raise unless this person records what children's social care has begun (O §7.7.2)."""
    check(user, Capability.TRACK_ASSESSMENT, child)
    if not is_social_care(user):
        raise Refused(
            "Only children’s social care records its own assessments and enquiries. Ask them."
        )


def is_social_care(user: Any) -> bool:
    """Whether this person holds a current post in children's social care."""
    ids = principals_of(user).agency_ids
    return Agency.objects.filter(pk__in=ids, type=AgencyType.SOCIAL_CARE).exists()


def why_not(check_it: Any, *arguments: Any) -> str:
    """Why an act is refused, in words; empty where it may be done."""
    try:
        check_it(*arguments)
    except NotAllowed as refusal:
        return str(refusal)
    return ""
