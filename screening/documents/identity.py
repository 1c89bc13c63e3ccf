"""Whom a document is about, and who signed it, as every document of a child prints them."""

from __future__ import annotations

from cse.children.models import Child
from cse.people.models import User
from screening.child_then import birth_words


def child_rows(child: Child) -> tuple[tuple[str, str], ...]:
    """The identity block of a child, or of the facts that were kept of one (``child_as``)."""
    return (
        ("Child’s name", child.name),
        ("Other names", child.other_names or "None recorded"),
        ("Date of birth", birth_words(child)),
        ("Sex", child.get_sex_display()),
        ("Address", child.address or "Not recorded"),
        ("Reference", child.reference),
    )


def person_words(user: User) -> str:
    """A person's name, with their work where it is known."""
    return ", ".join(each for each in (user.get_full_name(), user.job_title) if each)
