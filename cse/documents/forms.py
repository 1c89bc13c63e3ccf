"""What exporting and checking ask."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from cse.documents.codes import normal_code
from cse.documents.limits import LARGEST_UPLOAD
from cse.documents.models import Purpose
from cse.interface.forms import PlainForm

BLANK_PURPOSES = (Purpose.BY_HAND, Purpose.SUPERVISION, Purpose.AWARENESS, Purpose.OTHER)
OTHER_MISSING = "Say what the document is for"


class BlankForm(PlainForm):
    """Why a blank tool is printed, and for whom if it is for somebody."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    purpose = forms.ChoiceField(
        label="What is it for?",
        choices=[(each.value, each.label) for each in BLANK_PURPOSES],
        widget=forms.RadioSelect,
        error_messages={"required": "Select what it is for"},
    )
    purpose_text = forms.CharField(
        label="More about the purpose",
        max_length=300,
        required=False,
        help_text="Printed on every page. Needed if you chose another purpose.",
    )
    recipient_name = forms.CharField(label="Who is it for?", max_length=150, required=False)
    recipient_organisation = forms.CharField(
        label="Their organisation", max_length=150, required=False
    )

    def clean_token(self) -> uuid.UUID:
        """The form's own id; a form without one gets one."""
        token: uuid.UUID | None = self.cleaned_data["token"]
        return token or uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        """Another purpose needs words."""
        cleaned = super().clean() or {}
        missing = cleaned.get("purpose") == Purpose.OTHER and not cleaned.get("purpose_text")
        if missing and "purpose_text" not in self.errors:
            self.add_error("purpose_text", OTHER_MISSING)
        return cleaned


class ExportForm(BlankForm):
    """Why a document about a child leaves the house, and who gets it."""

    purpose = forms.ChoiceField(
        label="Why are you exporting it?",
        choices=[
            (each.value, each.label)
            for each in Purpose
            if each not in (Purpose.BY_HAND, Purpose.AWARENESS, Purpose.FAMILY)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select why you are exporting it"},
    )
    recipient_name = forms.CharField(
        label="Who will receive it?",
        max_length=150,
        help_text="A name or a post. It is printed on every page.",
        error_messages={"required": "Enter who will receive it"},
    )
    recipient_organisation = forms.CharField(
        label="Their organisation",
        max_length=150,
        error_messages={"required": "Enter their organisation"},
    )


class CodeForm(PlainForm):
    """A verification code as somebody reads it from a page."""

    code = forms.CharField(
        label="Verification code",
        max_length=60,
        help_text="16 letters at the foot of every page, such as KMTR-QWXZ-BDGH-PNTV.",
        error_messages={"required": "Enter the code from the foot of the page"},
    )

    def clean_code(self) -> str:
        """As the register writes it; what cannot be a code stays as typed and is not found."""
        typed = str(self.cleaned_data["code"])
        return normal_code(typed) or typed.strip()[:60]


class CompareForm(PlainForm):
    """A file to compare with what was exported. It is read once and not kept."""

    file = forms.FileField(
        label="The PDF you received",
        help_text="The file is compared here and not kept. At most 20 megabytes.",
        allow_empty_file=True,
        error_messages={"required": "Choose the PDF you received"},
    )

    def clean_file(self) -> Any:
        """At most ``LARGEST_UPLOAD`` bytes."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError("The file is larger than 20 megabytes. Choose another.")
        return file
