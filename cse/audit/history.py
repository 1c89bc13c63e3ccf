"""What every audited model declares: ``history = history()``.

A history row knows the database transaction it was written in; the deferred guard
(``cse.audit.guards``) compares it with the live row at commit, so that no change goes without.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models
from django.db.models.expressions import Func
from django.db.models.functions import Cast
from django.dispatch import receiver
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record
from simple_history.utils import bulk_create_with_history

from cse.audit.context import acting

M = TypeVar("M", bound=models.Model)


class CurrentTransaction(Func):
    """The number of the running database transaction, the same in all its savepoints."""

    function = "pg_current_xact_id"
    output_field = models.TextField()


class AuditedHistory(models.Model):
    """Columns that every history table has besides simple-history's own."""

    transaction_id = models.BigIntegerField(
        db_default=Cast(Cast(CurrentTransaction(), models.TextField()), models.BigIntegerField()),
        editable=False,
    )
    actor_kind = models.CharField(max_length=10, editable=False)
    acting_post_id = models.UUIDField(null=True, editable=False)
    on_behalf_of_id = models.UUIDField(null=True, editable=False)
    request_id = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


class AuditedHistoryManager(HistoryManager):
    """simple-history makes a manager's class at every access, so at every save; here once."""

    @classmethod
    @functools.cache
    def from_queryset(cls, queryset_class: Any, class_name: Any = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


def _acting_user(instance: models.Model, **_kwargs: Any) -> Any:
    """simple-history asks for a user; the context knows only the id, which is enough."""
    user_id = acting().user_id
    if user_id is None:
        return None
    from django.contrib.auth import get_user_model

    return get_user_model()(id=user_id)


def history(**options: Any) -> HistoricalRecords:
    """History for an audited model; options are simple-history's own."""
    return HistoricalRecords(
        bases=[AuditedHistory],
        history_id_field=models.BigAutoField(primary_key=True),
        history_change_reason_field=models.TextField(blank=True),
        get_user=_acting_user,
        user_db_constraint=False,
        history_manager=AuditedHistoryManager,
        **options,
    )


def write_together(rows: Iterable[M]) -> list[M]:
    """Write new rows of one model, each with its history: two statements, however many they are."""
    written = list(rows)
    if written:
        bulk_create_with_history(
            written,
            type(written[0]),
            default_change_reason="",
            custom_historical_attrs=_actor(),
        )
    return written


def _actor() -> dict[str, Any]:
    """Who acts now, as the columns of `AuditedHistory`."""
    actor = acting()
    return {
        "actor_kind": actor.kind,
        "acting_post_id": actor.post_id,
        "on_behalf_of_id": actor.on_behalf_of_id,
        "request_id": actor.request_id,
    }


@receiver(pre_create_historical_record, dispatch_uid="cse.audit.history")
def _name_the_actor(history_instance: Any, **_kwargs: Any) -> None:
    for name, value in _actor().items():
        setattr(history_instance, name, value)
    if history_instance.history_change_reason is None:
        history_instance.history_change_reason = ""
