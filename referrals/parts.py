"""What a referral says in words: its parts, and what has to be there before it is sent. Pure.

The handbooks name a referral form and do not contain it: this is a local one, to be confirmed
with the board (DEC-27). Situation, Assessment, Family, Expected response and Recording are SAFER,
as today's practice has it; consent and who is told stand beside them (W §5.3). Some parts are
asked only where a rule fired. Each part is saved by itself and counts its own saves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

PROBATION: Final = "probation"
"""The kind of agency whose referrals a line manager oversees (O §7.4.6)."""
OVERSIGHT: Final = "oversight"
"""The part that names that manager."""


class Kind(StrEnum):
    """How a field is asked: a narrative, one line, a day, or one of some answers."""

    TEXT = "text"
    LINE = "line"
    DAY = "day"
    CHOICE = "choice"


@dataclass(frozen=True)
class Part:
    """One page of a referral. ``fields``: key → what the page asks.

    ``rules``: asked only where one of them fired; none for every referral. ``agency``: asked only
    of this kind of agency. ``source`` is the handbook's section.
    """

    key: str
    title: str
    fields: Mapping[str, str]
    rules: frozenset[str] = frozenset()
    agency: str = ""
    source: str = ""

    def is_asked(self, rules: frozenset[str], agency: str) -> bool:
        """Whether this part is asked where these rules fired, of an agency of this kind."""
        return (not self.rules or bool(self.rules & rules)) and self.agency in ("", agency)


def _part(
    key: str, title: str, *, rules: str = "", agency: str = "", source: str = "", **fields: str
) -> Part:
    found = MappingProxyType(fields)
    return Part(key, title, found, frozenset(rules.split()), agency, source)


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
        "considered",
        "What you considered",
        rules="R7 R8 R9",
        source="W §4.3.1",
        discussion_considered="A discussion with other agencies: what did you consider, and what "
        "came of it?",
        referral_considered="A referral to social care: what speaks for it, and what against?",
    ),
    _part(
        "trust",
        "The person in a position of trust",
        rules="R6",
        source="W §4.7",
        trust_person="Who is the person, and where do they work with or care for children?",
        trust_access="Which children can they reach now, and what has been done about that?",
    ),
    _part(
        "group",
        "The group",
        rules="R10",
        source="W §11, O §7.7.6",
        group_known="What is known of the group, and of other children it may harm?",
        legal_advice="Legal advice: has it been sought, from whom, and what was said?",
    ),
    _part(
        "trafficking",
        "Being moved",
        rules="R11",
        source="O §3.4, §3.5",
        moved_people="Who moved the child, or took part?",
        moved_vehicles="Which vehicles?",
        moved_when="On which days, at what times, from where to where?",
        moved_said="What did the child say, and what did other children say?",
        nrm="Has the national referral mechanism been considered?",
        nrm_note="What was decided about it, by whom, and under which reference?",
    ),
    _part(
        "family",
        "Family",
        family="Who is in the family, and what do they say?",
        needs="Which needs should be known: language, culture, how to reach the family?",
    ),
    _part(
        "disability",
        "Disability and care",
        source="W §4.5",
        disabled="Is the child disabled?",
        learning_disability="Does the child have a learning disability?",
        communication="Does the child find it hard to communicate?",
        intimate_care="Does the child depend on others for personal care?",
        away_from_home="Does the child live away from home?",
        disability_note="What should those who meet the child know about this?",
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
        direct="Should it go to the specialist team as well, without waiting for the front door?",
    ),
    _part(
        OVERSIGHT,
        "Your manager",
        agency=PROBATION,
        source="O §7.4.4, §7.4.6",
        manager="Which line manager oversees this referral?",
        manager_on="On which day did you raise it with them?",
        manager_note="What did they say?",
    ),
    _part(
        "screen",
        "Screen",
        source="O §6.2, W App 1",
        screen_reason="If no completed screen goes with it, why not?",
    ),
    _part(
        "consent",
        "Consent",
        source="W §5.3",
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
PART_OF: Final = MappingProxyType({field: part for part in PARTS for field in part.fields})
"""Field → the part it stands in."""
CONSENTS: Final = ("given", "refused", "not_sought", "informed")
LONGEST: Final = 20_000
"""Characters of one field; more is refused with this number, and nothing is lost."""
SHARED_WITHOUT: Final = ("refused", "not_sought")

_KNOWN: Final = (("yes", "Yes"), ("no", "No"), ("unknown", "Not known"))
CHOICES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "consent": (
            ("given", "Asked for, and given"),
            ("refused", "Asked for, and refused"),
            ("not_sought", "Not asked for"),
            ("informed", "Not asked for: the child or parents were informed"),
        ),
        "disabled": _KNOWN,
        "learning_disability": _KNOWN,
        "communication": _KNOWN,
        "intimate_care": _KNOWN,
        "away_from_home": _KNOWN,
        "direct": (("yes", "Yes"), ("no", "No, the front door passes it on")),
        "nrm": (
            ("referred", "Yes, and a first responder makes the referral"),
            ("not_referred", "Yes, and no referral is made"),
            ("not_yet", "Not yet"),
        ),
    }
)
"""Field → the answers it offers."""
LINES: Final = frozenset({"lead_consulted", "manager"})
DAYS: Final = MappingProxyType(
    {
        "lead_consulted_on": "day you spoke to the lead",
        "manager_on": "day you raised it with your manager",
    }
)
"""Field that is a day → what messages call it."""
HINTS: Final = MappingProxyType(
    {
        "situation": "What you saw or were told, when, where and by whom. In a few sentences "
        "first: you can add to it.",
        "child_views": "In the child’s own words where you can.",
        "consent": "It is recorded, and changes no duty: a referral of a child who may come to "
        "harm does not wait for consent.",
        "consent_reason": "Look at your area’s information-sharing protocol, and say what in it "
        "you rest on. A child who may come to harm is referred whether or not consent is given.",
        "other_person": "The name, if it is known, and what else would help to find them.",
        "parents_told": "Do not tell them where that could put the child at risk, or warn "
        "somebody who harms the child.",
        "legal_advice": "Seek it in line with usual practice.",
        "nrm": "The national referral mechanism is for children who may be trafficked. The "
        "police, social care and some charities can refer. It stands beside this referral.",
        "trust_access": "Nothing should be said to the person before the police and the "
        "Designated Officer have agreed it.",
    }
)
"""Field → what the page says below the question."""
RAISES_RISK: Final = MappingProxyType(
    {
        "disabled": "disabled",
        "learning_disability": "has a learning disability",
        "communication": "finds it hard to communicate",
        "intimate_care": "depends on others for personal care",
        "away_from_home": "lives away from home",
    }
)
"""What, answered yes, makes an abusive relationship likelier (W §4.5)."""


def kind_of(field: str) -> Kind:
    """How a field is asked."""
    if field in CHOICES:
        return Kind.CHOICE
    if field in DAYS:
        return Kind.DAY
    return Kind.LINE if field in LINES else Kind.TEXT


def parts_for(rules: frozenset[str], agency: str) -> tuple[Part, ...]:
    """The parts that are asked where these rules fired, of an agency of this kind."""
    return tuple(part for part in PARTS if part.is_asked(rules, agency))


def raised_risk(sections: Mapping[str, Any]) -> tuple[str, ...]:
    """What of the child's disability and care stands beside the rules (W §4.5)."""
    return tuple(words for key, words in RAISES_RISK.items() if sections.get(key) == "yes")


@dataclass(frozen=True)
class Missing:
    """What has to be added before sending: the field, what to do, and why."""

    field: str
    message: str
    source: str


def missing(
    sections: Mapping[str, Any], rules: frozenset[str], *, has_screen: bool, agency: str = ""
) -> Iterator[Missing]:
    """What stands in the way of sending. In danger now only one sentence is asked (R1)."""
    if not sections.get("situation"):
        yield Missing("situation", "Say in a sentence what you are worried about.", "W §9.1")
    if "R1" in rules:
        return
    yield from _asked(sections, _owed_record(rules, agency))
    if not sections.get("expected_response"):
        yield Missing("expected_response", "Say what you expect to happen.", "W §9.1")
    if not has_screen and not sections.get("screen_reason"):
        yield Missing(
            "screen_reason", "Say why no completed screen goes with the referral.", "DEC-28"
        )


def _owed_record(rules: frozenset[str], agency: str) -> tuple[Missing, ...]:
    """What is recorded in every case of its kind: the lead, what was considered, the manager."""
    found: tuple[Missing, ...] = ()
    if rules & {"R2", "R3"}:
        found += _UNDER_13
    if rules & {"R7", "R8", "R9"}:
        found += _CONSIDERED if "R9" in rules else _CONSIDERED[:1]
    return found + _OVERSEEN if agency == PROBATION else found


def lead_still_to_ask(sections: Mapping[str, Any], rules: frozenset[str]) -> bool:
    """Whether a case under 13 names no discussion with the lead yet: in danger it went without."""
    return bool(rules & {"R2", "R3"}) and any(_asked(sections, _UNDER_13[:2]))


def worth_recording(
    sections: Mapping[str, Any], rules: frozenset[str] = frozenset(), agency: str = ""
) -> Iterator[Missing]:
    """What is asked for and holds nothing up.

    How things stand with consent (DEC-50); in danger now also what else would be asked before.
    """
    if "R1" in rules:
        yield from _asked(sections, _owed_record(rules, agency))
    consent = sections.get("consent")
    if not consent:
        yield Missing("consent", "Say how things stand with consent. It changes no duty.", "W §5.3")
    elif consent in SHARED_WITHOUT and not sections.get("consent_reason"):
        yield Missing("consent_reason", "Say why you share this without consent.", "W §5.3; DEC-50")


def _asked(sections: Mapping[str, Any], wanted: tuple[Missing, ...]) -> Iterator[Missing]:
    return (each for each in wanted if not sections.get(each.field))


_UNDER_13: Final = tuple(
    Missing(field, message, "W §4.6.1, §4.6.2")
    for field, message in (
        ("lead_consulted", "Name the safeguarding lead you spoke to."),
        ("lead_consulted_on", "Say on which day you spoke to the safeguarding lead."),
        ("other_person", "Say what is known of the other person; “not known” will do."),
    )
)
"""Under 13 the case is discussed with the lead, by name and day (W §4.6.1)."""
_CONSIDERED: Final = (
    Missing("discussion_considered", "Say what you considered about a discussion.", "W §4.3.1"),
    Missing("referral_considered", "Say what you considered about a referral.", "W §4.3.1"),
)
"""13 to 15: both are considered in every case, and written down (W §4.3.1)."""
_OVERSEEN: Final = (
    Missing("manager", "Name the line manager who oversees this referral.", "O §7.4.6"),
    Missing("manager_on", "Say on which day you raised it with your manager.", "O §7.4.4"),
)
