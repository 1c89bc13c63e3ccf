"""The main navigation: where a signed-in person can go, by what their posts let them do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from cse.access.capabilities import Capability
from cse.interface.identity import NavItem


@dataclass(frozen=True)
class Entry:
    """A main-navigation entry. An empty capability means: for everybody who is signed in."""

    label: str
    url_name: str
    capability: str = ""


# Shown in this order; an entry whose page does not exist (yet) or whose act the user's posts do
# not allow is left out. Hiding is a kindness, not a control: the page itself refuses.
NAV: list[Entry] = [
    Entry("Home", "worklist:home", "SEE_OWN_WORK"),
    Entry("Children", "children:search", "SEARCH_CHILDREN"),
    Entry("Screens", "screening:list", "SEE_SCREEN"),
    Entry("Referrals", "referrals:list", "SEE_REFERRAL"),
    Entry("Triage", "referrals:board", "TRIAGE"),
    Entry("Missing", "missing:owed", "ALLOCATE_INTERVIEW"),
    Entry("Documents", "documents:home", "USE_SERVICE"),
    Entry("Leads", "people:leads", "SEE_DIRECTORY"),
    Entry("People", "people:users", "MANAGE_ACCOUNTS"),
    Entry("Tools", "screening:tools", "MANAGE_TOOLS"),
    Entry("Audit log", "audit:log", "SEE_AUDIT"),
    Entry("Language", "interface:language-terms", "MANAGE_LANGUAGE"),
    Entry("Guidance", "interface:guidance", "SEE_GUIDANCE"),
]

FOOTER: list[Entry] = [
    Entry("Guidance", "interface:guidance", "SEE_GUIDANCE"),
    Entry("Who to contact", "interface:contacts", "SEE_GUIDANCE"),
    Entry("Check my wording", "interface:check-wording", "SEE_GUIDANCE"),
    Entry("Check a document", "documents:verify", "VERIFY_DOCUMENT"),
    Entry("Consult without a name", "referrals:consultations", "CONSULT"),
    Entry("Decisions not to refer", "referrals:decisions", "SIGN_DECISION"),
    Entry("Open a child in an emergency", "access:break-glass", "BREAK_GLASS"),
    Entry("Emergency access to review", "access:openings", "REVIEW_BREAK_GLASS"),
    Entry("Your account", "signin:account"),
]


def entries_for(request: HttpRequest, entries: list[Entry]) -> list[NavItem]:
    """The links of `entries` this user gets, with the page they are in marked as current."""
    places = [
        (entry.label, href)
        for entry in entries
        if (href := address(entry.url_name)) and _allowed(request, entry.capability)
    ]
    # "/people/leads/" lies in two entries' addresses: the longer one is where the user is.
    here = max((h for _, h in places if _is_current(request.path, h)), key=len, default="")
    return [NavItem(label, href, href == here) for label, href in places]


@cache
def address(url_name: str) -> str:
    """The address of a named page, or "" where there is no such page; the same for all pages."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _is_current(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href))


def _allowed(request: HttpRequest, capability: str) -> bool:
    """Whether a current post carries the act: the question the middleware asks of a page."""
    if not capability:
        return True
    # Imported when asked: the environment is also built before the models are ready.
    from cse.access.principals import principals_of

    return named(capability) in principals_of(request.user).acts


def allowed(user: Any, capability: Capability, child: Any = None) -> bool:
    """Whether this user may do this act (to this child); the question the act itself asks."""
    from cse.access.policies import can

    return bool(can(user, capability, child))


def named(capability: Capability | str) -> Capability:
    """The act of that name ("MANAGE_LANGUAGE"); a name that is none is a mistake (KeyError)."""
    if isinstance(capability, Capability):
        return capability
    return Capability[capability]
