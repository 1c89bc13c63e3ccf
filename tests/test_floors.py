"""What import-linter cannot say of the house: requests stay out of acts, writes out of views."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("cse", "screening", "referrals", "meetings", "intelligence")
FILES = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
)

#: Of Django, what knows a request, a form or a page.
PAGES = ("django.http", "django.forms", "django.shortcuts", "django.contrib.messages")
WRITES = {
    "save", "delete", "create", "update", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create",
}  # fmt: skip


def kind_of(path: Path) -> str:
    """What a file is in its room: the name of the file, or of the folder that stands for it."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    known = {"models", "actions", "queries", "policies", "views", "tasks", "forms", "templatetags"}
    return next((part for part in inside if part in known), "")


def files_of(*kinds: str) -> list[Path]:
    found = [path for path in FILES if kind_of(path) in kinds]
    assert found
    return found


def imports_of(path: Path, *, top_level_only: bool = False) -> Iterator[str]:
    """The full names of everything a file imports."""
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def begins(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in packages)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", files_of("actions", "queries", "policies"), ids=name_of)
def test_acts_queries_and_policies_know_no_request(path):
    assert [name for name in imports_of(path) if begins(name, PAGES)] == []
    own = [n for n in imports_of(path) if n.startswith(ROOMS)]
    assert [n for n in own if {"views", "forms"} & set(n.split("."))] == []


@pytest.mark.parametrize("path", files_of("models"), ids=name_of)
def test_models_know_no_act_and_no_page(path):
    own = [n for n in imports_of(path) if n.startswith(ROOMS)]
    above = {"actions", "policies", "forms", "views", "tasks"}
    assert [n for n in own if above & set(n.split("."))] == []
    assert [n for n in imports_of(path) if begins(n, PAGES)] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_weasyprint_is_imported_only_where_a_document_is_made(path):
    """It takes most of a second: no page may pay for it by importing a module."""
    names = imports_of(path, top_level_only=True)
    assert [name for name in names if begins(name, ("weasyprint",))] == []


@pytest.mark.parametrize("path", files_of("views", "tasks", "templatetags"), ids=name_of)
def test_no_view_or_task_writes_through_the_orm(path):
    written = [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and not _is_no_row(node.func.value)
    ]
    assert written == []


def _is_no_row(owner: ast.expr) -> bool:
    """A dictionary, a digest or a session has an update() too."""
    text = ast.unparse(owner)
    return any(word in text for word in ("session", "hashlib", "context", "digest", "actions"))


@pytest.mark.parametrize("path", files_of("forms"), ids=name_of)
def test_no_form_saves(path):
    calls = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
    named = [n.func.attr for n in calls if isinstance(n.func, ast.Attribute)]
    assert not {"save", "bulk_create"} & set(named)
