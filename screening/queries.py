"""Screens somebody may see, and the named lists the pages need. All start from `visible()`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.db.models import DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Lead, RowNumber
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.scope import visible
from cse.children.models import LevelEvent
from cse.people.models import ContactPoint, User
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from screening.answers import read_answers, read_ratings
from screening.models import (
    Countersignature,
    Decided,
    RiskAssessment,
    Screen,
    ScreenAssessment,
    Status,
    ToolChoice,
    ToolVersion,
)
from screening.models.drafted import Drafted
from screening.replaced import Saved
from screening.rules import Level
from screening.tools.definition import Tool as Definition
from screening.tools.loader import load_tool

#: Somebody who saved within this time counts as working on the draft.
AT_WORK = dt.timedelta(minutes=30)


@lru_cache(maxsize=64)
def tool_of(version_id: uuid.UUID) -> Definition:
    """The definition of a version, parsed once a process: a version never changes."""
    return load_tool(ToolVersion.objects.values_list("definition", flat=True).get(pk=version_id))


def current_version(key: str) -> ToolVersion:
    """The version that new screens of a tool use now. Raises ToolChoice.DoesNotExist for none."""
    return (
        ToolChoice.objects.filter(tool__key=key, starts_at__lte=timezone.now())
        .select_related("version__tool")
        .defer("version__definition")
        .latest("starts_at")
        .version
    )


def current_versions() -> list[ToolVersion]:
    """The current version of every tool that has one, by name."""
    choices = (
        ToolChoice.objects.filter(starts_at__lte=timezone.now())
        .order_by("tool_id", "-starts_at")
        .distinct("tool_id")
        .select_related("version__tool")
        .defer("version__definition")
    )
    return sorted((choice.version for choice in choices), key=lambda found: found.tool.name)


def with_tool() -> QuerySet[Screen]:
    """Screens with what every page of one shows, without the tool's whole definition."""
    return Screen.objects.select_related(
        "child", "tool_version__tool", "authority", "agency", "completed_by"
    ).defer("tool_version__definition")


def visible_to(user: Any, capability: Capability = Capability.SEE_SCREEN) -> QuerySet[Screen]:
    """The screens this person may see now."""
    return visible(with_tool(), user, capability)


def drafts_of(user: Any) -> QuerySet[Screen]:
    """The drafts this person may work on, last saved first."""
    return visible_to(user, Capability.SCREEN).filter(status=Status.DRAFT).order_by("-saved_at")


def completed_by_time(user: Any) -> QuerySet[Screen]:
    """Completed screens this person may see, newest first."""
    return visible_to(user).filter(status=Status.COMPLETE).order_by("-completed_at")


class Occasion(Func):
    """When a child was screened, or assessed: the completion of the first version, by the id.

    The same for every correction of it, and for the draft of one; empty for another draft.
    ``table`` is that of the model.
    """

    output_field = DateTimeField()
    template = (
        "(WITH RECURSIVE version AS ("
        "SELECT it.corrects_id, it.completed_at FROM %(table)s it WHERE it.id = %(expressions)s"
        " UNION ALL SELECT it.corrects_id, it.completed_at FROM %(table)s it"
        " JOIN version ON it.id = version.corrects_id"
        ") SELECT completed_at FROM version WHERE corrects_id IS NULL)"
    )


def in_time(found: QuerySet[Any]) -> QuerySet[Any]:
    """A child's screens, or assessments, newest first: the one order in which they ever stand.

    Each version stands at its occasion, ``occasion_at``, the last one first: to correct an old
    screen makes it no newer. ``replaced`` says whether a completed correction has replaced it.
    Drafts of new screens stand before all.
    """
    model = found.model
    replaced = model._default_manager.filter(corrects=OuterRef("pk"), status=Status.COMPLETE)
    return found.annotate(
        occasion_at=Occasion("pk", table=model._meta.db_table), replaced=Exists(replaced)
    ).order_by(F("occasion_at").desc(nulls_first=True), "-correction_number", "-created_at")


def standing_in_time(found: QuerySet[Any]) -> QuerySet[Any]:
    """The same with one row an occasion: the completed version that no correction replaced."""
    return in_time(found).filter(status=Status.COMPLETE, replaced=False)


def screens_of(user: Any, child_id: uuid.UUID) -> QuerySet[Screen]:
    """A child's screens and drafts that this person may see, `in_time`."""
    found = visible_to(user).filter(child_id=child_id).exclude(status=Status.SET_ASIDE)
    return in_time(found.select_related("created_by"))


def newest_screen(child_id: uuid.UUID) -> Screen | None:
    """What was found when the child was screened last, as it stands now; if there is a screen."""
    return standing_in_time(with_tool().filter(child_id=child_id)).first()


def screen_before(user: Any, screen: Screen) -> Screen | None:
    """The screen to compare a completed one with: what stands of the occasion before its own.

    None for a child's first screen. Two queries for a correction, one for another.
    """
    found = standing_in_time(visible_to(user).filter(child_id=screen.child_id))
    return found.filter(occasion_at__lt=versions_to_first(screen)[-1].completed_at).first()


def versions_to_first(screen: Screen) -> list[Screen]:
    """A screen and what it corrects, to the first version, which is the last of the list."""
    found: list[Any] = [screen]
    while found[-1].corrects is not None:
        found.append(found[-1].corrects)
    return found


def level_history(child_id: uuid.UUID) -> list[LevelEvent]:
    """The child's level events, newest first; those that wait for approval included."""
    return list(LevelEvent.objects.filter(child_id=child_id))


def levels_until(screen: Screen, events: list[LevelEvent]) -> list[LevelEvent]:
    """The levels that a screen's own is compared with, of the child's ``events``.

    A correction's is compared with those to the day of its occasion: what was chosen since, on a
    later screen or assessment, is no level that it could lower.
    """
    if screen.corrects_id is None:
        return events
    own, day = {each.pk for each in versions_to_first(screen)}, judged_on(screen)
    return [each for each in events if each.subject_id in own or each.decided_on <= day]


def agreed_rows(screen: Screen) -> tuple[str, ...]:
    """The indicators whose lowering was countersigned."""
    return tuple(row.indicator for row in countersignatures_of(screen) if row.agrees)


def waiting_rows(screen: Screen) -> tuple[str, ...]:
    """The lowered highs of a completed screen that nobody has answered for yet."""
    answered = {row.indicator for row in countersignatures_of(screen)}
    waiting = latest_assessment(screen).result["waiting"]
    return tuple(row for row in waiting if row not in answered)


def first_assessment(screen: Screen) -> ScreenAssessment:
    """What the rules said when it was completed. Raises DoesNotExist for a draft."""
    return ScreenAssessment.objects.filter(screen=screen).earliest("made_at")


def latest_assessment(screen: Screen) -> ScreenAssessment:
    """What the rules said last. Raises DoesNotExist for a draft."""
    return ScreenAssessment.objects.filter(screen=screen).latest("made_at")


def history_of(record: Drafted) -> QuerySet[Any]:
    """The history of everything of this kind."""
    found: QuerySet[Any] = type(record).history.all()  # type: ignore[attr-defined]
    return found


def others_at_work(screen: Drafted, user: Any) -> list[str]:
    """The names of the others who saved this draft within the last half hour."""
    recent = (
        history_of(screen)
        .filter(
            id=screen.pk, history_date__gte=timezone.now() - AT_WORK, history_user_id__isnull=False
        )
        .exclude(history_user_id=user.pk)
    )
    people = User.objects.filter(pk__in=recent.values("history_user_id"))
    return [person.get_full_name() for person in people]


def part_before(screen: Drafted, part: str, version: int) -> Any:
    """The draft as it was when a part had this version: what the person saw who saved late."""
    return (
        history_of(screen)
        .filter(id=screen.pk, **{f"part_versions__{part}": version})
        .order_by("history_id")
        .first()
    )


def last_saver(screen: Drafted, part: str) -> tuple[User | None, dt.datetime | None]:
    """Who saved a part last, and when."""
    row = (
        history_of(screen)
        .filter(id=screen.pk, history_change_reason=f"saved {part}")
        .order_by("-history_id")
        .select_related("history_user")
        .first()
    )
    if row is None or row.history_user is None:
        return None, None
    return row.history_user, row.history_date


def saves_before_others(screen: Screen) -> list[Saved]:
    """How the screen began, and of each part the last save before another person saved it.

    One query, however often the page saved itself in between.
    """
    rows = (
        history_of(screen)
        .filter(id=screen.pk)
        .annotate(
            place=Window(RowNumber(), order_by="history_id"),
            then=Window(
                Lead("history_user_id"),
                partition_by=F("history_change_reason"),
                order_by="history_id",
            ),
        )
        .filter(Q(place=1) | Q(then__isnull=True) | ~Q(then=F("history_user_id")))
        .order_by("history_id")
        .values_list(
            "history_change_reason", "history_user_id", "history_date", "answers", "sections"
        )
    )
    return [Saved((why or "").removeprefix("saved "), *row) for why, *row in rows]


def contacts_for(authority_id: uuid.UUID) -> list[tuple[str, str, str]]:
    """The contact points of an area for the panel; a placeholder is not filled in yet (DEC-51)."""
    return [
        (point.label, "" if point.is_placeholder else point.value, "")
        for point in ContactPoint.objects.filter(authority_id=authority_id)
    ]


def waiting_level(screen: Drafted) -> LevelEvent | None:
    """The lowering that this screen chose and that nobody has answered yet, nor taken back."""
    return LevelEvent.objects.filter(
        subject_id=screen.pk,
        needs_approval=True,
        approved_at__isnull=True,
        refused_at__isnull=True,
        taken_back_at__isnull=True,
    ).first()


def corrections_of(screen: Screen) -> list[Screen]:
    """Every version of one screen, the original first, the screen itself included; few rows."""
    chain, ids = [screen], {screen.pk}
    first = screen
    while first.corrects_id is not None and first.corrects_id not in ids:
        first = Screen.objects.select_related("completed_by").get(pk=first.corrects_id)
        ids.add(first.pk)
        chain.insert(0, first)
    last = screen
    while True:
        found = (
            Screen.objects.filter(corrects=last)
            .exclude(status=Status.SET_ASIDE)
            .select_related("completed_by")
            .first()
        )
        if found is None:
            return chain
        chain.append(found)
        last = found


def correction_begun(version: Screen | RiskAssessment) -> Any:
    """The draft of a correction that somebody has begun of this version, if any."""
    drafts = type(version)._default_manager.filter(corrects=version.pk, status=Status.DRAFT)
    return drafts.select_related("created_by").first()


def newest_correction(model: Any, pk: uuid.UUID) -> Any:
    """The last completed correction of a version, however many came between; None without one.

    ``model`` is that of the version: a screen, or an assessment.
    """
    newest: Any = None
    while True:
        after = model._default_manager.filter(
            corrects_id=newest.pk if newest else pk, status=Status.COMPLETE
        ).first()
        if after is None:
            return newest
        newest = after


def reminders_of(child_id: uuid.UUID, *, of: Any = None) -> QuerySet[WorkItem]:
    """The open reminders to repeat a screen of this child; ``of``: those that wait for somebody."""
    found = WorkItem.objects.filter(
        child_id=child_id, kind=kinds.REPEAT_SCREEN, closed_at__isnull=True
    )
    if of is None:
        return found
    return found.filter(Q(owner=of) | Q(owner_group_id__in=principals_of(of).groups))


def judged_on(screen: Screen) -> dt.date:
    """The day on which the rules read the age: that of completion, or today for a draft (DEC-02).

    A correction moves no day: it is judged by that of the version completed first.
    """
    return versions_to_first(screen)[-1].completed_on or timezone.localdate()


def changed_duty(screen: Screen) -> str:
    """The kind of work where a change of a duty still waits for the lead's answer, else empty.

    ``DUTY_ADDED`` by a changed date of birth, or ``DUTY_TAKEN`` by a correction.
    """
    waiting = WorkItem.objects.filter(subject_id=screen.pk, closed_at__isnull=True)
    found = waiting.filter(kind__in=(kinds.DUTY_ADDED, kinds.DUTY_TAKEN))
    return found.values_list("kind", flat=True).first() or ""


def original_of(screen: Screen) -> Screen:
    """The screen that a correction corrects."""
    return Screen.objects.get(corrections=screen)


DUTY_ANSWERED: Final = "duty answered"
"""Why the rules were asked again: somebody else answered for a duty that a correction took away."""


def held_domains(screen: Screen) -> tuple[str, ...]:
    """The domains that a version before rated high and this one lower or not, by a correction that
    nobody else has answered for: a high is lowered by two people (DEC-04, DEC-05).

    Two queries for each version back to the last one that was answered for.
    """
    before: set[str] = set()
    version = screen
    while version.corrects_id is not None and not _answered_for(version):
        version = original_of(version)
        before |= rated_high(version)
    return tuple(sorted(before - rated_high(screen)))


def rated_high(screen: Screen) -> set[str]:
    """The domains that a version rates high; none of a tool that rates no domain."""
    return {each.domain for each in read_ratings(screen.answers) if each.rating is Level.HIGH}


def _answered_for(version: Screen) -> bool:
    return ScreenAssessment.objects.filter(screen=version, because=DUTY_ANSWERED).exists()


def worked_on(record: Decided) -> set[uuid.UUID]:
    """Everybody who saved anything in it."""
    rows = history_of(record).filter(id=record.pk, history_user__isnull=False)
    return set(rows.order_by().values_list("history_user_id", flat=True).distinct())


def chose_level(record: Decided) -> set[uuid.UUID]:
    """Everybody who, in the draft, chose the level that it has, or wrote why it is lower (DEC-09).

    Who had chosen another level had no hand in this one. One query, and one for a correction.
    """
    corrects: Any = record.corrects
    level, reason = _said_of_level(corrects.sections) if corrects is not None else ("", "")
    chosen, _ = _said_of_level(record.sections)
    rows = history_of(record).filter(id=record.pk).order_by("history_id")
    found = set()
    for sections, user_id in rows.values_list("sections", "history_user_id").iterator():
        before, (level, reason) = (level, reason), _said_of_level(sections)
        chose = level == chosen and level != before[0]
        wrote = reason and reason != before[1]
        if (chose or wrote) and user_id is not None:
            found.add(user_id)
    return found


def _said_of_level(sections: Mapping[str, Any]) -> tuple[str, str]:
    return sections.get("level") or "", sections.get("level_reason") or ""


def countersignatures_of(screen: Screen) -> list[Countersignature]:
    """What leads have answered on lowered highs, in order.

    For a correction also what they answered on the version before, where nothing in the row has
    changed since.
    """
    own = list(Countersignature.objects.filter(screen=screen).select_related("by", "amended_by"))
    if screen.corrects_id is None:
        return own
    before = original_of(screen)
    was, now = read_answers(before.answers), read_answers(screen.answers)
    answered = {row.indicator for row in own}
    carried = [
        row
        for row in countersignatures_of(before)
        if row.indicator not in answered and was.get(row.indicator) == now.get(row.indicator)
    ]
    return [*carried, *own]


def decided_with(event: LevelEvent) -> Decided | None:
    """The screen or the assessment that a level rests on, if it rests on one."""
    models: tuple[type[Decided], ...] = (Screen, RiskAssessment)
    for model in models:
        if event.subject_kind == model._meta.label_lower and event.subject_id:
            return model.objects.filter(pk=event.subject_id).first()
    return None


def level_event_of(screen: Decided) -> LevelEvent | None:
    """The level event that this screen wrote."""
    return (
        LevelEvent.objects.filter(subject_id=screen.pk)
        .select_related("decided_by", "approved_by")
        .first()
    )


def names_of(ids: set[str]) -> dict[str, str]:
    """The names of people by their id as text."""
    wanted = [uuid.UUID(each) for each in ids if each]
    return {str(person.pk): person.get_full_name() for person in User.objects.filter(pk__in=wanted)}
