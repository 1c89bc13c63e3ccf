"""What of a referral the child's timeline leaves out: all of it.

Whoever sees the child reads the timeline; a referral only those see whom it was sent to. Its own
history is on its own page.
"""

from __future__ import annotations

from typing import Final

ACTS: Final = (
    "referral started",
    "referral saved",
    "referral set aside",
    "referral sent",
    "referral claimed",
    "referral released",
    "referral decided",
    "outcome proposed",
    "outcome agreed to",
    "outcome not agreed to",
    "referral acknowledged",
    "referral opened again",
    "referral passed on",
    "responsibility passed",
    "contact told",
    "outcome read",
    "referral withdrawn",
    "referral overseen",
    "referral waits for nobody",
    "rules added to a sent referral",
    "disagreed with a decision",
    "disagreement answered",
    "disagreement waits for nobody",
    "disagreement asked of another team",
    "decision not to refer started",
    "decision not to refer saved",
    "decision not to refer set aside",
    "decision not to refer signed",
    "decision not to refer countersigned",
    "decision not to refer not agreed",
    "decision not to refer superseded",
    "advice recorded",
    "consulted without a name",
    "consultation used",
    "note written beside a referral",
)
"""Every event that an act on a referral writes."""
