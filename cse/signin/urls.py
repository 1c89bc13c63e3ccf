"""Routes of our own sign-in pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from cse.signin import views

app_name = "signin"
urlpatterns: list[URLPattern] = [
    path("", views.account, name="account"),
    path("stay/", views.extend, name="extend"),
    path("keep/", views.keep, name="keep"),
    path("ended/", views.ended, name="ended"),
    path("signed-out/", views.signed_out, name="signed-out"),
    path("kept/", views.kept_forms, name="kept"),
    path("kept/<uuid:kept_id>/done/", views.drop_kept, name="drop-kept"),
]
if settings.CSE_DEMO:
    urlpatterns.append(path("demo/<uuid:user_id>/", views.demo_sign_in, name="demo"))
