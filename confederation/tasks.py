"""The project's own task: the heartbeat by which `/health/` knows that beat and worker reach each other."""

from celery import shared_task


@shared_task
def beat_heard() -> None:
    """Received by a worker; its publishing and its end leave a pulse (see `celery.py`)."""
