"""``manage.py explain`` as it is typed: kinds, streams, exit codes, documentation, no database."""

import io
import json
import os
import re
import subprocess
import sys
from importlib import import_module

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from cse.explain import KINDS, read_text, written
from cse.explain.__main__ import main
from cse.strict import Refused
from tests.screening.explaining import EXAMPLE, ROOT, SCHEMAS, TARGET, explained, problems


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "3",
        '"x"',
        "{",
        "{'tool': 1}",
        '{"tool": "oxfordshire", "tool": "wiltshire"}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"a": 1} {"b": 2}',
        "x" * 2_000_001,
    ],
    ids=lambda text: text[:20],
)
@pytest.mark.parametrize("kind", list(KINDS))
def test_what_is_not_one_json_object_is_refused(kind, text):
    assert problems(kind, text)


def test_a_key_given_twice_is_named_even_where_all_else_is_right():
    text = json.dumps(TARGET)
    assert problems("deadline", text[:-1] + ', "working_days": 4}') == {
        "working_days": "given twice in one object"
    }
    twice = json.dumps(EXAMPLE).replace('"presence": "yes"', '"presence": "yes", "presence": "no"')
    assert problems("screening", twice) == {"presence": "given twice in one object"}


def test_the_documentation_says_what_happens():
    text = (ROOT / "docs" / "explain.md").read_text("utf-8")
    kinds = {"screening": 0, "routing": 0, "deadline": 0}
    for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        facts = json.loads(block)
        if "tool" in facts or "answers" in facts:
            explained("screening", facts)
            kinds["screening"] += 1
        elif "authority" in facts:
            explained("routing", facts)
            kinds["routing"] += 1
        elif "retired" not in facts:
            explained("deadline", facts)
            kinds["deadline"] += 1
    assert kinds == {"screening": 2, "routing": 2, "deadline": 3}
    for name in re.findall(r"\(schemas/(.*?)\)", text):
        assert (SCHEMAS / name).exists()


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_every_schema_is_a_schema(path):
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


def test_every_kind_has_a_module_and_is_documented():
    text = (ROOT / "docs" / "explain.md").read_text("utf-8")
    for kind, module in KINDS.items():
        assert callable(import_module(module).explain)
        assert f"manage.py explain {kind}" in text


def test_the_input_is_read_as_utf8_whatever_the_locale():
    stream = io.TextIOWrapper(io.BytesIO("\ufeff{“}".encode()), encoding="ascii")
    assert read_text(stream) == "{“}"
    with pytest.raises(Refused, match="input: is not UTF-8"):
        read_text(io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="ascii"))


@pytest.mark.parametrize(
    ("encoding", "printed"), [("utf-8", "“"), ("ascii", "\\u201c"), (None, "\\u201c")]
)
def test_the_outcome_is_written_so_that_the_stream_can_carry_it(encoding, printed):
    text = written({"why": "“"}, encoding)
    assert printed in text
    assert json.loads(text) == {"why": "“"}


def run_command(kind, facts, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(facts)))
    out = io.StringIO()
    call_command("explain", kind, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_asks_nothing_of_the_database(monkeypatch):
    """pytest-django refuses every connection in a test that does not ask for the database."""
    assert run_command("deadline", TARGET, monkeypatch) == {"due_on": "2026-12-30"}
    assert run_command("screening", EXAMPLE, monkeypatch)["paper_rows"] == 1


@pytest.mark.parametrize(("kind", "field"), [("screening", "tool"), ("weather", "kind")])
def test_the_command_refuses_with_2_and_the_field(kind, field, monkeypatch):
    with pytest.raises(CommandError, match=f"{field}:") as caught:
        run_command(kind, {}, monkeypatch)
    assert caught.value.returncode == 2


@pytest.mark.parametrize("arguments", [[], ["weather"], ["screening", "deadline"]])
def test_the_module_names_its_kinds(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("{}"))
    assert main(arguments) == 2
    assert "deadline" in capsys.readouterr().err


def manage(kind, text):
    """``manage.py explain`` as somebody types it, with a database that is not there."""
    return subprocess.run(
        [sys.executable, "manage.py", "explain", kind],
        cwd=ROOT,
        input=text.encode(),
        capture_output=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
            "DATABASE_OWNER_URL": "postgres://nobody@127.0.0.1:9/none",
            "REDIS_URL": "redis://127.0.0.1:9/0",
            "PYTHONIOENCODING": "ascii",
        },
    )


def test_manage_py_explains_without_a_database():
    done = manage("screening", json.dumps(EXAMPLE, ensure_ascii=False))
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["unanswered"] == 83


def test_manage_py_refuses_on_one_line():
    done = manage("deadline", '{"trigger_on": "2026-02-30", "working_days": 3}')
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert b"trigger_on" in done.stderr
