"""Routes of the room."""

from __future__ import annotations

from django.urls import path

from cse.clocks import views

app_name = "clocks"
urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/add/", views.add_day, name="add-day"),
    path("calendar/<uuid:day_id>/remove/", views.remove_day, name="remove-day"),
    path("<uuid:clock_id>/why-late/", views.why_late, name="why-late"),
    path("<uuid:clock_id>/put-away/", views.put_away, name="put-away"),
]
