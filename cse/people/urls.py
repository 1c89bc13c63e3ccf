"""Routes of account administration and of the directory of leads."""

from __future__ import annotations

from django.urls import URLPattern, path

from cse.people import change_views, views

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("", views.users, name="users"),
    path("leads/", views.leads, name="leads"),
    path("add/", views.add, name="add"),
    path("agencies/", views.agencies, name="agencies"),
    path("agencies/add/", views.add_agency, name="add-agency"),
    path("agencies/<uuid:agency_id>/", views.edit_agency, name="edit-agency"),
    path("agencies/<uuid:agency_id>/teams/add/", views.add_team, name="add-team"),
    path("teams/<uuid:team_id>/", views.edit_team, name="edit-team"),
    path("changes/", change_views.changes, name="changes"),
    path("changes/<uuid:change_id>/", change_views.decide, name="decide-change"),
    path("areas/<uuid:authority_id>/", views.edit_area, name="edit-area"),
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/add/<uuid:authority_id>/", views.add_contact, name="add-contact"),
    path("contacts/<uuid:point_id>/", views.edit_contact, name="edit-contact"),
    path("posts/<uuid:post_id>/end/", views.end_post, name="end-post"),
    path("<uuid:user_id>/", views.user, name="user"),
    path("<uuid:user_id>/change/", views.edit_user, name="edit"),
    path("<uuid:user_id>/invite/", views.invite, name="invite"),
    path("<uuid:user_id>/close/", views.close, name="close"),
    path("<uuid:user_id>/open/", views.reopen, name="open"),
    path("<uuid:user_id>/second-factor/", views.remove_factor, name="remove-factor"),
    path("<uuid:user_id>/posts/give/", views.give_post, name="give-post"),
]
