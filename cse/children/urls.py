"""Routes of the room. A name or a date of birth is never in an address."""

from __future__ import annotations

from django.urls import path

from cse.children.views import links, record, searching, status

app_name = "children"
urlpatterns = [
    path("", searching.search, name="search"),
    path("mine/", record.mine, name="mine"),
    path("search/<uuid:token>/", searching.results, name="results"),
    path("add/<uuid:token>/", searching.add, name="add"),
    path("<uuid:child_id>/", record.show, name="child"),
    path("<uuid:child_id>/edit/", record.edit, name="edit"),
    path("<uuid:child_id>/timeline/", record.events_over_time, name="timeline"),
    path("<uuid:child_id>/changes/", record.changes, name="changes"),
    path("<uuid:child_id>/levels/", record.levels, name="levels"),
    path("<uuid:child_id>/status/", status.statuses, name="statuses"),
    path("<uuid:child_id>/status/add/", status.add_status, name="add-status"),
    path("<uuid:child_id>/status/<uuid:status_id>/end/", status.end_status, name="end-status"),
    path(
        "<uuid:child_id>/status/<uuid:status_id>/set-aside/",
        status.set_aside,
        name="set-status-aside",
    ),
    path("links/<uuid:link_id>/answer/", links.answer, name="answer-link"),
    path("<uuid:child_id>/links/", links.links, name="links"),
    path("<uuid:child_id>/links/add/", links.add_link, name="add-link"),
    path("<uuid:child_id>/links/<uuid:link_id>/", links.link, name="link"),
    path("<uuid:child_id>/links/<uuid:link_id>/correct/", links.correct, name="correct-link"),
    path("<uuid:child_id>/links/<uuid:link_id>/end/", links.end, name="end-link"),
    path("<uuid:child_id>/team/", status.team, name="team"),
    path("<uuid:child_id>/team/add/", status.add_member, name="add-member"),
    path("<uuid:child_id>/team/<uuid:member_id>/end/", status.end_member, name="end-member"),
]
