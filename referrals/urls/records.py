"""Records beside a referral: decisions not to refer, consultations, advice, early help."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
