"""`bin/bench NAME`: run one bench and print its ratios; exit 1 when one is over its limit."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

import django

BENCHES = ("worklist", "screen", "names", "timeline", "triage", "documents")


def main() -> int:
    """Parse, start the embedded servers where they are used, run, print."""
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="children, by commas")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cse.settings")
    # The two thousand people of the county have no telephones to take codes with.
    os.environ["SECOND_FACTOR_REQUIRED"] = "0"
    if not os.environ.get("DATABASE_URL"):
        from cse.embedded import servers

        servers.start([servers.POSTGRESQL])
    django.setup()
    bench = importlib.import_module(f"cse.service.bench.{options.name}")
    results = bench.run([int(size) for size in options.sizes.split(",")])
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
