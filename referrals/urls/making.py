"""Making a referral and following it."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
