"""Every act on a return interview from every state by everybody: the whole table, and the acts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from cse.access.policies import NotAllowed, NotVisible
from cse.missing import actions
from cse.missing.models import ReturnInterview
from cse.missing.transitions import TRANSITIONS, Act, Actor, State, after
from tests.clocks.conftest import at
from tests.factories import grant
from tests.missing.scene import SAID

WHEN = at("2027-02-08 12:00")


def ways(scene):
    """Into each state, by the acts; each gives the episode."""

    def owed():
        return scene.returned()[0]

    def allocated():
        episode = owed()
        scene.allocated(episode)
        return episode

    def offered():
        episode = allocated()
        actions.offer(episode_id=episode.pk, by=scene.interviewer, at=WHEN, note_text="At school")
        return episode

    def held():
        episode = owed()
        scene.held(episode)
        return episode

    def declined():
        episode = allocated()
        actions.decline(episode_id=episode.pk, by=scene.interviewer, at=WHEN, reason="Not now")
        return episode

    def not_offered():
        episode = owed()
        actions.do_not_offer(
            episode_id=episode.pk, by=scene.coordinator, at=WHEN, reason="Moved abroad"
        )
        return episode

    return dict(zip(State, (owed, allocated, offered, held, declined, not_offered), strict=True))


def attempts(scene, episode, by):
    """Each act as a call."""
    version = ReturnInterview.objects.get(episode=episode).version
    same = {"episode_id": episode.pk, "by": by}
    written = {**same, "version": version, "at": WHEN, "gathered": SAID}
    return {
        Act.ALLOCATE: lambda: actions.allocate(
            **same, outside="Kay of a charity", reason="Asked for", is_independent=True
        ),
        Act.OFFER: lambda: actions.offer(**same, at=WHEN, note_text=""),
        Act.HOLD: lambda: actions.hold(**written),
        Act.DECLINE: lambda: actions.decline(**same, at=WHEN, reason="No"),
        Act.NOT_OFFER: lambda: actions.do_not_offer(**same, at=WHEN, reason="Why"),
        Act.CORRECT: lambda: actions.correct_interview(**written, reason="A slip"),
    }


@pytest.mark.django_db
@pytest.mark.requirement("W-SHR-21", "DEC-24")
@pytest.mark.parametrize("state", list(State))
def test_the_matrix(scene, state):
    grant(scene.interviewer, scene.child)
    people = {
        scene.coordinator: frozenset({Actor.COORDINATOR}),
        scene.interviewer: frozenset({Actor.INTERVIEWER}),
        scene.worker: frozenset(),
        scene.stranger: None,
    }
    episode = ways(scene)[state]()
    has_interviewer = ReturnInterview.objects.get(episode=episode).interviewer is not None
    for user, actors in people.items():
        if user == scene.interviewer and not has_interviewer:
            actors = frozenset()
        for act, call in attempts(scene, episode, user).items():
            wanted = after(state, act, actors) if actors is not None else None
            with transaction.atomic():
                if wanted is None:
                    with pytest.raises(NotVisible if actors is None else NotAllowed):
                        call()
                else:
                    assert call().stands_at is wanted
                transaction.set_rollback(True)


def test_nothing_open_is_a_dead_end_and_nobody_else_acts():
    for (state, _), (_, actors) in TRANSITIONS.items():
        assert isinstance(state, State) and actors <= set(Actor) and actors
    assert {state for state, _ in TRANSITIONS} == set(State)


def test_the_docs_have_the_table_whole():
    rows = [
        [cell.strip() for cell in line.strip("| \n").split("|")]
        for line in Path("docs/missing.md").read_text().splitlines()
        if line.startswith("| ") and "interview is" not in line
    ]
    told = {
        (state.replace("_", " "), act, after.split(":")[0])
        for states, act, _, after in rows
        for state in states.split(", ")
    }
    assert told == {
        (str(state).replace("_", " "), str(act), str(then).replace("_", " "))
        for (state, act), (then, _) in TRANSITIONS.items()
    }
