"""Routes of the room."""

from __future__ import annotations

from django.urls import URLPattern, path

from screening.assessments.urls import urlpatterns as assessments
from screening.views import approvals, check, comparison, completed, drafts, offered, start, tools

app_name = "screening"
urlpatterns: list[URLPattern] = [
    path("", completed.my_screens, name="list"),
    path("child/<uuid:child_id>/", completed.child_screens, name="child"),
    path("child/<uuid:child_id>/start/", start.start, name="start"),
    path("level/<uuid:event_id>/", approvals.approve, name="approve-level"),
    *assessments,
    path("<uuid:pk>/", completed.show, name="show"),
    path("<uuid:pk>/draft/", drafts.draft, name="draft"),
    path("<uuid:pk>/domain/<slug:slug>/", drafts.domain, name="domain"),
    path("<uuid:pk>/domain/<slug:slug>/offered/", offered.offered, name="offered"),
    path("<uuid:pk>/section/<slug:slug>/", drafts.section, name="section"),
    path("<uuid:pk>/check/", check.check, name="check"),
    path("<uuid:pk>/completed/", check.completed, name="completed"),
    path("<uuid:pk>/replaced/", completed.replaced, name="replaced"),
    path("<uuid:pk>/repeat/", start.repeat, name="repeat"),
    path("<uuid:pk>/set-aside/", start.put_aside, name="set-aside"),
    path("<uuid:pk>/correct/", completed.correct, name="correct"),
    path("<uuid:pk>/countersign/", approvals.countersign_rows, name="countersign"),
    path("<uuid:pk>/changed-duty/", approvals.changed_duty, name="changed-duty"),
    path("child/<uuid:child_id>/compare/", comparison.compare, name="compare"),
    path("child/<uuid:child_id>/over-time/", comparison.over_time, name="over-time"),
    path("tools/", tools.tools, name="tools"),
    path("tools/load/", tools.upload, name="upload-tool"),
    path("tools/<uuid:version_id>/", tools.version, name="tool-version"),
    path("tools/<uuid:version_id>/preview/", tools.preview, name="preview-tool"),
    path("tools/<uuid:version_id>/use/", tools.use, name="use-tool"),
    path("tools/<uuid:version_id>/retire/<str:indicator>/", tools.retire, name="retire-row"),
]
