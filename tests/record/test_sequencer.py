"""The sequencer: everything gets its place, once, in one tree, signed."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from assemblies.models import Checkpoint, Disclosure, Entry, Head, Leaf, Log, Pending, Subtree, record
from assemblies.record import published
from assemblies.record.checkpoint import verify
from assemblies.record.export import proof_of
from assemblies.record.keys import signing_key
from assemblies.record.merkle import (
    consistency,
    inclusion,
    leaf_hash,
    nodes_of,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from assemblies.record.nodes import StoredNodes
from assemblies.record.sequencer import objections, sequence, sequencer
from assemblies.sweeps import REGISTRY


def hashes(log):
    return [leaf_hash(bytes(body)) for body in log.leaves.order_by("index").values_list("entry__body", flat=True)]


def whole(log):
    """The tree in the database is that of its entries, and its last checkpoint is signed by our key."""
    leaves = hashes(log)
    head = Head.objects.get(log=log)
    last = log.checkpoints.latest("size")
    assert list(log.leaves.order_by("index").values_list("index", flat=True)) == list(range(len(leaves)))
    assert head.size == last.size == len(leaves)
    assert head.tree().root() == bytes(last.root) == root_at(len(leaves), nodes_of(leaves))
    name, key = signing_key()
    signed = verify(last.note, f"{name}/{log.origin}", key.public_key().public_bytes_raw())
    assert (signed.size, signed.root) == (last.size, bytes(last.root))
    return len(leaves)


def test_what_waits_gets_its_place_and_is_signed(log, enter):
    enter(3)
    assert sequence() == 3
    assert whole(log) == 3
    enter(4)
    assert sequence() == 4
    assert whole(log) == 7
    assert not Pending.objects.exists()
    assert list(log.checkpoints.order_by("size").values_list("size", flat=True)) == [3, 7]


def test_nothing_new_signs_nothing(log, enter):
    enter(1)
    sequence()
    assert sequence() == 0
    assert Checkpoint.objects.count() == 1


def test_each_log_has_its_own_tree(log, enter):
    other = Log.objects.create(origin="assembly/loarre")
    for _ in range(5):
        enter(1)
        enter(2, log=other)
    assert sequencer.run() == 15
    assert (whole(log), whole(other)) == (5, 10)


def test_a_long_queue_is_set_in_batches(log, enter):
    enter(12)
    assert [sequence(5), sequence(5), sequence(5), sequence(5)] == [5, 5, 2, 0]
    assert whole(log) == 12


def test_the_sweep_is_known_by_name_and_shows_how_long_something_waits(log, enter, clock):
    [entry] = enter(1)
    assert REGISTRY["set entries into the record"] is sequencer
    at = clock.now() + timedelta(minutes=10)
    assert sequencer.oldest_due(at) == Entry.objects.get(pk=entry.pk).recorded_at
    sequencer.run()
    assert sequencer.oldest_due(at) is None


def test_proofs_from_stored_subtrees_are_those_of_the_whole_tree(log, enter):
    enter(700)
    sequence()
    leaves = hashes(log)
    nodes, stored = nodes_of(leaves), StoredNodes(log.pk)
    assert Subtree.objects.filter(log=log).count() == 2
    root = root_at(700, nodes)
    for index in (0, 1, 255, 256, 511, 512, 640, 699):
        assert inclusion(index, 700, stored) == inclusion(index, 700, nodes)
        verify_inclusion(leaves[index], index, 700, inclusion(index, 700, stored), root)
    for old in (1, 255, 256, 257, 512, 513, 699):
        assert consistency(old, 700, stored) == consistency(old, 700, nodes)
        verify_consistency(old, 700, root_at(old, stored), root, consistency(old, 700, stored))


def test_a_proof_reads_a_few_rows(log, enter, django_assert_max_num_queries):
    enter(600)
    sequence()
    with django_assert_max_num_queries(4):
        inclusion(0, 600, StoredNodes(log.pk))


def test_erasing_a_person_leaves_every_proof_valid(log, ana):
    entries = [record("bread.baked", log, log=log, by=ana) for _ in range(5)]
    sequence()
    before = [proof_of(entry) for entry in entries]
    Disclosure.objects.filter(person=ana).delete()
    after = [proof_of(entry) for entry in entries]
    assert [{**proof, "disclosures": {}} for proof in before] == after
    assert all(proof["disclosures"]["by"]["value"] == "Ana" for proof in before)
    assert whole(log) == 5


# ---- several at once: what is committed, whenever and by whomever, is set once ----


def at_once(*acts):
    """Each in a thread with a connection of its own; the first error is raised here."""
    errors = []

    def run(act):
        try:
            act()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


@pytest.mark.django_db(transaction=True)
def test_an_act_that_commits_late_is_not_lost(log, enter):
    begun, ended = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            enter(1, who="late")
            begun.set()
            assert ended.wait(30)

    def quick():
        assert begun.wait(30)
        enter(3, who="early")
        assert sequence() == 3
        ended.set()

    at_once(slow, quick)
    late, *_ = Entry.objects.order_by("pk")
    assert not Leaf.objects.filter(entry=late).exists()
    assert sequence() == 1
    assert late.leaf.index == 3
    assert whole(log) == 4


@pytest.mark.django_db(transaction=True)
def test_writers_and_sequencers_together(log, enter):
    done = threading.Event()
    writing = [4]

    def writer():
        try:
            for _ in range(25):
                enter(1)
        finally:
            writing[0] -= 1
            if not writing[0]:
                done.set()

    def worker():
        while not done.is_set():
            sequence(7)

    at_once(*[writer] * 4, *[worker] * 3)
    sequencer.run()
    assert whole(log) == 100
    assert Leaf.objects.count() == Entry.objects.count() == 100
    assert published.note_of(log.origin) == log.checkpoints.latest("size").note
    assert objections() == {}


@pytest.mark.django_db(transaction=True)
def test_a_sequencer_that_dies_leaves_nothing_half_done(log, enter, monkeypatch):
    enter(3)
    monkeypatch.setattr("assemblies.record.sequencer.sign", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sequence()
    assert (Leaf.objects.count(), Head.objects.count(), Pending.objects.count()) == (0, 0, 3)
    assert published.note_of(log.origin) is None
    monkeypatch.undo()
    assert sequence() == 3
    assert whole(log) == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_published_never_goes_back(log, enter):
    enter(1)
    sequence()
    first = published.note_of(log.origin)
    enter(1)
    sequence()
    second = published.note_of(log.origin)
    published.publish(log.origin, first)  # the worker that committed first comes to the file last
    assert published.note_of(log.origin) == second != first


@pytest.mark.django_db(transaction=True)
def test_while_one_sequences_another_goes_away(log, enter):
    enter(1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(5, 0)")
        found = []
        at_once(lambda: found.append(sequence()))
        assert found == [0]
    assert sequence() == 1
