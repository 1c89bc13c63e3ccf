"""Assessments made through the acts themselves, and pages filled in as a browser does."""

from __future__ import annotations

from django.urls import reverse

from screening.assessments.actions import complete_assessment, save_part, start_assessment
from screening.assessments.local_form import parts_of
from screening.queries import tool_of
from tests.screening.pages import controls

TEXTS = {
    "child_views": "She says that nobody listens.",
    "harm_happened": "possible",
    "significant_harm": "likely",
    "professional_judgement": "Two adults, money and missing hours together.",
    "level": "at_risk",
}


def analysed(assessment, **more):
    """Texts with an analysis of every domain."""
    tool = tool_of(assessment.tool_version_id)
    domains = {f"analysis-{each.key}": f"What {each.title} means." for each in tool.domains}
    return {**domains, **TEXTS, **more}


def write(assessment, by, texts):
    """Save texts, each in its part."""
    for part in parts_of(tool_of(assessment.tool_version_id)):
        own = {field.key: texts[field.key] for field in part.fields if field.key in texts}
        if own:
            version = assessment.part_versions.get(part.key, 0)
            assessment = save_part(
                assessment_id=assessment.pk, slug=part.slug, values=own, version=version, by=by
            )
    return assessment


def drafted(place, by=None, **texts):
    """A draft with everything that completing needs; without a screen it says why."""
    by = by or place.worker
    draft, _ = start_assessment(child=place.child, by=by, no_screen_reason="Seen today")
    return write(draft, by, analysed(draft, **texts))


def assessed(place, by=None, **texts):
    """A completed assessment."""
    draft = drafted(place, by, **texts)
    return complete_assessment(assessment_id=draft.pk, by=by or place.worker, version=draft.version)


def at(name, record, slug=""):
    """The address of a page of an assessment, a request or a statutory assessment."""
    kwargs = {"pk": record.pk, **({"slug": slug} if slug else {})}
    return reverse(f"screening:{name}", kwargs=kwargs)


def fill(client, assessment, slug, act="leave", **changes):
    """Open a part, change some controls and press a button."""
    where = at("assessment-part", assessment, slug)
    page = client.get(where)
    assert page.status_code == 200, page.status_code
    return client.post(where, controls(page) | changes | {"act": act})
