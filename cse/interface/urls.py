"""Routes of the room: guidance for everybody, the language helper, its terms."""

from __future__ import annotations

from django.urls import URLPattern, path

from cse.interface import views

app_name = "interface"
urlpatterns: list[URLPattern] = [
    path("guidance/", views.guidance, name="guidance"),
    path("guidance/contacts/", views.contacts, name="contacts"),
    path("guidance/check-wording/", views.check_wording, name="check-wording"),
    path("guidance/<slug:slug>/", views.guidance_page, name="guidance-page"),
    path("language/terms/", views.language_terms, name="language-terms"),
    path("language/terms/add/", views.add_term, name="language-term-add"),
    path("language/terms/<uuid:term_id>/", views.change_term, name="language-term"),
    path("language/terms/<uuid:term_id>/retire/", views.retire_term, name="language-term-retire"),
    path(
        "language/terms/<uuid:term_id>/restore/", views.restore_term, name="language-term-restore"
    ),
]
