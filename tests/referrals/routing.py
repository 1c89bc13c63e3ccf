"""Short ways to say facts of a referral in a test, and to read what the rules found."""

import datetime as dt

from referrals.routing import Activity, Facts, OtherPerson, route

ON = dt.date(2027, 2, 8)


def born_for(age, on=ON):
    """A date of birth of somebody who turned ``age`` some months before ``on``."""
    return dt.date(on.year - age, on.month, on.day) - dt.timedelta(days=100)


def facts(age=15, *, active=False, other=None, **more):
    """Facts on ``ON`` of a child of ``age`` (None: not known); ``other`` in whole years."""
    made = {"authority": "wiltshire", "on": ON} | more
    if age is not None:
        made.setdefault("date_of_birth", born_for(age))
    if active:
        made["sexual_activity"] = Activity(ON)
    if other is not None:
        made["other_person"] = OtherPerson(age=other)
    return Facts(**made)


def routed(age=15, **more):
    """What the rules say of ``facts``."""
    return route(facts(age, **more))


def rules(found):
    """Rule id → its finding."""
    return {each.id: each for each in found.findings}


def prompts(found):
    """The ids of the prompts."""
    return [each.id for each in found.prompts]
