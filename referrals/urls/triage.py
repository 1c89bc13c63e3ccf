"""The board of a team that referrals are sent to, and what it does with each."""

from __future__ import annotations

from django.urls import URLPattern, path

from referrals.views import board, disagreements, triage

urlpatterns: list[URLPattern] = [
    path("board/", board.board, name="board"),
    path("board/decided/", board.decided, name="decided"),
    path("received/<uuid:pk>/", triage.delivery, name="delivery"),
    path("received/<uuid:pk>/claim/", triage.claim, name="claim"),
    path("received/<uuid:pk>/give-back/", triage.release, name="release"),
    path("received/<uuid:pk>/decide/", triage.decide, name="decide"),
    path("received/<uuid:pk>/second-person/", triage.second, name="second"),
    path("received/<uuid:pk>/acknowledge/", triage.acknowledge, name="acknowledge"),
    path("disagreement/<uuid:pk>/", disagreements.disagreement, name="disagreement"),
]
