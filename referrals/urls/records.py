"""Records beside a referral: decisions not to refer, consultations, advice, early help."""

from __future__ import annotations

from django.urls import URLPattern, path

from referrals.views.records import advising, consulting, deciding, helping

urlpatterns: list[URLPattern] = [
    path("child/<uuid:child_id>/not-referring/", deciding.decide, name="decide-not-to-refer"),
    path("decisions/", deciding.decisions, name="decisions"),
    path("decisions/<uuid:pk>/", deciding.decision, name="decision"),
    path("decisions/<uuid:pk>/signed/", deciding.signed_decision, name="signed-decision"),
    path("exceptions/<uuid:pk>/", deciding.decision, name="exception"),
    path("decisions/<uuid:pk>/facts/", deciding.facts, name="decision-facts"),
    path("decisions/<uuid:pk>/refer/", deciding.refer, name="refer-after-decision"),
    path("decisions/<uuid:pk>/set-aside/", deciding.put_aside, name="set-decision-aside"),
    path("consultations/", consulting.consultations, name="consultations"),
    path("consultations/start/", consulting.start, name="start-consultation"),
    path("consultations/<uuid:pk>/", consulting.consultation, name="consultation"),
    path("consultations/<uuid:pk>/refer/", consulting.refer, name="use-consultation"),
    path("child/<uuid:child_id>/advice/", advising.record, name="record-advice"),
    path("advice/<uuid:pk>/", advising.advice, name="advice"),
    path("advice/<uuid:pk>/refer/", advising.refer, name="refer-after-advice"),
    path("child/<uuid:child_id>/early-help/", helping.start, name="start-early-help"),
    path("early-help/<uuid:pk>/", helping.plan, name="early-help"),
    path("early-help/<uuid:pk>/change/", helping.change, name="change-early-help"),
    path("early-help/<uuid:pk>/outcome/", helping.outcome, name="help-outcome"),
    path("early-help/<uuid:pk>/meeting/", helping.meeting, name="help-meeting"),
    path("early-help/<uuid:pk>/close/", helping.close, name="close-early-help"),
    path("early-help/<uuid:pk>/ending/", helping.answer, name="answer-ending"),
    path("early-help/<uuid:pk>/refer/", helping.refer, name="refer-from-early-help"),
    path("help-outcome/<uuid:pk>/action/", helping.add_action, name="help-add-action"),
    path("help-action/<uuid:pk>/", helping.action, name="help-action"),
]
