"""Sweeps whose worker slept for a day, ran twice, had company, or was killed (DESIGN section 5)."""

import os

import pytest

from assemblies.clock import now
from assemblies.models import Entry, Letter
from assemblies.sweeps import REGISTRY, run_all
from tests.faults import processes
from tests.faults.due import DONE, Town, asleep, assert_done, run_thrice

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = ("assemblies_entry", "assemblies_leaf", "assemblies_letter", "assemblies_told")


@pytest.fixture
def town(settings, tmp_path, transactional_db) -> Town:
    settings.EMAIL_BACKEND = "confederation.outbox.OutboxBackend"
    settings.OUTBOX_DIR, settings.PUBLISHED_DIR = tmp_path / "outbox", tmp_path / "published"
    return asleep()


def due() -> dict[str, int]:
    return {name: sweep.due(now()).count() for name, sweep in REGISTRY.items()}


def test_every_sweep_has_its_faults_tested():
    assert set(DONE) == set(REGISTRY)


def test_after_a_day_asleep_one_run_does_what_the_right_moments_asked_for_and_the_next_nothing(town):
    run_thrice()
    assert_done(town)
    written = Entry.objects.count(), Letter.objects.count()
    assert run_all() == dict.fromkeys(REGISTRY, 0)
    assert (Entry.objects.count(), Letter.objects.count()) == written


def test_three_workers_at_once_do_everything_once(town):
    read, write = os.pipe()

    def work() -> None:
        os.close(write)
        os.read(read, 1)  # the start: the parent lets go of the other end
        run_thrice()

    workers = [processes.start(work) for _ in range(3)]
    os.close(write)
    processes.finish(*workers)
    run_thrice()  # what one of them passed over because another was at it
    assert_done(town)


def test_a_worker_killed_in_the_middle_of_any_sweep_leaves_whole_acts_and_the_next_run_does_the_rest(town):
    for name, sweep in REGISTRY.items():
        sweep.run(most=1)
        before = sweep.due(now()).count()
        assert before, f"{name} would not be interrupted in the middle"
        with processes.tables_shut(*WRITTEN) as somebody_writes:
            worker = processes.start(sweep.run)
            somebody_writes()
            processes.kill(worker)
        processes.alone()
        assert sweep.due(now()).count() == before, f"{name} left half an act behind"
        sweep.run()
    run_thrice()
    town.sent_again = 1  # it had left when its worker was killed, before that could be written down
    assert_done(town)
