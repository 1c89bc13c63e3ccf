"""Every component on one page, in every state: what the tests look at and measure."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from django import forms
from django.template import engines
from django.test import RequestFactory

from cse.interface.forms import DayMonthYearField, PlainForm
from cse.interface.identity import Identity, NavItem
from tests.interface.gallery_page import PAGE

HOSTILE = "<script>alert(1)</script>"


class GalleryForm(PlainForm):
    """One field for each widget the adapter knows."""

    name = forms.CharField(label="Name", max_length=200, help_text="As the child uses it")
    email = forms.EmailField(label="Work e-mail", required=False)
    age = forms.IntegerField(label="Age")
    views = forms.CharField(
        label="What the child says", widget=forms.Textarea, max_length=400, required=False
    )
    born = DayMonthYearField(
        label="Date of birth", what="date of birth", help_text="For example, 27 3 2011"
    )
    sex = forms.ChoiceField(
        label="Sex",
        choices=[("", "---------"), ("female", "Female"), ("male", "Male"), ("other", "Other")],
        widget=forms.RadioSelect,
    )
    shared = forms.MultipleChoiceField(
        label="Who has been told",
        choices=[("parent", "A parent"), ("school", "School"), ("lead", "Safeguarding lead")],
        widget=forms.CheckboxSelectMultiple,
    )
    agreed = forms.BooleanField(label="The child knows that this is being written down")
    agency = forms.ChoiceField(
        label="Agency", choices=[("", "Choose one"), ("school", "School"), ("health", "Health")]
    )
    letter = forms.FileField(label="Letter", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=3)


FILLED = {
    "name": HOSTILE,
    "age": "twelve",
    "views": "\nFirst line\n\n  indented line & more " + "x" * 400,
    "born-day": "31",
    "born-month": "2",
    "born-year": "2012",
    "version": "3",
}
IDENTITY = Identity(
    name="Isla Fenwick",
    age="14 years old",
    reference="CSE-2026-0417",
    level="At risk",
    peak="CSE (March 2026)",
    legal_status="Looked after (section 20)",
    warnings=("Sealed: named people only", "Do not leave messages at the home address"),
    href="/child",
)
HINT = SimpleNamespace(
    found="streetwise",
    why="It suggests that the child understands the danger and can keep safe alone.",
    alternative="Say what the child is exposed to, and who puts them there.",
    source="Oxfordshire §4.4",
)


def shell(**changes) -> SimpleNamespace:
    """A layout's `shell` for somebody who is signed in."""
    nav = [NavItem("Home", "/"), NavItem("Children", "/c", True), NavItem("Guidance", "/g")]
    values = {
        "service_name": "Child exploitation screening",
        "marking": "OFFICIAL-SENSITIVE",
        "handling": "",
        "demo": True,
        "user_name": "Dana Whitcombe",
        "post": "Safeguarding lead, Thornmere Academy",
        "home_url": "/",
        "sign_out_url": "/out",
        "nav": nav,
        "nav_items": [{"text": i.label, "href": i.href, "active": i.current} for i in nav],
        "footer_links": [NavItem("Guidance", "/g"), NavItem("Who to contact", "/w")],
        "messages": [SimpleNamespace(message="Section saved", level_tag="success")],
        "idle": None,
    }
    return SimpleNamespace(**{**values, **changes})


def context(**changes) -> dict:
    """What the gallery page is rendered with."""
    form = GalleryForm(FILLED)
    values = {
        "form": form,
        "blank": GalleryForm(prefix="blank"),
        "identity": IDENTITY,
        "child_nav": [
            NavItem("Overview", "/1", current=True),
            NavItem("Screens", "/2", count="3"),
            NavItem("Timeline", "/3"),
            NavItem("Who can see this", "/4"),
        ],
        "hint": HINT,
        "moment": datetime(2026, 12, 9, 14, 5, tzinfo=UTC),
        "day": date(2026, 12, 9),
        "csrf_token": "token",
        "shell": shell(),
    }
    return values | changes


def environment():
    """The environment of the pages, as the settings configure it."""
    return engines.all()[0].env


def html(**changes) -> str:
    """The whole gallery."""
    return environment().from_string(PAGE).render(context(**changes))


def request():
    """A request nobody is signed in for."""
    return RequestFactory().get("/")
