"""Where the project lies and where it keeps what running makes."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def var_dir() -> Path:
    """The folder for everything that running makes; ``CSE_VAR`` names another one."""
    return (PROJECT / (os.environ.get("CSE_VAR") or "var")).resolve()
