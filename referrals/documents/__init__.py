"""What the PDFs of this room show; ``register`` tells the documents room about them."""

from __future__ import annotations


def register() -> None:
    """Called once, when the room is ready."""
    from cse.documents import kinds
    from referrals.documents import not_referring, referral

    kinds.register(referral.KIND)
    kinds.register(not_referring.KIND)
