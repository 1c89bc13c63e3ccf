"""The board of a team that referrals are sent to, what it does with each, and the area's table."""

from __future__ import annotations

from django.urls import URLPattern, path

from referrals.views import board, differences, disagreements, triage

urlpatterns: list[URLPattern] = [
    path("board/", board.board, name="board"),
    path("board/decided/", board.decided, name="decided"),
    path("board/<uuid:pk>/", triage.delivery, name="delivery"),
    path("board/<uuid:pk>/claim/", triage.claim, name="claim"),
    path("board/<uuid:pk>/give-back/", triage.release, name="release"),
    path("board/<uuid:pk>/decide/", triage.decide, name="decide"),
    path("board/<uuid:pk>/second-person/", triage.second, name="second"),
    path("board/<uuid:pk>/acknowledge/", triage.acknowledge, name="acknowledge"),
    path("board/disagreement/<uuid:pk>/", disagreements.disagreement, name="disagreement"),
    path("age-differences/", differences.differences, name="age-differences"),
    path(
        "age-differences/<uuid:authority_id>/",
        differences.change,
        name="change-age-differences",
    ),
]
