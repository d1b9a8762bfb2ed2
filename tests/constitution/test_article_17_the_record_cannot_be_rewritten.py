"""Article 17: every public act stands in a record that is only added to. (What the trees prove is in tests/record.)"""

import hashlib
import json

import rfc8785

from assemblies.clock import now
from assemblies.models import Entry, Letter, Log, Pending, address
from tests.cast import DAY, MINUTE, Cast, carry, citizen_of, recall_carried
from tests.constitution.bench import (
    CORRECTED,
    PRIVILEGE,
    Attempt,
    Corrected,
    Staged,
    insert,
    kept,
    nothing,
    sql,
    tried,
    twisted,
)

# ---- an entry ----


def an_entry(cast: Cast) -> Staged:
    body = {"at": "2026-01-01T00:00:00.000000+00:00", "kind": "bread.baked", "subject": "policy/1"}
    return {
        "log_id": cast.abiego.log_id,
        "kind": "bread.baked",
        "subject": "policy/1",
        "body": rfc8785.dumps(body),
        "at": "2026-01-01T00:00:00+00:00",
    }


ENTRIES = twisted(
    an_entry,
    lambda row: insert("assemblies_entry", row),
    say_another_kind_beside_an_entry_than_in_it=(17, lambda cast, row: {"kind": "policy.adopted"}),
    say_another_subject_beside_an_entry_than_in_it=(17, lambda cast, row: {"subject": "policy/2"}),
    say_another_moment_beside_an_entry_than_in_it=(17, lambda cast, row: {"at": "2025-01-01T00:00:00+00:00"}),
)


def unseen(cast: Cast, row: Staged) -> None:
    """Write an entry and nothing else: nobody is to set it into the tree."""
    insert("assemblies_entry", row)
    if Pending.objects.filter(entry=latest()).exists():
        raise Corrected("assemblies_entry", "waits")


UNSEEN = [
    Attempt(
        "write an entry that waits for no place",
        CORRECTED,
        an_entry,
        unseen,
        lambda cast, row: insert("assemblies_entry", row),
    )
]

# ---- a leaf, a head, a checkpoint ----


def digest(entry: Entry) -> bytes:
    return hashlib.sha256(b"\x00" + bytes(entry.body)).digest()


def a_leaf(cast: Cast) -> Staged:
    first = Entry.objects.filter(log=cast.abiego.log_id).earliest("pk")
    return {"entry_id": first.pk, "log_id": cast.abiego.log_id, "index": 0, "hash": digest(first)}


def leaf(row: Staged) -> None:
    insert("assemblies_leaf", row)


def second(cast: Cast) -> Entry:
    return Entry.objects.filter(log=cast.abiego.log_id).order_by("pk")[1]


LEAVES = twisted(
    a_leaf,
    leaf,
    set_an_entry_under_another_hash=(17, lambda cast, row: {"hash": bytes(32)}),
    set_an_entry_into_another_log=(17, lambda cast, row: {"log_id": cast.loarre.log_id}),
    set_an_entry_after_a_gap=(17, lambda cast, row: {"index": 5}),
    set_two_entries_in_one_place=(
        17,
        lambda cast, row: (leaf(row), {"entry_id": second(cast).pk, "hash": digest(second(cast))})[1],
    ),
    set_one_entry_twice=("23505", lambda cast, row: (leaf(row), {"index": 1})[1]),
)


def a_head(cast: Cast) -> Staged:
    row = a_leaf(cast)
    leaf(row)
    return {"log_id": row["log_id"], "size": 1, "peaks": row["hash"]}


def head(row: Staged) -> None:
    insert("assemblies_head", row)


HEADS = twisted(
    a_head,
    head,
    have_a_head_larger_than_its_leaves=(17, lambda cast, row: {"size": 2}),
    have_a_head_without_peaks=(17, lambda cast, row: {"peaks": b""}),
)


def a_longer_head(cast: Cast) -> Staged:
    row = a_head(cast)
    head(row)
    leaf({"entry_id": second(cast).pk, "log_id": row["log_id"], "index": 1, "hash": digest(second(cast))})
    return {"log_id": row["log_id"], "where": row["log_id"], "size": 2, "peaks": bytes(32)}


MOVES = twisted(
    a_longer_head,
    lambda row: sql(
        "UPDATE assemblies_head SET size = %(size)s, peaks = %(peaks)s, log_id = %(log_id)s WHERE log_id = %(where)s",
        row,
    ),
    move_a_head_nowhere=(17, lambda cast, row: {"size": 1}),
    move_a_head_back=(17, lambda cast, row: {"size": 0, "peaks": b""}),
    give_a_head_to_another_log=(17, lambda cast, row: {"log_id": cast.loarre.log_id}),
)


def a_checkpoint(cast: Cast) -> Staged:
    row = a_head(cast)
    head(row)
    return {"log_id": row["log_id"], "size": 1, "root": bytes(32), "note": "A note", "key": bytes(32)}


def checkpoint(row: Staged) -> None:
    insert("assemblies_checkpoint", row)


CHECKPOINTS = twisted(
    a_checkpoint,
    checkpoint,
    sign_a_size_that_is_not_the_heads=(17, lambda cast, row: {"size": 2}),
    sign_one_size_twice=("checkpoint_one_a_size", lambda cast, row: (checkpoint(row), {"root": bytes(32)})[1]),
)

SUBTREE = {"height": 8, "index": 0, "hash": bytes(32)}


def a_subtree(cast: Cast) -> Staged:
    return {"log_id": cast.abiego.log_id} | SUBTREE


def subtree(row: Staged) -> None:
    insert("assemblies_subtree", row)


SUBTREES = twisted(
    a_subtree,
    subtree,
    keep_a_subtree_twice=("subtree_one_a_place", lambda cast, row: (subtree(row), {})[1]),
    keep_a_subtree_that_is_none=("subtree_of_a_tile", lambda cast, row: {"height": 7}),
)


def a_cosignature(cast: Cast) -> Staged:
    return {
        "address": "https://huesca.example",
        "origin": "huesca.example/assembly/huesca",
        "size": 1,
        "root": bytes(32),
        "note": "A note",
        "key": bytes(32),
    }


def cosign(row: Staged) -> None:
    insert("assemblies_cosignature", row)


COSIGNATURES = twisted(
    a_cosignature,
    cosign,
    cosign_one_size_twice=("cosignature_one_a_size", lambda cast, row: (cosign(row), {"root": b"\x01" * 32})[1]),
)

# ---- what waits, what is disclosed, what is told ----


def waiting(cast: Cast) -> Staged:
    row = a_leaf(cast)
    leaf(row)
    return {"set": row["entry_id"], "waits": second(cast).pk}


WAITING = [
    Attempt(
        "let an entry wait no more that has no place",
        17,
        waiting,
        lambda cast, s: sql("DELETE FROM assemblies_pending WHERE entry_id = %(waits)s", s),
        lambda cast, s: sql("DELETE FROM assemblies_pending WHERE entry_id = %(set)s", s),
    ),
    Attempt(
        "rewrite what a name in the record stands for",
        PRIVILEGE,
        nothing,
        lambda cast, s: sql("UPDATE assemblies_disclosure SET value = 'Somebody else'"),
        lambda cast, s: sql("DELETE FROM assemblies_disclosure WHERE person_id = %s", [cast.ana.pk]),
    ),
    Attempt(
        "disclose one fact twice",
        "disclosure_one_a_field",
        nothing,
        lambda cast, s: sql(
            "INSERT INTO assemblies_disclosure (entry_id, field, salt, value)"
            " SELECT entry_id, field, salt, 'Another' FROM assemblies_disclosure LIMIT 1"
        ),
        lambda cast, s: sql(
            "INSERT INTO assemblies_disclosure (entry_id, field, salt, value)"
            " SELECT entry_id, 'nickname', salt, 'Another' FROM assemblies_disclosure LIMIT 1"
        ),
    ),
]


def a_letter(cast: Cast) -> Staged:
    return {"citizen_id": cast.ana.pk, "about": "decision/1", "subject": "Open", "body": "Read it."}


def write(row: Staged) -> None:
    insert("assemblies_letter", row)


LETTERS = [
    *twisted(
        a_letter,
        write,
        write_of_one_fact_twice=("letter_one_a_fact", lambda cast, row: (write(row), {"body": "Again."})[1]),
    ),
    Attempt(
        "make a letter vanish",
        PRIVILEGE,
        nothing,
        lambda cast, s: (write(a_letter(cast)), Letter.objects.all().delete()),
        lambda cast, s: (write(a_letter(cast)), Letter.objects.update(sent_at=now())),
    ),
    Attempt(
        "forget that something was told",
        PRIVILEGE,
        nothing,
        lambda cast, s: sql("DELETE FROM assemblies_told"),
        lambda cast, s: sql("INSERT INTO assemblies_told (about) VALUES ('decision/1')"),
    ),
]

ATTEMPTS = [
    *ENTRIES,
    *UNSEEN,
    *LEAVES,
    *HEADS,
    *MOVES,
    *CHECKPOINTS,
    *SUBTREES,
    *COSIGNATURES,
    *WAITING,
    *LETTERS,
    *kept("assemblies_entry", 17, nothing),
    *kept("assemblies_log", 17, nothing),
    *kept("assemblies_leaf", 17, lambda cast: leaf(a_leaf(cast)), "entry_id"),
    *kept("assemblies_head", 17, lambda cast: head(a_head(cast)), updates=True),
    *kept("assemblies_checkpoint", 17, lambda cast: checkpoint(a_checkpoint(cast))),
    *kept("assemblies_subtree", 17, lambda cast: subtree(a_subtree(cast))),
    *kept("assemblies_cosignature", 17, lambda cast: cosign(a_cosignature(cast))),
]

test_attempt = tried(ATTEMPTS)


def kinds(log: int | Log, since: int = 0) -> list[str]:
    return list(Entry.objects.filter(log=log, pk__gt=since).order_by("pk").values_list("kind", flat=True))


def latest() -> int:
    return Entry.objects.latest("pk").pk


def test_each_act_on_the_way_to_a_policy_writes_its_entry(cast: Cast):
    since = latest()
    (decision,) = carry(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    assert kinds(cast.abiego.log_id, since) == [
        "proposal.offered",
        "decision.called",
        "decision.opened",
        "decision.closed",
        "policy.adopted",
    ]
    assert kinds(cast.loarre.log_id, since) == []
    body = json.loads(bytes(Entry.objects.get(kind="policy.adopted", pk__gt=since).body))
    assert (body["text"], body["decision"]) == ("The rain is kept.", decision.pk)


def test_each_act_of_a_mandate_and_its_recall_writes_its_entry(cast: Cast):
    since = latest()
    mandate = cast.mandate(cast.abiego, cast.bilal)
    recall = recall_carried(mandate)
    written = kinds(cast.abiego.log_id, since)
    for kind in ("mandate.proposed", "recall.opened", "recall.signed", "recall.put_to_vote", "decision.closed"):
        assert kind in written
    assert written.count("recall.signed") == recall.signatures.count() == recall.needed


def test_a_refused_act_leaves_no_entry(cast: Cast):
    since = latest()
    for deed in ("propose", "recall"):
        try:
            if deed == "propose":
                cast.abiego.propose("Water", "Rain.", by=cast.chen)
            else:
                cast.mandate(cast.abiego, cast.bilal).open_recall(by=cast.chen, grounds="Far away.")
        except Exception:
            continue
    assert not Entry.objects.filter(pk__gt=since, kind__startswith="recall").exists()
    assert Entry.objects.filter(pk__gt=since, kind="mandate.proposed").count() == 1


def test_nobodys_vote_and_nobodys_name_stands_in_the_record(cast: Cast):
    """Names stand in it as codes that can be made unreadable, votes as commitments that only their voters can open."""
    since = latest()
    carry(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    for entry in Entry.objects.filter(pk__gt=since):
        body = bytes(entry.body).decode()
        assert "Ana" not in body
        assert "@" not in body
        assert '"choice"' not in body
    closed = json.loads(bytes(Entry.objects.get(pk__gt=since, kind="decision.closed").body))
    assert len(closed["ballots"]) == closed["yes"] == 3
    assert all(len(code) == 64 for code in closed["ballots"])


def test_an_entry_says_when_it_was_written_whatever_it_is_told(cast: Cast):
    row = an_entry(cast)
    insert("assemblies_entry", row | {"recorded_at": now() - 300 * DAY})
    assert now() - Entry.objects.latest("pk").recorded_at < MINUTE


def test_every_entry_waits_for_its_place_however_it_was_written(cast: Cast):
    insert("assemblies_entry", an_entry(cast))
    assert Pending.objects.filter(entry=latest()).exists()


def test_everything_about_one_thing_can_be_read_in_order(cast: Cast):
    (decision,) = carry(cast.abiego.propose("Water", "Rain.", by=citizen_of(cast.abiego)))
    assert [entry.kind for entry in Entry.objects.about(decision)] == [
        "decision.called",
        "decision.opened",
        "decision.closed",
    ]
    assert address(decision) == f"decision/{decision.pk}"
