"""``python -m cse.embedded.prepare``: the demo's database, migrated and filled once."""

from __future__ import annotations

import os
import sys

import django
from django.core.management import call_command


def main() -> None:
    """Migrate as the owner, load the fictional data if it is not there, print who may sign in.

    One process for the three commands: a second start should take seconds.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cse.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    # What is printed here is shown to whoever started the demo: the accounts and nothing else.
    call_command("load_demo", stdout=sys.stderr)
    call_command("demo_accounts")


if __name__ == "__main__":
    main()
