"""Load the demonstration's invented people, children and screens, once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cse.people.models import Authority, User
from cse.service.demo_people import PEOPLE, load_people
from cse.service.demo_records import load_records
from cse.service.reference import load_reference
from screening.policies import Refused

TOO_OLD = (
    "The demonstration was made by an earlier version with another screening tool. Delete the "
    "folder var, and start it again."
)


class Command(BaseCommand):
    """All or nothing; a second run changes nothing."""

    help = "Load the demonstration's invented data, once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Reference data always; people and records only into a database without accounts."""
        if settings.PRODUCTION:
            raise CommandError("Demonstration data does not go into a production database.")
        with transaction.atomic():
            self._load_reference()
            if User.objects.exists():
                if not User.objects.filter(email=PEOPLE[0].email).exists():
                    raise CommandError("This database holds accounts that are not ours.")
                self.stdout.write("The demonstration's data is there.")
                return
            accounts = load_people({a.key: a for a in Authority.objects.all()})
            children = load_records(accounts)
        self.stdout.write(f"Loaded {len(accounts)} accounts and {children} children.")

    @staticmethod
    def _load_reference() -> None:
        try:
            load_reference()
        except Refused as refusal:
            raise CommandError(TOO_OLD) from refusal
