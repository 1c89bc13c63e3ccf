"""What was looked at is written down before the body is sent, or there is no body."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, OperationalError
from django.http import HttpResponse
from django.urls import path

import cse.urls
from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit import events
from cse.audit.models import AuditEvent
from cse.urls import handler403, handler404, handler500, handler503  # noqa: F401  routes' own pages
from tests.factories import make_child, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-02")]

SECRET = b"what only a reader may see"


@requires(Capability.USE_SERVICE)
def looked_at(request, child_id):
    events.look("see a child", child=child_id)
    return HttpResponse(SECRET)


@requires(Capability.USE_SERVICE)
def database_away(request):
    raise OperationalError("server closed the connection")


def undeclared(request):
    return HttpResponse(SECRET)


urlpatterns = [
    *cse.urls.urlpatterns,
    path("look/<uuid:child_id>/", looked_at, name="look"),
    path("away/", database_away, name="away"),
    path("undeclared/", undeclared, name="undeclared"),
]


@pytest.fixture
def reader(client, settings):
    settings.ROOT_URLCONF = __name__
    user = make_user()
    client.force_login(user)
    client.reader = user
    return client


def test_a_look_is_written_with_who_when_and_on_whom(reader):
    child = make_child()
    answer = reader.get(f"/look/{child.pk}/")
    assert answer.content == SECRET
    event = AuditEvent.objects.get(act="see a child")
    assert (event.actor_id, event.child_id, event.actor_kind) == (
        reader.reader.pk,
        child.pk,
        "person",
    )
    assert event.post_id == reader.reader.posts.get().pk
    assert event.address == "127.0.0.1"
    assert event.request_id


def test_nothing_is_shown_when_the_look_cannot_be_written(reader, monkeypatch):
    child = make_child()

    def fail(self, *args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(AuditEvent, "save", fail)
    answer = reader.get(f"/look/{child.pk}/")
    assert answer.status_code == 503
    assert SECRET not in answer.content
    assert answer["Retry-After"]


def test_one_look_that_fails_takes_the_others_of_the_request_with_it(reader, monkeypatch):
    child = make_child()
    kept = AuditEvent.save
    calls = []

    def fail_second(self, *args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise DatabaseError("disk full")
        kept(self, *args, **kwargs)

    before = AuditEvent.objects.count()
    real = events.look
    monkeypatch.setattr(events, "look", lambda *a, **k: (real(*a, **k), real(*a, **k)))
    monkeypatch.setattr(AuditEvent, "save", fail_second)
    assert reader.get(f"/look/{child.pk}/").status_code == 503
    assert AuditEvent.objects.count() == before


def test_a_database_that_is_away_is_a_503_and_no_500(reader):
    answer = reader.get("/away/")
    assert answer.status_code == 503


def test_a_database_that_is_away_before_anybody_is_known_is_a_503(reader, monkeypatch):
    import cse.audit.middleware as module

    def away(request):
        raise OperationalError("no route to host")

    monkeypatch.setattr(module, "_actor_of", away)
    assert reader.get("/undeclared/").status_code == 503


@pytest.mark.requirement("D-SHR-01")
def test_a_view_without_a_capability_is_not_served(reader):
    answer = reader.get("/undeclared/")
    assert answer.status_code == 404
    assert SECRET not in answer.content
    made_up = reader.get("/no/such/page/")
    assert answer.content == made_up.content
