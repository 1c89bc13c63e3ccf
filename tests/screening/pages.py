"""Filling in a screen's pages as a browser does: what the page holds, with some of it changed."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from django.urls import reverse


class _Controls(HTMLParser):
    """The controls of every form, as a browser would send them."""

    def __init__(self):
        super().__init__()
        self.forms, self.current, self.area, self.select = [], None, None, None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self.current = {}
            self.forms.append(self.current)
        elif self.current is None:
            return
        elif tag == "input":
            self._input(found)
        elif tag == "textarea":
            self.area = found["name"]
            self.current[self.area] = ""
        elif tag == "select":
            self.select = found["name"]
            self.current.setdefault(self.select, "")
        elif tag == "option" and "selected" in found:
            self.current[self.select] = found["value"]

    def _input(self, found):
        kind = found.get("type")
        if kind in ("radio", "checkbox") and "checked" not in found:
            return
        if found.get("name"):
            self.current[found["name"]] = found.get("value", "on")

    def handle_data(self, data):
        if self.area:
            self.current[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        elif tag == "form":
            self.current = None


def controls(response, having="version"):
    """What the page's form would send: the one that has this control."""
    parser = _Controls()
    parser.feed(response.content.decode())
    return next(each for each in parser.forms if having in each)


def address(screen, kind, slug=""):
    kwargs = {"pk": screen.pk, **({"slug": slug} if slug else {})}
    return reverse(f"screening:{kind}", kwargs=kwargs)


def fill(client, screen, kind, slug, act="leave", **changes):
    """Open a part, change some controls and press a button; keys have "_" for "-" in ids."""
    where = address(screen, kind, slug)
    page = client.get(where)
    assert page.status_code == 200, page.status_code
    sent = controls(page) | changes | {"act": act}
    return client.post(where, sent)


def complete(client, screen):
    """Check the answers and press the button."""
    where = address(screen, "check")
    return client.post(where, controls(client.get(where)))


def text_of(response):
    """The page as text: tags are spaces, and spaces are closed up."""
    body = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
