"""Whose session it was: a signed, HttpOnly cookie that lets nobody in.

It names the account that last signed in in this browser, so that a form that arrives after the
session's end can be kept for that account. Signing out by hand removes it; a form of theirs that
comes afterwards and says itself whose it is (``cse.signin.authors``) brings it back.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NAME, SALT = "cse_former", "cse.signin.former"
#: Seconds: the longest session and the day for which text is kept.
MAX_AGE = 32 * 60 * 60


def former_user_id(request: HttpRequest) -> uuid.UUID | None:
    """The account this browser was signed in to, or None where nobody vouches for it."""
    value = request.get_signed_cookie(NAME, default=None, salt=SALT, max_age=MAX_AGE)
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        return None


def remember(response: HttpResponse, user_id: uuid.UUID) -> None:
    """Name the account in the cookie."""
    response.set_signed_cookie(
        NAME,
        str(user_id),
        salt=SALT,
        max_age=MAX_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """Take the cookie away."""
    response.delete_cookie(NAME, samesite="Lax")
