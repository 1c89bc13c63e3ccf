"""Short ways to say a screen's facts in a test."""

import datetime as dt

from screening.rules import Answer, DomainRating, Facts
from screening.tools.loader import tool_named

OXFORDSHIRE = tool_named("oxfordshire", 1)
WILTSHIRE = tool_named("wiltshire", 1)
ON = dt.date(2026, 12, 1)


def born_for(age, on=ON):
    """A date of birth that makes somebody ``age`` on ``on``: the birthday was the day before."""
    return dt.date(on.year - age, on.month, on.day) - dt.timedelta(days=1)


def facts(*answers, age=15, **more):
    """Facts completed on ``ON`` at ``age``; answers as ``("O-IND-HEA-01", "yes")`` or Answers."""
    made = tuple(each if isinstance(each, Answer) else Answer(*each) for each in answers)
    return Facts(**{"completed_on": ON, "date_of_birth": born_for(age), "answers": made, **more})


def rated(domain, impact=None, likelihood=None, rating=None):
    """One domain's rating."""
    return DomainRating(domain, impact, likelihood, rating)


def fired(assessment):
    """Rule id → its result."""
    return {rule.id: rule for rule in assessment.rules}


def prompts(assessment, kind):
    """The prompts of one kind."""
    return [prompt for prompt in assessment.prompts if prompt.id == kind]
