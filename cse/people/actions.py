"""Acts on accounts, posts, areas, agencies, teams, contact points; each is one audit event.

An administrator acts in the authorities where they hold the post of administrator, never on
their own posts, and never sees a child.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from cse.access.policies import NotAllowed
from cse.audit import events
from cse.people.changes import ask_for_change, take_factors, takes_two, took_effect
from cse.people.invitations import send_invitation
from cse.people.models import (
    Agency,
    AgencyType,
    Authority,
    ChangeKind,
    ContactPoint,
    Post,
    Role,
    Team,
    User,
)
from cse.people.notices import send_notice
from cse.people.policies import (
    check_agency_is_open,
    check_can_manage,
    check_can_manage_person,
    check_kind_fits,
    check_not_oneself,
    check_role_fits,
)
from cse.people.queries import second_factors_of
from cse.people.saving import save_edit, save_or_taken
from cse.people.sessions import end_sessions_of

PERSON = ("given_name", "family_name", "email", "job_title", "telephone")
AGENCY = ("name", "type", "protocol_signed_on", "starts_on", "ends_on")
TEAM = ("name", "kind")
CONTACT = ("label", "value", "is_placeholder")
AREA = (
    *("name", "front_door_name", "cse_team_name", "board_name"),
    *("marking", "handling", "emergency_text"),
)


@transaction.atomic
def add_person(
    *,
    by: Any,
    values: Mapping[str, Any],
    team: Team,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> User:
    """Make an account with its first post and send the link to set a password.

    Raises `Taken` for an address that has an account, and what `give_post` raises.
    """
    check_can_manage(by, team.agency.authority_id)
    user = User(**{name: values[name] for name in PERSON})
    user.email = user.email.lower()
    user.set_unusable_password()
    save_or_taken(user)
    events.record("account made", by=by, obj=user)
    give_post(by=by, person=user, team=team, role=role, starts_on=starts_on, ends_on=ends_on)
    invite(by=by, person=user)
    return user


@transaction.atomic
def edit_person(*, by: Any, person: User, values: Mapping[str, Any], version: str) -> list[str]:
    """Change name, address, job title or telephone. Raises `Changed` and `Taken`.

    Another address waits for a second person (`takes_two`); the rest holds at once.
    """
    check_can_manage_person(by, person)
    old, new = person.email, values["email"].lower()
    waits = new != old and takes_two(by, person)
    tidy = dict(values) | {"email": old if waits else new}
    changed = save_edit(person, PERSON, tidy, version, "account changed", by)
    if waits:
        ask_for_change(by=by, person=person, kind=ChangeKind.ADDRESS, new_email=new)
    elif "email" in changed:
        send_notice(person, "account/email/account_change_made", to=old)
    return changed


@transaction.atomic
def invite(*, by: Any, person: User) -> None:
    """Send the link to set a password (again)."""
    check_can_manage_person(by, person)
    if not person.is_active:
        raise NotAllowed("The account is closed.")
    events.record("link to set a password sent", by=by, obj=person)
    send_invitation(person)


@transaction.atomic
def close_account(*, by: Any, person: User, reason: str) -> None:
    """Close an account: it ends every session now, and nobody can sign in with it."""
    check_can_manage_person(by, person)
    check_not_oneself(by, person, "close an account")
    if not _set_active(person, False):
        return
    ended = end_sessions_of(person.pk)
    events.record(
        "account closed",
        by=by,
        obj=person,
        reason=reason,
        changed=["is_active"],
        data={"sessions_ended": ended},
    )


@transaction.atomic
def open_account(*, by: Any, person: User, reason: str) -> None:
    """Open a closed account again; its posts are as they were."""
    check_can_manage_person(by, person)
    check_not_oneself(by, person, "open an account")
    if not _set_active(person, True):
        return
    events.record("account opened", by=by, obj=person, reason=reason, changed=["is_active"])


def _set_active(person: User, active: bool) -> bool:
    """Whether anything changed: a double click is one act and one event."""
    current = User.objects.select_for_update().get(pk=person.pk)
    if current.is_active == active:
        return False
    current.is_active = active
    current.save()
    return True


@transaction.atomic
def remove_second_factor(*, by: Any, person: User, reason: str) -> None:
    """For a lost phone or key: a second person agrees, then all go and all sessions end."""
    check_can_manage_person(by, person)
    check_not_oneself(by, person, "remove a second factor")
    if not second_factors_of(person):
        raise NotAllowed("There is no second factor to remove.")
    if takes_two(by, person):
        ask_for_change(by=by, person=person, kind=ChangeKind.SECOND_FACTOR, reason=reason)
        return
    take_factors(person)
    took_effect(
        by=by, person=person, kind=ChangeKind.SECOND_FACTOR, old=person.email, reason=reason
    )


@transaction.atomic
def give_post(
    *,
    by: Any,
    person: User,
    team: Team,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> Post:
    """Give somebody a role in a team from one day on, perhaps to another (both included).

    Nobody gives it to themselves. Raises `NotAllowed` where the same role in the same team is
    held on one of those days, the agency is not open, or the role does not fit the team.
    """
    check_can_manage(by, team.agency.authority_id)
    check_can_manage_person(by, person)
    check_not_oneself(by, person, "give a post")
    check_role_fits(role, team)
    check_agency_is_open(team.agency, starts_on)
    held = Post.objects.filter(user=person, team=team, role=role).exclude(ends_on__lt=starts_on)
    if ends_on is not None:
        held = held.filter(starts_on__lte=ends_on)
    if held.exists():
        raise NotAllowed("They hold this post on one of these days already.")
    post = Post(user=person, team=team, role=role, starts_on=starts_on, ends_on=ends_on)
    post.save()
    events.record(
        "post given",
        by=by,
        obj=post,
        data={"person": str(person.pk), "role": role, "team": str(team.pk)},
    )
    return post


@transaction.atomic
def end_post(*, by: Any, post: Post, ends_on: dt.date, reason: str) -> None:
    """Let a post end on a day (included). Not one's own."""
    check_can_manage(by, post.team.agency.authority_id)
    check_not_oneself(by, post.user, "end a post")
    current = Post.objects.select_for_update().get(pk=post.pk)
    if ends_on < current.starts_on:
        raise NotAllowed("A post cannot end before it starts.")
    if current.ends_on is not None and ends_on > current.ends_on:
        raise NotAllowed("The post ends earlier already: give a new one instead.")
    current.ends_on = ends_on
    current.save()
    events.record(
        "post ended",
        by=by,
        obj=current,
        reason=reason,
        changed=["ends_on"],
        data={"person": str(current.user_id), "ends_on": ends_on.isoformat()},
    )


@transaction.atomic
def add_agency(*, by: Any, authority: Authority, values: Mapping[str, Any]) -> Agency:
    """Add an agency (W-SHR-01: none is shut out). Raises `Taken`."""
    check_can_manage(by, authority.pk)
    agency = Agency(authority=authority, **{name: values[name] for name in AGENCY})
    save_or_taken(agency)
    events.record("agency added", by=by, obj=agency)
    return agency


@transaction.atomic
def edit_agency(*, by: Any, agency: Agency, values: Mapping[str, Any], version: str) -> list[str]:
    """Change name, type, dates or when it signed the protocol (O-SHR-47)."""
    check_can_manage(by, agency.authority_id)
    return save_edit(agency, AGENCY, values, version, "agency changed", by)


@transaction.atomic
def add_team(*, by: Any, agency: Agency, values: Mapping[str, Any]) -> Team:
    """Add a team, with the group that grants name. Raises `Taken`."""
    check_can_manage(by, agency.authority_id)
    group = Group.objects.create(name=f"team {uuid.uuid4()}")
    team = Team(agency=agency, group=group, **{name: values[name] for name in TEAM})
    save_or_taken(team)
    events.record("team added", by=by, obj=team)
    return team


@transaction.atomic
def edit_team(*, by: Any, team: Team, values: Mapping[str, Any], version: str) -> list[str]:
    """Change a team's name or what it is for. Raises `NotAllowed` where its posts do not fit."""
    check_can_manage(by, team.agency.authority_id)
    if values["kind"] != team.kind:
        check_kind_fits(team, values["kind"])
    return save_edit(team, TEAM, values, version, "team changed", by)


@transaction.atomic
def edit_area(
    *, by: Any, authority: Authority, values: Mapping[str, Any], version: str
) -> list[str]:
    """Change what an area calls its teams, its marking, handling line and emergency text (DEC-26,
    DEC-41). Documents that are made already keep the marking they were made with.
    """
    check_can_manage(by, authority.pk)
    return save_edit(authority, AREA, values, version, "area changed", by)


@transaction.atomic
def edit_contact_point(
    *, by: Any, point: ContactPoint, values: Mapping[str, Any], version: str
) -> list[str]:
    """Say how to reach a front door or team; a placeholder says so until it is real (DEC-51)."""
    check_can_manage(by, point.authority_id)
    return save_edit(point, CONTACT, values, version, "contact point changed", by)


@transaction.atomic
def add_contact_point(*, by: Any, authority: Authority, values: Mapping[str, Any]) -> ContactPoint:
    """Add a way to reach a front door or team. Raises `Taken`: sent twice, it is one."""
    check_can_manage(by, authority.pk)
    point = ContactPoint(authority=authority, **{name: values[name] for name in CONTACT})
    point.position = authority.contact_points.count()
    save_or_taken(point)
    events.record("contact point added", by=by, obj=point)
    return point


@transaction.atomic
def first_team(*, authority: Authority, agency_name: str, today: dt.date) -> Team:
    """Where the first administrator holds their post; found or made."""
    agency = Agency.objects.filter(authority=authority, name__iexact=agency_name).first()
    if agency is None:
        agency = Agency(
            authority=authority, name=agency_name, type=AgencyType.OTHER, starts_on=today
        )
        agency.save()
        events.record("agency added", obj=agency, reason="first start")
    team = agency.teams.filter(name="Administration").first()
    if team is None:
        group = Group.objects.create(name=f"team {uuid.uuid4()}")
        team = Team(agency=agency, group=group, name="Administration")
        team.save()
        events.record("team added", obj=team, reason="first start")
    return team


@transaction.atomic
def first_administrator(
    *, email: str, given_name: str, family_name: str, team: Team, today: dt.date
) -> User:
    """The first account of a new installation; refused once an authority has an administrator.

    Made by the system (a command on the server), because nobody could otherwise.
    """
    authority_id = team.agency.authority_id
    there = Post.objects.filter(role=Role.ADMINISTRATOR, team__agency__authority_id=authority_id)
    if there.current(today).filter(user__is_active=True).exists():
        raise NotAllowed("This authority has an administrator: they add people on the People page.")
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User(email=email.lower(), given_name=given_name, family_name=family_name)
        user.set_unusable_password()
        user.save()
        events.record("account made", obj=user, reason="first start")
    post = Post(user=user, team=team, role=Role.ADMINISTRATOR, starts_on=today)
    post.save()
    events.record("post given", obj=post, reason="first start", data={"person": str(user.pk)})
    return user
