"""PostgreSQL and Redis for a test run, and worker processes for the tests of faults."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings
from django.db import connection

from confederation import embedded
from tests.plumbing import slot

OURS = pytest.StashKey[embedded.Services]()


def start(config: pytest.Config) -> None:
    """Start what the run needs; the workers of the run find it standing."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    services = embedded.Services(
        slot.var_dir(),
        postgres=not os.environ.get("DATABASE_URL"),
        redis=not os.environ.get("REDIS_URL"),
        durable=False,
    )
    if not slot.held and all(service.answers() for service in services):
        return  # a folder that was named in TEST_VAR, with services that somebody else keeps
    try:
        services.start()
    except embedded.ServiceError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[OURS] = services


def stop(config: pytest.Config) -> None:
    if services := config.stash.get(OURS, None):
        services.stop()


def queue() -> redis.Redis:
    return redis.Redis.from_url(embedded.redis_database(settings.REDIS_URL, 2 * slot.worker_number()))


def cache() -> redis.Redis:
    return redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])


@pytest.fixture
def empty_redis() -> Iterator[Callable]:
    """`empty_redis()` loses everything that Redis holds for this worker, at a stroke; it is empty before and after."""

    def empty() -> None:
        for database in (queue(), cache()):
            with database:
                database.flushdb()

    empty()
    yield empty
    empty()


def process_environment() -> dict[str, str]:
    """The environment in which another process of the application works on this test's database and queue."""
    from urllib.parse import urlsplit, urlunsplit

    address = urlsplit(settings.DATABASE_URLS["app"])
    folder, _, _ = address.path.rpartition("/")
    path = f"{folder}/{connection.settings_dict['NAME']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": urlunsplit(address._replace(path=path)),
        "DATABASE_ROLE": "app",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def start_worker(transactional_db, tmp_path, empty_redis) -> Iterator[Callable]:
    """`start_worker()` starts a real Celery worker on this test's database; give more arguments as words.

    It returns the process once the worker is ready. `process.send_signal(SIGKILL)` is fair.
    """
    started: list[subprocess.Popen] = []

    def start_one(*words: str) -> subprocess.Popen:
        log = tmp_path / f"worker-{len(started)}.log"
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "confederation", "worker", "-P", "threads", "-c", "2",
             "--loglevel", "INFO", "-n", f"{os.getpid()}-{len(started)}@%h", *words],
            cwd=slot.ROOT, env=process_environment(), stdin=subprocess.DEVNULL, stdout=log.open("w"),
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        for _ in range(600):
            if " ready." in log.read_text():
                return process
            if process.poll() is not None:
                break
            time.sleep(0.05)
        pytest.fail(f"The worker did not get ready:\n{log.read_text()[-3000:]}")

    yield start_one
    for process in started:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
