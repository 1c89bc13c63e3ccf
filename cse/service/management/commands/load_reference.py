"""Load what every installation needs: authorities, tools, the language helper's terms."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cse.service.reference import load_reference


class Command(BaseCommand):
    """May be run again at any time: adds what is missing and changes nothing that is there."""

    help = "Load the authorities, the screening tools and the language helper's terms."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then say what there is."""
        for line in load_reference():
            self.stdout.write(line)
