"""What every page's layout needs to know, as one value called `shell`.

`cse.interface.context.shell` is a context processor of the Jinja2 backend.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest

from cse.interface.identity import NavItem
from cse.interface.navigation import FOOTER, NAV, address, entries_for


@dataclass(frozen=True)
class Idle:
    """When the page warns and when the session is over; times in seconds."""

    seconds: int
    warning: int
    extend_url: str
    ended_url: str
    keep_url: str
    ends_at: datetime | None


class Shell:
    """Read by the layouts only; each part is worked out when a layout asks for it.

    A page that fails early (no session, no user, no database) still gets a shell: whatever is
    unknown is empty.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def service_name(self) -> str:
        return str(settings.SERVICE_NAME)

    @property
    def default_marking(self) -> str:
        """The installation's, where nobody's area is known; needs no database."""
        return str(settings.MARKING)

    @property
    def marking(self) -> str:
        """The marking of the person's area (DEC-26), of their first post as everywhere else."""
        return (self.user and self._principals.marking) or self.default_marking

    @property
    def handling(self) -> str:
        """How what is marked is handled, in the area's words; often empty."""
        return self._principals.handling if self.user else ""

    @property
    def demo(self) -> bool:
        return bool(settings.CSE_DEMO)

    @cached_property
    def user(self) -> Any:
        """The signed-in user, or None."""
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def user_name(self) -> str:
        return str(self.user.get_full_name() or self.user.get_username()) if self.user else ""

    @property
    def post(self) -> str:
        """The post the user acts in; empty without one, and without the second factor it needs.

        Costs nothing beside the navigation: a request resolves it once.
        """
        return self._principals.post_title if self.user else ""

    @property
    def _principals(self) -> Any:
        # Imported when asked: the environment is also built before the models are ready.
        from cse.access.principals import principals_of

        return principals_of(self.user)

    @property
    def home_url(self) -> str:
        return address("worklist:home") or "/"

    @property
    def sign_out_url(self) -> str:
        return address("account_logout") if self.user else ""

    @cached_property
    def nav(self) -> list[NavItem]:
        return entries_for(self._request, NAV) if self.user else []

    @property
    def nav_items(self) -> list[dict[str, Any]]:
        """`nav` as the GOV.UK macro wants it."""
        return [
            {
                "text": item.label,
                "href": item.href,
                "current": item.href == self._request.path,
                "active": item.current,
            }
            for item in self.nav
        ]

    @cached_property
    def footer_links(self) -> list[NavItem]:
        return entries_for(self._request, FOOTER) if self.user else []

    @property
    def messages(self) -> Any:
        return get_messages(self._request)

    @property
    def idle(self) -> Idle | None:
        """The timeout the page warns about; nothing where nobody is signed in."""
        extend = address("signin:extend") if self.user else ""
        if not extend:
            return None
        return Idle(
            seconds=settings.IDLE_SECONDS,
            warning=settings.IDLE_WARNING_SECONDS,
            extend_url=extend,
            ended_url=address("signin:ended") or address("account_login"),
            keep_url=address("signin:keep"),
            ends_at=getattr(self._request, "session_ends_at", None),
        )


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `shell` for every page."""
    return {"shell": Shell(request)}
