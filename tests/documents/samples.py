"""Completed screens made of rules and words alone, for the documents' tests. All fictional."""

from __future__ import annotations

import datetime as dt

from cse.documents.about import About
from screening.answers import Given
from screening.documents.paper import screen_document
from screening.documents.record import ScreenRecord
from screening.rules import DomainRating, Facts, LevelEvent, Presence, assess
from screening.tools.definition import Impact, Level, Likelihood
from screening.tools.loader import tool_named

MOMENT = dt.datetime(2026, 12, 1, 14, 5, tzinfo=dt.UTC)
CONTACTS = (("Front door telephone", "01632 960123"), ("Out of hours", "01632 960456"))
EMERGENCY = "If a child is in danger now, call the police on 999."


#: What people type, or are called, that stands at the foot of every page.
WORDS = ("exported_by", "post", "purpose", "recipient")


def about(title="CSE Screening Tool", **more):
    values = {
        "marking": "OFFICIAL-SENSITIVE", "code": "KMTR-QWXZ-BDGH-PNTV", "exported_at": MOMENT,
        "exported_by": "Amara Price", "post": "Safeguarding lead, Riverside School",
        "purpose": "To go with a referral", "recipient": "Duty social worker, Assessment team",
        "content_version": "screen of 1 December 2026; tool version 1", "handling": "",
    }  # fmt: skip
    return About(title=title, **(values | more))


def given_for(tool, text="Seen twice near the station; told to her form tutor."):
    """Answers of every kind, over all domains, in a fixed order."""
    answers = {}
    for number, row in enumerate(tool.shown):
        kind = number % 6
        if kind == 0:
            answers[row.id] = Given(Presence.YES, evidence=text, when="current")
        elif kind == 1:
            answers[row.id] = Given(Presence.POSSIBLE, concern=text, when="last_6_months")
        elif kind in (2, 3):
            answers[row.id] = Given(Presence.NO)
        elif kind == 4:
            answers[row.id] = Given(Presence.NO, note="Asked; the family says otherwise.")
    return answers


def record(key="oxfordshire", *, answers=None, sections=None, born=dt.date(2014, 5, 6), **more):
    tool = tool_named(key, 1)
    answers = given_for(tool) if answers is None else answers
    ratings = {}
    if tool.matrix:
        ratings = {
            "missing": DomainRating("missing", Impact.SERIOUS, Likelihood.LIKELY, Level.HIGH),
            "health": DomainRating("health", Impact.LOW, Likelihood.LIKELY, Level.LOW),
            "safety": DomainRating("safety", rating=Level.MEDIUM),
        }
    words = {
        "harm_happened": "possible", "concerns_confirmed": "yes", "level": "at_risk",
        "professional_judgement": "I think she is being groomed.\n\nShe trusts her form tutor.",
        "direction": "increased", "child_views": "She says he is a friend.",
        "child_agrees": "partly", "parent_views_not_sought": "Mother is abroad until Friday.",
        "strengths": "Close to her grandmother. Plays football twice a week.",
        "completed_with": "The child and her form tutor",
        "information_gaps": "Where the telephone came from.",
        "actions": [["Ring the front door", "A. Price", "Today"], ["Meet grandmother", "", ""]],
    } | (sections or {})  # fmt: skip
    facts = Facts(
        completed_on=MOMENT.date(), date_of_birth=born,
        answers=tuple(each.fact(row) for row, each in answers.items()),
        domains=tuple(ratings.values()), level=words.get("level"), harm_happened="possible",
        history=(LevelEvent("vulnerable", dt.date(2026, 3, 1)),), concerns_confirmed=True,
        direction=words.get("direction"), level_reason=words.get("level_reason", ""),
        professional_judgement=words["professional_judgement"],
    )  # fmt: skip
    values = {
        "tool": tool, "answers": answers, "ratings": ratings, "sections": words,
        "notes": {tool.domains[0].key: "The school nurse has the dates."},
        "assessment": assess(facts, tool).as_json(), "assessed_at": MOMENT,
        "child": (
            ("Name", "Robin Example"), ("Reference", "C-7K3P92W"),
            ("Date of birth", "6 May 2014"), ("Address", "1 Any Street, Anytown"),
        ),
        "completed_by": "Sam Okafor, Form tutor", "completed_at": MOMENT,
        "agency": "Riverside School",
    }  # fmt: skip
    return ScreenRecord(**(values | more))


def context(made=None, **more):
    made = made or record()
    return {
        "about": about(f"{made.tool.title} of C-7K3P92W"), "screen": screen_document(made),
        "contacts": CONTACTS, "emergency": EMERGENCY,
    } | more  # fmt: skip
