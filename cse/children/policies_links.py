"""Who may do what with a link between two children now, and why not: acts and pages ask alike."""

from __future__ import annotations

from typing import Any

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible, check
from cse.children.models import ChildLink, Stage
from cse.children.policies import NotPossible


class AlreadyLinked(NotPossible):
    """The two are linked in this way already; ``link`` is the one that stands or waits."""

    def __init__(self, link: ChildLink) -> None:
        self.link = link
        super().__init__(
            "This link is recorded already. Open it, and add to its note what is not there yet"
        )


def check_sees(user: Any, link: ChildLink, act: Capability = Capability.LINK_CHILDREN) -> None:
    """Raise unless this person may do this act on both children, and sees the link at all."""
    for child_id in (link.first_id, link.second_id):
        check(user, act, child_id)
    stood = link.stage in (Stage.STANDS, Stage.ENDED)
    if not stood and link.recorded_by_id != user.pk:
        for child_id in (link.first_id, link.second_id):
            _check_may_answer(user, child_id)


def _check_may_answer(user: Any, child_id: Any) -> None:
    try:
        check(user, Capability.APPROVE_LINK, child_id)
    except NotAllowed:
        raise NotVisible from None


def check_can_answer(user: Any, link: ChildLink) -> None:
    """Raise unless this person, who did not propose it, may agree to a link that waits."""
    check_sees(user, link, Capability.APPROVE_LINK)
    if link.recorded_by_id == user.pk:
        raise NotAllowed("You proposed this link: somebody else has to answer.")
    if link.stage != Stage.WAITING:
        raise NotAllowed("This does not wait for an answer any more.")


def can_answer(user: Any, link: ChildLink) -> bool:
    """Whether `check_can_answer` lets this person."""
    try:
        check_can_answer(user, link)
    except (NotAllowed, NotVisible):
        return False
    return True


def check_can_correct(user: Any, link: ChildLink) -> None:
    """Raise unless the link stands, or is one's own proposal that waits."""
    check_sees(user, link)
    own = link.recorded_by_id == user.pk
    if link.stage != Stage.STANDS and not (own and link.stage == Stage.WAITING):
        raise NotAllowed("Only a link that stands, or your own proposal, can be changed.")


def can_correct(user: Any, link: ChildLink) -> bool:
    """Whether `check_can_correct` lets this person; ending a link asks the same."""
    try:
        check_can_correct(user, link)
    except (NotAllowed, NotVisible):
        return False
    return True
