"""Where the embedded servers keep their things, and as whom they run.

Everything lies under ``var/`` (or ``CSE_VAR``), with two exceptions that a socket and a
privilege force on us: a socket's path may have about 107 characters, so a deep checkout gets
a short folder elsewhere; and PostgreSQL refuses to run as root, so under root the servers run
as an account without privileges, which must be able to reach its own data.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cse.embedded.errors import EmbeddedError
from cse.embedded.passwords import password
from cse.embedded.project import var_dir

# Not TMPDIR or XDG_RUNTIME_DIR: every process, whatever its environment, must agree.
SHORT_BASE = Path("/var/tmp")  # noqa: S108  our folder in it is private and its owner is checked
# sun_path holds 107 bytes; "/.s.PGSQL.5432" and PostgreSQL's ".lock" take 19 of them.
LONGEST_RUN_PATH = 85
# An account that exists nearly everywhere; no useradd, which needs more than we should do.
SERVICE_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged account; ``uid`` and ``gid`` as the system numbers them."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Places:
    """The folders of one set of embedded servers."""

    var: Path
    home: Path
    run: Path
    account: Account | None

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.home / "valkey"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def postgres_socket(self) -> Path:
        return self.run / ".s.PGSQL.5432"

    @property
    def valkey_socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def lock(self) -> Path:
        return self.var / "embedded.lock"


def places() -> Places:
    """The places for the present ``var_dir()``, computed without asking any server."""
    return _places(var_dir())


@lru_cache(maxsize=8)
def _places(var: Path) -> Places:
    account = service_account()
    home = var if account is None or _reachable(var, account) else _elsewhere(var)
    run = home / "run"
    if len(os.fsencode(run)) > LONGEST_RUN_PATH:
        run = _elsewhere(var) / "run"
    return Places(var=var, home=home, run=run, account=account)


def _elsewhere(var: Path) -> Path:
    """This folder's own place outside itself."""
    # The kept part tells a new checkout from an earlier one at the same path, whose data has
    # passwords that are gone. Hexadecimal, as some parsers change the case of an address.
    digest = hashlib.sha256(f"{var} {password('place')}".encode()).hexdigest()[:12]
    return SHORT_BASE / f"cse-{os.geteuid()}-{digest}"


def service_account() -> Account | None:
    """Whom the servers run as: None for ourselves; under root, an account without privileges.

    Raises EmbeddedError under root on a system that has neither of the usual accounts.
    """
    if os.geteuid() != 0:
        return None
    for name in SERVICE_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL does not run as root and this system has no account 'postgres' or 'nobody': "
        "run as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _reachable(path: Path, account: Account) -> bool:
    """Whether the account may pass through every folder above the path."""
    for folder in path.parents:
        try:
            found = folder.stat()
        except FileNotFoundError:
            continue  # made by us later, and made passable
        if found.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True


def make(where: Places) -> None:
    """Make the folders, each with the narrowest owner and mode that works.

    Raises EmbeddedError when a folder that must be ours belongs to somebody else.
    """
    where.var.mkdir(mode=0o755, parents=True, exist_ok=True)
    if where.account is not None and where.home == where.var:
        where.var.chmod(0o711 | stat.S_IMODE(where.var.stat().st_mode))
    for outside in {where.home, where.run.parent} - {where.var}:
        _make_private(outside, passable=where.account is not None)
    for folder in (where.run, where.logs, where.valkey_data):
        folder.mkdir(mode=0o700, exist_ok=True)
        own(folder, where.account)


def own(path: Path, account: Account | None) -> None:
    """Give a path, and all that is in it, to the servers' account; nothing when that is us.

    A folder of another account's is what a `chown -R` of the checkout, or an earlier run as an
    ordinary user, leaves behind: under root we can mend it.
    """
    if account is None or path.lstat().st_uid == account.uid:
        return
    os.chown(path, account.uid, account.gid, follow_symlinks=False)
    for folder, names, files in os.walk(path):
        for name in [*names, *files]:
            os.chown(Path(folder, name), account.uid, account.gid, follow_symlinks=False)


def _make_private(folder: Path, *, passable: bool) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    # A stranger could have made the folder first in a place where everyone may write.
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} is not ours: remove it and start again.")
    folder.chmod(0o711 if passable else 0o700)
