"""The project. Importing it makes the Celery application known, as Celery's documentation asks; nothing is started."""

from .celery import app as celery_app

__all__ = ["celery_app"]
