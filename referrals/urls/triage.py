"""The board of a team that referrals are sent to."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
