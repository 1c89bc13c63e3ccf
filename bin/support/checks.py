"""bin/test: every check of the project, each timed, and a summary of those that failed."""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import environment
import system

PACKAGES = ("cse", "screening", "referrals", "meetings", "intelligence")
NO_ANSWER = 4
# One more than there are processors: a test in a browser waits more than it works.
WORKERS = (os.cpu_count() or 1) + 1
# A worker that is done takes what comes next, as tests/conftest.py orders it: the long ones first.
IN_PARALLEL = ("-n", f"{WORKERS}", "--dist", "loadscope", "--no-loadscope-reorder")
IN_PARALLEL += ("--durations=15", "--durations-min=5")
#: Markers of the tests that take longest.
QUICK = ("browser", "walk")
#: Markers of the tests for which it does not matter which servers there are: they ask none, or read
#: what is printed.
NO_SERVER = ("no_server", "paper")
# What a developer's shell may hold must not decide what is tested.
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CSE_DEMO", "CSE_PRODUCTION")
# Nor how long it takes: without compiled files each worker compiles every test again, which is two
# thirds of its start.
OURS += ("PYTHONDONTWRITEBYTECODE",)

Environment = Mapping[str, str]


class Checks:
    """Runs steps, says how long each took, and remembers which failed."""

    def __init__(self, python: Path) -> None:
        self._python = str(python)
        self._began = time.monotonic()
        self.failed: list[str] = []

    def run(self, name: str, arguments: Sequence[str], env: Environment) -> None:
        """Run a module of the virtual environment as a step; its output shows if it fails."""
        began = time.monotonic()
        done = self._call(arguments, env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = done.stdout.rstrip() + "\n" if done.returncode != 0 else ""
        self._close(name, done.returncode, began, said)

    def stream(self, name: str, arguments: Sequence[str], env: Environment) -> None:
        """Like ``run``, showing the output as it comes."""
        began = time.monotonic()
        self._close(name, self._call(arguments, env).returncode, began)

    def attempt(self, name: str, act: Callable[[], None]) -> bool:
        """Run one of our own functions as a step; False when it raised SetupError."""
        began = time.monotonic()
        try:
            act()
        except system.SetupError as error:
            print(error)
            self._close(name, 1, began)
            return False
        self._close(name, 0, began)
        return True

    def summary(self) -> int:
        """Print how it went and return the exit code."""
        took = time.monotonic() - self._began
        if self.failed:
            print(f"bin/test: FAILED after {took:.0f} s: {', '.join(self.failed)}")
            return 1
        print(f"bin/test: everything passed in {took:.0f} s")
        return 0

    def _call(
        self, arguments: Sequence[str], env: Environment, **streams: int
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._python, *arguments],
            cwd=environment.PROJECT,
            env=dict(env),
            text=True,
            check=False,
            **streams,
        )

    def _close(self, name: str, code: int, began: float, said: str = "") -> None:
        verdict = "ok" if code == 0 else "FAILED"
        # One print: steps that run at the same time keep what they say together.
        print(f"{said}== {name}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
        if code != 0:
            self.failed.append(name)


def main() -> int:
    asked, pytest_arguments = _arguments()
    try:
        system.check_disk(environment.PROJECT, environment.missing_bytes("dev"))
        python = environment.ensure("dev")
    except system.SetupError as error:
        sys.exit(f"bin/test: {error}")
    checks = Checks(python)
    env = _environment()
    if asked.services:
        found = _services(python)
        if found is None:
            if asked.where_they_answer:
                return 0
            sys.exit("bin/test: --services needs a PostgreSQL and a Redis that answer.")
        env |= found
    can_browse = _provide(checks)
    started = not asked.services and _start_servers(python, env)
    try:
        if not asked.services:
            _static(checks, env)
        if asked.services and not pytest_arguments:
            # They bring their own servers and would do the same again.
            print("The tests of the embedded servers are left out.")
            pytest_arguments = ["--ignore", "tests/embedded"]
        left_out = QUICK if asked.quick else () if can_browse else QUICK[:1]
        if asked.quick and asked.services:
            left_out += NO_SERVER
        _pytest(checks, env, pytest_arguments, left_out)
    finally:
        if started:
            subprocess.run(
                [python, "-m", "cse.embedded", "stop"],
                cwd=environment.PROJECT,
                env=env,
                stdout=subprocess.DEVNULL,
                check=False,
            )
    return checks.summary()


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(
        prog="bin/test", description=__doc__, epilog="What follows -- goes to pytest."
    )
    parser.add_argument(
        "--services",
        action="store_true",
        help="run pytest alone, without tests/embedded, on this machine's PostgreSQL and Redis "
        "(CSE_ADMIN_DATABASE_URL, a superuser, and REDIS_URL name others)",
    )
    parser.add_argument(
        "--where-they-answer",
        action="store_true",
        help="with --services: nothing to do, and no failure, where they do not answer",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="leave out the browser tests and the walks over every route, method, persona, page "
        "and state; with --services also what asks no server and what reads the pages of a PDF",
    )
    return parser.parse_args(given[:cut]), given[cut + 1 :]


def _environment() -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in OURS}
    # Servers of the tests' own, beside a demo that may be running; their data may be lost.
    return env | {"CSE_VAR": "var/test", "CSE_EMBEDDED_DURABLE": "0"}


def _provide(checks: Checks) -> bool:
    """Have the system's libraries and browser; whether browser tests can run."""
    checks.attempt(
        "libraries for PDFs",
        lambda: system.provide(system.PDF_LIBRARIES, system.missing_pdf_libraries()),
    )
    return checks.attempt(
        "Chromium", lambda: system.provide(system.BROWSER, system.missing_chromium())
    )


def _start_servers(python: Path, env: Environment) -> bool:
    """Start the tests' own servers; whether it was we who started them."""
    done = subprocess.run(
        [python, "-m", "cse.embedded", "start"],
        cwd=environment.PROJECT,
        env=dict(env),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit("bin/test: the embedded servers did not start.")
    return "Started" in done.stdout


def _services(python: Path) -> dict[str, str] | None:
    """The settings of the services, made ready; None where they do not answer."""
    env = _environment()
    if "REDIS_URL" in os.environ:
        env["REDIS_URL"] = os.environ["REDIS_URL"]
    done = subprocess.run(
        [python, "-m", "cse.embedded.services"],
        cwd=environment.PROJECT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == NO_ANSWER:
        return None
    if done.returncode != 0:
        sys.exit("bin/test: the services could not be made ready.")
    return dict(json.loads(done.stdout))


def _static(checks: Checks, env: Environment) -> None:
    """What runs no test, two at a time, and beside it the migrated database that tests copy."""
    packages = [name for name in PACKAGES if any((environment.PROJECT / name).rglob("*.py"))]
    # H015 is about line breaks in the source, which nobody sees.
    djlint = ["-m", "djlint", "--profile", "jinja", "--lint", "--ignore", "H015", "--quiet"]
    # import-linter's program, whose package is no module that -m could run.
    imports = ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    deploy = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    settings = {**env, "DJANGO_SETTINGS_MODULE": "cse.settings"}
    with ThreadPoolExecutor(2) as pool:
        steps = (
            ("types", ["-m", "mypy", *packages], env),
            ("migrated database", ["-m", "tests.database"], settings),
            ("formatting", ["-m", "ruff", "format", "--check", "."], env),
            ("lint", ["-m", "ruff", "check", "."], env),
            ("templates", [*djlint, "templates"], env),
            ("imports", imports, env),
            ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"], env),
            ("production settings", deploy, {**env, **_production()}),
        )
        list(pool.map(lambda step: checks.run(*step), steps))


def _production() -> dict[str, str]:
    """What a production machine sets; nothing is connected to for the check."""
    return {
        "CSE_PRODUCTION": "1",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "cse.example.org",
        "AUDIT_SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": "postgres://cse_app@127.0.0.1:5432/cse",
        "DATABASE_OWNER_URL": "postgres://cse_owner@127.0.0.1:5432/cse",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
    }


def _pytest(
    checks: Checks, env: Environment, given: Sequence[str], left_out: Sequence[str]
) -> None:
    if left_out:
        print(f"Left out: {', '.join(left_out)}.")
    chosen = ["-m", " and ".join(f"not {each}" for each in left_out)] if left_out else []
    checks.stream("tests", ["-m", "pytest", *IN_PARALLEL, *chosen, *given], env)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("bin/test: stopped")
