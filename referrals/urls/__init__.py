"""Routes of the room: making and following a referral, triage, and the records beside it."""

from __future__ import annotations

from django.urls import URLPattern

from referrals.urls import making, records, triage

app_name = "referrals"
urlpatterns: list[URLPattern] = [
    *making.urlpatterns,
    *triage.urlpatterns,
    *records.urlpatterns,
]
