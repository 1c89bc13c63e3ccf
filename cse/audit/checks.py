"""System checks: an unaudited or unclassified model does not start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

OUR_ROOMS = ("cse.", "screening", "referrals", "meetings", "intelligence")


def our_models() -> Iterator[type[models.Model]]:
    """Every model of ours, without the history models that simple-history makes."""
    for config in apps.get_app_configs():
        if config.name.startswith(OUR_ROOMS):
            for model in config.get_models():
                if not hasattr(model, "history_object"):
                    yield model


@register()
def every_model_is_audited(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """A model keeps history, or takes inserts only, or says why it needs neither."""
    return [
        Error(
            f"{model._meta.label} keeps no history: declare history(), APPEND_ONLY, or NO_HISTORY.",
            id="audit.E001",
        )
        for model in our_models()
        if not hasattr(model._meta, "simple_history_manager_attribute")
        and not getattr(model, "APPEND_ONLY", False)
        and not getattr(model, "NO_HISTORY", "")
    ]


@register()
def every_field_is_classified(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Each field is identifying, sensitive or operational (cse.data_classes)."""
    errors: list[CheckMessage] = []
    for model in our_models():
        declared = set(getattr(model, "DATA", {}))
        fields = {f.name for f in (*model._meta.fields, *model._meta.many_to_many)}
        for name in sorted(fields ^ declared):
            problem = "is not classified" if name in fields else "is classified but no field"
            errors.append(Error(f"{model._meta.label}.{name} {problem}.", id="audit.E002"))
    return errors
