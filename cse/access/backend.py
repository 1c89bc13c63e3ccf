"""Our backend in guardian's place: `user.has_perm(perm, child)` asks `can()`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from guardian.backends import ObjectPermissionBackend as GuardianBackend

from cse.access.capabilities import Capability
from cse.access.policies import can


class ObjectPermissionBackend(GuardianBackend):
    """Expiry, exclusions and seals included; model-level permissions are never granted."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """``children.view_child`` on a child is SEE_CHILD; anything else is no.

        A "no" about children is final: raised, so that no backend after this one is asked.
        """
        app_label, _, codename = perm.rpartition(".")
        if app_label not in {"children", ""}:
            return False
        if codename == "view_child" and _is_seen(user_obj, obj):
            return True
        raise PermissionDenied

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """The one permission a child has, where `can()` says so."""
        return {"view_child"} if _is_seen(user_obj, obj) else set()


def _is_seen(user: Any, obj: Any) -> bool:
    """Whether this is a child, and one this person may see."""
    meta = getattr(obj, "_meta", None)
    is_child = meta is not None and meta.label_lower == "children.child"
    return is_child and can(user, Capability.SEE_CHILD, obj)
