"""What home offers whoever runs the service: what they should look at, and where they can go.

Somebody who works with children has their children there; the others would find it empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.panels import Panel
from cse.interface.navigation import address
from cse.interface.words import plural
from cse.people.models import ContactPoint
from cse.people.policies import managed_authorities
from cse.people.queries import changes_open_to

#: The act, what it leads to in words, and the name of the page.
PLACES: tuple[tuple[Capability, str, str], ...] = (
    (Capability.MANAGE_ACCOUNTS, "Add people, give and end posts", "people:users"),
    (Capability.MANAGE_ACCOUNTS, "Agencies and teams", "people:agencies"),
    (Capability.MANAGE_TOOLS, "Screening tools and their versions", "screening:tools"),
    (
        Capability.MANAGE_LANGUAGE,
        "Words that the language helper looks for",
        "interface:language-terms",
    ),
    (Capability.SEE_AUDIT, "Read the audit log", "audit:log"),
    (Capability.SEE_EXPORTS, "Read the register of exports", "documents:register"),
    (Capability.SEE_DIRECTORY, "Find a safeguarding lead", "people:leads"),
    (Capability.SEE_GUIDANCE, "Read the guidance", "interface:guidance"),
)


def next_steps(user: Any) -> Panel | None:
    """What asks for this person's attention, then where their post lets them go.

    Nothing for somebody with children unless something waits. Two queries at most.
    """
    acts = principals_of(user).acts
    steps = list(_waiting(user, acts))
    if Capability.SEE_CHILD in acts:
        return _panel("Accounts", steps) if steps else None
    steps += [(words, address(name)) for act, words, name in PLACES if act in acts]
    return _panel("What you can do here", steps)


def _waiting(user: Any, acts: frozenset[Capability]) -> Iterator[tuple[str, str]]:
    if Capability.AGREE_ACCOUNT_CHANGE in acts:
        changes = changes_open_to(user).exclude(asked_by_id=user.pk).count()
        if changes:
            waits = "waits" if changes == 1 else "wait"
            words = f"{plural(changes, 'change of an account', 'changes of accounts')} {waits}"
            yield f"{words} for a second person: you can agree or refuse", address("people:changes")
    if Capability.MANAGE_ACCOUNTS in acts:
        managed = managed_authorities(user)
        points = ContactPoint.objects.filter(authority__in=managed, is_placeholder=True).count()
        if points:
            words = plural(points, "contact point is", "contact points are")
            yield (
                f"{words} not filled in yet: pages tell people to ask you",
                address("people:contacts"),
            )


def _panel(heading: str, steps: list[tuple[str, str]]) -> Panel:
    found = [(words, href) for words, href in steps if href]
    return Panel(heading, "worklist/next_steps.html", {"steps": found})
