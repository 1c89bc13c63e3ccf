"""Ethnic groups as the Census 2021 for England asks for them (O-SHR-25, W-SHR-15)."""

from __future__ import annotations

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Asian or Asian British",
        ("Indian", "Pakistani", "Bangladeshi", "Chinese", "Any other Asian background"),
    ),
    (
        "Black, Black British, Caribbean or African",
        ("Caribbean", "African", "Any other Black, Black British or Caribbean background"),
    ),
    (
        "Mixed or multiple ethnic groups",
        (
            "White and Black Caribbean",
            "White and Black African",
            "White and Asian",
            "Any other Mixed or multiple ethnic background",
        ),
    ),
    (
        "White",
        (
            "English, Welsh, Scottish, Northern Irish or British",
            "Irish",
            "Gypsy or Irish Traveller",
            "Roma",
            "Any other White background",
        ),
    ),
    ("Other ethnic group", ("Arab", "Any other ethnic group")),
)

ETHNIC_GROUPS: tuple[str, ...] = tuple(
    f"{broad}: {group}" for broad, groups in GROUPS for group in groups
)
