"""The service's routes as they are in the demonstration."""

from __future__ import annotations

from django.urls import include, path

from cse.signin import views
from cse.urls import handler400, handler403, handler404, handler500
from cse.urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500"]

demo = ([path("demo/<uuid:user_id>/", views.demo_sign_in, name="demo")], "demonstration")
urlpatterns = [path("account/", include(demo)), *ours]
