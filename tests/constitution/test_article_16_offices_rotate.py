"""Article 16: offices are held for a term and drawn by a lot that anyone can draw again."""

from assemblies.clock import now
from assemblies.counting.lot import select
from assemblies.models import Drawing, Office
from assemblies.models.office import SEATS
from tests.cast import DAY, YEAR, Cast, admitted, checkpointed, clock, drawn, facilitator, found
from tests.constitution.bench import Attempt, Staged, goes_through, insert, kept, nothing, refused, sql, tried, twisted


def a_drawing(cast: Cast) -> Staged:
    """A second registrar's seat does not exist; the first is vacant, and its lot is ready to be drawn."""
    drawing = Drawing.objects.announce(cast.abiego, "registrar")
    checkpointed(cast.abiego)
    return {
        "drawing_id": drawing.pk,
        "assembly_id": cast.abiego.pk,
        "citizen_id": cast.ana.pk,
        "kind": "registrar",
        "seed": "chosen",
        "valid_from": now(),
        "valid_until": now() + 30 * DAY,
    }


def draw(row: Staged) -> None:
    insert("assemblies_office", row)


def no_seed_yet(cast: Cast, row: Staged) -> Staged:
    return {"drawing_id": Drawing.objects.announce(cast.abiego, "minute-taker").pk}


def a_third(cast: Cast, row: Staged) -> Staged:
    return {"drawing_id": None, "kind": "facilitator", "assembly_id": found("Ibieca", "ibieca").pk}


def unfounded(cast: Cast, row: Staged) -> Staged:
    ((log,),) = sql("INSERT INTO assemblies_log (origin) VALUES ('assembly/bare') RETURNING id")
    ((place,),) = sql(
        "INSERT INTO assemblies_assembly (name, slug, kind, time_zone, log_id)"
        " VALUES ('Bare', 'bare', 'village', 'UTC', %s) RETURNING id",
        [log],
    )
    sql(
        "INSERT INTO assemblies_standingorders (assembly_id, quorum_per_mille, quorum_number, majority,"
        " majority_for_orders, deliberation, notice, voting_period, admitting_office, office_term)"
        " SELECT %s, quorum_per_mille, quorum_number, majority, majority_for_orders, deliberation, notice,"
        " voting_period, admitting_office, office_term FROM assemblies_standingorders WHERE assembly_id = %s",
        [place, cast.abiego.pk],
    )
    insert("assemblies_citizenship", {"citizen_id": cast.stranger.pk, "assembly_id": place, "end_reason": ""})
    return {"assembly_id": place, "drawing_id": None, "kind": "facilitator"}


DRAWINGS = twisted(
    a_drawing,
    draw,
    take_a_seat_that_does_not_exist=(16, lambda cast, row: (draw(row), {})[1]),
    take_a_third_facilitators_seat=(16, a_third),
    invent_an_office=(16, lambda cast, row: {"kind": "mayor", "drawing_id": None}),
    take_an_office_without_a_lot=(16, lambda cast, row: {"drawing_id": None}),
    be_made_facilitator_without_a_lot=(16, lambda cast, row: {"drawing_id": None, "kind": "facilitator"}),
    draw_before_the_seed_is_there=(16, no_seed_yet),
    draw_in_an_assembly_that_was_never_founded=(16, unfounded),
)


def a_turn(cast: Cast) -> Staged:
    office = Office.objects.in_force(now()).filter(assembly=cast.abiego, kind="facilitator").first()
    return {
        "id": office.pk,
        "number": office.pk,
        "assembly_id": cast.abiego.pk,
        "citizen_id": office.citizen_id,
        "kind": "facilitator",
        "seed": office.seed,
        "drawing_id": None,
        "valid_from": office.valid_from,
        "valid_until": office.valid_until - DAY,
    }


def shorten(row: Staged) -> None:
    sql(
        "UPDATE assemblies_office SET id = %(number)s, assembly_id = %(assembly_id)s, citizen_id = %(citizen_id)s,"
        " kind = %(kind)s, seed = %(seed)s, drawing_id = %(drawing_id)s,"
        " valid_from = %(valid_from)s, valid_until = %(valid_until)s"
        " WHERE id = %(id)s",
        row,
    )


TURNS = twisted(
    a_turn,
    shorten,
    prolong_a_turn=(16, lambda cast, row: {"valid_until": row["valid_until"] + 2 * DAY}),
    hand_an_office_to_another=(16, lambda cast, row: {"citizen_id": cast.ana.pk}),
    turn_one_office_into_another=(16, lambda cast, row: {"kind": "registrar"}),
    carry_an_office_to_another_assembly=(16, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    give_a_turn_another_lot=(16, lambda cast, row: {"drawing_id": a_drawing(cast)["drawing_id"]}),
    rewrite_the_seed=(16, lambda cast, row: {"seed": "chosen"}),
    begin_a_turn_earlier=(16, lambda cast, row: {"valid_from": row["valid_from"] - DAY}),
    give_a_turn_another_number=(16, lambda cast, row: {"number": 10**6}),
    end_a_turn_before_it_began=(16, lambda cast, row: {"valid_until": row["valid_from"] - DAY}),
    end_a_turn_in_the_past=(16, lambda cast, row: {"valid_until": now() - DAY}),
)

ACTS = [
    Attempt(
        "lay down anothers office",
        16,
        nothing,
        lambda cast, s: office(cast).lay_down(by=cast.ana),
        lambda cast, s: office(cast).lay_down(by=office(cast).citizen),
    )
]


def office(cast: Cast) -> Office:
    return Office.objects.in_force(now()).filter(assembly=cast.abiego, kind="facilitator").first()


ATTEMPTS = [*DRAWINGS, *TURNS, *ACTS, *kept("assemblies_office", 16, nothing, updates=True)]

test_attempt = tried(ATTEMPTS)


def test_whoever_is_named_the_database_draws(cast: Cast):
    row = a_drawing(cast)
    draw(row | {"valid_until": now() + 100 * YEAR, "valid_from": now() - YEAR})
    office = Office.objects.get(assembly=cast.abiego, kind="registrar")
    drawing = Drawing.objects.get(pk=row["drawing_id"])
    root = bytes(drawing.checkpoint.root)
    assert office.seed == root.hex()
    (place,) = select(drawing.key(root), len(drawing.pool), 1)
    assert office.citizen_id == drawing.pool[place]
    assert abs(now() - office.valid_from) < DAY
    assert office.valid_until - office.valid_from == cast.abiego.orders(now()).office_term


def test_the_lot_falls_on_everyone_alike(cast: Cast):
    """Whoever has served waits until all have: ten turns, ten citizens, and in no order that one could know."""
    orders = []
    for _ in range(2):
        order = []
        for _ in range(10):
            (office,) = drawn(cast.abiego, "registrar")
            order.append(office.citizen_id)
            office.lay_down(by=office.citizen)
        assert len(set(order)) == 10
        orders.append(order)
    assert orders[1] == orders[0], "who served longest ago comes first"
    assert orders[0] != sorted(orders[0])  # all but three chances in ten million


def test_an_office_ends_with_its_term_though_nobody_has_drawn_anew(cast: Cast):
    holder = facilitator(cast.abiego)
    clock.travel(400 * DAY)
    assert not holder.holds("facilitator", cast.abiego, now())
    with refused(1):
        cast.abiego.propose("Water", "Rain.", by=cast.ana).put_to_vote(by=holder)
    assert len(drawn(cast.abiego, "facilitator")) == SEATS["facilitator"]


def test_who_leaves_the_assembly_leaves_the_office(cast: Cast):
    holder = facilitator(cast.abiego)
    holder.citizenship(now()).end(by=holder, reason="left")
    assert not holder.holds("facilitator", cast.abiego, now())
    with goes_through():
        (office,) = drawn(cast.abiego, "facilitator")
        assert office.citizen != holder


def test_nobody_holds_one_office_twice_at_once(cast: Cast):
    holders = Office.objects.in_force(now()).filter(assembly=cast.abiego, kind="facilitator")
    assert holders.values("citizen").distinct().count() == holders.count() == 2
    admitted(cast.stranger, cast.abiego)
    assert holders.count() == 2
