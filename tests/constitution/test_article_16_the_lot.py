"""Article 16: the lot for an office is announced before its seed can be known, and anyone can draw it again."""

import hashlib
import json
import subprocess
import sys

from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.counting.lot import rfc3797_key, select
from assemblies.models import Drawing, Entry, Willingness, record
from assemblies.tasks import drawings, offices
from tests.cast import DAY, Cast, checkpointed, clock, drawn, facilitator
from tests.constitution.bench import Attempt, Staged, goes_through, insert, kept, refused, sql, tried, twisted

# ---- standing ready ----


def ready(cast: Cast) -> Staged:
    return {"assembly_id": cast.abiego.pk, "citizen_id": cast.ana.pk, "kind": "registrar", "withdrawn_at": None}


def declare(row: Staged) -> None:
    insert("assemblies_willingness", row)


READY = twisted(
    ready,
    declare,
    stand_ready_elsewhere=(16, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    stand_ready_for_an_office_that_is_none=("23514", lambda cast, row: {"kind": "mayor"}),
    stand_ready_twice=(16, lambda cast, row: (declare(row), {})[1]),
    stand_ready_and_not=(16, lambda cast, row: {"withdrawn_at": now()}),
)


def declared(cast: Cast) -> Staged:
    return {"willing": Willingness.objects.declare(cast.abiego, "registrar", by=cast.ana)}


def take_back(cast: Cast, staged: Staged) -> None:
    sql("UPDATE assemblies_willingness SET withdrawn_at = civic_now() WHERE id = %s", [staged["willing"].pk])


TAKEN_BACK = [
    Attempt(
        "turn readiness for one office into another",
        16,
        declared,
        lambda cast, s: sql("UPDATE assemblies_willingness SET kind = 'teller'"),
        take_back,
    ),
    Attempt("take it back twice", 16, declared, lambda cast, s: (take_back(cast, s), take_back(cast, s)), take_back),
    Attempt(
        "take it back for another",
        16,
        declared,
        lambda cast, s: s["willing"].withdraw(by=cast.bilal),
        lambda cast, s: s["willing"].withdraw(by=cast.ana),
    ),
]

# ---- announcing ----


def a_lot(cast: Cast) -> Staged:
    """As somebody would write it who would like to have the seat."""
    ana = [cast.ana.pk]
    return {"assembly": cast.abiego, "kind": "registrar", "seats": 1, "sure": ana, "pool": ana, "by_all": False}


def announce(row: Staged) -> Drawing:
    drawing = Drawing.objects.create(**{key: value for key, value in row.items() if key != "unsaid"})
    if "unsaid" not in row:
        record("drawing.announced", drawing, log=row["assembly"].log_id)
    return drawing


LOTS = twisted(
    a_lot,
    announce,
    announce_a_lot_while_another_waits=(16, lambda cast, row: (announce(row), {})[1]),
    announce_a_lot_for_seats_that_are_taken=(16, lambda cast, row: {"kind": "facilitator"}),
    announce_a_lot_for_an_office_that_is_none=(16, lambda cast, row: {"kind": "mayor"}),
    announce_a_lot_in_secret=(16, lambda cast, row: {"unsaid": True}),
)

ATTEMPTS = [
    *(READY + TAKEN_BACK + LOTS),
    *kept("assemblies_willingness", 16, declared, updates=True),
    *kept("assemblies_drawing", 16, lambda cast: announce(a_lot(cast))),
]

test_attempt = tried(ATTEMPTS)


# ---- the list ----


def test_the_database_makes_the_list_whatever_it_is_handed(cast: Cast):
    drawing = Drawing.objects.get(pk=announce(a_lot(cast)).pk)
    assert drawing.sure == []
    assert len(drawing.pool) == cast.abiego.citizens(now()).count()
    assert drawing.by_all


def test_those_who_stand_ready_come_first_and_those_who_never_served_before_those_who_did(cast: Cast):
    old, new, other = cast.neighbours(cast.abiego, 3)
    Willingness.objects.declare(cast.abiego, "registrar", by=old)
    (served,) = drawn(cast.abiego, "registrar")
    assert served.citizen == old, "the only one who stands ready has the seat without a lot"
    served.lay_down(by=old)
    for citizen in (new, other):
        Willingness.objects.declare(cast.abiego, "registrar", by=citizen)
    drawing = Drawing.objects.announce(cast.abiego, "registrar")
    assert (drawing.sure, sorted(drawing.pool), drawing.by_all) == ([], sorted([new.pk, other.pk]), False)


def test_who_takes_it_back_after_the_announcement_stays_in_the_list(cast: Cast):
    first, second = cast.neighbours(cast.abiego, 2)
    standing = [Willingness.objects.declare(cast.abiego, "registrar", by=one) for one in (first, second)]
    drawing = Drawing.objects.announce(cast.abiego, "registrar")
    standing[0].withdraw(by=first)
    drawing.refresh_from_db()
    assert sorted(drawing.pool) == sorted([first.pk, second.pk])


def test_the_record_names_those_who_stand_ready_and_nobody_else_on_the_roll(cast: Cast):
    for citizen in cast.neighbours(cast.abiego, 2):
        Willingness.objects.declare(cast.abiego, "registrar", by=citizen)
    named = Drawing.objects.announce(cast.abiego, "registrar").entry
    assert set(named.disclosures.values_list("field", flat=True)) == {"place 1", "place 2"}
    of_all = Drawing.objects.announce(cast.loarre, "registrar")
    body = json.loads(bytes(of_all.entry.body))
    assert "personal" not in body
    assert body["list_sha256"] == hashlib.sha256(of_all.listed().encode()).hexdigest()
    page = reverse("drawing", args=[of_all.pk])
    home = Client()
    assert "Neighbour 3 of loarre" not in home.get(page).content.decode()
    home.force_login(cast.chen)
    assert "Neighbour 3 of loarre" in home.get(page).content.decode()


# ---- the seed, and drawing again ----


def test_the_seed_comes_after_the_list_and_nobody_waits_for_a_better_one(cast: Cast):
    checkpointed(cast.abiego)  # a checkpoint that is there already is no seed
    drawing = Drawing.objects.announce(cast.abiego, "registrar")
    assert drawing.checkpoint is None
    assert Drawing.objects.due(now()).count() == 0
    with refused(16):
        drawing.draw()
    checkpointed(cast.abiego)
    first = drawing.checkpoint
    cast.abiego.propose("Water", "Rain.", by=cast.ana)
    checkpointed(cast.abiego)
    assert drawing.checkpoint == first, "later checkpoints change nothing"
    (office,) = drawing.draw()
    assert office.seed == bytes(first.root).hex()


def test_the_database_selects_as_rfc_3797_does(cast: Cast):
    """The key of the RFC's own example (section 6), and a pool that its reference program draws alike."""
    key = rfc3797_key([9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45])
    assert sql("SELECT rfc3797(%s, 25, 10)", [key])[0][0] == select(key, 25, 10) == [
        place - 1 for place in (17, 7, 2, 16, 25, 23, 8, 24, 19, 13)
    ]  # fmt: skip
    root = hashlib.sha256(b"a root").digest()
    assert sql("SELECT rfc3797_key(%s)", [root])[0][0] == rfc3797_key([int.from_bytes(root, "big")])
    assert sql("SELECT rfc3797('1./', 300, 300)")[0][0] == select("1./", 300, 300)


def test_a_stranger_draws_again_with_the_program_from_the_page(cast: Cast, tmp_path):
    clock.travel(400 * DAY)
    chosen = drawn(cast.abiego, "facilitator")
    drawing = chosen[0].drawing
    recipe = tmp_path / "lot.py"
    recipe.write_bytes(Client().get(reverse("drawing-recipe", args=[drawing.pk])).content)
    told = subprocess.run([sys.executable, recipe], capture_output=True, text=True, check=True).stdout
    places = [int(line.split()[1]) for line in told.splitlines()]
    assert [drawing.pool[place - 1] for place in places] == [office.citizen_id for office in chosen]
    page = Client().get(reverse("drawing", args=[drawing.pk])).content.decode()
    assert chosen[0].seed in page


def test_the_workers_announce_and_draw_once_whoever_runs_them_and_when(cast: Cast):
    clock.travel(400 * DAY)
    first = next(sweep for sweep in offices if sweep.name == "announce facilitators")
    assert first.run() == 3
    assert first.run() == 0, "announced, and waiting for its seed"
    assert drawings.run() == 0
    checkpointed(cast.abiego)
    assert drawings.run() == 1
    assert drawings.run() == 0
    assert facilitator(cast.abiego)
    assert Entry.objects.filter(kind="drawing.announced", log=cast.abiego.log_id).count() == 1


def test_whoever_draws_it_falls_the_same(cast: Cast):
    drawing = Drawing.objects.announce(cast.abiego, "teller")
    checkpointed(cast.abiego)
    expected = sql("SELECT drawing_result(%s)", [drawing.pk])[0][0]
    with goes_through():
        assert [office.citizen_id for office in drawing.draw()] == expected
    assert [office.citizen_id for office in drawing.draw()] == expected
    assert drawing.draw() == []
