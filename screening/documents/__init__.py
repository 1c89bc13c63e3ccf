"""What the PDFs of this room show; ``register`` tells the documents room about them."""

from __future__ import annotations


def register() -> None:
    """Called once, when the room is ready."""
    from cse.documents import kinds
    from screening.documents import assessment, blank, screen

    kinds.register(blank.KIND)
    kinds.register(screen.KIND)
    kinds.register(assessment.KIND)
