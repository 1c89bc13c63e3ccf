"""What a referral says in words: its parts, and what has to be there before it is sent. Pure.

Situation, Assessment, Family, Expected response and Recording are the handbooks' own structure;
consent and who is told stand beside them (W §5.3). Each part is saved by itself and counts its
own saves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True)
class Part:
    """One page of a referral. ``fields``: key → what the page asks."""

    key: str
    title: str
    fields: Mapping[str, str]


def _part(key: str, title: str, **fields: str) -> Part:
    return Part(key, title, MappingProxyType(fields))


PARTS: Final = (
    _part(
        "situation",
        "Situation",
        situation="What has happened, and what are you worried about?",
        harm_now="What is known of danger or harm now?",
    ),
    _part(
        "assessment",
        "Assessment",
        assessment="What do you make of it, and what does it rest on?",
        child_views="What does the child say?",
        lead_consulted="Which safeguarding lead did you speak to?",
        lead_consulted_on="On which day?",
        other_person="What is known of the other person? “Not known” is an answer.",
    ),
    _part(
        "family",
        "Family",
        family="Who is in the family, and what do they say?",
        needs="Which needs should be known: language, disability, culture?",
    ),
    _part(
        "expected_response",
        "Expected response",
        expected_response="What do you expect to happen, and by when?",
    ),
    _part(
        "recording",
        "Recording",
        recording="Where is this recorded, and what else is attached?",
        screen_reason="If no completed screen goes with it, why not?",
    ),
    _part(
        "consent",
        "Consent",
        consent="How do things stand with consent?",
        consent_reason="If consent was refused or not sought, why do you share all the same?",
    ),
    _part(
        "told",
        "Who is told",
        child_told="Has the child been told of this referral? If not, why not?",
        parents_told="Have the parents or carers been told? If not, why not?",
        others_told="Who else has been told?",
    ),
)
BY_KEY: Final = MappingProxyType({part.key: part for part in PARTS})
CONSENTS: Final = ("given", "refused", "not_sought", "informed")
LONGEST: Final = 20_000
"""Characters of one field; more is refused with this number, and nothing is lost."""
SHARED_WITHOUT: Final = ("refused", "not_sought")


@dataclass(frozen=True)
class Missing:
    """What has to be added before sending: the field, what to do, and why."""

    field: str
    message: str
    source: str


def missing(
    sections: Mapping[str, Any], rules: frozenset[str], *, has_screen: bool
) -> Iterator[Missing]:
    """What stands in the way of sending. In danger now only one sentence is asked (R1)."""
    if not sections.get("situation"):
        yield Missing("situation", "Say in a sentence what you are worried about.", "W §9.1")
    if "R1" in rules:
        return
    if not sections.get("expected_response"):
        yield Missing("expected_response", "Say what you expect to happen.", "W §9.1")
    if not has_screen and not sections.get("screen_reason"):
        yield Missing(
            "screen_reason", "Say why no completed screen goes with the referral.", "DEC-28"
        )
    yield from _consent(sections)
    if rules & {"R2", "R3"}:
        yield from _lead(sections)


def _consent(sections: Mapping[str, Any]) -> Iterator[Missing]:
    """Consent is recorded and never read by a rule: any answer will do (W-REF-31)."""
    consent = sections.get("consent")
    if not consent:
        yield Missing("consent", "Say how things stand with consent. It changes no duty.", "W §5.3")
    elif consent in SHARED_WITHOUT and not sections.get("consent_reason"):
        yield Missing("consent_reason", "Say why you share this without consent.", "W §5.3; DEC-50")


def _lead(sections: Mapping[str, Any]) -> Iterator[Missing]:
    """Under 13 the case is discussed with the lead, by name and day (W §4.6.1)."""
    for field, message in (
        ("lead_consulted", "Name the safeguarding lead you spoke to."),
        ("lead_consulted_on", "Say on which day you spoke to the safeguarding lead."),
        ("other_person", "Say what is known of the other person; “not known” will do."),
    ):
        if not sections.get(field):
            yield Missing(field, message, "W §4.6.1, §4.6.2")
