"""Every field of every installed model is identifying, sensitive or operational (libraries too)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import models

from cse.audit.checks import every_field_is_classified, every_model_is_audited, our_models
from cse.audit.guards import audited_models, history_model_of
from cse.audit.third_party_data import HISTORY_DATA, THIRD_PARTY_DATA
from cse.children.models import Child
from cse.data_classes import DataClass, classify

HISTORY_OF = {history_model_of(model): model for model in audited_models()}
INSTALLED = list(apps.get_models(include_auto_created=True))


def declared(model) -> set[str]:
    """The names that are classified for a model, wherever that is written."""
    if model in HISTORY_OF:
        return set(HISTORY_OF[model].DATA) | set(HISTORY_DATA)
    if model._meta.label in THIRD_PARTY_DATA:
        return set(THIRD_PARTY_DATA[model._meta.label])
    return set(getattr(model, "DATA", {}))


@pytest.mark.parametrize("model", INSTALLED, ids=lambda m: m._meta.label)
def test_every_field_is_classified(model):
    fields = {field.name for field in model._meta.fields}
    assert not fields - declared(model)


@pytest.mark.parametrize("label", sorted(THIRD_PARTY_DATA))
def test_nothing_is_classified_that_is_no_field(label):
    fields = {field.name for field in apps.get_model(label)._meta.get_fields()}
    assert set(THIRD_PARTY_DATA[label]) <= fields


def test_our_own_models_pass_both_checks():
    assert len(list(our_models())) > 20
    assert every_field_is_classified(None) == []
    assert every_model_is_audited(None) == []


def test_a_new_field_fails_the_checks_until_somebody_decides(monkeypatch):
    without = {name: held for name, held in Child.DATA.items() if name != "address"}
    monkeypatch.setattr(Child, "DATA", without)
    (error,) = every_field_is_classified(None)
    assert (error.id, "children.Child.address" in error.msg) == ("audit.E002", True)
    with pytest.raises(SystemCheckError, match=r"children\.Child\.address is not classified"):
        call_command("check")


def test_a_field_that_is_gone_may_not_stay_classified(monkeypatch):
    monkeypatch.setattr(Child, "DATA", {**Child.DATA, "shoe_size": DataClass.SENSITIVE})
    (error,) = every_field_is_classified(None)
    assert "is classified but no field" in error.msg


def test_a_model_without_history_does_not_start(monkeypatch):
    class Meta:
        app_label = "children"

    unkept = type(
        "Unkept", (models.Model,), {"__module__": "cse.children.models", "Meta": Meta, "DATA": {}}
    )
    try:
        assert [error.id for error in every_model_is_audited(None)] == ["audit.E001"]
    finally:
        del apps.all_models["children"]["unkept"]
        apps.clear_cache()
    assert unkept._meta.label == "children.Unkept"
    assert every_model_is_audited(None) == []


def test_a_field_has_one_class():
    with pytest.raises(ValueError, match="twice"):
        classify(identifying="name", operational="name")


IDENTIFYING = {
    "children.Child": "given_name family_name other_names date_of_birth address search_name",
    "people.User": "email given_name family_name telephone",
}


@pytest.mark.parametrize("label", sorted(IDENTIFYING))
def test_what_names_a_person_is_identifying(label):
    data = apps.get_model(label).DATA
    assert {data[name] for name in IDENTIFYING[label].split()} == {DataClass.IDENTIFYING}
