"""Events in words that people use: which rule said no, what was looked at, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cse.audit.models import AuditEvent, Decision

#: Why somebody was refused; a rule that is not here is shown as it was written.
RULES: Mapping[str, str] = MappingProxyType(
    {
        "scope": "they may not see this child",
        "not in scope": "they may not see this child",
        "not visible": "nothing there that they may see",
        "role": "their post does not include it",
        "no current post": "they hold no post today",
        "state": "it was not possible then",
        "own interest": "about their own access",
        "own account": "about their own account",
        "own request": "they had asked for it themselves",
        "own exports": "only their own documents",
        "extra fields": "sent more than the form asks",
        "not offered": "no such choice was offered",
        "unknown code": "no document has this code",
        "too many tries": "too many tries",
    }
)

#: What an act was about, by the kind of record.
OBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "screening.screen": "screen",
        "documents.export": "document",
        "access.breakglass": "emergency opening",
        "access.seal": "seal",
        "children.levelevent": "level",
        "children.legalstatus": "legal status",
        "children.childlink": "link",
        "people.post": "post",
        "people.team": "team",
        "people.agency": "agency",
        "screening.toolversion": "tool version",
    }
)

#: Pages by the name of their route, where that is not what the page is called; empty where the act
#: says enough.
_PAGES: Mapping[str, str] = MappingProxyType(
    {
        "child": "overview",
        "statuses": "legal status",
        "why": "why one sees it",
        "attempts": "what was refused",
        "edit": "change the details",
        "who": "",
        "looks": "",
    }
)

_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "birth_date_known": "how well the date of birth is known",
        "expires_at": "end",
        "ends_on": "last day",
        "starts_on": "first day",
        "is_active": "whether it is open",
        "set_aside_reason": "recorded by mistake",
        "sha256": "fingerprint of the file",
        "downloads": "number of downloads",
        "part_versions": "versions of the parts",
    }
)


#: Acts that a page is for, as capabilities name them. Who opened it has not done it yet: the deed
#: has an event of its own in other words ("exclusion declared").
DONE_ON_A_PAGE: frozenset[str] = frozenset(
    {
        "add a child",
        "edit a child",
        "record legal status",
        "link two children",
        "answer a proposed link between two children",
        "grant access to a child",
        "exclude somebody from a child",
        "declare own conflict of interest",
        "seal a child",
        "open a child in an emergency",
        "review emergency access",
        "complete a screen",
        "countersign a lowered indicator",
        "approve a lowered level",
        "correct a screen",
        "complete an assessment",
        "correct an assessment",
        "contribute to an assessment",
        "record an assessment of social care",
        "make a referral",
        "write and follow a referral of one's own",
        "answer a referral sent to own team",
        "sign a decision not to refer",
        "consult without a name",
        "plan early help",
        "record a missing episode",
        "allocate a return interview",
        "record a return interview",
        "export a document",
        "export a blank tool",
        "manage accounts",
        "agree to a change of an account",
        "manage screening tools",
        "manage the language helper",
    }
)


def answer(event: AuditEvent) -> str:
    """Whether it was allowed, and if not, why."""
    if event.decision == Decision.ALLOWED:
        return "Allowed"
    return f"Refused: {RULES.get(event.rule, event.rule)}" if event.rule else "Refused"


def what(event: AuditEvent) -> str:
    """The act and what it was about: a page, or a record by the first letters of its id."""
    act = _said(event)
    page = event.data.get("page", "") if isinstance(event.data, dict) else ""
    kind = OBJECTS.get(event.object_kind, "")
    if kind:
        return f"{act} ({kind} {event.object_id[:8]})"
    page = _PAGES.get(page, page)
    return f"{act} ({page})" if page and page not in act else act


def _said(event: AuditEvent) -> str:
    """The act; where a page for it was opened, that."""
    opened = event.decision == Decision.ALLOWED and event.act in DONE_ON_A_PAGE
    said = f"opened the page to {event.act}" if opened else event.act
    return said[:1].upper() + said[1:]


def changed(event: AuditEvent) -> str:
    """The fields that changed, in words."""
    return ", ".join(_FIELDS.get(name, name.replace("_", " ")) for name in event.changed_fields)
