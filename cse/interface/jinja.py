"""The Jinja2 environment that Django's backend uses for every page.

Two environments stand behind it. Ours is strict: a misspelt variable in one of our templates is
an error in a test, not a blank on a page. The GOV.UK macros ask for parameters that may be
missing, so they are compiled in a lenient environment of their own; `get_template` sends a name
that begins with `govuk_frontend_jinja/` there, and everything else stays strict.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from jinja2 import (
    ChainableUndefined,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)
from markupsafe import Markup

from cse.interface import fields, words
from cse.interface.forms import PlainForm
from cse.interface.language import Hint
from cse.interface.navigation import allowed, named
from cse.interface.queries import hints_for

GOVUK = "govuk_frontend_jinja"


#: All of them: Jinja looks for the one used longest ago whenever it hands one out.
KEPT = -1


class PageEnvironment(Environment):
    """Our strict environment, with the GOV.UK macros served from a lenient one beside it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._govuk = Environment(
            autoescape=True,
            auto_reload=False,
            cache_size=KEPT,
            undefined=ChainableUndefined,
            loader=PrefixLoader({GOVUK: PackageLoader(GOVUK)}),
        )

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """The template of that name; a GOV.UK one comes from the lenient environment."""
        if isinstance(name, str) and name.startswith(f"{GOVUK}/"):
            return self._govuk.get_template(name, parent)
        return super().get_template(name, parent, globals)


def environment(**options: Any) -> Environment:
    """Build the environment for `django.template.backends.jinja2.Jinja2`.

    `options` are Django's (the loader over `templates/`, `auto_reload`); escaping and strictness
    are not left to them.
    """
    options |= {
        "autoescape": True,
        "cache_size": KEPT,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    env = PageEnvironment(**options)
    env.globals.update(_globals())
    env.filters.update(words.FILTERS)
    return env


def _globals() -> dict[str, Any]:
    return {
        "url": url,
        "static": static,
        "csp_nonce": csp_nonce,
        "csrf_field": csrf_field,
        "can": can,
        "now": timezone.now,
        "today": timezone.localdate,
        "setting": setting,
        "field_parts": fields.parts,
        "hints_of": hints_of,
        "summary_errors": fields.summary_errors,
        "plural": words.plural,
        "link": link,
    }


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page. Raises NoReverseMatch when there is none."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def hints_of(bound: BoundField) -> list[Hint] | None:
    """What to think about in the field's text; None where nobody asked, or nothing is typed."""
    typed = str(bound.value() or "").strip()
    asked = isinstance(bound.form, PlainForm) and bound.form.only_looks
    return hints_for(typed) if asked and typed else None


def link(text: str, href: str, hidden: str = "") -> Markup:
    """A link for a table cell; `hidden` words tell equal links apart for a screen reader."""
    more = Markup('<span class="govuk-visually-hidden"> {}</span>').format(hidden) if hidden else ""
    return Markup('<a class="govuk-link" href="{}">{}{}</a>').format(href, text, more)


def csp_nonce(request: HttpRequest | None) -> str:
    """The nonce django-csp made for this answer, or nothing. No page of ours needs one."""
    # django-csp's lazy nonce is false until it is read, so it may not be tested for truth.
    nonce = getattr(request, "csp_nonce", None)
    return "" if nonce is None else str(nonce)


def csrf_field(request: HttpRequest) -> str:
    """The token's text, for a form inside a macro that has no `csrf_input` in its context."""
    return get_token(request)


# The settings a page may read; any other name is refused, so that no secret can be printed.
_SHOWN = frozenset({"SERVICE_NAME", "MARKING", "CSE_DEMO", "IDLE_SECONDS", "IDLE_WARNING_SECONDS"})


def setting(name: str) -> Any:
    """A setting that pages may show. Raises ValueError for every other name."""
    if name not in _SHOWN:
        raise ValueError(f"Pages may not read the setting {name}")
    return getattr(settings, name)


def can(user: Any, capability: Any, child: Any = None) -> bool:
    """Whether this user may do this act (to this child); the same question the act asks.

    `capability` may be the enum's member or its name ("SCREEN"), so that no template imports it.
    """
    return allowed(user, named(capability), child)
