"""Article 4, by election: attempts to be elected without a mandate, mandated unelected, or beyond one's terms."""

import pytest

from assemblies.clock import now
from assemblies.models import Choice, Proposal
from mandates.models import Candidacy, Clause, Confederation, Election, Mandate, Poll
from tests.cast import COMARCA, DAY, Cast, call, facilitator, founded, travel_to
from tests.constitution.bench import TWICE, Attempt, Staged, everything_holds, insert, kept, sql, tried, twisted
from tests.voting.hall import call_election, elect, places, put

# ---- calling ----


def an_election(cast: Cast) -> Staged:
    at = now()
    return {
        "assembly_id": cast.abiego.pk,
        "confederation_id": cast.comarca.pk,
        "called_by_id": cast.ana.pk,
        "seats": 1,
        "method": "irv",
        "reasons": "",
        "valid_from": at + 20 * DAY,
        "valid_until": at + 100 * DAY,
        "stand_until": at + 7 * DAY,
        "clause_count": 1,
        "policy": cast.policy(cast.abiego).pk,
        "power": "procure",
        "number": 1,
        "instruction": "Buy flour",
        "limit": None,
        "times": 1,
    }


def call_it(row: Staged) -> None:
    """The election with its one clause, as one act."""
    apart = ("policy", "power", "number", "instruction", "limit", "times")
    insert("mandates_election", {name: value for name, value in row.items() if name not in apart})
    ((election,),) = sql("SELECT max(id) FROM mandates_election")
    for _time in range(row["times"] if row["number"] else 0):
        add_clause({**{name: row[name] for name in apart}, "election": election})


def add_clause(row: Staged) -> None:
    insert(
        "mandates_electionclause",
        {
            "election_id": row["election"],
            "number": row["number"],
            "policy_id": row["policy"],
            "power": row["power"],
            "instruction": row.get("instruction", "Buy flour"),
            "limit": row.get("limit"),
            "unit": "",
        },
    )


CALLS = twisted(
    an_election,
    call_it,
    call_an_election_elsewhere=(4, lambda cast, row: {"called_by_id": cast.chen.pk}),
    elect_delegates_where_the_assembly_is_no_member=(4, lambda cast, row: {"confederation_id": lonely(cast).pk}),
    elect_for_longer_than_the_charter_allows=(9, lambda cast, row: {"valid_until": now() + 2000 * DAY}),
    let_nobody_stand=(4, lambda cast, row: {"stand_until": now() - DAY}),
    let_everybody_stand_forever=(4, lambda cast, row: {"stand_until": now() + 95 * DAY}),
    elect_for_a_term_that_ends_before_it_begins=(
        "election_term",
        lambda cast, row: {"valid_until": row["valid_from"] - 10 * DAY},
    ),
    promise_no_clause=("election_has_clauses", lambda cast, row: {"clause_count": 0, "number": 0}),
    limit_a_clause_in_nothing=("election_clause_limit_has_a_unit", lambda cast, row: {"limit": 100}),
    number_two_clauses_alike=(TWICE, lambda cast, row: {"clause_count": 2, "times": 2}),
    bind_to_no_instruction=("election_clause_says", lambda cast, row: {"instruction": ""}),
    call_an_election_without_a_clause=(4, lambda cast, row: {"number": 0}),
    bind_to_a_policy_of_another_assembly=(4, lambda cast, row: {"policy": cast.policy(cast.loarre).pk}),
    bind_to_a_power_above_the_charter=(9, lambda cast, row: {"power": "build"}),
    elect_two_by_a_method_for_one=("election_method", lambda cast, row: {"seats": 2}),
)


def lonely(cast: Cast) -> Confederation:
    return Confederation.objects.found("Nowhere", by=cast.ana, powers=["procure", "inform"])


def called(cast: Cast) -> Staged:
    election = call_election(cast)
    everything_holds()
    return {
        "election": election.pk,
        "number": 2,
        "policy": cast.policy(cast.abiego).pk,
        "power": "procure",
    }


CLAUSES = [
    Attempt(
        "add a clause to an election that was called",
        5,
        called,
        attack=lambda cast, row: add_clause(row),
        honest=lambda cast, row: call_it(an_election(cast)),
    )
]


# ---- standing ----


def a_candidacy(cast: Cast) -> Staged:
    return {"election_id": call_election(cast).pk, "citizen_id": cast.ana.pk, "statement": "I bake."}


def over(cast: Cast, row: Staged) -> Staged:
    travel_to(Election.objects.get(pk=row["election_id"]).stand_until)
    return {}


def one_term(cast: Cast) -> Confederation:
    """A confederation in which nobody serves two terms in a row."""
    confederation = Confederation.objects.found(
        "Somontano", by=cast.ana, **COMARCA | {"longest_term": 90 * DAY}, most_terms=1
    )
    return founded(confederation, cast.abiego, cast.loarre)


def worn(cast: Cast, row: Staged) -> Staged:
    """An election for a confederation in which Ana has served all her terms."""
    confederation = one_term(cast)
    at = now()
    served = cast.mandate(cast.abiego, cast.ana, confederation=confederation, valid_from=at, valid_until=at + 90 * DAY)
    election = call_election(
        cast, confederation=confederation, valid_from=served.valid_until, valid_until=served.valid_until + 80 * DAY
    )
    return {"election_id": election.pk}


STANDING = twisted(
    a_candidacy,
    lambda row: insert("mandates_candidacy", row),
    stand_in_another_assembly=(4, lambda cast, row: {"citizen_id": cast.chen.pk}),
    stand_when_the_time_is_over=(4, over),
    stand_twice=(TWICE, lambda cast, row: (insert("mandates_candidacy", row), {})[1]),
    stand_beyond_the_terms_of_the_charter=(16, worn),
    stand_without_a_word=("candidacy_states", lambda cast, row: {"statement": ""}),
    stand_already_withdrawn=(4, lambda cast, row: {"withdrawn_at": now()}),
)


def term(cast: Cast, row: Staged, who, n: int) -> Mandate:
    """The n-th of terms that follow on one another, proposed for somebody."""
    starts = row["at"] + n * 90 * DAY
    return cast.propose_mandate(
        cast.abiego, who, confederation=row["confederation"], valid_from=starts, valid_until=starts + 90 * DAY
    )


def a_term_called(cast: Cast) -> Staged:
    row = {"confederation": one_term(cast), "at": now() + 30 * DAY}
    call(term(cast, row, cast.ana, 0).proposal)
    return row


def two_terms_proposed(cast: Cast) -> Staged:
    row = {"confederation": one_term(cast), "at": now() + 30 * DAY}
    mandates = {n: term(cast, row, who, n) for n, who in enumerate((cast.ana, cast.ana, cast.bilal))}
    call(mandates[0].proposal)
    return row | {"hers": mandates[1].proposal, "his": mandates[2].proposal}


TERMS = [
    Attempt(
        "propose a mandate beyond the terms of the charter",
        16,
        a_term_called,
        attack=lambda cast, row: term(cast, row, cast.ana, 1),
        honest=lambda cast, row: term(cast, row, cast.bilal, 1),
    ),
    Attempt(
        "put a mandate to the vote that was proposed before the terms were used up",
        16,
        two_terms_proposed,
        attack=lambda cast, row: call(row["hers"]),
        honest=lambda cast, row: call(row["his"]),
    ),
]


def standing(cast: Cast) -> Staged:
    candidacy = call_election(cast).stand(by=cast.ana, statement="I bake.")
    return {"id": candidacy.pk, "election_id": candidacy.election_id, "statement": "I bake.", "at": now()}


def take_back(row: Staged) -> None:
    sql("UPDATE mandates_candidacy SET withdrawn_at = %(at)s, statement = %(statement)s WHERE id = %(id)s", row)


TAKEN_BACK = twisted(
    standing,
    take_back,
    take_a_candidacy_back_twice=(4, lambda cast, row: (take_back(row), {})[1]),
    rewrite_a_statement=(4, lambda cast, row: {"statement": "I do not bake."}),
    take_a_candidacy_back_when_the_time_is_over=(4, over),
)


# ---- putting it to the vote ----


def ready(cast: Cast) -> Election:
    election = call_election(cast)
    for citizen in (cast.ana, cast.bilal):
        election.stand(by=citizen, statement="I bake.")
    travel_to(election.stand_until)
    return election


def a_poll(cast: Cast) -> Staged:
    """Two drafts of a facilitator's, of the right kinds, and nothing hanging on them."""
    election = ready(cast)
    keeper = facilitator(cast.abiego)
    ranking = _draft_ranking(cast, keeper, "scottish-stv")
    question = Proposal.objects.draft(cast.abiego, "Mandate", "Whoever.", by=keeper, effect="question")
    return {
        "election_id": election.pk,
        "ranking_id": ranking.pk,
        "question_id": question.pk,
        "put_by_id": keeper.pk,
    }


def _draft_ranking(cast: Cast, by, method: str, *others: str, secret: bool = False) -> Proposal:
    options = [Choice(name) for name in ("Ana", "Bilal", *others)]
    return Proposal.objects.draft_choice(
        cast.abiego, "Who", "Rank.", by=by, options=options, method=method, secret=secret
    )


POLL_ATTACKS = [
    Attempt(
        what,
        by,
        a_poll,
        attack=lambda cast, row, twist=twist: insert("mandates_poll", row | twist(cast, row)),
        honest=lambda cast, row: Election.objects.get(pk=row["election_id"]).put_to_vote(by=facilitator(cast.abiego)),
    )
    for what, by, twist in [
        ("put an election to the vote without an office", 4, lambda cast, row: {"put_by_id": cast.ana.pk}),
        (
            "ask who by another method",
            4,
            lambda cast, row: {"ranking_id": _draft_ranking(cast, facilitator(cast.abiego), "irv").pk},
        ),
        ("ask whether by the ranking itself", 4, lambda cast, row: {"question_id": row["ranking_id"]}),
        (
            "ask in secret whom to send where the orders know no secret vote on persons",
            4,
            lambda cast, row: {
                "ranking_id": _draft_ranking(cast, facilitator(cast.abiego), "scottish-stv", secret=True).pk
            },
        ),
        (
            "put an election to the vote while one can stand",
            4,
            lambda cast, row: {"election_id": call_election(cast).pk},
        ),
        (
            "hang an election on a question that decides something else",
            4,
            lambda cast, row: {"question_id": cast.propose_mandate(cast.abiego, cast.bilal).proposal_id},
        ),
        ("leave the questions in the drawer", 4, lambda cast, row: {}),
    ]
]


# ---- the mandate of a candidate ----


def drafted(cast: Cast, row: Staged) -> Staged:
    """With the poll whose questions are drafted: the mandate of Ana as it should be."""
    insert("mandates_poll", row)
    election = Election.objects.get(pk=row["election_id"])
    candidacy = Candidacy.objects.get(election=election, citizen=cast.ana)
    option = Proposal.objects.get(pk=row["ranking_id"]).options.get(title="Ana")
    return {
        "assembly_id": cast.abiego.pk,
        "delegate_id": cast.ana.pk,
        "citizenship_id": cast.ana.citizenship(now()).pk,
        "confederation_id": cast.comarca.pk,
        "proposal_id": row["question_id"],
        "valid_from": election.valid_from,
        "valid_until": election.valid_until,
        "candidacy_id": candidacy.pk,
        "option_id": option.pk,
    }


def bilals(cast: Cast, row: Staged) -> Staged:
    return {
        "delegate_id": cast.bilal.pk,
        "citizenship_id": cast.bilal.citizenship(now()).pk,
    }


def draft_a_mandate(row: Staged) -> None:
    insert("mandates_mandate", row)


def twisted_mandate(cast: Cast, row: Staged, twist) -> None:
    draft_a_mandate(row | twist(cast, row))


MANDATES = [
    Attempt(
        what,
        by,
        a_poll,
        attack=lambda cast, row, twist=twist: twisted_mandate(cast, drafted(cast, row), twist),
        honest=lambda cast, row: Election.objects.get(pk=row["election_id"]).put_to_vote(by=facilitator(cast.abiego)),
    )
    for what, by, twist in [
        ("draft the mandate of a candidate for somebody else", 4, bilals),
        (
            "draft the mandate of a candidate for longer than the election named",
            4,
            lambda cast, row: {"valid_until": row["valid_until"] + DAY},
        ),
        (
            "draft the mandate of a candidate on another's option",
            4,
            lambda cast, row: {"option_id": row["option_id"] + 1},
        ),
        (
            "draft a mandate on the question of an election without standing in it",
            4,
            lambda cast, row: {"candidacy_id": None, "option_id": None},
        ),
        (
            "draft the mandate of a candidate without an option, so that no count is needed",
            4,
            lambda cast, row: {"option_id": None},
        ),
    ]
]


def half_drafted(cast: Cast, row: Staged) -> None:
    """Ana's mandate drafted without its clause, Bilal's not at all; then the question is offered."""
    draft = drafted(cast, row)
    draft_a_mandate(draft)
    offer(row["question_id"])


def with_somebody_else(cast: Cast, row: Staged) -> None:
    """Both mandates whole, and a third option that binds nobody: whoever ranks it first elects nobody."""
    keeper = facilitator(cast.abiego)
    election = Election.objects.get(pk=row["election_id"])
    ranking = _draft_ranking(cast, keeper, "scottish-stv", "Somebody else")
    text = election.text(election.candidates())
    question = Proposal.objects.draft(cast.abiego, "Mandate", text, by=keeper, effect="question")
    insert("mandates_poll", row | {"ranking_id": ranking.pk, "question_id": question.pk})
    for candidacy in election.candidates():
        citizen = candidacy.citizen
        mandate = Mandate.objects.create(
            assembly=cast.abiego,
            delegate=citizen,
            citizenship=citizen.citizenship(now()),
            confederation=cast.comarca,
            proposal=question,
            valid_from=election.valid_from,
            valid_until=election.valid_until,
            candidacy=candidacy,
            option=ranking.options.get(title=citizen.name),
        )
        for clause in election.clauses.all():
            Clause.objects.create(mandate=mandate, number=clause.number, **vars(clause.terms))
    for proposal in (ranking, question):
        proposal.offer(by=keeper)
    for proposal in (ranking, question):
        proposal.put_to_vote(by=keeper, opens_at=now() + 10 * DAY)


def without_bilal(cast: Cast, row: Staged) -> None:
    """Ana's mandate whole, Bilal's not drafted: he would stand and could not be elected."""
    draft_a_mandate(drafted(cast, row))
    mandate = Mandate.objects.get(candidacy__citizen=cast.ana)
    for clause in mandate.candidacy.election.clauses.all():
        Clause.objects.create(mandate=mandate, number=clause.number, **vars(clause.terms))
    offer(row["ranking_id"])


def with_another_clause(cast: Cast, row: Staged) -> None:
    draft_a_mandate(drafted(cast, row))
    mandate = Mandate.objects.get(candidacy__citizen=cast.ana)
    Clause.objects.create(mandate=mandate, number=1, **vars(cast.terms(cast.abiego, instruction="Buy it all")))
    offer(row["question_id"])


def offer(proposal: int) -> None:
    sql("UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %s", [proposal])


OFFERS = [
    Attempt(
        what,
        4,
        a_poll,
        attack=attack,
        honest=lambda cast, row: Election.objects.get(pk=row["election_id"]).put_to_vote(by=facilitator(cast.abiego)),
    )
    for what, attack in [
        ("offer the question of an election without the clauses it named", half_drafted),
        ("offer the ranking of an election without one who stands", without_bilal),
        ("call the ranking of an election with an option that is no candidate", with_somebody_else),
        ("offer the question of an election with another clause", with_another_clause),
    ]
]


# ---- the vote ----


def put_both(cast: Cast) -> Poll:
    election = call_election(cast)
    return put(election, cast.ana, cast.bilal)


def voted_on(cast: Cast, yes: int, no: int, rankings: int) -> Staged:
    poll = put_both(cast)
    ana, _bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana]] * rankings, yes=yes, no=no)
    travel_to(poll.election.valid_from)
    mandate = Mandate.objects.get(candidacy__citizen=cast.ana)
    other = Mandate.objects.get(candidacy__citizen=cast.bilal)
    return {"ana": mandate, "bilal": other, "poll": poll}


TOGETHER = [
    Attempt(
        "call one question of an election again while the other stands open to change",
        4,
        lambda cast: voted_on(cast, yes=1, no=0, rankings=1),
        attack=lambda cast, row: row["poll"].ranking.put_to_vote(by=facilitator(cast.abiego)),
        honest=lambda cast, row: again_together(cast, row["poll"]),
    ),
    Attempt(
        "withdraw one question of an election",
        4,
        lambda cast: voted_on(cast, yes=1, no=0, rankings=1),
        attack=lambda cast, row: sql(
            "UPDATE assemblies_proposal SET withdrawn_at = civic_now() WHERE id = %s", [row["poll"].ranking_id]
        ),
        honest=lambda cast, row: cast.abiego.propose("Water", "Rain.", by=cast.ana).withdraw(by=cast.ana),
    ),
]


def again_together(cast: Cast, poll: Poll) -> None:
    keeper = facilitator(cast.abiego)
    opens_at = poll.ranking.earliest_opening(now()) + DAY
    for proposal in (poll.ranking, poll.question):
        proposal.put_to_vote(by=keeper, opens_at=opens_at)


ATTEMPTS = [
    *CALLS,
    *CLAUSES,
    *STANDING,
    *TERMS,
    *TAKEN_BACK,
    *POLL_ATTACKS,
    *MANDATES,
    *OFFERS,
    *TOGETHER,
    *kept("mandates_election", 4, call_election),
    *kept("mandates_electionclause", 5, call_election),
    *kept("mandates_candidacy", 4, standing, updates=True),
    *kept("mandates_poll", 4, put_both),
]

test_attempt = tried(ATTEMPTS)


@pytest.mark.parametrize(
    ("yes", "no", "rankings", "binds"), [(3, 0, 3, True), (1, 3, 3, False), (3, 0, 1, False), (1, 0, 3, False)]
)
def test_it_takes_both_the_count_and_the_clauses(cast: Cast, yes: int, no: int, rankings: int, binds: bool):
    row = voted_on(cast, yes, no, rankings)
    assert row["ana"].is_in_force(now()) is binds
    assert not row["bilal"].is_in_force(now())
