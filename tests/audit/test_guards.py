"""No change without history; the past takes inserts only: the database says so."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from cse.audit import events
from cse.audit.guards import append_only_models, audited_models, history_models
from cse.audit.models import AuditEvent
from cse.children.models import Child
from tests.factories import make_child

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-02")]


def refused_at_commit(statement) -> str:
    """Run something as if its transaction ended: the deferred guards fire now."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        statement()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(caught.value)


@pytest.mark.django_db(transaction=True)
def test_an_ordinary_save_commits():
    with transaction.atomic():
        child = make_child()
    with transaction.atomic():
        child.given_name = "Another"
        child.save()
    assert child.history.count() == 2
    assert child.history.first().actor_kind == "system"


@pytest.mark.django_db(transaction=True)
def test_update_without_history_is_refused_at_a_real_commit():
    with transaction.atomic():
        child = make_child()
    with pytest.raises(DatabaseError, match="without history"), transaction.atomic():
        Child.objects.filter(pk=child.pk).update(given_name="Silently")
    child.refresh_from_db()
    assert child.given_name == "Robin"


def test_update_after_a_save_in_the_same_transaction_is_refused():
    child = make_child()
    assert "differs from its history" in refused_at_commit(
        lambda: Child.objects.filter(pk=child.pk).update(given_name="Silently")
    )


def test_bulk_create_is_refused():
    child = make_child()
    twin = Child(
        given_name="Twin",
        authority=child.authority,
        created_by=child.created_by,
        created_by_agency=child.created_by_agency,
        date_of_birth=child.date_of_birth,
        search_name="twin",
    )
    assert "without history" in refused_at_commit(lambda: Child.objects.bulk_create([twin]))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE children_child SET given_name = 'Silently'",
        "DELETE FROM children_child",
        "TRUNCATE children_child CASCADE",
        "UPDATE children_historicalchild SET given_name = 'Silently'",
        "DELETE FROM children_historicalchild",
        "TRUNCATE children_historicalchild",
        "UPDATE audit_auditevent SET act = 'nothing'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent CASCADE",
        "DROP TRIGGER audit_append_only ON audit_auditevent",
        "ALTER TABLE children_child DISABLE TRIGGER ALL",
        "SET session_replication_role = 'replica'",
        "DROP FUNCTION audit_require_history() CASCADE",
        "INSERT INTO children_historicalchild (history_id) VALUES (1)",
    ],
)
def test_raw_sql_of_the_application_role_is_refused(sql):
    make_child()

    def run():
        with connection.cursor() as cursor:
            cursor.execute(sql)

    assert refused_at_commit(run)


def test_the_applications_role_owns_no_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone()[0] == 0
        cursor.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone()[0] is False


@pytest.mark.parametrize("model", append_only_models(), ids=lambda m: m._meta.db_table)
@pytest.mark.parametrize("operation", ["UPDATE", "DELETE", "TRUNCATE"])
def test_every_append_only_table_refuses_even_its_owner(model, operation):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(tgname, ',') FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
            " WHERE c.relname = %s AND tgenabled = 'O'",
            [table],
        )
        triggers = cursor.fetchone()[0] or ""
        wanted = "audit_no_truncate" if operation == "TRUNCATE" else "audit_append_only"
        assert wanted in triggers
        cursor.execute(
            "SELECT has_table_privilege(%s, %s, %s)",
            [connection.settings_dict["USER"], table, operation],
        )
        assert cursor.fetchone()[0] is False


@pytest.mark.parametrize("model", audited_models(), ids=lambda m: m._meta.db_table)
def test_every_audited_table_has_its_guard(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
            " WHERE c.relname = %s AND tgname = 'audit_require_history' AND tgdeferrable"
            " AND tginitdeferred AND tgenabled = 'O'",
            [model._meta.db_table],
        )
        assert cursor.fetchone()[0] == 1


def test_a_temporary_table_cannot_pose_as_the_history():
    child = make_child()

    def run():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(
                "CREATE TEMP TABLE children_historicalchild AS SELECT c.*, 'person' AS actor_kind,"
                " pg_current_xact_id()::text::bigint AS transaction_id, 99999999 AS history_id,"
                " '~' AS history_type FROM children_child c"
            )
            cursor.execute("UPDATE pg_temp.children_historicalchild SET given_name = 'Silently'")
            cursor.execute(
                "UPDATE children_child SET given_name = 'Silently' WHERE id = %s", [child.pk]
            )

    assert "differs from its history" in refused_at_commit(run)


FORGED = {
    "history": (
        "INSERT INTO children_historicalchild SELECT (r).* FROM (SELECT jsonb_populate_record(h,"
        " jsonb_build_object('history_id', {number}, 'history_date', '2020-01-01T00:00Z',"
        " 'transaction_id', 1, 'given_name', 'Forged')) AS r FROM children_historicalchild h"
        " ORDER BY history_id DESC LIMIT 1) copied"
    ),
    "event": (
        "INSERT INTO audit_auditevent SELECT (r).* FROM (SELECT jsonb_populate_record(e,"
        " jsonb_build_object('id', {number}, 'at', '2020-01-01T00:00Z', 'transaction_id', 1))"
        " AS r FROM audit_auditevent e ORDER BY id DESC LIMIT 1) copied"
    ),
}
SEQUENCES = {
    "history": "pg_get_serial_sequence('children_historicalchild', 'history_id')",
    "event": "pg_get_serial_sequence('audit_auditevent', 'id')",
}


def forge(kind: str, number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORGED[kind].format(number=number))


@pytest.mark.parametrize("kind", FORGED)
@pytest.mark.parametrize("number", ["77000001", "-1"])
def test_a_chosen_number_is_refused(kind, number):
    make_child()
    events.record("an act")
    assert "chosen number" in refused_at_commit(lambda: forge(kind, number))


@pytest.mark.parametrize("kind", FORGED)
def test_a_row_gets_the_time_and_the_transaction_it_was_written_in(kind):
    """Whoever writes the row by hand: the past begins now."""
    make_child()
    events.record("an act")
    table, pk, at = (
        ("children_historicalchild", "history_id", "history_date")
        if kind == "history"
        else ("audit_auditevent", "id", "at")
    )
    with transaction.atomic(), connection.cursor() as cursor:
        forge(kind, f"nextval({SEQUENCES[kind]})")
        cursor.execute(
            f"SELECT clock_timestamp() - {at} < interval '1 minute',"
            f" transaction_id = pg_current_xact_id()::text::bigint"
            f" FROM {table} ORDER BY {pk} DESC LIMIT 1"
        )
        assert cursor.fetchone() == (True, True)
        transaction.set_rollback(True)


@pytest.mark.parametrize("model", [*history_models(), AuditEvent], ids=lambda m: m._meta.db_table)
def test_every_history_and_event_table_has_its_clock(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
            " WHERE c.relname = %s AND tgname = 'audit_clock' AND tgenabled = 'O'",
            [model._meta.db_table],
        )
        assert cursor.fetchone()[0] == 1
