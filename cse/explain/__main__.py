"""``python -m cse.explain KIND``: the same as ``manage.py explain``, without Django at all."""

from __future__ import annotations

import sys

from cse.explain import KINDS, one_line, outcome, read_text, written
from cse.strict import Refused


def main(arguments: list[str]) -> int:
    """Print the outcome, or one line on standard error and 2."""
    if len(arguments) != 1:
        sys.stderr.write(f"kind: give one of {', '.join(KINDS)}\n")
        return 2
    try:
        found = outcome(arguments[0], read_text(sys.stdin))
    except Refused as refused:
        sys.stderr.write(one_line(refused) + "\n")
        return 2
    sys.stdout.write(written(found, sys.stdout.encoding) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
