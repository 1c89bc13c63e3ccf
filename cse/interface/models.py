"""The language helper's terms, as the administrator keeps them (DEC-15)."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import models

from cse.audit.history import history
from cse.data_classes import classify
from cse.interface.language import PhraseError, Term, pattern_of, read_phrases


class LanguageTerm(models.Model):
    """One expression to think about while writing. It is retired, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField("name", max_length=80, unique=True)
    phrases = models.TextField(
        max_length=2000,
        help_text="One on each line. * at the end of a word stands for any ending; ... between"
        " words for up to three words; a hyphen finds both spellings (street-wise).",
    )
    why = models.TextField("why it harms", max_length=600)
    alternative = models.TextField("what to write instead", max_length=600)
    source = models.CharField("where this comes from", max_length=120)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    history = history()

    DATA = classify(operational="id label phrases why alternative source retired_at")

    class Meta:
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Every phrase must be readable (cse.interface.language)."""
        try:
            pattern_of(read_phrases(self.phrases))
        except PhraseError as error:
            raise ValidationError({"phrases": str(error).replace("%", "%%")}) from error

    def as_term(self) -> Term:
        """The same as the helper's own value."""
        return Term(self.label, read_phrases(self.phrases), self.why, self.alternative, self.source)
