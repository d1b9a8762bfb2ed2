"""Real workers and a real beat: killed, deprived of their queue, and handed what nobody ever sent."""

import base64
import inspect
import json
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery.beat import PersistentScheduler
from django.utils import timezone

from assemblies.models import Decision, Entry, PolicyVersion
from assemblies.tasks import close_decisions
from confederation.celery import SCHEDULE, app
from tests.cast import Cast, call, finish, gather, vote
from tests.faults import processes
from tests.plumbing import slot
from tests.plumbing.services import process_environment, queue

pytestmark = pytest.mark.django_db(transaction=True)
PROJECT = ("assemblies.", "mandates.", "councils.", "commons.", "confederation.")


@pytest.fixture
def over(transactional_db, settings, tmp_path) -> list[Decision]:
    """Six votes whose close has come, and that nobody has counted."""
    settings.PUBLISHED_DIR = tmp_path / "published"
    cast: Cast = gather()
    decisions = [call(cast.abiego.propose(f"Well {n}", "It is common.", by=cast.ana)) for n in range(6)]
    for decision in decisions:
        vote(decision)
    for decision in decisions:
        finish(decision, close=False)
    return decisions


def closed(decisions: list[Decision]) -> int:
    return Decision.objects.filter(pk__in=[d.pk for d in decisions], closed_at__isnull=False).count()


def drained() -> bool:
    """Nothing is queued, and nothing is in a worker's hands."""
    with queue() as redis:
        return not redis.llen("celery") and not redis.hlen("unacked")


@pytest.fixture
def start_beat(transactional_db, tmp_path) -> Iterator[Callable[[], subprocess.Popen]]:
    """A real beat that finds the file it left a day ago, as after a night without power."""
    started: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        kept = tmp_path / "schedule"
        scheduler = PersistentScheduler(app, schedule_filename=str(kept))
        for entry in scheduler.schedule.values():
            entry.last_run_at = timezone.now() - timedelta(days=1)
        scheduler.close()
        words = [sys.executable, "-m", "celery", "-A", "confederation", "beat", "-s", str(kept), "--pidfile="]
        log = (tmp_path / "beat.log").open("w")
        started.append(
            subprocess.Popen(
                words, cwd=slot.ROOT, env=process_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_worker_killed_while_it_counts_and_a_queue_that_lost_everything_change_no_outcome(
    over, start_worker, start_beat, empty_redis, client
):
    worker = start_worker()
    with processes.tables_shut("assemblies_entry") as somebody_writes:
        close_decisions.delay()
        somebody_writes()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    processes.alone()
    assert closed(over) == 0, "what was half done is undone"

    for _ in range(20):
        close_decisions.delay()
    empty_redis()
    assert drained(), "every task is lost, the interrupted one too"
    report = client.get("/health/").json()
    assert (report["worker"], report["beat"], report["sweeps"]["close decisions"]["oldest_due"]) == (
        False,
        False,
        over[0].closes_at.isoformat(),
    )

    start_worker()
    start_beat()
    processes.until(lambda: closed(over) == len(over), "beat and worker to find the same rows again", 30)
    processes.until(lambda: client.get("/health/").json()["beat"], "the heartbeat")
    assert client.get("/health/").json()["worker"]
    for decision in over:
        assert Entry.objects.filter(kind="decision.closed", subject=f"decision/{decision.pk}").count() == 1
        assert PolicyVersion.objects.filter(decision=decision).count() == 1


def test_no_task_takes_an_argument_and_every_one_that_is_scheduled_exists():
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if name.startswith(PROJECT)}
    assert set(ours) == set(SCHEDULE)
    for name, task in ours.items():
        assert not inspect.signature(task.run).parameters, f"{name} would believe what a broker hands it"


class Mischief:
    """What a pickle would do to whoever opened it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def pickled(mischief: Mischief) -> str:
    body = base64.b64encode(pickle.dumps(([], {"it": mischief}, {}))).decode()
    properties = {"body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "celery"}}
    return json.dumps(
        {
            "body": body,
            "content-encoding": "binary",
            "content-type": "application/x-python-serialize",
            "headers": {"task": close_decisions.name, "id": "mischief", "lang": "py"},
            "properties": properties | {"correlation_id": "mischief", "delivery_mode": 2, "delivery_tag": "mischief"},
        }
    )


def test_tasks_that_nobody_of_this_house_sent_do_nothing_and_stop_nobody(over, start_worker, tmp_path):
    worker = start_worker()
    taken = tmp_path / "taken"
    crafted = [
        {"args": [over[0].pk]},
        {"args": [10**30, "1; DROP TABLE assemblies_ballot", None]},
        {"kwargs": {"pk": over[0].pk, "outcome": "lost", "by": 1}},
        {"kwargs": {"self": {}, "most": -1}},
        {"args": [[[[]]] * 1000]},
    ]
    for words in crafted:
        app.send_task(close_decisions.name, **words)
        app.send_task("assemblies.models.policy.adopt", **words)
        app.send_task("os.system", **words)
    with queue() as redis:
        redis.lpush("celery", pickled(Mischief(taken)))
    processes.until(drained, "the worker to have seen them all")
    assert not taken.exists()
    assert closed(over) == 0
    assert worker.poll() is None
    close_decisions.delay()
    processes.until(lambda: closed(over) == len(over), "an honest task to be done")
    assert all(decision.outcome == "carried" for decision in Decision.objects.filter(pk__in=[d.pk for d in over]))
