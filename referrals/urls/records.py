"""Records beside a referral: decisions not to refer, consultations, advice, early help."""

from __future__ import annotations

from django.urls import URLPattern, path

from referrals.views.records import deciding

urlpatterns: list[URLPattern] = [
    path("children/<uuid:child_id>/not-referring/", deciding.decide, name="decide-not-to-refer"),
    path("decisions/", deciding.decisions, name="decisions"),
    path("decisions/<uuid:pk>/", deciding.decision, name="decision"),
    path("exceptions/<uuid:pk>/", deciding.decision, name="exception"),
    path("decisions/<uuid:pk>/facts/", deciding.facts, name="decision-facts"),
    path("decisions/<uuid:pk>/refer/", deciding.refer, name="refer-after-decision"),
    path("decisions/<uuid:pk>/set-aside/", deciding.put_aside, name="set-decision-aside"),
]
