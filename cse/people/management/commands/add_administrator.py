"""The first administrator of an authority, on a new installation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from cse.access.policies import NotAllowed
from cse.people.actions import first_administrator, first_team
from cse.people.invitations import set_password_link
from cse.people.models import Authority


class Command(BaseCommand):
    """Make the first administrator and print the link at which they choose a password."""

    help = (
        "Makes the first administrator of an authority and prints a link, valid once and for three"
        " days, at which they choose a password. Refused once the authority has an administrator:"
        " further people are added on the People page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("authority", nargs="?", help="key of the authority (wiltshire, …)")
        parser.add_argument("--email", help="work e-mail address; asked for when left out")
        parser.add_argument("--given-name", help="asked for when left out")
        parser.add_argument("--family-name", default="")
        parser.add_argument("--agency", default="Safeguarding partnership", help="its agency")

    def handle(self, *args: Any, **options: Any) -> None:
        authority = self._authority(options["authority"])
        email = options["email"] or input("Work e-mail address: ")
        given_name = options["given_name"] or input("Given name: ")
        self._check(email, given_name)
        today = timezone.localdate()
        try:
            with transaction.atomic():
                user = first_administrator(
                    email=email.strip(),
                    given_name=given_name.strip(),
                    family_name=options["family_name"].strip(),
                    team=first_team(
                        authority=authority, agency_name=options["agency"], today=today
                    ),
                    today=today,
                )
                link = set_password_link(user)
        except NotAllowed as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write("Open this link within three days to choose a password; it works once:")
        self.stdout.write(link)

    def _authority(self, key: str | None) -> Authority:
        there = {authority.key: authority for authority in Authority.objects.all()}
        if not there:
            raise CommandError("No authority is loaded yet: load the reference data first.")
        if key is None and len(there) == 1:
            return next(iter(there.values()))
        if key not in there:
            raise CommandError(f"Name an authority: {', '.join(sorted(there))}.")
        return there[key]

    def _check(self, email: str, given_name: str) -> None:
        try:
            validate_email(email.strip())
        except ValidationError:
            raise CommandError("--email: this is no e-mail address.") from None
        if not given_name.strip():
            raise CommandError("--given-name: give a name.")
