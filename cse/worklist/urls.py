"""Routes of the room."""

from __future__ import annotations

from django.urls import path

from cse.worklist import views

app_name = "worklist"
urlpatterns = [path("", views.home, name="home")]
