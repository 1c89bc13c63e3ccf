"""Routes of assessments, below those of screens and in the same namespace."""

from __future__ import annotations

from django.urls import URLPattern, path

from screening.assessments.views import completed, contributions, drafts, start, statutory

urlpatterns: list[URLPattern] = [
    path("assessments/child/<uuid:child_id>/", start.assessments, name="assessments"),
    path("assessments/child/<uuid:child_id>/start/", start.start, name="assessment-start"),
    path("assessments/<uuid:pk>/", completed.show, name="assessment"),
    path("assessments/<uuid:pk>/draft/", drafts.draft, name="assessment-draft"),
    path("assessments/<uuid:pk>/part/<slug:slug>/", drafts.part, name="assessment-part"),
    path("assessments/<uuid:pk>/check/", drafts.check, name="assessment-check"),
    path("assessments/<uuid:pk>/newer-screen/", start.take_screen, name="assessment-screen"),
    path("assessments/<uuid:pk>/set-aside/", start.put_aside, name="assessment-set-aside"),
    path("assessments/<uuid:pk>/correct/", completed.correct, name="assessment-correct"),
    path("assessments/<uuid:pk>/harm/", completed.harm, name="assessment-harm"),
    path("assessments/<uuid:pk>/day/", completed.day, name="assessment-day"),
    path("assessments/<uuid:pk>/ask/", contributions.ask, name="assessment-ask"),
    path("contributions/<uuid:pk>/", contributions.contribution, name="contribution"),
    path("contributions/<uuid:pk>/request/", contributions.requested, name="request"),
    path("statutory/child/<uuid:child_id>/record/", statutory.record, name="statutory-record"),
    path("statutory/<uuid:pk>/", statutory.show, name="statutory"),
    path("statutory/<uuid:pk>/ask/", contributions.ask_for_statutory, name="statutory-ask"),
    path("statutory/<uuid:pk>/risks/", statutory.risks, name="statutory-risks"),
    path("statutory/<uuid:pk>/outcome/", statutory.outcome, name="statutory-outcome"),
    path("statutory/<uuid:pk>/correct/", statutory.correct, name="statutory-correct"),
]
