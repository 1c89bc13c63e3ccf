"""What the layouts show about a child, and links; the children room fills them in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """The identity bar: who this page is about (interface.md, "Every page").

    `age` is in words ("13 years old"), `level` and `peak` as the authority's tool calls them,
    `warnings` one short sentence each. An empty `href` shows the name without a link. `is_outline`
    shows neither level nor legal status: for whoever sees one thing of the child, not the record.
    """

    name: str
    age: str
    reference: str
    level: str = ""
    peak: str = ""
    legal_status: str = ""
    warnings: tuple[str, ...] = ()
    href: str = ""
    is_outline: bool = False


@dataclass(frozen=True)
class NavItem:
    """One link of a navigation; `count` is shown beside the label ("3 waiting")."""

    label: str
    href: str
    current: bool = False
    count: str = ""
