"""Days and times that can be true of a child: what is signed or kept never changes again."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone

from cse.children.models import Child
from cse.missing.times import CameTwice, NoSuchTime, moment_of
from screening.rules.age import ADULT_FROM


def earliest_for(child: Child | None = None) -> dt.date:
    """The first day on which anything can have been done for a child: the day of birth.

    Where it is not known, or no child is named: nobody who is a child lived 18 years ago.
    """
    if child is not None and child.date_of_birth is not None:
        return child.date_of_birth
    today = timezone.localdate()
    return today.replace(year=today.year - ADULT_FROM, day=min(today.day, 28))


def furthest() -> dt.date:
    """The last day for which anything is planned: a year from today; later is a slip of the hand.

    Ours: what is reviewed in weeks or months never waits for longer.
    """
    return timezone.localdate() + dt.timedelta(days=366)


def check_moment(form: forms.Form, day_field: str, time_field: str) -> None:
    """Say at its field what is wrong with a time of day in London; it is never guessed."""
    day, time = form.cleaned_data.get(day_field), form.cleaned_data.get(time_field)
    if day is None or time is None:
        return
    try:
        moment = moment_of(day, time)
    except NoSuchTime:
        form.add_error(
            time_field, "The clocks went forward that night and this time did not exist: check it"
        )
    except CameTwice:
        form.add_error(
            time_field,
            "The clocks went back that night and this time came twice: leave it empty, and write "
            "in the text whether it was before or after they went back",
        )
    else:
        if moment > timezone.now():
            form.add_error(time_field, "This time is still to come: check the day and the time")
