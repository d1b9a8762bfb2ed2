"""An answer of 'cast' means that the vote is on disk: PostgreSQL is killed under load, and every such vote is there."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import environ
import psycopg
import pytest

from confederation import embedded
from confederation.embedded import Services
from tests.faults.processes import until
from tests.plumbing import slot

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def services(tmp_path_factory) -> Iterator[Services]:
    """A cluster that waits for its disk, with the product's tables."""
    folder = tmp_path_factory.mktemp("crash")
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    services = Services(folder / "var", redis=False, durable=True)
    services.start()
    try:
        run(services, "owner", "manage.py", "migrate", "--verbosity", "0").wait(300)
        yield services
    finally:
        services.stop()


@pytest.fixture(scope="module")
def number(services: Services) -> str:
    """A vote that is open for two days."""
    done = run(services, "owner", "-m", "tests.faults.casting", "prepare", stdout=subprocess.PIPE)
    return done.communicate(timeout=120)[0].split()[-1]


def run(services: Services, role: str, *words: str, stdout=None, stdin=None, **environment: str) -> subprocess.Popen:
    own = {"VAR_DIR": str(services.var_dir), "DATABASE_ROLE": role, "DJANGO_SETTINGS_MODULE": "confederation.settings"}
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
        own[name] = ""
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=slot.ROOT,
        env=os.environ | own | environment,
        stdin=stdin,
        stdout=stdout,
        text=True,
    )


def family(parent: int) -> list[int]:
    """A process and those it started."""
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            children.append(int(status.parent.name))
    return [parent, *children]


def power_fails(services: Services) -> None:
    pids = family(services.postgres.pid())
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    until(lambda: not any(embedded.alive(pid) for pid in pids), "the killed to be gone")


def cast_until_it_fails(services: Services, number: str, **environment: str) -> tuple[int, list[int]]:
    """Cast without pause until the power fails. How many votes were acknowledged, and whose last one is not there."""
    heard = services.var_dir / "heard"
    with heard.open("w") as said:
        casting = run(services, "app", "-m", "tests.faults.casting", number, stdout=said, **environment)
        try:
            until(lambda: heard.read_text().count("cast") > 300, "three hundred votes", 60)
            power_fails(services)
        finally:
            casting.kill()
            casting.wait()
    services.start()
    acknowledged, may_say = 0, {}
    for line in heard.read_text().splitlines():
        word, voter, choice = line.split()
        if word == "cast":
            may_say[int(voter)] = {choice}
            acknowledged += 1
        elif int(voter) in may_say:
            may_say[int(voter)].add(choice)  # written or not: nobody was told
    config = environ.Env.db_url_config(embedded.database_url(services.var_dir, "app"))
    with psycopg.connect(host=config["HOST"], user=config["USER"], dbname=config["NAME"]) as connection:
        ballots = "SELECT voter_id, choice FROM assemblies_ballot WHERE decision_id = %s"
        says = dict(connection.execute(ballots, [int(number)]).fetchall())
    return acknowledged, [voter for voter, choices in may_say.items() if says.get(voter) not in choices]


@pytest.mark.parametrize("crash", ["first", "second"])
def test_every_acknowledged_vote_survives_the_death_of_the_database(services, number, crash):
    acknowledged, lost = cast_until_it_fails(services, number)
    assert acknowledged > 300
    assert not lost


def test_without_waiting_for_the_disk_votes_would_be_lost_so_the_loss_can_be_seen(services, number):
    _acknowledged, lost = cast_until_it_fails(services, number, PGOPTIONS="-c synchronous_commit=off")
    assert lost


def test_a_server_that_ran_on_answers_its_next_request_once_the_database_is_back(services, number):
    words = ("-m", "tests.faults.casting", "ask")
    with run(services, "app", *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:

        def asked() -> str:
            server.stdin.write("again\n")
            server.stdin.flush()
            return server.stdout.readline().strip()

        assert asked() == "1"
        power_fails(services)
        services.start()
        assert asked() == "1"
        server.stdin.close()
