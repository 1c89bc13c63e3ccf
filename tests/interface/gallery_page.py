"""The template of the gallery."""

PAGE = """
{% extends "layouts/child.html" %}
{% from "components/forms.html" import field, error_summary, actions %}
{% from "components/messages.html" import banner %}
{% from "components/child.html" import badge, level_badge %}
{% from "components/navigation.html" import back, pagination, empty %}
{% from "components/tables.html" import table, facts, filter_panel, task_list, timeline %}
{% from "components/drafts.html" import autosave_attributes, autosave_status, conflict_text %}
{% from "components/words.html" import narrative %}
{% from "components/screen.html" import strip %}
{% from "components/guidance.html" import personal_duty, contact_panel %}
{% block title %}Gallery{% endblock %}
{% block content %}
{{ back("/", "Back to the screens") }}
{{ error_summary(form) }}
<h1 class="govuk-heading-l">Missing and running away</h1>
{{ personal_duty() }}
<div>
<form method="post" novalidate action="/post" {{ autosave_attributes("/save") }}>
  {{ autosave_status("2:05pm") }}
  {{ narrative(blank["views"], [hint], "/words") }}
  {{ actions("Save and continue", "/cancel") }}
</form>
</div>
<h2 class="govuk-heading-m">Badges</h2>
<p class="govuk-body">{{ level_badge("High") }} {{ level_badge("Medium") }} {{ level_badge("low") }}
{{ level_badge("CSE") }} {{ level_badge("At risk") }} {{ level_badge("") }}
{{ badge("3 working days late", "late") }}
{{ badge("Complete", "done") }}</p>
{{ banner("For your information.") }}
{{ banner("A reminder.", "warning", heading="Before you go on") }}
{{ banner("It was not sent.", "error") }}
{{ empty("Nothing waits for you", "New work appears here by itself.", "/x", "Search for a child") }}
{{ table("Screens", ["Child", {"label": "Due", "numeric": True}, "Level",
         {"label": "Act", "hidden": True}],
   [[link("Isla Fenwick", "/i"), "3 working days left", level_badge("High"),
     link("Open", "/o", "Isla")],
    ["Rowan Ash", "late by 2 working days", level_badge("Low"), link("Open", "/o", "Rowan")]]) }}
{{ facts([["Name", "Isla Fenwick", "/change"], ["First language", ""], ["Born", day | date]]) }}
{% call filter_panel("/list", "/list", [{"label": "High", "href": "/list?"}]) %}
{{ field(blank["agency"], optional=False) }}{{ field(blank["name"], hint="") }}
{% endcall %}
{{ task_list([{"title": "Grooming", "href": "/g", "status": "Not started"},
  {"title": "Missing", "href": "/m", "status": "4 of 26 answered", "hint": "26 indicators"},
  {"title": "Health", "href": "/h", "status": "Complete", "done": True}]) }}
{{ timeline([{"title": "Screen completed", "at": moment, "by": "Dana Whitcombe",
  "text": "Level: At risk", "badge": level_badge("At risk")},
  {"title": "Legal status changed", "at": day, "href": "/l"}], 3) }}
{{ strip("Indicators over time", ["2 Nov 2026", "15 Jan 2027"],
  [["Going missing", ["possible", "yes"]], ["Unexplained gifts", ["no", ""]]]) }}
{{ conflict_text("Views of the child", "The saved text", "What was typed\\nin two lines",
  "views2", "id_views2", "Ben Harlow", moment) }}
{{ contact_panel([
  ("CSE team, secure e-mail", "", ""), ("Front door", "01632 960123", "8am to 6pm")])
}}
<form method="post" novalidate>
  <h2 class="govuk-heading-m">Every control, in error</h2>
  {% for bound in form %}{{ field(bound) }}{% endfor %}
</form>
<form method="post" novalidate>
  <h2 class="govuk-heading-m">Every control, empty</h2>
  {% for bound in blank %}{% if bound.html_name not in
    ("blank-views", "blank-agency", "blank-name") %}{{ field(bound, inline=True, small=True)
  }}{% endif %}{% endfor %}
  {{ actions() }}
</form>
{{ pagination("/newer", "/older") }}
{% endblock %}
"""
