"""The workers, and which sweep runs how often.

Nothing here decides anything: every sweep finds its rows in the database, so a broker that loses everything loses
nothing. The same sweeps run from `manage.py sweep` where there is no worker at all.
"""

import os

from celery import Celery
from celery.signals import before_task_publish, task_postrun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "confederation.settings")

app = Celery("confederation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

#       task                                     seconds
SCHEDULE = {
    "assemblies.tasks.open_decisions":            15,
    "assemblies.tasks.close_papers":              15,
    "assemblies.tasks.close_decisions":           15,
    "assemblies.tasks.sequence_record":            2,
    "mandates.tasks.put_recalls":                 60,
    "mandates.tasks.note_effects":                60,
    "mandates.tasks.warn_of_expiry":             900,
    "assemblies.tasks.tell_of_votes":             60,
    "assemblies.tasks.tell_of_sessions":         60,
    "mandates.tasks.tell_of_mandates":            60,
    "councils.tasks.tell_of_relays":              60,
    "assemblies.tasks.write_digests":            900,
    "assemblies.tasks.send_letters":              30,
    "assemblies.tasks.announce_offices":        3600,
    "assemblies.tasks.draw_offices":              15,
    "mandates.tasks.put_missed_reports":         300,
    "mandates.tasks.tell_of_reports":            900,
    "councils.tasks.note_halts":                  60,
    "councils.tasks.tell_of_supervision":         60,
    "assemblies.tasks.enter_rolls":                5,
    "commons.tasks.work_out_plans":              5,
    "confederation.tasks.beat_heard":             10,
}  # fmt: skip

app.conf.beat_schedule = {
    name.rsplit(".", 1)[1]: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in SCHEDULE.items()
}
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=600,
    task_soft_time_limit=540,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": 3600},
    timezone="UTC",
)


@before_task_publish.connect
def note_beat(sender: str | None = None, **_kwargs: object) -> None:
    """Whoever publishes the heartbeat is the beat: say that it lives."""
    if sender == "confederation.tasks.beat_heard":
        from .health import pulse

        pulse("beat")


@task_postrun.connect
def note_worker(**_kwargs: object) -> None:
    """A worker that has just finished anything lives."""
    from .health import pulse

    pulse("worker")
