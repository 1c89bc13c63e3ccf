"""Routes of the room; what they ask of their reader is in cse.access.routes."""

from __future__ import annotations

from django.urls import path

from cse.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
    path("found/<uuid:token>/", views.found, name="found"),
]
