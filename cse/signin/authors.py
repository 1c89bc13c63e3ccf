"""Whose page a form stands on: every form of a signed-in person carries their account, signed.

The session says who sends a form, and may be another one by then: somebody signs out, or another
person signs in, in a second window. The form itself says who typed it, so that what was typed is
kept for, and shown to, nobody else. It lets nobody in and allows nothing.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cse.audit.extra import AUTHOR

SALT = "cse.signin.author"


def author_of(request: HttpRequest) -> uuid.UUID | None:
    """The account whose page the posted form stood on; None where the form does not say."""
    try:
        return uuid.UUID(Signer(salt=SALT).unsign(request.POST.get(AUTHOR, "")))
    except (BadSignature, ValueError, OSError):  # OSError: it broke off on its way
        return None


def every_form(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `csrf_input` names the author beside the token."""
    return {"csrf_input": _lazy_input(request)}


def _input(request: HttpRequest) -> SafeString:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return csrf_input(request)
    author = Signer(salt=SALT).sign(str(user.pk))
    hidden = '{}<input type="hidden" name="{}" value="{}">'
    return format_html(hidden, csrf_input(request), AUTHOR, author)


_lazy_input = lazy(_input, SafeString, str)
