"""What a signature keeps: who, in which post, when, and a hash of what was signed (DEC-42)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Signed(models.Model):
    """Signing is a confirmation under one's own account; it is kept as it was, for good.

    ``signed_hash`` is ``referrals.signing.hash_of`` of what was signed. Name, post and agency are
    those of the moment, in words: people change their posts.
    """

    FIELDS = "signed_by signed_name signed_post signed_agency signed_at signed_hash"

    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_name = models.CharField(max_length=210)
    signed_post = models.CharField(max_length=200)
    signed_agency = models.CharField(max_length=150)
    signed_at = models.DateTimeField()
    signed_hash = models.CharField(max_length=64)

    class Meta:
        abstract = True
