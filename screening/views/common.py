"""What every page of a screen needs: the screen itself or a 404, and the child at its head."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cse.access.capabilities import Capability
from cse.access.lookup import get_visible_or_404
from cse.audit import events
from cse.children.models import Child, LevelEvent
from cse.children.pages import frame
from screening import queries
from screening.changes import correction_problems
from screening.facts import facts_of
from screening.lowered_ratings import lowered_problems
from screening.models import Screen
from screening.rules import Assessment, Facts, Problem, assess, completion_problems
from screening.tools.definition import Tool


@dataclass
class Opened:
    """A screen opened by somebody who may see it, with its tool and the child's levels."""

    screen: Screen
    user: Any

    @cached_property
    def tool(self) -> Tool:
        """The definition that the screen is pinned to."""
        return queries.tool_of(self.screen.tool_version_id)

    @cached_property
    def levels(self) -> list[LevelEvent]:
        """The child's level events, newest first; one query."""
        return queries.level_history(self.screen.child_id)

    @cached_property
    def judged_on(self) -> dt.date:
        """The day by which the rules judge it; of a draft today."""
        return queries.judged_on(self.screen)

    @property
    def facts(self) -> Facts:
        """A draft's facts as of today; of a correction as of the day of the first version."""
        return facts_of(
            self.screen,
            on=self.judged_on,
            history=queries.levels_until(self.screen, self.levels),
            countersigned=self.countersigned,
            held=self.held,
        )

    @cached_property
    def countersigned(self) -> tuple[str, ...]:
        """Of a correction, the rows that the lead agreed to before and that are as they were."""
        return queries.agreed_rows(self.screen) if self.screen.corrects_id else ()

    @cached_property
    def held(self) -> tuple[str, ...]:
        """Of a correction, the domains that count as high until a second person has answered."""
        return queries.held_domains(self.screen)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands between a draft and a completed screen."""
        found = completion_problems(self.facts, self.tool)
        lowered = lowered_problems(self.screen, self.tool)
        return (*found, *lowered, *correction_problems(self.screen, self.tool))

    @property
    def assessment(self) -> Assessment:
        """What the rules say of a draft now."""
        return assess(self.facts, self.tool)


def open_screen(
    request: HttpRequest, pk: uuid.UUID, capability: Capability = Capability.SEE_SCREEN
) -> Opened:
    """The screen, and a look in the log; the same 404 for one that is hidden or does not exist."""
    screen = get_visible_or_404(queries.with_tool(), request.user, capability, pk)
    if request.method != "POST":
        events.look(str(Capability.SEE_SCREEN), child=screen.child_id, obj=screen)
    return Opened(screen, request.user)


def open_child(request: HttpRequest, child_id: uuid.UUID, capability: Capability) -> Child:
    """The child, or the 404 that a made-up id gets."""
    children = Child.objects.select_related("authority")
    child = get_visible_or_404(children, request.user, capability, child_id)
    if request.method != "POST":
        events.look(str(capability), child=child)
    return child


def page(
    request: HttpRequest,
    template: str,
    opened: Opened,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page about one screen, under the child's identity bar."""
    context |= {
        "screen": opened.screen,
        "tool": opened.tool,
        **child_context(request, opened.screen.child, opened.levels),
    }
    return render(request, f"screening/{template}.html", context, status=status)


def child_context(request: HttpRequest, child: Child, levels: list[LevelEvent]) -> dict[str, Any]:
    """The identity bar and the child's navigation."""
    return frame(child, request.user, "screening:child", levels)


def is_autosave(request: HttpRequest) -> bool:
    """Whether the page's script saves, and not the button."""
    return request.headers.get("X-Requested-With") == "autosave"
