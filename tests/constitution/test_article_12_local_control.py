"""Article 12: an assembly joins, leaves and changes its orders by its own decision, and nobody acts in its place."""

from datetime import timedelta

from assemblies.clock import now
from assemblies.models import Assembly, Proposal, Rules
from mandates.models import Accession, Mandate, propose_accession
from tests.cast import (
    COMARCA,
    DAY,
    Cast,
    accession,
    call,
    carry,
    citizen_of,
    decide,
    finish,
    found,
    lose,
    person,
    travel_to,
    vote,
)
from tests.constitution.bench import (
    Attempt,
    Staged,
    goes_through,
    insert,
    kept,
    nothing,
    refused,
    sql,
    tried,
    twisted,
)


def fresh(cast: Cast, assembly=None, effect: str = "question") -> Proposal:
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "A question", "Shall we?", by=citizen_of(assembly), effect=effect)


def elsewhere(cast: Cast):
    from mandates.models import Confederation

    return Confederation.objects.found("Sobrarbe", by=cast.ana, **COMARCA)


def offered(proposal: Proposal) -> int:
    proposal.offer(by=proposal.author)
    return proposal.pk


# ---- joining ----


def an_accession(cast: Cast) -> Staged:
    other = elsewhere(cast)
    question = Proposal.objects.draft(cast.abiego, "Join", other.charter.said, by=cast.ana, effect="question")
    return {"assembly_id": cast.abiego.pk, "confederation_id": other.pk, "proposal_id": question.pk}


def join(row: Staged) -> None:
    """Drafted, and laid before the assembly with it."""
    insert("mandates_accession", row)
    sql("UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %(proposal_id)s", row)


def without_charter(cast: Cast, row: Staged) -> Staged:
    ((log,),) = sql("INSERT INTO assemblies_log (origin) VALUES ('confederation/bare') RETURNING id")
    ((bare,),) = sql(
        "INSERT INTO mandates_confederation (name, slug, log_id, drafted_by_id) VALUES ('Bare', 'bare', %s, %s)"
        " RETURNING id",
        [log, cast.ana.pk],
    )
    return {"confederation_id": bare}


ACCESSIONS = twisted(
    an_accession,
    join,
    have_an_assembly_join_by_the_question_of_another=(
        12,
        lambda cast, row: {"proposal_id": fresh(cast, cast.loarre).pk},
    ),
    have_an_assembly_join_by_a_question_that_said_something_else=(
        12,
        lambda cast, row: {"proposal_id": offered(fresh(cast))},
    ),
    have_an_assembly_join_by_a_policy=(12, lambda cast, row: {"proposal_id": fresh(cast, effect="policy").pk}),
    join_twice_by_one_question=(12, lambda cast, row: (join(row), {})[1]),
    join_under_a_charter_that_nobody_has_written=(12, without_charter),
)

# ---- leaving ----


def a_departure(cast: Cast) -> Staged:
    return {"accession_id": accession(cast.abiego, cast.comarca).pk, "proposal_id": fresh(cast).pk}


DEPARTURES = twisted(
    a_departure,
    lambda row: insert("mandates_departure", row),
    expel_an_assembly_by_the_question_of_another=(
        12,
        lambda cast, row: {"proposal_id": fresh(cast, cast.loarre).pk},
    ),
    expel_an_assembly_by_a_question_that_said_something_else=(
        12,
        lambda cast, row: {"proposal_id": offered(fresh(cast))},
    ),
    leave_in_anothers_place=(12, lambda cast, row: {"accession_id": accession(cast.loarre, cast.comarca).pk}),
)

# ---- standing orders ----

RULES = {
    "quorum_per_mille": 100,
    "quorum_number": 0,
    "majority": "simple",
    "majority_for_orders": "two-thirds",
    "deliberation": 3 * DAY,
    "notice": DAY,
    "voting_period": DAY,
    "admitting_office": "facilitator",
    "office_term": 100 * DAY,
}


def new_orders(cast: Cast) -> Staged:
    return {"assembly_id": cast.abiego.pk, "proposal_id": fresh(cast, effect="orders").pk} | RULES


ORDERS = twisted(
    new_orders,
    lambda row: insert("assemblies_standingorders", row),
    change_standing_orders_without_a_decision=(12, lambda cast, row: {"proposal_id": None}),
    change_the_orders_of_another_assembly=(12, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    change_standing_orders_by_a_policy=(12, lambda cast, row: {"proposal_id": fresh(cast, effect="policy").pk}),
    change_standing_orders_by_a_question=(12, lambda cast, row: {"proposal_id": fresh(cast).pk}),
    change_standing_orders_after_they_were_offered=(
        12,
        lambda cast, row: {"proposal_id": offered(fresh(cast, effect="orders"))},
    ),
    ask_for_more_than_everyone=("orders_quorum_share", lambda cast, row: {"quorum_per_mille": 1001}),
    decide_by_a_majority_that_nobody_knows=("orders_majority", lambda cast, row: {"majority": "one"}),
    change_orders_by_a_majority_that_nobody_knows=(
        "orders_majority_for_orders",
        lambda cast, row: {"majority_for_orders": "none"},
    ),
    deliberate_for_a_minute=("orders_durations", lambda cast, row: {"deliberation": timedelta(minutes=1)}),
    vote_for_a_second=("orders_durations", lambda cast, row: {"voting_period": timedelta(seconds=1)}),
    have_the_mayor_admit=("orders_office", lambda cast, row: {"admitting_office": "mayor"}),
)

# ---- founding ----


def an_assembly(cast: Cast) -> Staged:
    ((log,),) = sql("INSERT INTO assemblies_log (origin) VALUES ('assembly/ibieca') RETURNING id")
    return {"name": "Ibieca", "slug": "ibieca", "kind": "village", "time_zone": "Europe/Madrid", "log_id": log}


ASSEMBLIES = twisted(
    an_assembly,
    lambda row: insert("assemblies_assembly", row),
    write_an_assembly_that_is_founded_already=(12, lambda cast, row: {"founded_at": now()}),
    found_an_assembly_without_a_name=("assembly_has_a_name", lambda cast, row: {"name": ""}),
    found_an_assembly_under_anothers_address=("23505", lambda cast, row: {"slug": "abiego"}),
)


def a_founding(cast: Cast) -> Staged:
    """Three people and their orders, and nothing left but to found it."""
    row = an_assembly(cast)
    insert("assemblies_assembly", row)
    place = Assembly.objects.get(slug="ibieca")
    for name in ("One", "Two", "Three"):
        insert("assemblies_citizenship", {"citizen_id": person(name).pk, "assembly_id": place.pk, "end_reason": ""})
    insert("assemblies_standingorders", {"assembly_id": place.pk, "proposal_id": None} | RULES)
    return {"id": place.pk, "name": "Ibieca", "slug": "ibieca", "log_id": row["log_id"], "number": place.pk}


def found_it(row: Staged) -> None:
    sql(
        "UPDATE assemblies_assembly SET founded_at = civic_now(), name = %(name)s, slug = %(slug)s,"
        " log_id = %(log_id)s, id = %(number)s WHERE id = %(id)s",
        row,
    )


def bare(cast: Cast, row: Staged) -> Staged:
    """One without standing orders."""
    ((log,),) = sql("INSERT INTO assemblies_log (origin) VALUES ('assembly/bare') RETURNING id")
    insert("assemblies_assembly", {"name": "Bare", "slug": "bare", "kind": "village", "time_zone": "", "log_id": log})
    place = Assembly.objects.get(slug="bare")
    for name in ("Four", "Five", "Six"):
        insert("assemblies_citizenship", {"citizen_id": person(name).pk, "assembly_id": place.pk, "end_reason": ""})
    return {"id": place.pk, "number": place.pk, "name": "Bare", "slug": "bare", "log_id": log}


def two_people(cast: Cast, row: Staged) -> Staged:
    sql(
        "UPDATE assemblies_citizenship SET valid_until = civic_now(), end_reason = 'left', ended_by_id = citizen_id"
        " WHERE id = (SELECT max(id) FROM assemblies_citizenship WHERE assembly_id = %(id)s)",
        row,
    )
    return {}


FOUNDINGS = twisted(
    a_founding,
    found_it,
    found_an_assembly_of_two=(12, two_people),
    found_an_assembly_without_orders=(12, bare),
    found_an_assembly_twice=(12, lambda cast, row: (found_it(row), {})[1]),
    rename_an_assembly=(12, lambda cast, row: {"name": "Siétamo"}),
    readdress_an_assembly=(12, lambda cast, row: {"slug": "ibieca-2"}),
    renumber_an_assembly=(12, lambda cast, row: {"number": 10**6}),
    found_a_founded_assembly_anew=(
        12,
        lambda cast, row: {
            "id": cast.abiego.pk,
            "number": cast.abiego.pk,
            "name": "Abiego",
            "slug": "abiego",
            "log_id": cast.abiego.log_id,
        },
    ),
    write_second_founding_orders=(
        "orders_one_founding",
        lambda cast, row: (
            insert("assemblies_standingorders", {"assembly_id": row["id"], "proposal_id": None} | RULES),
            {},
        )[1],
    ),
)

# ---- founding a confederation together ----


def a_mandate_where_two_are(cast: Cast) -> Staged:
    """Abiego and Loarre have joined Sobrarbe; the twist sends somebody where only one has."""
    other = elsewhere(cast)
    carry(*(propose_accession(a, other, by=citizen_of(a)).proposal for a in (cast.abiego, cast.loarre)))
    return mandate_row(cast, other)


def mandate_row(cast: Cast, confederation) -> Staged:
    return {
        "assembly_id": cast.abiego.pk,
        "delegate_id": cast.bilal.pk,
        "citizenship_id": cast.bilal.citizenship(now()).pk,
        "confederation_id": confederation.pk,
        "proposal_id": fresh(cast).pk,
        "valid_from": now(),
        "valid_until": now() + 90 * DAY,
    }


def alone(cast: Cast, row: Staged) -> Staged:
    from mandates.models import Confederation

    lonely = Confederation.objects.found("Somontano", by=cast.ana, **COMARCA)
    carry(propose_accession(cast.abiego, lonely, by=cast.ana).proposal)
    return {"confederation_id": lonely.pk}


TOGETHER = twisted(
    a_mandate_where_two_are,
    lambda row: insert("mandates_mandate", row),
    send_somebody_to_a_confederation_of_one=(12, alone),
)

# ---- a seat that several give ----


def a_joint_mandate(cast: Cast) -> Staged:
    """Loarre stands behind Bilal of Abiego at the region, where both belong through the comarca."""
    question = fresh(cast, cast.loarre)
    return mandate_row(cast, cast.region) | {"assembly_id": cast.loarre.pk, "proposal_id": question.pk}


JOINT = twisted(
    a_joint_mandate,
    lambda row: insert("mandates_mandate", row),
    send_a_citizen_of_another_assembly_to_the_council_that_both_belong_to=(
        4,
        lambda cast, row: {"confederation_id": cast.comarca.pk},
    ),
    have_one_assembly_give_the_seat_in_the_name_of_another=(
        4,
        lambda cast, row: {"proposal_id": fresh(cast).pk},
    ),
)

# ---- by the objects ----

ACTS = [
    Attempt(
        "have another assembly leave",
        1,
        nothing,
        lambda cast, s: accession(cast.abiego, cast.comarca).leave(by=cast.chen, reasons="Out with them."),
        lambda cast, s: accession(cast.loarre, cast.comarca).leave(by=cast.chen, reasons="We go."),
    ),
    Attempt(
        "have another assembly join",
        1,
        nothing,
        lambda cast, s: propose_accession(cast.abiego, elsewhere(cast), by=cast.chen),
        lambda cast, s: propose_accession(cast.loarre, elsewhere(cast), by=cast.chen),
    ),
    Attempt(
        "join where one is a member",
        12,
        nothing,
        lambda cast, s: propose_accession(cast.abiego, cast.comarca, by=cast.ana),
        lambda cast, s: propose_accession(cast.abiego, elsewhere(cast), by=cast.ana),
    ),
    Attempt(
        "propose orders to another assembly",
        1,
        nothing,
        lambda cast, s: cast.abiego.propose_orders(Rules(), by=cast.chen),
        lambda cast, s: cast.loarre.propose_orders(Rules(), by=cast.chen),
    ),
    Attempt(
        "found an assembly with two",
        12,
        nothing,
        lambda cast, s: Assembly.objects.found("Ibieca", founders=[person("One"), person("Two")]),
        lambda cast, s: Assembly.objects.found("Ibieca", founders=[person("One"), person("Two"), person("Three")]),
    ),
]

ATTEMPTS = [
    *ACCESSIONS,
    *DEPARTURES,
    *ORDERS,
    *ASSEMBLIES,
    *FOUNDINGS,
    *TOGETHER,
    *JOINT,
    *ACTS,
    Attempt(
        "leave on a day that is over",
        12,
        nothing,
        lambda cast, s: accession(cast.abiego, cast.comarca).leave(by=cast.ana, reasons="Go.", leaves_at=now() - DAY),
        lambda cast, s: accession(cast.abiego, cast.comarca).leave(by=cast.ana, reasons="Go.", leaves_at=now() + DAY),
    ),
    *kept("mandates_accession", 12, nothing),
    *kept("mandates_departure", 12, lambda cast: insert("mandates_departure", a_departure(cast))),
    *kept("assemblies_standingorders", 12, nothing),
    *kept("assemblies_assembly", 12, nothing, updates=True),
]

test_attempt = tried(ATTEMPTS)


def test_an_assembly_is_a_member_from_the_close_that_carried_until_the_close_that_left(cast: Cast):
    other = elsewhere(cast)
    joining = propose_accession(cast.abiego, other, by=cast.ana)
    assert not other.has(cast.abiego, now())
    (joined,) = carry(joining.proposal, close=False)
    assert other.has(cast.abiego, now())
    assert not other.has(cast.abiego, joined.closes_at - DAY)
    (left,) = carry(joining.leave(by=cast.ana, reasons="We go.").proposal, close=False)
    assert not other.has(cast.abiego, now())
    assert other.has(cast.abiego, left.closes_at - DAY)


def test_a_lost_question_neither_joins_nor_leaves(cast: Cast):
    other = elsewhere(cast)
    lose(propose_accession(cast.abiego, other, by=cast.ana).proposal)
    lose(accession(cast.abiego, cast.comarca).leave(by=cast.ana, reasons="We go.").proposal)
    assert not other.has(cast.abiego, now())
    assert cast.comarca.has(cast.abiego, now())


def test_who_joined_twice_leaves_once(cast: Cast):
    other = elsewhere(cast)
    first, second = (propose_accession(cast.abiego, other, by=cast.ana) for _ in range(2))
    carry(first.proposal, second.proposal)
    carry(first.leave(by=cast.ana, reasons="We go.").proposal)
    assert not other.has(cast.abiego, now())
    assert Accession.objects.in_force(now()).filter(confederation=other).count() == 0
    carry(propose_accession(cast.abiego, other, by=cast.ana).proposal)
    assert other.has(cast.abiego, now())


def test_new_orders_hold_from_the_close_that_carried_them_by_their_own_majority(cast: Cast):
    rules = Rules(quorum_per_mille=500, deliberation=3 * DAY)
    two_to_one_and_a_half = cast.abiego.propose_orders(rules, by=cast.ana)
    decision = decide(two_to_one_and_a_half, 3, 2)
    assert (decision.threshold, decision.outcome) == ("two-thirds", "lost")
    assert cast.abiego.orders(now()).quorum_per_mille == 200
    decision = call(cast.abiego.propose_orders(rules, by=cast.ana))
    vote(decision, 4, 2)
    finish(decision, close=False)
    assert cast.abiego.orders(now()).quorum_per_mille == 500
    assert cast.abiego.orders(decision.closes_at - DAY).quorum_per_mille == 200
    assert cast.loarre.orders(now()).quorum_per_mille == 200


def test_what_one_assembly_decides_moves_no_other(cast: Cast):
    before = {a.pk: a.orders(now()).pk for a in (cast.loarre, cast.sietamo)}
    carry(cast.abiego.propose("Bread for Loarre", "Loarre bakes on Monday.", by=cast.ana))
    carry(cast.abiego.propose_orders(Rules(quorum_per_mille=10), by=cast.ana))
    assert {a.pk: a.orders(now()).pk for a in (cast.loarre, cast.sietamo)} == before
    assert cast.loarre.policies_in_force(now()).count() == 1


def test_a_quorum_of_one_village_does_not_bind_the_next(cast: Cast):
    ibieca = found("Ibieca", "ibieca", 5, Rules(quorum_per_mille=1000))
    decision = decide(ibieca.propose("Water", "Rain.", by=citizen_of(ibieca)), 4)
    assert decision.outcome == "quorum_missed"
    with goes_through():
        carry(cast.abiego.propose("Water", "Rain.", by=cast.ana))
    with refused("decision_one_standing_a_proposal"):
        carry(cast.abiego.propose("Water", "Rain.", by=cast.ana))[0].proposal.put_to_vote(
            by=cast.facilitator(cast.abiego)
        )


def test_the_database_says_through_which_confederation_a_seat_is_given(cast: Cast):
    """Whatever is written there: it is where both the assembly and the home of the delegate belong."""
    row = a_joint_mandate(cast)
    insert("mandates_mandate", row | {"part_id": cast.region.pk})
    assert Mandate.objects.get(proposal=row["proposal_id"]).part_id == cast.comarca.pk
    insert("mandates_mandate", mandate_row(cast, cast.comarca) | {"part_id": cast.comarca.pk})
    assert Mandate.objects.latest("pk").part_id is None


def test_who_leaves_at_a_date_is_a_member_with_all_its_mandates_until_then(cast: Cast):
    mandate = cast.mandate(cast.loarre, cast.chen)
    shared = {a.pk for a in cast.comarca.members(now())}
    last = now() + 60 * DAY
    leaving = accession(cast.loarre, cast.comarca).leave(by=cast.chen, reasons="We go.", leaves_at=last)
    carry(leaving.proposal)
    assert cast.comarca.has(cast.loarre, now())
    assert mandate.is_in_force(now())
    assert mandate.end(now()) == ("departed", last)
    assert not cast.comarca.has(cast.loarre, last)
    assert not Mandate.objects.in_force(last).filter(pk=mandate.pk).exists()
    travel_to(last)
    assert {a.pk for a in cast.comarca.members(now())} == shared - {cast.loarre.pk}
    assert cast.loarre.policies_in_force(now()).count() == 1  # its own policies stay with it


def test_a_confederation_is_founded_by_the_second_to_join(cast: Cast):
    other = elsewhere(cast)
    carry(propose_accession(cast.abiego, other, by=cast.ana).proposal)
    assert other.founded_at(now()) is None
    (second,) = carry(propose_accession(cast.loarre, other, by=cast.chen).proposal)
    assert other.founded_at(now()) == second.closes_at


def test_all_adopt_the_charter_in_the_same_words(cast: Cast):
    said = cast.comarca.charter.said
    joined = Accession.objects.in_force(now()).filter(confederation=cast.comarca).select_related("proposal")
    assert len(joined) == 3
    assert all(said in one.proposal.text for one in joined)
    for rule in ("convene", "Longest term: 365 days", "Recall: 30 per cent", "Alto Aragón", "more than half"):
        assert rule in said
