"""Chains, checkpoints and their verification, against somebody who owns the database."""

from __future__ import annotations

import base64
import json
import threading
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from cse.audit import checkpoints, events, sealing
from cse.audit.context import PERSON, Acting, act_as
from cse.audit.models import AuditEvent, Checkpoint, EventSeal, HistorySeal
from cse.audit.tasks import seal_events
from tests.factories import make_child, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("D-SHR-02")]


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "outside"
    return settings.AUDIT_CHECKPOINT_DIR


@pytest.fixture
def child(folder):
    """A child changed once, with two events, all of it sealed and signed."""
    with transaction.atomic():
        child = make_child()
        events.record("add a child", child=child)
    with transaction.atomic():
        child.given_name = "Another"
        child.save()
        events.record("edit a child", child=child)
    seal_events()
    return child


def as_owner(*statements: str) -> None:
    """What the owner of the tables can do who takes the guards off first."""
    wrapper = connections["owner"]
    parameters = wrapper.get_connection_params()
    parameters.pop("cursor_factory", None)
    owner = psycopg2.connect(**parameters)
    try:
        with owner, owner.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [name for (name,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            for statement in statements:
                cursor.execute(statement)
                assert cursor.rowcount > 0, f"changed nothing: {statement}"
            # Foreign keys are checked before the tables can be altered again.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    finally:
        owner.close()


def problems() -> list[str]:
    """What `manage.py verify_audit` says; it must exit with 1 exactly when it says something."""
    said = StringIO()
    try:
        call_command("verify_audit", stderr=said, stdout=StringIO())
    except CommandError as error:
        assert error.returncode == 1
        lines = said.getvalue().splitlines()
        assert lines
        return lines
    assert not said.getvalue()
    return []


def checkpoint_lines(folder: Path) -> list[str]:
    return [line for file in sorted(folder.glob("*")) for line in file.read_text().splitlines()]


def test_nothing_is_wrong_with_an_ordinary_past(child):
    assert problems() == []
    assert EventSeal.objects.count() == AuditEvent.objects.count() == 2
    tables = set(HistorySeal.objects.values_list("table", flat=True))
    assert {"children_historicalchild", "people_historicaluser"} <= tables
    assert Checkpoint.objects.count() == 1


def test_sealing_again_adds_nothing_and_a_new_event_one_link(child):
    seal_events()
    assert (EventSeal.objects.count(), Checkpoint.objects.count()) == (2, 1)
    with transaction.atomic():
        events.record("see a child", child=child)
    seal_events()
    assert EventSeal.objects.count() == 3
    assert Checkpoint.objects.count() == 2
    assert problems() == []


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (
            ["UPDATE audit_auditevent SET act = 'nothing' WHERE act = 'edit a child'"],
            "is not what was sealed",
        ),
        (
            [
                "UPDATE audit_auditevent SET actor_kind = 'system', reason = 'x' WHERE id ="
                " (SELECT min(id) FROM audit_auditevent)"
            ],
            "is not what was sealed",
        ),
        (
            [
                "DELETE FROM audit_eventseal WHERE sequence = 1",
                "DELETE FROM audit_auditevent WHERE act = 'add a child'",
            ],
            "links 1 to 1 are missing",
        ),
        (
            [
                "DELETE FROM audit_eventseal WHERE sequence = 2",
                "DELETE FROM audit_auditevent WHERE act = 'edit a child'",
            ],
            "link 2 of audit_eventseal is gone",
        ),
        (
            ["UPDATE children_historicalchild SET given_name = 'Forged' WHERE history_type = '+'"],
            "children_historicalchild: a row from",
        ),
        (
            [
                "UPDATE children_historicalchild SET given_name = 'F' WHERE history_type = '~'",
                "UPDATE children_child SET given_name = 'F'",
            ],
            "children_historicalchild: a row from",
        ),
        (
            ["DELETE FROM children_historicalchild WHERE history_type = '+'"],
            "children_historicalchild: a row from",
        ),
        (
            ["UPDATE children_child SET given_name = 'Silently'"],
            "differs from its history in given_name",
        ),
        (["DELETE FROM children_child"], "is gone without history"),
        (["DELETE FROM children_historicalchild"], "has no history"),
        (
            [
                "UPDATE audit_historyseal SET history_ids = history_ids[2:] WHERE"
                " cardinality(history_ids) > 1"
            ],
            "was changed or is gone",
        ),
        (
            [
                "DELETE FROM audit_historyseal WHERE sequence ="
                " (SELECT max(sequence) FROM audit_historyseal)"
            ],
            "of audit_historyseal is gone",
        ),
    ],
)
def test_what_the_owner_changes_behind_the_guards_is_found(child, statements, found):
    as_owner(*statements)
    assert any(found in line for line in problems())


def test_a_whole_chain_written_anew_is_found_by_the_checkpoint(child):
    """Somebody with the code and the database, but not with the key."""
    as_owner(
        "UPDATE audit_auditevent SET reason = 'rewritten' WHERE act = 'add a child'",
        "DELETE FROM audit_eventseal",
    )
    sealing.seal_all()
    assert any("of audit_eventseal is gone or another" in line for line in problems())


def test_a_truncated_checkpoint_file_is_found(child, folder):
    (file,) = folder.glob("*")
    file.write_text("")
    assert any("missing from the files" in line for line in problems())
    file.unlink()
    assert any("missing from the files" in line for line in problems())


def test_a_line_taken_out_of_the_middle_is_found(child, folder):
    for _ in range(2):
        with transaction.atomic():
            events.record("see a child", child=child)
        seal_events()
    (file,) = folder.glob("*")
    lines = file.read_text().splitlines(keepends=True)
    assert len(lines) == 3
    file.write_text(lines[0] + lines[2])
    found = problems()
    assert any("a line before it is missing" in line for line in found)
    assert any("missing from the files" in line for line in found)


def test_a_forged_checkpoint_is_found(child, folder):
    (file,) = folder.glob("*")
    held = json.loads(file.read_text())
    stranger = Ed25519PrivateKey.generate()
    held["body"]["digest"] = "f" * 64
    signed = stranger.sign(checkpoints._signed_bytes(held["body"]))
    held["signature"] = base64.b64encode(signed).decode()
    file.write_text(json.dumps(held) + "\n")
    assert any("the signature is not ours" in line for line in problems())
    held["body"]["key"] = checkpoints.public_text(stranger.public_key())
    signed = stranger.sign(checkpoints._signed_bytes(held["body"]))
    held["signature"] = base64.b64encode(signed).decode()
    file.write_text(json.dumps(held) + "\n")
    assert any("the signature is not ours" in line for line in problems())
    file.write_text("not a checkpoint\n")
    assert any("cannot be read" in line for line in problems())


def test_a_key_may_change_and_its_old_checkpoints_stay_good(child, settings):
    former = checkpoints.public_text(checkpoints.signing_key().public_key())
    settings.AUDIT_SIGNING_KEY = base64.b64encode(b"k" * 32).decode()
    assert any("the signature is not ours" in line for line in problems())
    settings.AUDIT_FORMER_PUBLIC_KEYS = [former]
    assert problems() == []


def test_the_order_is_that_of_commit_and_no_gap_opens_behind_the_end(folder):
    """An event whose transaction is still running is not overtaken by one that began later."""
    began, go_on = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                events.record("first to begin")
                began.set()
                go_on.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    began.wait(10)
    with transaction.atomic():
        events.record("second to begin")
    try:
        seal_events()
        assert EventSeal.objects.count() == 0
    finally:
        go_on.set()
        thread.join()
    seal_events()
    order = EventSeal.objects.order_by("sequence").values_list("event__act", flat=True)
    assert list(order) == ["first to begin", "second to begin"]


def test_what_runs_in_another_database_of_the_server_is_not_waited_for(folder):
    """A long report elsewhere, or another test, must not keep this past from being sealed."""
    parameters = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    elsewhere = psycopg2.connect(**parameters | {"dbname": "postgres"})
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
        with transaction.atomic():
            events.record("an act")
        seal_events()
        assert EventSeal.objects.count() == 1
    finally:
        elsewhere.close()


def test_two_sealers_are_harmless(folder):
    for number in range(30):
        with transaction.atomic():
            events.record(f"act {number}")

    def run():
        try:
            seal_events()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_events()
    assert EventSeal.objects.count() == 30
    assert problems() == []


def test_a_forged_transaction_number_keeps_no_event_out(folder):
    with transaction.atomic():
        events.record("an act")
    as_owner("UPDATE audit_auditevent SET transaction_id = 9000000000000000")
    seal_events()
    assert EventSeal.objects.count() == 1


def test_a_sealer_that_stands_still_is_reported(folder):
    with transaction.atomic():
        events.record("an act")
        make_child()
    as_owner(
        "UPDATE audit_auditevent SET at = at - interval '2 hours'",
        "UPDATE children_historicalchild SET history_date = history_date - interval '2 hours'",
    )
    found = problems()
    assert any("1 events have waited" in line for line in found)
    assert any("children_historicalchild: 1 rows have waited" in line for line in found)


def test_a_checkpoint_that_cannot_be_written_leaves_no_row_and_is_made_up_for(folder):
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    with transaction.atomic():
        events.record("an act")
    seal_events()
    assert EventSeal.objects.count() == 1
    assert not Checkpoint.objects.exists()
    folder.unlink()
    seal_events()
    assert Checkpoint.objects.count() == 1
    assert problems() == []


def test_a_past_that_somebody_wrote_afterwards_is_found(child):
    """The owner, with the guards off, adds what never was; and it is sealed like the rest."""
    with transaction.atomic():
        stranger = make_user("stranger@example.org")
        child.given_name = "Third"
        child.save()
        events.record("edit a child", child=child)
    as_owner(
        "INSERT INTO audit_auditevent SELECT (r).* FROM (SELECT jsonb_populate_record(e,"
        " jsonb_build_object('id', id + 1000, 'at', '2020-01-01T00:00Z')) AS r FROM"
        " audit_auditevent e ORDER BY id DESC LIMIT 1) copied",
        "INSERT INTO children_historicalchild SELECT (r).* FROM (SELECT jsonb_populate_record(h,"
        " jsonb_build_object('history_id', history_id + 1000, 'history_date',"
        f" '2020-01-01T00:00Z', 'history_user_id', '{stranger.pk}')) AS r FROM"
        " children_historicalchild h ORDER BY history_id DESC LIMIT 1) copied",
    )
    seal_events()
    found = problems()
    assert any("event 1003 says 2020-01-01" in line for line in found)
    assert any("children_historicalchild: row 1003 says 2020-01-01" in line for line in found)


def test_a_time_yet_to_come_is_found_and_hides_nothing(child):
    as_owner("UPDATE audit_auditevent SET at = '2999-01-01T00:00Z' WHERE id = 1")
    found = [line for line in problems() if "behind" in line]
    assert len(found) == 1
    assert "event 1 says 2999-01-01" in found[0]


def test_history_in_another_name_than_its_event_is_found(child):
    with transaction.atomic():
        one, other = make_user("one@example.org"), make_user("other@example.org")
    with transaction.atomic(), act_as(Acting(kind=PERSON, user_id=one.pk)):
        child.given_name = "Third"
        child.save()
        events.record("edit a child", child=child)
    assert problems() == []
    as_owner(
        f"UPDATE children_historicalchild SET history_user_id = '{other.pk}' WHERE history_id = 3"
    )
    assert any("row 3 names an actor whom no event" in line for line in problems())
