"""Ways round the decision: guardian's own calls, bulk writes, a missing second factor."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm

from cse.access.actions.grants import _permission
from cse.access.capabilities import Capability
from cse.access.checks import nothing_is_granted_for_all_children
from cse.access.models import ChildUserGrant
from cse.access.policies import can
from cse.access.queries import who_can_see
from cse.access.scope import visible
from cse.children.models import Child
from tests.factories import grant

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]


def refused(statement):
    """Run something as if its transaction ended: the deferred guards fire now."""
    with pytest.raises(DatabaseError), transaction.atomic():
        statement()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def row(case):
    now = timezone.now()
    return ChildUserGrant(
        user=case.stranger, content_object=case.child, basis="given", reason="None",
        permission=_permission(), starts_at=now, expires_at=now + dt.timedelta(days=9),
    )  # fmt: skip


def test_no_grant_is_written_without_history(case):
    refused(lambda: ChildUserGrant.objects.bulk_create([row(case)]))
    held = grant(case.stranger, case.child)
    later = timezone.now() + dt.timedelta(days=900)
    refused(lambda: ChildUserGrant.objects.filter(pk=held.pk).update(expires_at=later))
    refused(lambda: ChildUserGrant.objects.filter(pk=held.pk).delete())


def test_guardians_own_shortcut_gives_nothing(case):
    """Its row would have no reason and no end: the database refuses it."""
    refused(lambda: assign_perm("children.view_child", case.stranger, case.child))
    assert not can(case.stranger, Capability.SEE_CHILD, case.child)


def test_a_permission_for_all_children_opens_none_and_is_reported(case):
    assert nothing_is_granted_for_all_children(None, databases=["default"]) == []
    case.stranger.user_permissions.add(_permission())
    everybody = Group.objects.create(name="Everybody")
    everybody.permissions.add(_permission())
    case.stranger.groups.add(everybody)
    assert not case.stranger.has_perm("children.view_child", case.child)
    assert not case.stranger.has_perm("children.view_child")
    assert not visible(Child.objects.all(), case.stranger, Capability.SEE_CHILD).exists()
    found = nothing_is_granted_for_all_children(None, databases=["default"])
    assert {error.id for error in found} == {"access.E002"}
    assert len(found) == 2


def test_guardians_generic_tables_open_nothing_and_are_reported(case):
    UserObjectPermission.objects.create(
        permission=_permission(), content_type=_permission().content_type,
        object_pk=str(case.child.pk), user=case.stranger,
    )  # fmt: skip
    assert not case.stranger.has_perm("children.view_child", case.child)
    found = run_checks(databases=["default"])
    assert "access.E002" in {error.id for error in found}


def test_without_the_second_factor_nobody_sees_anything(case, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert not can(case.worker, Capability.SEE_CHILD, case.child)
    assert who_can_see(case.child.pk) == []
    Authenticator.objects.create(
        user=case.worker, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"}
    )
    assert not can(case.worker, Capability.SEE_CHILD, case.child)
    Authenticator.objects.create(
        user=case.worker, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    assert can(case.worker, Capability.SEE_CHILD, case.child)
    assert [person.user for person in who_can_see(case.child.pk)] == [case.worker]


def test_there_is_no_superuser(case):
    case.stranger.is_superuser = True
    refused(case.stranger.save)
