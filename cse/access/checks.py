"""System checks: guardian's generic tables and model-level grants are not used here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Tags as CheckTags


@register()
def our_backend_stands_alone(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """guardian's own backend would ignore expiry and exclusions."""
    if "guardian.backends.ObjectPermissionBackend" in settings.AUTHENTICATION_BACKENDS:
        return [Error("guardian's own backend ignores expiry and exclusions.", id="access.E001")]
    return []


@register(CheckTags.database)
def nothing_is_granted_for_all_children(
    app_configs: Any, databases: Any = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Refuse rows in guardian's generic tables and model-level permissions of people or groups."""
    from django.contrib.auth.models import Group
    from django.db import DatabaseError
    from guardian.models import GroupObjectPermission, UserObjectPermission

    from cse.people.models import User

    if not databases or "default" not in databases:
        return []
    try:
        with_rows = [
            model._meta.label
            for model in (
                UserObjectPermission,
                GroupObjectPermission,
                Group.permissions.through,
                User.user_permissions.through,
            )
            if model.objects.exists()
        ]
    except DatabaseError:
        return []  # not migrated yet
    return [
        Error(f"{name} has rows: access is given on one child, never on all.", id="access.E002")
        for name in with_rows
    ]
