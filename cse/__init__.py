"""The house's lower floors and its wiring (docs/architecture.md)."""

# A task called in a web process must find our broker: Celery asks that its app is loaded here.
from cse.celery import app as celery_app

__all__ = ["celery_app"]
