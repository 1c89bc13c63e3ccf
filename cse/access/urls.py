"""Routes of the room."""

from __future__ import annotations

from django.urls import path

from cse.access.views import conflicts, emergencies, grants, seals, seeing

app_name = "access"
urlpatterns = [
    path("emergency/", emergencies.open_child, name="break-glass"),
    path("emergency/to-review/", emergencies.openings, name="openings"),
    path("emergency/<uuid:opening_id>/", emergencies.review, name="review-break-glass"),
    path("seal/<uuid:seal_id>/", seals.review, name="review-seal"),
    path("seal/<uuid:seal_id>/name/", seals.add_name, name="add-name"),
    path("seal/<uuid:seal_id>/name/<uuid:name_id>/end/", seals.end_name, name="end-name"),
    path("seal/<uuid:seal_id>/nobody-left/", seals.name_for, name="name-for-seal"),
    path("seal/<uuid:seal_id>/<slug:decision>/", seals.decide, name="decide-seal"),
    path("child/<uuid:child_id>/", seeing.who, name="who"),
    path("child/<uuid:child_id>/why/", seeing.why, name="why"),
    path("child/<uuid:child_id>/looks/", seeing.looks, name="looks"),
    path("child/<uuid:child_id>/give-back/", emergencies.back, name="give-back"),
    path("child/<uuid:child_id>/attempts/", seeing.attempts, name="attempts"),
    path("child/<uuid:child_id>/give/", grants.give, name="give"),
    path("child/<uuid:child_id>/grant/<uuid:grant_id>/end/", grants.end, name="end"),
    path("child/<uuid:child_id>/conflict/", conflicts.declare, name="declare"),
    path("child/<uuid:child_id>/exclude/", conflicts.exclude_somebody, name="exclude"),
    path(
        "child/<uuid:child_id>/exclusion/<uuid:exclusion_id>/end/",
        conflicts.end,
        name="end-exclusion",
    ),
    path("child/<uuid:child_id>/seal/", seals.seal, name="seal"),
]
