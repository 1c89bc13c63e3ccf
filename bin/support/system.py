"""What the machine itself must bring: disk space and a few libraries. Standard library only."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

# WeasyPrint lays text out with these; each by the file names that it tries itself.
PANGO = {
    "libgobject-2.0": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    "libpango-1.0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libharfbuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "libharfbuzz-subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    "libfontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
    "libpangoft2-1.0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
}
PDF_LIBRARIES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
# The browser without its windows: the same pages for less work. Without a font a page has no text
# to check; the sandbox is for those who are not root.
BROWSER = ("chromium-headless-shell", "chromium-sandbox", "fonts-dejavu-core")
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class SetupError(Exception):
    """One line that says what is missing and what to do about it."""


def check_disk(folder: Path, needed: int) -> None:
    """Raise SetupError when fewer than ``needed`` bytes are free where the folder lies."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SetupError(
            f"The disk is full: {needed // 1024**2} MB are needed in {folder} and "
            f"{free // 1024**2} MB are free; free some space and start again."
        )


def missing_pdf_libraries() -> list[str]:
    """The libraries for PDFs that this machine does not have."""
    return [name for name, files in PANGO.items() if not any(map(_loads, files))]


def missing_chromium() -> list[str]:
    """``["Chromium"]`` when no browser for the tests is installed."""
    return [] if any(map(shutil.which, CHROMIUM)) else ["Chromium"]


def provide(packages: Sequence[str], missing: Sequence[str]) -> None:
    """Install the system's packages when something is missing and we may.

    Raises SetupError, with the command for somebody who may, when we may not or it fails.
    """
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    advice = f"Missing from this machine: {', '.join(missing)}. Install it with: sudo {line}"
    prefix = _as_root()
    if prefix is None or not shutil.which("apt-get"):
        raise SetupError(advice)
    print(f"Installing {' '.join(packages)} from the system's packages …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], line.split()):
        done = subprocess.run(
            [*prefix, *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise SetupError(f"{advice} (it was tried: {last_line(done.stderr + done.stdout)})")


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((row.strip() for row in reversed(text.splitlines()) if row.strip()), "no word")


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _as_root() -> list[str] | None:
    """What to put before a command that needs root; None when we cannot have it unasked."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None
