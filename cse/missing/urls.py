"""Routes of the room."""

from __future__ import annotations

from django.urls import path

from cse.missing.views import episodes, interviews, lists

app_name = "missing"
urlpatterns = [
    path("", lists.owed, name="owed"),
    path("child/<uuid:child_id>/", lists.child, name="child"),
    path("child/<uuid:child_id>/record/", episodes.record, name="record"),
    path("<uuid:pk>/", episodes.show, name="episode"),
    path("<uuid:pk>/return/", episodes.came_back, name="return"),
    path("<uuid:pk>/correct/", episodes.correct, name="correct"),
    path("<uuid:pk>/grade/", episodes.grade, name="grade"),
    path("<uuid:pk>/set-aside/", episodes.set_aside, name="set-aside"),
    path("<uuid:pk>/allocate/", interviews.allocate, name="allocate"),
    path("<uuid:pk>/offer/", interviews.offer, name="offer"),
    path("<uuid:pk>/interview/", interviews.hold, name="interview"),
]
