"""What every page of a document says about the document itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path

from django.conf import settings

_BESIDE = 50
"""Letters at the foot beside what people typed: the day, and the words between."""


@dataclass(frozen=True)
class About:
    """Where a document comes from, printed on it.

    ``marking`` and ``handling`` stand at the head and foot of every page (DEC-26). ``code`` is
    what the register confirms. ``content_version`` says which version of the tool, and of the
    record, the document shows. ``exported_at`` is an aware moment.
    """

    title: str
    marking: str
    code: str
    exported_at: dt.datetime
    exported_by: str
    post: str
    purpose: str
    recipient: str
    content_version: str
    handling: str = ""

    @property
    def product(self) -> str:
        """The service and its version."""
        return f"{settings.SERVICE_NAME}, version {product_version()}"

    @property
    def foot(self) -> float:
        """How many millimetres the foot of a page needs, with what people typed standing whole.

        Three lines have room in 25; each further one, of 70 of the widest letters, makes it higher.
        """
        typed = len(self.exported_by + self.post + self.recipient + self.purpose)
        lines = ceil((typed + _BESIDE) / 70)
        return 25 + 3.4 * max(0, lines - 3)

    @property
    def check_address(self) -> str:
        """Where a reader checks the code, without ``https://``."""
        from django.urls import reverse

        return str(settings.SITE_URL).split("://")[-1] + reverse("documents:verify")


@cache
def product_version() -> str:
    """The version of this product, from its project file."""
    import tomllib

    project = Path(settings.BASE_DIR) / "pyproject.toml"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
