"""Article 2: one citizenship in force at a time; one counted vote a decision; no weights, no proxies."""

from datetime import timedelta

import pytest
from django.db import connection

from assemblies.clock import now
from assemblies.counting.majority import outcome
from assemblies.models import Application, Ballot, Citizenship, Decision, admit, apply
from assemblies.tasks import closing, opening
from tests.cast import (
    DAY,
    Cast,
    admitted,
    call,
    carry,
    clock,
    facilitator,
    finish,
    person,
    travel_to,
    vote,
)
from tests.constitution.bench import (
    PRIVILEGE,
    TWICE,
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

OVERLAP = "citizenship_one_in_force_at_a_time"
SALT = "7b2f0f5e-6b0e-4a6d-9d3c-1f6f4f0a2b11"


def asked(cast: Cast, **times) -> Decision:
    return call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana), **times)


def opened(cast: Cast) -> Decision:
    decision = asked(cast)
    travel_to(decision.opens_at)
    decision.open()
    return decision


# ---- a ballot ----


def a_ballot(cast: Cast) -> Staged:
    return {"decision_id": opened(cast).pk, "voter_id": cast.ana.pk, "choice": "yes"}


def put_in(row: Staged) -> None:
    insert("assemblies_ballot", row)


def closed(cast: Cast, row: Staged) -> Staged:
    finish(Decision.objects.get(pk=row["decision_id"]))
    return {}


def past_its_close(cast: Cast, row: Staged) -> Staged:
    finish(Decision.objects.get(pk=row["decision_id"]), close=False)
    return {}


BALLOTS = twisted(
    a_ballot,
    put_in,
    vote_twice=("ballot_one_a_citizen", lambda cast, row: (put_in(row), {"choice": "no"})[1]),
    vote_nothing=(2, lambda cast, row: {"choice": None}),
    vote_something_else=("ballot_choice", lambda cast, row: {"choice": "YES"}),
    vote_with_a_weight=("ballot_choice", lambda cast, row: {"choice": "yes yes"}),
    vote_after_the_count=(2, closed),
    vote_after_the_close_before_anyone_has_counted=(2, past_its_close),
    vote_in_a_decision_that_is_not_there=("P0002", lambda cast, row: {"decision_id": 10**6}),
)


def a_change(cast: Cast) -> Staged:
    decision = opened(cast)
    ballot = decision.cast(by=cast.ana, choice="no")
    other = call(cast.abiego.propose("Land", "The land is common.", by=cast.ana))
    return {
        "id": ballot.pk,
        "number": ballot.pk,
        "decision_id": decision.pk,
        "voter_id": cast.ana.pk,
        "choice": "yes",
        "salt": Ballot.objects.get(pk=ballot.pk).salt,
        "other": other.pk,
    }


def change(row: Staged) -> None:
    sql(
        "UPDATE assemblies_ballot SET id = %(number)s, decision_id = %(decision_id)s, voter_id = %(voter_id)s,"
        " choice = %(choice)s, salt = %(salt)s WHERE id = %(id)s",
        row,
    )


CHANGES = twisted(
    a_change,
    change,
    hand_a_vote_to_another=(2, lambda cast, row: {"voter_id": cast.bilal.pk}),
    give_a_vote_another_number=(2, lambda cast, row: {"number": 10**6}),
    change_the_salt_of_a_vote=(2, lambda cast, row: {"salt": SALT}),
    change_a_vote_after_the_count=(2, closed),
    change_a_vote_after_the_close_before_anyone_has_counted=(2, past_its_close),
)


def moved(cast: Cast, row: Staged) -> object:
    travel_to(Decision.objects.get(pk=row["other"]).opens_at)
    Decision.objects.get(pk=row["other"]).open()
    return change(row | {"decision_id": row["other"]})


# ---- a citizenship ----


def a_citizenship(cast: Cast) -> Staged:
    return {
        "citizen_id": person("Newcomer").pk,
        "assembly_id": cast.loarre.pk,
        "valid_from": now(),
        "valid_until": None,
        "admitted_by_id": facilitator(cast.loarre).pk,
        "end_reason": "",
        "ended_by_id": None,
    }


def enter(row: Staged) -> None:
    insert("assemblies_citizenship", row)


CITIZENSHIPS = twisted(
    a_citizenship,
    enter,
    be_a_citizen_of_two_assemblies=(
        "citizenship_one_in_force_at_a_time",
        lambda cast, row: {"citizen_id": cast.ana.pk},
    ),
    be_a_citizen_twice_over=("citizenship_one_in_force_at_a_time", lambda cast, row: {"citizen_id": cast.chen.pk}),
    be_a_citizen_elsewhere_from_tomorrow=(
        "citizenship_one_in_force_at_a_time",
        lambda cast, row: {"citizen_id": cast.ana.pk, "valid_from": now() + DAY},
    ),
)


def an_ending(cast: Cast) -> Staged:
    citizenship = cast.ana.citizenship(now())
    return {
        "id": citizenship.pk,
        "number": citizenship.pk,
        "citizen_id": cast.ana.pk,
        "assembly_id": cast.abiego.pk,
        "valid_from": citizenship.valid_from,
        "admitted_by_id": citizenship.admitted_by_id,
        "valid_until": now(),
        "end_reason": "left",
        "ended_by_id": cast.ana.pk,
    }


def end(row: Staged) -> None:
    sql(
        "UPDATE assemblies_citizenship SET id = %(number)s, citizen_id = %(citizen_id)s,"
        " assembly_id = %(assembly_id)s, valid_from = %(valid_from)s, admitted_by_id = %(admitted_by_id)s,"
        " valid_until = %(valid_until)s, end_reason = %(end_reason)s, ended_by_id = %(ended_by_id)s WHERE id = %(id)s",
        row,
    )


ENDINGS = twisted(
    an_ending,
    end,
    hand_a_citizenship_to_another=(2, lambda cast, row: {"citizen_id": cast.stranger.pk}),
    carry_a_citizenship_to_another_assembly=(2, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    backdate_a_citizenship=(2, lambda cast, row: {"valid_from": row["valid_from"] - DAY}),
    change_who_admitted=(2, lambda cast, row: {"admitted_by_id": cast.bilal.pk}),
    give_a_citizenship_another_number=(2, lambda cast, row: {"number": 10**6}),
    end_it_in_the_past=(2, lambda cast, row: {"valid_until": now() - DAY}),
    end_it_twice=(2, lambda cast, row: (end(row), {"valid_until": now() + DAY})[1]),
    take_an_ending_back=(2, lambda cast, row: (end(row), {"valid_until": None, "end_reason": ""})[1]),
    end_it_without_a_reason=("citizenship_ends_with_a_reason", lambda cast, row: {"end_reason": ""}),
)

# ---- a result ----


def a_close(cast: Cast) -> Staged:
    decision = asked(cast)
    vote(decision, 1, 3)
    finish(decision, close=False)
    return {"id": decision.pk, "closed_at": now(), "yes": None, "no": None, "outcome": None, "electorate": 10}


def close(row: Staged) -> None:
    """Close, whatever figures the statement claims; the honest one claims none."""
    sql(
        "UPDATE assemblies_decision SET closed_at = %(closed_at)s, yes = %(yes)s, no = %(no)s,"
        " outcome = %(outcome)s, electorate = %(electorate)s WHERE id = %(id)s",
        row,
    )


CLOSES = twisted(
    a_close,
    close,
    close_twice=(2, lambda cast, row: (close(row), {})[1]),
    rewrite_the_figures_after_the_close=(2, lambda cast, row: (close(row), {"yes": 9, "outcome": "carried"})[1]),
    reopen=(2, lambda cast, row: (close(row), {"closed_at": None})[1]),
    shrink_the_electorate_at_the_close=(3, lambda cast, row: {"electorate": 1}),
)


def an_early_close(cast: Cast) -> Staged:
    return {"decision": opened(cast)}


EARLY = [
    Attempt(
        "close before the close",
        2,
        an_early_close,
        attack=lambda cast, s: s["decision"].close(),
        honest=lambda cast, s: finish(s["decision"]),
    ),
    Attempt(
        "carry a vote over to another decision",
        2,
        a_change,
        attack=moved,
        honest=lambda cast, row: change(row),
    ),
]


# ---- by the objects ----


def account(email: str) -> None:
    sql(
        "INSERT INTO assemblies_citizen (password, is_superuser, email, name, is_active, is_staff)"
        " VALUES ('', false, %s, 'Ana', true, false)",
        [email],
    )


def waiting(cast: Cast) -> Application:
    return apply(cast.stranger, cast.loarre, "I live by the castle.")


ACTS = [
    Attempt(
        "vote by proxy, for one who is not a citizen",
        3,
        lambda cast: {"decision": opened(cast)},
        lambda cast, s: s["decision"].cast(by=cast.chen, choice="yes"),
        lambda cast, s: s["decision"].cast(by=cast.ana, choice="yes"),
    ),
    Attempt(
        "choose what is not on the ballot",
        2,
        lambda cast: {"decision": opened(cast)},
        lambda cast, s: s["decision"].cast(by=cast.ana, choice="maybe"),
        lambda cast, s: s["decision"].cast(by=cast.ana, choice="abstain"),
    ),
    Attempt(
        "ask one question twice at once",
        "decision_one_standing_a_proposal",
        lambda cast: {"decision": asked(cast), "other": cast.abiego.propose("Land", "Common.", by=cast.ana)},
        lambda cast, s: call(s["decision"].proposal),
        lambda cast, s: call(s["other"]),
    ),
    Attempt(
        "have two accounts under one address",
        "citizen_one_email_whatever_its_case",
        nothing,
        lambda cast, s: account(cast.ana.email.upper()),
        lambda cast, s: account("another@people.example"),
    ),
    Attempt(
        "be admitted where one is a citizen",
        2,
        nothing,
        lambda cast, s: admit(cast.chen, cast.loarre, by=facilitator(cast.loarre)),
        lambda cast, s: admit(cast.stranger, cast.loarre, by=facilitator(cast.loarre)),
    ),
    Attempt(
        "apply where one is a citizen",
        2,
        nothing,
        lambda cast, s: apply(cast.chen, cast.loarre, "Still here."),
        lambda cast, s: waiting(cast),
    ),
    Attempt(
        "apply twice at once",
        2,
        nothing,
        lambda cast, s: (waiting(cast), waiting(cast)),
        lambda cast, s: waiting(cast),
    ),
    Attempt(
        "found an assembly while a citizen of another",
        2,
        nothing,
        lambda cast, s: type(cast.abiego).objects.found("Ibieca", founders=[person("One"), person("Two"), cast.ana]),
        lambda cast, s: type(cast.abiego).objects.found(
            "Ibieca", founders=[person("One"), person("Two"), person("Three")]
        ),
    ),
]

ATTEMPTS = [
    *BALLOTS,
    *CHANGES,
    *CITIZENSHIPS,
    *ENDINGS,
    *CLOSES,
    *EARLY,
    *ACTS,
    *kept("assemblies_ballot", 2, a_change, updates=True),
    *kept("assemblies_citizenship", 2, nothing, updates=True),
    *kept("assemblies_decision", 1, nothing, updates=True),
]

test_attempt = tried(ATTEMPTS)


def test_a_vote_changed_until_the_close_counts_once_and_as_last_chosen(cast: Cast):
    decision = opened(cast)
    for choice in ("yes", "no", "abstain", "no"):
        decision.cast(by=cast.ana, choice=choice)
    decision.cast(by=cast.bilal, choice="yes")
    assert decision.turnout() == 2
    finish(decision)
    assert (decision.yes, decision.no, decision.abstain) == (1, 1, 0)
    assert decision.outcome == "tied"


def test_no_running_result_is_kept_before_the_close(cast: Cast):
    decision = opened(cast)
    decision.cast(by=cast.ana, choice="yes")
    decision.refresh_from_db()
    assert decision.tally is None
    assert (decision.yes, decision.no, decision.abstain, decision.outcome) == (None,) * 4
    with refused("decision_closed_whole"):
        sql("UPDATE assemblies_decision SET yes = 9 WHERE id = %s", [asked_and_open(cast).pk])


def asked_and_open(cast: Cast) -> Decision:
    """One whose opening has come and is not yet noted: an update may note it, and nothing else."""
    decision = call(cast.abiego.propose("Land", "The land is common.", by=cast.ana))
    travel_to(decision.opens_at)
    return decision


def test_whatever_figures_a_closing_claims_the_ballots_are_counted(cast: Cast):
    row = a_close(cast)
    close(row | {"yes": 10, "no": 0, "outcome": "carried"})
    decision = Decision.objects.get(pk=row["id"])
    assert (decision.yes, decision.no, decision.outcome) == (1, 3, "lost")
    assert decision.outcome == outcome(decision.tally, decision.rule, decision.quorum)


def test_two_workers_close_once(cast: Cast):
    decision = asked(cast)
    vote(decision)
    finish(decision, close=False)
    twin = Decision.objects.get(pk=decision.pk)
    assert decision.close()
    assert not twin.close()
    assert closing.run() == 0


def test_moving_to_another_assembly_moves_the_one_voice(cast: Cast):
    here, there = asked(cast), call(cast.loarre.propose("Land", "The land is common.", by=cast.chen))
    admitted(cast.ana, cast.loarre)
    vote(here, 2)
    vote(there, 2)
    with refused(3):
        here.cast(by=cast.ana, choice="yes")
    with goes_through():
        there.cast(by=cast.ana, choice="yes")
    first, second = Citizenship.objects.filter(citizen=cast.ana).order_by("valid_from")
    assert first.valid_until == second.valid_from
    assert first.end_reason == "moved"


def test_a_decision_that_opens_as_someone_moves_counts_them_once(cast: Cast):
    admitted(cast.ana, cast.loarre)
    moment = cast.ana.citizenship(now()).valid_from
    assert not cast.abiego.citizens(moment).contains(cast.ana)
    assert cast.loarre.citizens(moment).contains(cast.ana)
    assert cast.abiego.citizens(moment - timedelta(microseconds=1)).contains(cast.ana)


def test_one_statement_cannot_put_in_two_votes_of_one_citizen(cast: Cast):
    decision = opened(cast)
    values = "INSERT INTO assemblies_ballot (decision_id, voter_id, choice) VALUES (%(d)s, %(v)s, 'yes')"
    with refused("ballot_one_a_citizen"):
        sql(values + ", (%(d)s, %(v)s, 'no')", {"d": decision.pk, "v": cast.ana.pk})
    with refused("ballot_one_a_citizen"):
        copy_in((decision.pk, cast.ana.pk, "yes"), (decision.pk, cast.ana.pk, "yes"))
    with goes_through():
        sql(values + ", (%(d)s, %(w)s, 'no')", {"d": decision.pk, "v": cast.ana.pk, "w": cast.bilal.pk})


def test_a_copy_of_strangers_votes_is_refused_like_any_other_way_in(cast: Cast):
    decision = opened(cast)
    for voter in (cast.chen, cast.technician):
        with refused(3):
            copy_in((decision.pk, voter.pk, "yes"))
    with goes_through():
        copy_in((decision.pk, cast.ana.pk, "yes"))


def copy_in(*votes: tuple) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY assemblies_ballot (decision_id, voter_id, choice) FROM STDIN") as copy,
    ):
        for row in votes:
            copy.write_row(row)


@pytest.mark.parametrize("minutes", [0, 1])
def test_the_close_itself_is_too_late(cast: Cast, minutes: int):
    decision = opened(cast)
    clock.at(decision.closes_at - timedelta(seconds=30))
    decision.cast(by=cast.ana, choice="yes")
    clock.at(decision.closes_at + timedelta(minutes=minutes))
    with refused(2):
        decision.cast(by=cast.bilal, choice="yes")
    finish(decision)
    assert decision.yes == 1


def test_there_is_no_column_for_a_weight_or_a_proxy():
    columns = {field.name for field in Ballot._meta.get_fields()}
    assert columns == {"id", "decision", "voter", "choice", "ranking", "salt", "cast_at", "changed_at"}


def test_opening_by_the_worker_and_by_the_first_voter_are_the_same(cast: Cast):
    by_worker, by_voter = asked(cast), call(cast.abiego.propose("Land", "Common.", by=cast.ana))
    travel_to(max(by_worker.opens_at, by_voter.opens_at))
    by_voter.cast(by=cast.ana, choice="yes")
    opening.run()
    for decision in (by_worker, by_voter):
        decision.refresh_from_db()
    assert by_worker.electorate == by_voter.electorate == 10
    assert (by_worker.threshold, by_worker.quorum) == (by_voter.threshold, by_voter.quorum)


def test_a_second_decision_on_one_proposal_waits_until_the_first_has_missed_its_quorum(cast: Cast):
    decision = asked(cast)
    with refused("decision_one_standing_a_proposal"):
        call(decision.proposal)
    vote(decision, 1)
    finish(decision)
    assert decision.outcome == "quorum_missed"
    again = call(decision.proposal)
    vote(again)
    finish(again)
    with refused("decision_one_standing_a_proposal"):
        call(decision.proposal)


def test_nobody_can_be_removed_with_the_votes_they_cast(cast: Cast):
    decision = opened(cast)
    decision.cast(by=cast.ana, choice="yes")
    with refused("23503"):
        sql("DELETE FROM assemblies_citizen WHERE id = %s", [cast.ana.pk])
    with refused("23503"):
        sql("UPDATE assemblies_citizen SET id = 10000000 WHERE id = %s", [cast.ana.pk])
    with refused(PRIVILEGE):
        sql("DELETE FROM assemblies_ballot")
    carry(cast.abiego.propose("Land", "Common.", by=cast.ana))


def test_a_citizen_has_one_account_whatever_the_case_of_their_address(cast: Cast):
    with refused(TWICE):
        sql(
            "INSERT INTO assemblies_citizen (password, is_superuser, email, name, is_active, is_staff)"
            " VALUES ('', false, upper(%s), 'Ana', true, false)",
            [cast.ana.email],
        )
