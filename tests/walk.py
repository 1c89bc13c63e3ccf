"""The world that the walk over all routes happens in: one sample address for every route.

A route that is not in ``ROUTES`` fails the walk until somebody gives it a sample here.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from django.utils import timezone

from cse.access import actions as access
from cse.access.models import Exclusion
from cse.children.actions.links import record_link
from cse.children.models import LegalStatus, LevelEvent, TeamMember
from cse.clocks import actions as clocks
from cse.clocks.models import CalendarDay
from cse.documents.actions import request_export
from cse.interface.models import LanguageTerm
from cse.people.models import AccountChange, ContactPoint, Post, Role
from screening.actions import start_screen
from screening.assessments.actions import ask_contribution, start_assessment
from screening.models import StatutoryAssessment, ToolVersion
from screening.queries import current_versions
from tests.clocks import kinds
from tests.factories import (
    LONG_AGO,
    grant,
    make_agency,
    make_authority,
    make_child,
    make_tools,
    make_user,
)
from tests.missing.scene import just_back
from tests.referrals import beside
from tests.referrals.area import Area
from tests.screening.assessing import assessed
from tests.screening.conftest import Place
from tests.screening.made import HIGH, completed, lowered

MADE_UP = uuid.UUID("00000000-0000-4000-8000-000000000000")


@dataclasses.dataclass(frozen=True)
class Sample:
    """Arguments of a route in the world. ``about_a_child``: hidden from who has no access to it.

    ``answers`` are what somebody with act and access may get for GET, where that is not a page or
    a way on.
    """

    arguments: Callable[[World], tuple[Any, ...]] = lambda world: ()
    about_a_child: bool = False
    answers: tuple[int, ...] = (200, 302)


class World:
    """One child with everything a route can be about, and a second child that is sealed."""

    def __init__(self) -> None:
        make_tools()
        self.place = place = Area("oxfordshire")
        self.authority, self.agency, self.child = place.authority, place.agency, place.child
        grant(place.lead, self.child)
        self.screen = completed(place, answers={HIGH: lowered()})
        self.event = LevelEvent.objects.filter(child=self.child).first()
        self.draft, _ = start_screen(child=self.child, by=place.worker)
        self.version = ToolVersion.objects.get(pk=self.screen.tool_version_id)
        self._assessments(place)
        self.opening = access.break_glass(
            child_id=self.child.pk, by=make_user(), reason="The child rang and nobody answered"
        )
        self.grant = grant(make_user(), self.child)
        self._rows(place)
        self._deadline(place)
        self._links(place)
        self._referrals(place)
        self.episode = just_back(self.child, place.worker)
        self.sealed = make_child(by=place.worker, authority=self.authority)
        grant(place.lead, self.sealed)
        self.seal = access.seal(child=self.sealed, names=[], reason="For the walk", by=place.lead)
        self.blank = current_versions()[0].pk
        self.export = request_export(
            kind_key="screen",
            subject_id=self.screen.pk,
            purpose="court",
            by=place.lead,
            recipient_name="The court",
        )

    def _assessments(self, place: Place) -> None:
        self.assessment = assessed(place)
        self.assessing, _ = start_assessment(child=self.child, by=place.worker)
        self.request = ask_contribution(
            assessment_id=self.assessing.pk,
            by=place.worker,
            question="For the walk",
            due_on=timezone.localdate(),
            user=place.colleague,
        )
        self.statutory = StatutoryAssessment(
            child=self.child,
            kind="s47",
            started_on=timezone.localdate(),
            agency=place.agency,
            recorded_by=place.worker,
            recorded_at=timezone.now(),
        )
        self.statutory.save()

    def _rows(self, place: Place) -> None:
        today = timezone.localdate()
        self.exclusion = Exclusion(
            child=self.child,
            user=make_user(),
            ground="other",
            reason="For the walk",
            declared_by=place.lead,
            starts_at=timezone.now(),
        )
        self.status = LegalStatus(
            child=self.child, kind="cin", starts_on=today, recorded_by=place.worker
        )
        self.member = TeamMember(child=self.child, user=place.worker, part="Nurse", starts_on=today)
        self.term = LanguageTerm(
            label="For the walk",
            phrases="runs wild",
            why="It blames the child.",
            alternative="is often missing",
            source="For the walk",
        )
        self.contact = ContactPoint(authority=self.authority, label="Duty", value="To be set")
        for row in (self.exclusion, self.status, self.member, self.term, self.contact):
            row.save()
        self.team = place.worker.posts.get().team
        self.post = place.colleague.posts.get()
        self.change = AccountChange(
            person=place.colleague, kind="second_factor", asked_by=make_user(Role.ADMINISTRATOR)
        )
        self.change.save()

    def _links(self, place: Place) -> None:
        """One that stands with another child, and one that waits for the lead to agree."""
        self.linked = make_child("Sam", by=place.worker, authority=self.authority)
        for person in (place.worker, place.lead):
            grant(person, self.linked)
        both = {"child": self.child, "other": self.linked, "by": place.worker}
        self.proposed = record_link(**both, kind="friends")
        access.end_exclusion(exclusion=self.exclusion, by=place.lead, reason="For the walk")
        self.link = record_link(**both, kind="siblings")
        self.exclusion = access.exclude(
            child=self.child, user=make_user(), ground="other", reason="Walk", by=place.lead
        )

    def _referrals(self, place: Area) -> None:
        self.referral_draft = place.draft()
        self.referral = place.sent()
        self.delivery = place.at(self.referral, place.front_door)
        self.disagreement = place.disagreed()
        self.decision = beside.decision(place)
        self.consultation = beside.consultation(place)
        self.advice = beside.advice(place)
        self.early_help = beside.plan(place)
        self.help_outcome = beside.outcome(self.early_help, place.worker)
        self.help_action = beside.action(self.help_outcome, place.worker)

    def _deadline(self, place: Place) -> None:
        kinds.register()
        self.clock = clocks.start_clock(
            kind=kinds.DECISION.key,
            child=self.child,
            subject=self.child,
            trigger_at=timezone.now(),
            by=place.lead,
        )
        self.day = CalendarDay(
            kind="bank_holiday",
            on=timezone.localdate(),
            name="For the walk",
            moves_targets=True,
            added_by=place.lead,
            added_at=timezone.now(),
        )
        self.day.save()

    def open_to(self, user: Any) -> None:
        """Give somebody everything that access can give."""
        for child in (self.child, self.linked, self.sealed):
            grant(user, child)
        access.name_in_seal(seal=self.seal, user=user, by=self.place.lead, reason="For the walk")


def _child(*more: str, answers: tuple[int, ...] = (200, 302)) -> Sample:
    """A route below the child: its id, then rows of the world by name."""
    return Sample(
        lambda world: (world.child.pk, *(getattr(world, name).pk for name in more)), True, answers
    )


def _row(name: str, *more: Any, hidden: bool = False, answers: tuple[int, ...] = (200, 302)) -> Any:
    return Sample(lambda world: (getattr(world, name).pk, *more), hidden, answers)


NOTHING = Sample()
ANY_TOKEN = Sample(lambda world: (uuid.uuid4(),))
#: Whose it is decides, not access to the child: another's is no page.
OWN_ONLY = (200, 302, 404)

ROUTES: dict[str, Sample] = {
    **dict.fromkeys(
        (
            "worklist:home",
            "signin:account",
            "signin:extend",
            "signin:keep",
            "signin:ended",
            "signin:signed-out",
            "signin:kept",
            "account_login",
            "account_logout",
            "account_inactive",
            "account_reauthenticate",
            "account_change_password",
            "account_set_password",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
            "mfa_index",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_reauthenticate_webauthn",
            "people:users",
            "people:leads",
            "people:add",
            "people:agencies",
            "people:add-agency",
            "people:contacts",
            "people:changes",
            "children:search",
            "children:mine",
            "clocks:calendar",
            "clocks:add-day",
            "access:break-glass",
            "access:openings",
            "audit:log",
            "screening:list",
            "screening:tools",
            "screening:upload-tool",
            "referrals:list",
            "referrals:start",
            "referrals:board",
            "referrals:decided",
            "referrals:age-differences",
            "documents:home",
            "documents:register",
            "documents:verify",
            "interface:guidance",
            "interface:contacts",
            "interface:check-wording",
            "interface:language-terms",
            "interface:language-term-add",
        ),
        NOTHING,
    ),
    "signin:extend": Sample(answers=(405,)),
    "signin:keep": Sample(answers=(405,)),
    "signin:drop-kept": Sample(lambda world: (MADE_UP,), answers=(405,)),
    "account_reset_password_from_key": Sample(lambda world: ("1", "set-password")),
    "mfa_edit_webauthn": Sample(lambda world: (1,)),
    "mfa_remove_webauthn": Sample(lambda world: (1,)),
    "people:edit-agency": _row("agency"),
    "people:add-team": _row("agency"),
    "people:edit-team": _row("team"),
    "people:add-contact": _row("authority"),
    "referrals:change-age-differences": _row("authority"),
    "people:edit-area": _row("authority"),
    "people:edit-contact": _row("contact"),
    "people:end-post": _row("post"),
    "people:decide-change": _row("change", answers=OWN_ONLY),
    **{
        f"people:{name}": Sample(lambda world: (world.place.colleague.pk,))
        for name in ("user", "edit", "give-post", "close")
    },
    **{
        f"people:{name}": Sample(lambda world: (world.place.colleague.pk,), answers=(200, 302, 405))
        for name in ("invite", "open", "remove-factor")
    },
    "clocks:remove-day": _row("day"),
    "clocks:why-late": _row("clock", hidden=True),
    "clocks:put-away": _row("clock", hidden=True, answers=(405,)),
    "children:results": ANY_TOKEN,
    "audit:found": ANY_TOKEN,
    "children:add": ANY_TOKEN,
    **{
        f"children:{name}": _child()
        for name in (
            "child",
            "edit",
            "timeline",
            "changes",
            "levels",
            "statuses",
            "add-status",
            "links",
            "add-link",
            "team",
            "add-member",
        )
    },
    **{f"children:{name}": _child("link") for name in ("link", "correct-link", "end-link")},
    "children:answer-link": _row("proposed", hidden=True),
    "children:end-status": _child("status"),
    "children:set-status-aside": _child("status"),
    "children:end-member": _child("member"),
    "access:give-back": _child(answers=(405,)),
    "access:review-break-glass": _row("opening", hidden=True),
    "access:review-seal": _row("seal", hidden=True),
    # Only those told that nobody is left get the page: this seal has its people.
    "access:name-for-seal": _row("seal", hidden=True, answers=(404,)),
    "access:add-name": _row("seal", hidden=True),
    "access:end-name": Sample(lambda world: (world.seal.pk, world.seal.names.first().pk), True),
    "access:decide-seal": _row("seal", "keep", hidden=True),
    **{
        f"access:{name}": _child()
        for name in ("who", "why", "looks", "attempts", "give", "declare", "exclude", "seal")
    },
    "access:end": _child("grant"),
    "access:end-exclusion": _child("exclusion"),
    "missing:owed": NOTHING,
    "missing:child": _child(),
    "missing:record": _child(),
    **{
        f"missing:{name}": _row("episode", hidden=True)
        for name in (
            "episode",
            "return",
            "correct",
            "grade",
            "set-aside",
            "allocate",
            "offer",
            "interview",
        )
    },
    "screening:child": _child(),
    "screening:start": _child(),
    "screening:compare": _child(),
    "screening:over-time": _child(),
    "screening:approve-level": _row("event", hidden=True),
    **{
        f"screening:{name}": _row("screen", hidden=True)
        for name in (
            *("show", "completed", "replaced", "repeat", "correct", "countersign", "changed-duty"),
        )
    },
    "screening:draft": _row("draft", hidden=True),
    "screening:check": _row("draft", hidden=True),
    "screening:set-aside": _row("draft", hidden=True),
    "screening:domain": _row("draft", "health", hidden=True),
    "screening:section": _row("draft", "conclusion", hidden=True),
    "screening:offered": _row("draft", "grooming", hidden=True),
    **{f"referrals:{name}": _child() for name in ("child", "start-from-child", "child-note")},
    "referrals:start-from-screen": _row("screen", hidden=True),
    **{
        f"referrals:{name}": _row("referral_draft", hidden=True, answers=OWN_ONLY)
        for name in ("draft", "facts", "check", "set-aside")
    },
    "referrals:part": _row("referral_draft", "situation", hidden=True, answers=OWN_ONLY),
    **{
        f"referrals:{name}": _row("referral", hidden=True, answers=OWN_ONLY)
        for name in ("show", "withdraw", "note", "oversee")
    },
    **{
        f"referrals:{name}": _row("delivery", hidden=True, answers=OWN_ONLY)
        for name in ("outcome", "tell", "disagree")
    },
    **{
        f"referrals:{name}": _row("delivery", hidden=True, answers=OWN_ONLY)
        for name in ("delivery", "release", "decide", "second")
    },
    **{
        f"referrals:{name}": _row("delivery", hidden=True, answers=(404, 405))
        for name in ("claim", "acknowledge")
    },
    "referrals:again": _row("referral", hidden=True, answers=(302, 404, 405)),
    "referrals:disagreement": _row("disagreement", hidden=True, answers=OWN_ONLY),
    **dict.fromkeys(
        (
            "referrals:decisions",
            "referrals:consultations",
            "referrals:start-consultation",
        ),
        NOTHING,
    ),
    **{
        f"referrals:{name}": _child()
        for name in ("decide-not-to-refer", "record-advice", "start-early-help")
    },
    **{
        f"referrals:{name}": _row("decision", hidden=True, answers=OWN_ONLY)
        for name in ("decision", "exception", "decision-facts", "set-decision-aside")
    },
    "referrals:signed-decision": _row("decision", hidden=True, answers=OWN_ONLY),
    "referrals:refer-after-decision": _row("decision", hidden=True, answers=(404, 405)),
    "referrals:consultation": _row("consultation", answers=OWN_ONLY),
    "referrals:use-consultation": _row("consultation", answers=OWN_ONLY),
    "referrals:advice": _row("advice", hidden=True, answers=OWN_ONLY),
    "referrals:refer-after-advice": _row("advice", hidden=True, answers=(404, 405)),
    **{
        f"referrals:{name}": _row("early_help", hidden=True)
        for name in (
            "early-help",
            "change-early-help",
            "help-outcome",
            "help-meeting",
            "close-early-help",
        )
    },
    "referrals:refer-from-early-help": _row("early_help", hidden=True, answers=(405,)),
    "referrals:answer-ending": _row("early_help", hidden=True, answers=(405,)),
    "referrals:help-add-action": _row("help_outcome", hidden=True),
    "referrals:help-action": _row("help_action", hidden=True),
    "referrals:read-outcome": _row("delivery", hidden=True, answers=(404, 405)),
    **{f"screening:{name}": _child() for name in ("assessments", "assessment-start")},
    "screening:statutory-record": _child(),
    **{
        f"screening:assessment{name}": _row("assessment", hidden=True)
        for name in ("", "-correct", "-day", "-ask", "-harm")
    },
    **{
        f"screening:assessment-{name}": _row("assessing", hidden=True)
        for name in ("draft", "check", "set-aside")
    },
    "screening:assessment-screen": _row("assessing", hidden=True, answers=(405,)),
    "screening:assessment-part": _row("assessing", "history", hidden=True),
    "screening:request": _row("request", hidden=True),
    # Only whom it was sent to: somebody else who sees the child reads it with the assessment.
    "screening:contribution": _row("request", hidden=True, answers=(404,)),
    **{
        f"screening:statutory-{name}": _row("statutory", hidden=True)
        for name in ("outcome", "correct", "ask", "risks")
    },
    "screening:statutory": _row("statutory", hidden=True),
    "screening:tool-version": _row("version"),
    "screening:preview-tool": _row("version"),
    "screening:use-tool": _row("version", answers=(200, 302, 405)),
    "screening:retire-row": _row("version", HIGH),
    "documents:request-blank": Sample(lambda world: ("blank-tool", world.blank)),
    "documents:request": Sample(lambda world: ("screen", world.screen.pk), True),
    "documents:status": _row("export", answers=OWN_ONLY),
    "documents:download": _row("export", answers=OWN_ONLY),
    "documents:verified": Sample(lambda world: ("AAAA-AAAA-AAAA-AAAA",), answers=(200, 302, 404)),
    "interface:guidance-page": Sample(lambda world: ("words",)),
    "interface:language-term": _row("term"),
    "interface:language-term-retire": _row("term", answers=(200, 302, 405)),
    "interface:language-term-restore": _row("term", answers=(200, 302, 405)),
}


def routes(patterns: Any = None, space: str = "") -> Iterator[tuple[str, Any]]:
    """Every route of the resolver: its name and its view."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(each, "url_patterns"):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from routes(each.url_patterns, inner)
        else:
            yield f"{space}{each.name}", each.callback


WITH_CHILDREN = (
    Role.PRACTITIONER, Role.NAMED_LEAD, Role.SENIOR_MANAGER, Role.FRONT_DOOR, Role.CSE_TEAM,
    Role.CHAIR,
)  # fmt: skip


def personas() -> list[tuple[str, str]]:
    """Everybody who walks: how they stand, and in which role."""
    return [
        ("anonymous", ""),
        ("inactive", Role.NAMED_LEAD),
        ("expired post", Role.NAMED_LEAD),
        ("ended agency", Role.NAMED_LEAD),
        ("excluded", Role.NAMED_LEAD),
        ("ended access", Role.NAMED_LEAD),
        *(("no access", role) for role in Role),
        *(("access", role) for role in WITH_CHILDREN),
    ]


def make_persona(world: World, stands: str, role: str) -> Any:
    """Somebody of that kind, None for nobody."""
    if stands == "anonymous":
        return None
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    user = make_user(role, agency=make_agency(authority=make_authority("oxfordshire")))
    if stands != "no access":
        world.open_to(user)
    if stands == "inactive":
        user.is_active = False
        user.save()
    elif stands == "expired post":
        post = Post.objects.get(user=user)
        post.starts_on, post.ends_on = LONG_AGO, yesterday
        post.save()
    elif stands == "ended agency":
        agency = Post.objects.get(user=user).team.agency
        agency.ends_on = yesterday
        agency.save()
    elif stands == "excluded":
        for child in (world.child, world.linked, world.sealed):
            access.exclude(
                child=child, user=user, ground="other", reason="For the walk", by=world.place.lead
            )
    elif stands == "ended access":
        for child in (world.child, world.linked, world.sealed):
            for held in user.childusergrant_set.filter(content_object=child):
                access.end_access(grant=held, by=world.place.lead, reason="For the walk")
    assert settings.SECOND_FACTOR_REQUIRED is False
    return user
