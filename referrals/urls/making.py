"""Making a referral and following it."""

from __future__ import annotations

from django.urls import URLPattern, path

from referrals.views.making import check, draft, following, notes, show, start

urlpatterns: list[URLPattern] = [
    path("", show.my_referrals, name="list"),
    path("start/", start.start, name="start"),
    path("child/<uuid:child_id>/", show.child_referrals, name="child"),
    path("child/<uuid:child_id>/start/", start.start_from_child, name="start-from-child"),
    path("child/<uuid:child_id>/note/", notes.child_note, name="child-note"),
    path("screen/<uuid:screen_id>/start/", start.start_from_screen, name="start-from-screen"),
    path("<uuid:pk>/", show.show, name="show"),
    path("<uuid:pk>/draft/", draft.draft, name="draft"),
    path("<uuid:pk>/facts/", draft.facts, name="facts"),
    path("<uuid:pk>/part/<slug:slug>/", draft.part, name="part"),
    path("<uuid:pk>/check/", check.check, name="check"),
    path("<uuid:pk>/set-aside/", start.put_aside, name="set-aside"),
    path("<uuid:pk>/again/", start.again, name="again"),
    path("<uuid:pk>/withdraw/", show.withdraw, name="withdraw"),
    path("<uuid:pk>/note/", notes.note, name="note"),
    path("<uuid:pk>/oversee/", show.oversee, name="oversee"),
    path("outcome/<uuid:pk>/", following.outcome, name="outcome"),
    path("outcome/<uuid:pk>/read/", following.read, name="read-outcome"),
    path("outcome/<uuid:pk>/tell/", following.tell, name="tell"),
    path("outcome/<uuid:pk>/disagree/", following.disagree, name="disagree"),
]
