"""Routes of the room."""

from __future__ import annotations

from django.urls import path

from cse.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.home, name="home"),
    path("blank/<slug:kind_key>/<uuid:subject_id>/", views.request_blank, name="request-blank"),
    path("export/<slug:kind_key>/<uuid:subject_id>/", views.request_document, name="request"),
    path("exports/", views.register, name="register"),
    path("exports/<uuid:export_id>/", views.status, name="status"),
    path("exports/<uuid:export_id>/download/", views.download, name="download"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verified, name="verified"),
]
