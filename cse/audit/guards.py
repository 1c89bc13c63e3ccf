"""The guards the database itself holds.

* A row of an audited table may change only if, at commit, the newest history row that the same
  transaction wrote for it says exactly what the row says. ``QuerySet.update()``, ``bulk_create``
  and hand-written SQL therefore fail at commit.
* History and event tables take inserts only; UPDATE, DELETE and TRUNCATE are refused by trigger,
  whoever asks. The database itself gives such a row its time and its transaction, and its number
  comes from the sequence: nobody writes into the past, or before what is there.
* A model with ``FROZEN_WHEN`` (an SQL condition on the old row) refuses changes to such rows.
* The application's role owns nothing: it may select and insert everywhere, update what is
  audited, and delete only in tables that hold no domain data.

Installed after every migrate, for the models there are (docs/decisions/0002).
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from cse.audit.models import AuditEvent

#: Both tables are named with their schema: a temporary table of the same name would otherwise be
#: found first, and anybody may make one.
FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION audit_require_history() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    history_table text := TG_ARGV[0];
    pk text := TG_ARGV[1];
    pk_type text := TG_ARGV[2];
    ignored text[] := string_to_array(TG_ARGV[3], ',');
    key text;
    live jsonb;
    kept jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN key := to_jsonb(OLD) ->> pk; ELSE key := to_jsonb(NEW) ->> pk; END IF;
    EXECUTE format(
        'SELECT to_jsonb(h) FROM %I.%I h WHERE h.%I = $1::%s AND h.transaction_id ='
        ' pg_current_xact_id()::text::bigint AND h.actor_kind <> '''''
        ' ORDER BY h.history_id DESC LIMIT 1', TG_TABLE_SCHEMA, history_table, pk, pk_type)
        INTO kept USING key;
    IF kept IS NULL THEN
        RAISE EXCEPTION 'change of % without history refused', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('SELECT to_jsonb(r) FROM %I.%I r WHERE r.%I = $1::%s',
        TG_TABLE_SCHEMA, TG_TABLE_NAME, pk, pk_type) INTO live USING key;
    IF live IS NULL THEN
        IF kept ->> 'history_type' <> '-' THEN
            RAISE EXCEPTION 'deletion from % without history refused', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF EXISTS (
        SELECT 1 FROM jsonb_each(live - ignored) l
        WHERE l.value IS DISTINCT FROM kept -> l.key
    ) THEN
        RAISE EXCEPTION 'change of % differs from its history, refused', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $guard$;

CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION '% of % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'integrity_constraint_violation';
END $guard$;
"""

#: One function for each pair of column names, because PL/pgSQL has no assignment to a column that
#: is named at run time. The default has drawn the number before the trigger runs, so that a row
#: numbered by the sequence is the one that was drawn last.
CLOCK = r"""
CREATE OR REPLACE FUNCTION audit_clock_{at}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF NEW.{pk} IS DISTINCT FROM currval(pg_get_serial_sequence(
        format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), '{pk}')) THEN
        RAISE EXCEPTION 'a chosen number in % refused', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.{at} := clock_timestamp();
    NEW.transaction_id := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $guard$;
"""


def audited_models() -> list[type[models.Model]]:
    """Every concrete model that keeps history."""
    return [m for m in apps.get_models() if hasattr(m._meta, "simple_history_manager_attribute")]


def history_models() -> list[type[models.Model]]:
    """The history models of all audited models."""
    return [history_model_of(model) for model in audited_models()]


def history_model_of(model: type[models.Model]) -> type[models.Model]:
    """The history model of one audited model."""
    manager = getattr(model, model._meta.simple_history_manager_attribute)  # type: ignore[attr-defined]
    return manager.model  # type: ignore[no-any-return]


def append_only_models() -> list[type[models.Model]]:
    """Tables that take inserts only: all history, and what says so of itself."""
    return history_models() + [m for m in apps.get_models() if getattr(m, "APPEND_ONLY", False)]


def frozen_models() -> list[type[models.Model]]:
    """Models with rows that no longer change once a condition holds."""
    return [m for m in apps.get_models() if getattr(m, "FROZEN_WHEN", "")]


def install_after_migrate(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """Install all guards once, after the last app's signal, on every table there is by then."""
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    if sender is not last:
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("\n".join(guard_statements(connection)))


def guard_statements(connection: BaseDatabaseWrapper) -> list[str]:
    """All statements that put the guards and rights in place; may be run again at any time."""
    statements = [FUNCTIONS, CLOCK.format(at="history_date", pk="history_id")]
    statements += [CLOCK.format(at="at", pk="id")]
    # A model whose migration is not written yet has no table; that must not unguard the others.
    tables = set(connection.introspection.table_names())
    for model in _with_table(audited_models(), tables):
        statements += _history_guard(model, connection)
    for model in _with_table(append_only_models(), tables):
        statements += _refuse(model, "append only", "UPDATE OR DELETE", "append_only")
        statements += _refuse_truncate(model)
    for model in _with_table(history_models(), tables):
        statements += _clock(model, "history_date")
    for model in _with_table([AuditEvent], tables):
        statements += _clock(model, "at")
    for model in _with_table(frozen_models(), tables):
        statements += _refuse(
            model,
            "frozen",
            "UPDATE OR DELETE",
            "frozen",
            when=model.FROZEN_WHEN,  # type: ignore[attr-defined]
        )
    return statements + _rights(connection)


def _with_table(models_: list[type[models.Model]], tables: set[str]) -> list[type[models.Model]]:
    return [model for model in models_ if model._meta.db_table in tables]


def _history_guard(model: type[models.Model], connection: BaseDatabaseWrapper) -> list[str]:
    table, pk = model._meta.db_table, model._meta.pk
    assert pk is not None  # noqa: S101  every concrete model has one
    kept = history_model_of(model)
    kept_columns = {f.column for f in kept._meta.concrete_fields}
    ignored = ",".join(
        str(f.column) for f in model._meta.concrete_fields if f.column not in kept_columns
    )
    pk_type = (pk.rel_db_type(connection) or "").split("(")[0]
    arguments = f"'{kept._meta.db_table}', '{pk.column}', '{pk_type}', '{ignored}'"
    return [
        f'DROP TRIGGER IF EXISTS audit_require_history ON "{table}";',
        f"CREATE CONSTRAINT TRIGGER audit_require_history AFTER INSERT OR UPDATE OR DELETE ON"
        f' "{table}" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION'
        f" audit_require_history({arguments});",
        *_refuse_truncate(model),
    ]


def _refuse(
    model: type[models.Model], why: str, operations: str, name: str, when: str = ""
) -> list[str]:
    table = model._meta.db_table
    condition = f"WHEN ({when})" if when else ""
    return [
        f'DROP TRIGGER IF EXISTS audit_{name} ON "{table}";',
        f'CREATE TRIGGER audit_{name} BEFORE {operations} ON "{table}" FOR EACH ROW {condition}'
        f" EXECUTE FUNCTION audit_refuse('{why}');",
    ]


def _refuse_truncate(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    return [
        f'DROP TRIGGER IF EXISTS audit_no_truncate ON "{table}";',
        f'CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT'
        " EXECUTE FUNCTION audit_refuse('the past is kept');",
    ]


def _clock(model: type[models.Model], at: str) -> list[str]:
    table = model._meta.db_table
    return [
        f'DROP TRIGGER IF EXISTS audit_clock ON "{table}";',
        f'CREATE TRIGGER audit_clock BEFORE INSERT ON "{table}" FOR EACH ROW'
        f" EXECUTE FUNCTION audit_clock_{at}();",
    ]


def _rights(connection: BaseDatabaseWrapper) -> list[str]:
    """What the application's role may do: never more than select and insert on the past."""
    role = f'"{settings.DATABASES["default"]["USER"]}"'
    if settings.DATABASES["default"]["USER"] == connection.settings_dict["USER"]:
        return []
    append_only = {m._meta.db_table for m in append_only_models()}
    audited = {m._meta.db_table for m in audited_models()}
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {role};",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};",
    ]
    for table in sorted(connection.introspection.table_names()):
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if table in append_only or table == "django_migrations":
            rights = "SELECT, INSERT"
        elif table in audited:
            rights = "SELECT, INSERT, UPDATE"
        statements.append(f'REVOKE ALL ON "{table}" FROM {role};')
        statements.append(f'GRANT {rights} ON "{table}" TO {role};')
    return statements
