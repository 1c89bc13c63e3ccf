#!/usr/bin/env python3
"""Django's commands. Without DATABASE_URL, those that need a database start the embedded one."""

import os
import sys

# These answer from what they are given; an integrator runs `explain` without any database.
WITHOUT_DATABASE = {
    "",
    "--help",
    "--version",
    "-h",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "explain",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "version",
}


def needs_database(arguments: list[str]) -> bool:
    """Whether the command on this command line is going to ask the database."""
    command = arguments[1] if len(arguments) > 1 else ""
    if {"-h", "--help"} & set(arguments):
        return False
    if command == "check":
        return any(argument.startswith("--database") for argument in arguments)
    return command not in WITHOUT_DATABASE


def start_embedded_database() -> None:
    """Start the embedded PostgreSQL and leave it running: the next command is then quick.

    `python -m cse.embedded stop` ends it.
    """
    from cse.embedded import EmbeddedError, servers

    try:
        servers.start([servers.POSTGRESQL])
    except EmbeddedError as error:
        sys.exit(str(error))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cse.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: run bin/demo once, then .venv/bin/python manage.py")
    if not os.environ.get("DATABASE_URL") and needs_database(sys.argv):
        start_embedded_database()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
