"""Article 4: a mandate is issued by a carried decision, to one delegate, for one confederation, until a day."""

from decimal import Decimal

from assemblies.clock import now
from assemblies.models import Decision, Proposal
from mandates.models import Accession, Clause, Confederation, Mandate, propose_accession
from tests.cast import (
    COMARCA,
    DAY,
    YEAR,
    Cast,
    accession,
    admitted,
    call,
    carry,
    citizen_of,
    decide,
    finish,
    lose,
    vote,
)
from tests.constitution.bench import (
    Attempt,
    Staged,
    everything_holds,
    insert,
    nothing,
    refused,
    sql,
    tried,
    twisted,
)


def fresh(cast: Cast, assembly=None, text: str = "Shall we?") -> Proposal:
    """A question that is still being drafted."""
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "A question", text, by=citizen_of(assembly), effect="question")


# ---- a mandate ----


def a_mandate(cast: Cast) -> Staged:
    return {
        "assembly_id": cast.abiego.pk,
        "delegate_id": cast.bilal.pk,
        "citizenship_id": cast.bilal.citizenship(now()).pk,
        "confederation_id": cast.comarca.pk,
        "proposal_id": fresh(cast).pk,
        "valid_from": now(),
        "valid_until": now() + 180 * DAY,
    }


def write_a_mandate(row: Staged) -> None:
    insert("mandates_mandate", row)


def offered(cast: Cast, **other) -> Proposal:
    proposal = fresh(cast, **other)
    proposal.offer(by=proposal.author)
    return proposal


def elsewhere(cast: Cast) -> Confederation:
    return Confederation.objects.found("Sobrarbe", by=cast.ana, **COMARCA)


def left_the_comarca(cast: Cast, row: Staged) -> Staged:
    departure = accession(cast.abiego, cast.comarca).leave(by=cast.ana, reasons="We go our own way.")
    carry(departure.proposal)
    return {"valid_from": now(), "valid_until": now() + DAY}


def left_the_assembly(cast: Cast, row: Staged) -> Staged:
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    return {}


def with_an_accession(cast: Cast, row: Staged) -> Staged:
    insert(
        "mandates_accession",
        {"assembly_id": cast.abiego.pk, "confederation_id": elsewhere(cast).pk, "proposal_id": row["proposal_id"]},
    )
    return {}


def with_a_departure(cast: Cast, row: Staged) -> Staged:
    insert(
        "mandates_departure",
        {"accession_id": accession(cast.abiego, cast.comarca).pk, "proposal_id": row["proposal_id"]},
    )
    return {}


def with_a_recall(cast: Cast, row: Staged) -> Staged:
    standing = cast.mandate(cast.abiego, cast.bilal)
    insert(
        "mandates_recall",
        {
            "mandate_id": standing.pk,
            "proposal_id": row["proposal_id"],
            "opened_by_id": cast.ana.pk,
            "grounds": "None.",
            "lapses_at": now(),
        },
    )
    return {"valid_until": now() + DAY}


def with_a_narrowing(cast: Cast, row: Staged) -> Staged:
    standing = cast.mandate(cast.abiego, cast.bilal)
    insert("mandates_narrowing", {"mandate_id": standing.pk, "proposal_id": row["proposal_id"], "withdraws": True})
    return {"valid_until": now() + DAY}


MANDATES = twisted(
    a_mandate,
    write_a_mandate,
    hang_a_mandate_on_a_question_that_is_being_deliberated=(
        4,
        lambda cast, row: {"proposal_id": offered(cast).pk},
    ),
    hang_a_mandate_on_a_question_that_has_carried=(
        4,
        lambda cast, row: {"proposal_id": carry(offered(cast))[0].proposal_id},
    ),
    hang_a_mandate_on_the_question_of_another_assembly=(
        4,
        lambda cast, row: {"proposal_id": fresh(cast, cast.loarre).pk},
    ),
    hang_a_mandate_on_a_policy=(
        4,
        lambda cast, row: {
            "proposal_id": Proposal.objects.draft(cast.abiego, "Water", "Rain.", by=cast.ana, effect="policy").pk
        },
    ),
    hang_two_mandates_on_one_question=(4, lambda cast, row: (write_a_mandate(row), {})[1]),
    hide_a_mandate_in_a_question_to_join=(4, with_an_accession),
    hide_a_mandate_in_a_question_to_leave=(4, with_a_departure),
    hide_a_mandate_in_a_recall=(4, with_a_recall),
    hide_a_mandate_in_a_narrowing=(4, with_a_narrowing),
    mandate_without_a_question=(4, lambda cast, row: {"proposal_id": 10**6}),
    send_a_citizen_of_another_assembly=(
        4,
        lambda cast, row: {"delegate_id": cast.chen.pk, "citizenship_id": cast.chen.citizenship(now()).pk},
    ),
    send_a_stranger_on_a_neighbours_citizenship=(4, lambda cast, row: {"delegate_id": cast.stranger.pk}),
    send_a_technician_on_a_neighbours_citizenship=(4, lambda cast, row: {"delegate_id": cast.technician.pk}),
    send_one_who_has_left=(4, left_the_assembly),
    send_a_delegate_where_we_are_no_member=(4, lambda cast, row: {"confederation_id": elsewhere(cast).pk}),
    send_a_delegate_where_we_are_no_longer_a_member=(4, left_the_comarca),
    send_a_delegate_for_longer_than_the_charter_allows=(
        9,
        lambda cast, row: {"valid_until": row["valid_from"] + YEAR + DAY},
    ),
    send_a_delegate_without_an_end=(9, lambda cast, row: {"valid_until": None}),
    send_a_delegate_who_ends_before_beginning=(
        "mandate_ends_after_it_begins",
        lambda cast, row: {"valid_until": row["valid_from"] - DAY},
    ),
)

# ---- a clause ----


def a_clause(cast: Cast) -> Staged:
    row = a_mandate(cast)
    write_a_mandate(row)
    return {
        "mandate_id": Mandate.objects.get(proposal=row["proposal_id"]).pk,
        "number": 1,
        "policy_id": cast.policy(cast.abiego).pk,
        "power": "procure",
        "instruction": "Buy flour",
        "limit": Decimal(100),
        "unit": "kg",
        "place_id": None,
    }


def write_a_clause(row: Staged) -> None:
    insert("mandates_clause", row)


def repealed(cast: Cast, row: Staged) -> Staged:
    policy = cast.policy(cast.abiego)
    carry(cast.abiego.propose("No bread", "", by=cast.ana, effect="repeal", policy=policy), close=False)
    return {}


CLAUSES = twisted(
    a_clause,
    write_a_clause,
    rest_a_clause_on_another_assemblys_policy=(4, lambda cast, row: {"policy_id": cast.policy(cast.loarre).pk}),
    rest_a_clause_on_a_repealed_policy=(4, repealed),
    rest_a_clause_on_no_policy=(4, lambda cast, row: {"policy_id": None}),
    give_a_power_beyond_the_ceiling=(9, lambda cast, row: {"power": "build"}),
    give_a_power_that_nobody_knows=(9, lambda cast, row: {"power": "legislate"}),
    limit_a_clause_without_a_unit=("clause_limit_has_a_unit", lambda cast, row: {"unit": ""}),
    name_a_unit_without_a_limit=("clause_limit_has_a_unit", lambda cast, row: {"limit": None}),
    limit_a_clause_below_nothing=("clause_limit_has_a_unit", lambda cast, row: {"limit": Decimal(-1)}),
    instruct_nothing=("clause_instructs", lambda cast, row: {"instruction": ""}),
    number_two_clauses_alike=("clause_number", lambda cast, row: (write_a_clause(row), {})[1]),
)

# ---- the question names what it decides ----


def a_question(cast: Cast) -> Staged:
    """A mandate with its clause, drafted as the objects draft it, and not yet offered."""
    text = (
        f"Bilal is our delegate to the council of {cast.comarca}."
        f"\n1. procure: Buy flour, at most 100 kg, only in Loarre, under “{cast.policy(cast.abiego)}”"
    )
    proposal = fresh(cast, text=text)
    write_a_mandate(a_mandate(cast) | {"proposal_id": proposal.pk})
    mandate = Mandate.objects.get(proposal=proposal)
    return {"id": proposal.pk, "text": text, "mandate": mandate, "clause": True}


def offer(cast: Cast, row: Staged) -> None:
    if row["clause"]:
        Clause.objects.create(
            mandate=row["mandate"],
            number=1,
            **vars(cast.terms(cast.abiego, instruction="Buy flour", place=cast.loarre)),
        )
    sql(
        "UPDATE assemblies_proposal SET text = %(text)s, offered_at = civic_now() WHERE id = %(id)s",
        {"id": row["id"], "text": row["text"]},
    )


def unnamed(what: str, word: str) -> Attempt:
    return Attempt(
        f"offer a question that does not name {what}",
        4,
        a_question,
        attack=lambda cast, row: offer(cast, row | {"text": row["text"].replace(word, "…")}),
        honest=offer,
    )


QUESTIONS = [
    unnamed("the delegate", "Bilal"),
    unnamed("the confederation", "Hoya de Huesca"),
    unnamed("what the clause says", "Buy flour"),
    unnamed("the limit", "100 kg"),
    unnamed("the place", "Loarre"),
    unnamed("the policy", "Bread"),
    Attempt(
        "offer a mandate to do nothing in particular",
        4,
        a_question,
        attack=lambda cast, row: offer(cast, row | {"clause": False}),
        honest=offer,
    ),
]

# ---- by the objects ----


def unissued(cast: Cast) -> Staged:
    return {"mandate": cast.propose_mandate(cast.abiego, cast.bilal), "issued": cast.mandate(cast.abiego, cast.bilal)}


ACTS = [
    Attempt(
        "propose to send a stranger",
        4,
        nothing,
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.stranger),
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal),
    ),
    Attempt(
        "propose a mandate without clauses",
        4,
        nothing,
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal, clauses=[]),
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal),
    ),
    Attempt(
        "propose a mandate beyond the ceiling",
        9,
        nothing,
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, power="build")),
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal),
    ),
    Attempt(
        "propose a mandate longer than the charter allows",
        9,
        nothing,
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal, valid_until=now() + 2 * YEAR),
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal),
    ),
    Attempt(
        "propose a mandate where we are no member",
        4,
        nothing,
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal, confederation=elsewhere(cast)),
        lambda cast, s: cast.propose_mandate(
            cast.abiego,
            cast.bilal,
            confederation=cast.region,
            valid_until=now() + 90 * DAY,
        ),
    ),
    Attempt(
        "propose a mandate in another assembly",
        1,
        nothing,
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal, by=cast.chen),
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal, by=cast.ana),
    ),
    Attempt(
        "act under a mandate that has not been decided",
        8,
        unissued,
        lambda cast, s: cast.task(s["mandate"]),
        lambda cast, s: cast.task(s["issued"]),
    ),
    Attempt(
        "lay down a mandate that has not been decided",
        8,
        unissued,
        lambda cast, s: s["mandate"].resign(by=cast.bilal),
        lambda cast, s: s["issued"].resign(by=cast.bilal),
    ),
    Attempt(
        "lay down the mandate of another",
        4,
        unissued,
        lambda cast, s: s["issued"].resign(by=cast.ana),
        lambda cast, s: s["issued"].resign(by=cast.bilal),
    ),
]

ATTEMPTS = [*MANDATES, *CLAUSES, *QUESTIONS, *ACTS]

test_attempt = tried(ATTEMPTS)


def test_a_mandate_binds_from_the_close_that_carried_it_and_not_before(cast: Cast):
    mandate = cast.propose_mandate(cast.abiego, cast.bilal)
    decision = call(mandate.proposal)
    assert not mandate.is_in_force(now())
    vote(decision)
    assert not mandate.is_in_force(now())
    finish(decision, close=False)
    assert mandate.is_in_force(now())
    assert not mandate.is_in_force(decision.closes_at - DAY)
    assert not mandate.is_in_force(mandate.valid_until)
    decision.close()
    assert mandate.is_in_force(now())


def test_a_question_that_is_lost_tied_or_short_of_its_quorum_sends_nobody(cast: Cast):
    for votes in ((1, 3), (2, 2), (1, 0)):
        mandate = cast.propose_mandate(cast.abiego, cast.bilal)
        decide(mandate.proposal, *votes)
        assert not mandate.is_in_force(now())
    assert Mandate.objects.in_force(now()).count() == 0
    assert cast.mandate(cast.abiego, cast.bilal).is_in_force(now())


def test_a_question_that_missed_its_quorum_is_asked_again_and_then_binds(cast: Cast):
    mandate = cast.propose_mandate(cast.abiego, cast.bilal)
    assert decide(mandate.proposal, 1).outcome == "quorum_missed"
    again = call(mandate.proposal)
    vote(again)
    finish(again)
    assert mandate.is_in_force(now())
    assert mandate.end(now()) == ("expired", mandate.valid_until)


def test_a_mandate_that_carries_after_its_term_binds_nobody(cast: Cast):
    mandate = cast.propose_mandate(cast.abiego, cast.bilal, valid_until=now() + DAY)
    carry(mandate.proposal)
    assert not mandate.is_in_force(now())


def test_a_delegate_holds_a_mandate_only_while_a_citizen_of_the_assembly_that_gave_it(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    assert not mandate.is_in_force(now())
    assert mandate.end(now())[0] == "citizenship_lost"


def test_a_delegate_who_leaves_and_returns_needs_a_new_mandate(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    admitted(cast.bilal, cast.abiego)
    assert cast.bilal.is_citizen_of(cast.abiego, now())
    assert not mandate.is_in_force(now())


def test_leaving_the_confederation_ends_the_mandate_and_rejoining_does_not_bring_it_back(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    carry(accession(cast.abiego, cast.comarca).leave(by=cast.ana, reasons="We go.").proposal)
    assert mandate.end(now())[0] == "departed"
    carry(propose_accession(cast.abiego, cast.comarca, by=cast.ana).proposal)
    assert cast.comarca.has(cast.abiego, now())
    assert not mandate.is_in_force(now())
    assert mandate.end(now())[0] == "departed"
    assert cast.mandate(cast.abiego, cast.bilal).is_in_force(now())


def test_a_policy_that_names_a_delegate_makes_nobody_a_delegate(cast: Cast):
    carry(cast.abiego.propose("Delegates", "Bilal is our delegate, for ever.", by=cast.bilal))
    assert cast.comarca.seats(now()) == []
    cast.mandate(cast.abiego, cast.bilal)
    assert [seat.delegate for seat in cast.comarca.seats(now())] == [cast.bilal]


def test_rows_that_claim_a_decision_are_read_against_the_decision_itself(cast: Cast):
    """A lost question cannot be made to have carried, nor its mandate moved to one that has."""
    mandate = cast.propose_mandate(cast.abiego, cast.bilal)
    lost = lose(mandate.proposal)
    with refused(2):
        sql("UPDATE assemblies_decision SET outcome = 'carried' WHERE id = %s", [lost.pk])
    with refused("42501"):
        sql("UPDATE mandates_mandate SET proposal_id = %s", [carry(offered(cast))[0].proposal_id])
    with refused("decision_one_standing_a_proposal"):
        call(mandate.proposal)
    everything_holds()
    assert not mandate.is_in_force(now())
    assert Decision.objects.get(pk=lost.pk).outcome == "lost"
    assert Accession.objects.in_force(now()).count() == 3
