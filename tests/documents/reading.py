"""Reading a PDF back, with pikepdf alone: its text page by page, its fonts, its tags."""

from __future__ import annotations

import io
import re

import pikepdf


def opened(content):
    return pikepdf.open(io.BytesIO(content))


def _to_unicode(font):
    """Glyph number → text, from the font's ToUnicode map."""
    text = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.S):
        for glyph, value in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(value).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.S):
        for first, last, value in re.findall(
            r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block
        ):
            start = int(value, 16)
            for offset in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + offset] = chr(start + offset)
    return found


MISSING = "\N{REPLACEMENT CHARACTER}"


def _glyphs(raw):
    """The two-byte glyph numbers of a drawn string."""
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]


def page_text(page):
    """The page's text in drawing order, without spaces: kerning and breaks do not matter."""
    return squeezed("".join(drawn(page)))


def drawn(page):
    """Each piece of text that is drawn at once: never more than stands on one line."""
    maps = {name: _to_unicode(font) for name, font in page.Resources.Font.items()}
    parts, current = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current = maps[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            strings = operands[0] if str(operator) == "TJ" else operands
            raw = b"".join(bytes(each) for each in strings if isinstance(each, pikepdf.String))
            parts.append("".join(current.get(glyph, MISSING) for glyph in _glyphs(raw)))
    return parts


def baselines(page):
    """How far below the top of the paper each piece of text stands, and how far the paper goes.

    Both in pixels of 1/96 inch, as they are drawn.
    """
    drawn_at = [
        float(operands[5])
        for operands, operator in pikepdf.parse_content_stream(page)
        if str(operator) == "Tm"
    ]
    return drawn_at, float(page.MediaBox[3]) / 0.75


def squeezed(text):
    return re.sub(r"\s+", "", text)


def texts(pdf):
    return [page_text(page) for page in pdf.pages]


def elements(pdf):
    """Every structure element below the root, depth first."""

    def below(node):
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield kid
                yield from below(kid)

    return list(below(pdf.Root.StructTreeRoot))


def tagged(pdf, name):
    return [each for each in elements(pdf) if str(each.S) == f"/{name}"]


def fonts(pdf):
    """Every font of every page, with whether its file is inside the document."""
    found = {}
    for page in pdf.pages:
        for font in page.Resources.Font.values():
            for descendant in font.get("/DescendantFonts", [font]):
                descriptor = descendant.FontDescriptor
                found[str(descendant.BaseFont)] = any(
                    key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
                )
    return found
