"""Article 7: any citizen of the mandating assembly opens a recall; enough signatures put it to the vote."""

from datetime import timedelta

import pytest

from assemblies.clock import now
from assemblies.models import Proposal
from mandates.models import Mandate, Recall
from mandates.tasks import recalls
from tests.cast import (
    DAY,
    MINUTE,
    Cast,
    admitted,
    call,
    carry,
    citizen_of,
    clock,
    decide,
    facilitator,
    finish,
    recall_carried,
    travel_to,
    vote,
)
from tests.constitution.bench import (
    Attempt,
    Staged,
    everything_holds,
    goes_through,
    insert,
    kept,
    refused,
    sql,
    tried,
    twisted,
)

GROUNDS = "The flour never came."


def issued(cast: Cast) -> Mandate:
    return cast.mandate(cast.abiego, cast.bilal)


def fresh(cast: Cast, assembly=None, text: str = f"Bilal goes. {GROUNDS}") -> Proposal:
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "Recall", text, by=citizen_of(assembly), effect="question")


def opened(cast: Cast) -> Recall:
    """Opened by Ana and signed by her alone; three signatures are needed."""
    return issued(cast).open_recall(by=cast.ana, grounds=GROUNDS)


def signed(cast: Cast, recall: Recall, upto: int = 3) -> Recall:
    for neighbour in cast.neighbours(cast.abiego, 5):
        if recall.signatures.count() >= upto:
            return recall
        recall.sign(by=neighbour)
    return recall


# ---- opening ----


def an_opening(cast: Cast) -> Staged:
    return {
        "recall": {
            "mandate_id": issued(cast).pk,
            "proposal_id": fresh(cast).pk,
            "opened_by_id": cast.ana.pk,
            "grounds": GROUNDS,
            "lapses_at": now(),
        },
        "offered": True,
    }


def open_(row: Staged) -> None:
    insert("mandates_recall", row["recall"])
    if row["offered"]:
        sql(
            "UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %(proposal_id)s AND offered_at IS NULL",
            row["recall"],
        )
    everything_holds()


def recall_with(**other):
    return lambda cast, row: {"recall": row["recall"] | {key: make(cast, row) for key, make in other.items()}}


def ended(cast: Cast, row: Staged) -> Staged:
    Mandate.objects.get(pk=row["recall"]["mandate_id"]).resign(by=cast.bilal)
    return {}


def offered(cast: Cast, row: Staged) -> int:
    proposal = fresh(cast)
    proposal.offer(by=proposal.author)
    return proposal.pk


def in_secret(cast: Cast, row: Staged) -> int:
    like = fresh(cast)
    return Proposal.objects.draft(
        cast.abiego, like.title, like.text, by=like.author, effect=like.effect, secret=True
    ).pk


OPENINGS = twisted(
    an_opening,
    open_,
    open_a_recall_in_another_assembly=(7, recall_with(opened_by_id=lambda cast, row: cast.chen.pk)),
    open_a_recall_as_a_stranger=(7, recall_with(opened_by_id=lambda cast, row: cast.stranger.pk)),
    open_a_recall_as_a_technician=(7, recall_with(opened_by_id=lambda cast, row: cast.technician.pk)),
    open_a_recall_of_what_has_ended=(7, ended),
    open_a_recall_of_what_was_never_issued=(
        7,
        recall_with(mandate_id=lambda cast, row: cast.propose_mandate(cast.abiego, cast.bilal).pk),
    ),
    open_a_recall_on_another_assemblys_question=(
        7,
        recall_with(proposal_id=lambda cast, row: fresh(cast, cast.loarre).pk),
    ),
    open_a_recall_on_a_question_that_is_deliberated=(7, recall_with(proposal_id=offered)),
    open_a_recall_in_secret_where_the_orders_know_no_secret_vote=(7, recall_with(proposal_id=in_secret)),
    open_a_recall_without_grounds=("recall_has_grounds", recall_with(grounds=lambda cast, row: "")),
    open_a_recall_and_keep_it_in_a_drawer=(7, lambda cast, row: {"offered": False}),
    open_a_recall_whose_question_hides_the_grounds=(
        7,
        recall_with(proposal_id=lambda cast, row: fresh(cast, text="Bilal goes.").pk),
    ),
    open_a_recall_whose_question_hides_the_delegate=(
        7,
        recall_with(proposal_id=lambda cast, row: fresh(cast, text=GROUNDS).pk),
    ),
)

# ---- signing ----


def a_signature(cast: Cast) -> Staged:
    return {"recall_id": opened(cast).pk, "citizen_id": cast.neighbours(cast.abiego, 1)[0].pk}


def sign(row: Staged) -> None:
    insert("mandates_signature", row)


def lapsed(cast: Cast, row: Staged) -> Staged:
    travel_to(Recall.objects.get(pk=row["recall_id"]).lapses_at)
    return {}


def called(cast: Cast, row: Staged) -> Staged:
    recall = signed(cast, Recall.objects.get(pk=row["recall_id"]))
    assert recall.decision
    return {"citizen_id": cast.neighbours(cast.abiego, 5)[-1].pk}


def resigned(cast: Cast, row: Staged) -> Staged:
    Recall.objects.get(pk=row["recall_id"]).mandate.resign(by=cast.bilal)
    return {}


SIGNATURES = twisted(
    a_signature,
    sign,
    sign_in_another_assembly=(7, lambda cast, row: {"citizen_id": cast.chen.pk}),
    sign_as_a_stranger=(7, lambda cast, row: {"citizen_id": cast.stranger.pk}),
    sign_as_a_technician=(7, lambda cast, row: {"citizen_id": cast.technician.pk}),
    sign_twice=("signature_one_a_citizen", lambda cast, row: (sign(row), {})[1]),
    sign_after_the_lapse=(7, lapsed),
    sign_after_it_was_put_to_the_vote=(7, called),
    sign_after_the_mandate_has_ended=(7, resigned),
)

# ---- putting to the vote ----


def a_call(cast: Cast) -> Staged:
    """Signed by enough; the vote that the last signature called is what the honest row writes."""
    recall = opened(cast)
    for neighbour in cast.neighbours(cast.abiego, 2):
        insert("mandates_signature", {"recall_id": recall.pk, "citizen_id": neighbour.pk})
    at = now()
    return {
        "assembly_id": cast.abiego.pk,
        "proposal_id": recall.proposal_id,
        "called_by_id": None,
        "opens_at": at + 7 * DAY + timedelta(seconds=20),
        "closes_at": at + 9 * DAY + timedelta(seconds=40),
    }


def too_few(cast: Cast, row: Staged) -> Staged:
    other = cast.mandate(cast.abiego, cast.ana).open_recall(by=cast.bilal, grounds=GROUNDS)
    at = now()
    return {"proposal_id": other.proposal_id, "opens_at": at + 7 * DAY + MINUTE, "closes_at": at + 9 * DAY + MINUTE}


def by_a_facilitator(cast: Cast, row: Staged) -> Staged:
    return {"called_by_id": facilitator(cast.abiego).pk}


def ordinary(cast: Cast, row: Staged) -> Staged:
    proposal = fresh(cast)
    proposal.offer(by=proposal.author)
    return {"proposal_id": proposal.pk, "opens_at": now() + 8 * DAY, "closes_at": now() + 11 * DAY}


CALLS = twisted(
    a_call,
    lambda row: insert("assemblies_decision", row),
    put_a_recall_to_the_vote_with_too_few_signatures=(7, too_few),
    put_a_recall_to_the_vote_as_a_facilitator=(7, by_a_facilitator),
    put_a_recall_off_by_a_week=(
        7,
        lambda cast, row: {key: row[key] + 7 * DAY for key in ("opens_at", "closes_at")},
    ),
    draw_the_vote_on_a_recall_out=(7, lambda cast, row: {"closes_at": row["closes_at"] + 30 * DAY}),
    vote_on_a_recall_before_it_was_deliberated=(20, lambda cast, row: {"opens_at": row["opens_at"] - DAY}),
    cut_the_vote_on_a_recall_short=(20, lambda cast, row: {"closes_at": row["closes_at"] - DAY}),
    put_any_question_to_the_vote_as_if_it_were_signed=(7, ordinary),
    put_any_question_to_the_vote_without_the_office=(
        7,
        lambda cast, row: ordinary(cast, row) | {"called_by_id": cast.ana.pk},
    ),
)

# ---- taking back ----

BACK = [
    Attempt(
        "take a recall back, though others may sign it",
        7,
        lambda cast: {"recall": opened(cast)},
        lambda cast, s: s["recall"].proposal.withdraw(by=cast.ana),
        lambda cast, s: cast.abiego.propose("Water", "Rain.", by=cast.ana).withdraw(by=cast.ana),
    ),
    Attempt(
        "take a recall back by raw SQL",
        7,
        lambda cast: {"recall": opened(cast), "other": cast.abiego.propose("Water", "Rain.", by=cast.ana)},
        lambda cast, s: sql(
            "UPDATE assemblies_proposal SET withdrawn_at = civic_now() WHERE id = %s", [s["recall"].proposal_id]
        ),
        lambda cast, s: sql("UPDATE assemblies_proposal SET withdrawn_at = civic_now() WHERE id = %s", [s["other"].pk]),
    ),
]

# ---- hearing ----


def a_statement(cast: Cast) -> Staged:
    return {"recall_id": opened(cast).pk, "by_id": cast.bilal.pk, "text": "The road was under snow."}


STATEMENTS = twisted(
    a_statement,
    lambda row: insert("mandates_statement", row),
    answer_in_the_delegates_place=(7, lambda cast, row: {"by_id": cast.ana.pk}),
    answer_for_another_delegate=(7, lambda cast, row: {"by_id": cast.chen.pk}),
)

# ---- by the objects ----

ACTS = [
    Attempt(
        "open a recall elsewhere",
        7,
        lambda cast: {"mandate": issued(cast)},
        lambda cast, s: s["mandate"].open_recall(by=cast.chen, grounds=GROUNDS),
        lambda cast, s: s["mandate"].open_recall(by=cast.bilal, grounds=GROUNDS),
    ),
    Attempt(
        "open a recall and say nothing",
        7,
        lambda cast: {"mandate": issued(cast)},
        lambda cast, s: s["mandate"].open_recall(by=cast.ana, grounds=" \n"),
        lambda cast, s: s["mandate"].open_recall(by=cast.ana, grounds=GROUNDS),
    ),
    Attempt(
        "sign elsewhere",
        7,
        lambda cast: {"recall": opened(cast)},
        lambda cast, s: s["recall"].sign(by=cast.chen),
        lambda cast, s: s["recall"].sign(by=facilitator(cast.abiego)),
    ),
    Attempt(
        "sign twice over",
        7,
        lambda cast: {"recall": opened(cast)},
        lambda cast, s: s["recall"].sign(by=cast.ana),
        lambda cast, s: s["recall"].sign(by=facilitator(cast.abiego)),
    ),
    Attempt(
        "put to the vote what few have signed",
        7,
        lambda cast: {"recall": opened(cast)},
        lambda cast, s: s["recall"].put_to_vote(),
        lambda cast, s: signed(cast, s["recall"]),
    ),
    Attempt(
        "put to the vote as a facilitator what few have signed",
        7,
        lambda cast: {"recall": opened(cast)},
        lambda cast, s: call(s["recall"].proposal),
        lambda cast, s: signed(cast, s["recall"]),
    ),
    Attempt(
        "answer in the delegate's place by act",
        7,
        lambda cast: {"recall": opened(cast)},
        lambda cast, s: s["recall"].answer(by=cast.ana, text="He is right."),
        lambda cast, s: s["recall"].answer(by=cast.bilal, text="The road was under snow."),
    ),
]

ATTEMPTS = [
    *OPENINGS,
    *SIGNATURES,
    *CALLS,
    *BACK,
    *STATEMENTS,
    *ACTS,
    *kept("mandates_recall", 7, opened),
    *kept("mandates_signature", 7, opened),
    *kept("mandates_statement", 7, lambda cast: opened(cast).answer(by=cast.bilal, text="Snow.")),
]

test_attempt = tried(ATTEMPTS)


def test_the_last_signature_needed_puts_it_to_the_vote_and_nobody_need_agree(cast: Cast):
    recall = opened(cast)
    assert (recall.needed, recall.signatures.count()) == (3, 1)
    first, second, third = cast.neighbours(cast.abiego, 3)
    recall.sign(by=first)
    assert recall.decision is None
    recall.sign(by=second)
    assert recall.decision.called_by is None
    with refused(7):
        recall.sign(by=third)


def test_when_it_carries_the_mandate_ends_at_the_close_though_every_worker_sleeps(cast: Cast):
    mandate = issued(cast)
    recall = recall_carried(mandate, close=False)
    closes_at = recall.decision.closes_at
    assert mandate.end(now()) == ("recalled", closes_at)
    assert mandate.is_in_force(closes_at - MINUTE)
    assert not mandate.is_in_force(closes_at)
    with refused(8):
        cast.task(mandate)


@pytest.mark.parametrize(("yes", "no"), [(1, 3), (2, 2), (1, 0), (0, 0)])
def test_when_it_does_not_carry_the_mandate_stands(cast: Cast, yes: int, no: int):
    mandate = issued(cast)
    recall = signed(cast, mandate.open_recall(by=cast.ana, grounds=GROUNDS))
    decide(recall.proposal, yes, no)
    assert mandate.is_in_force(now())
    cast.task(mandate)


def test_a_mandate_can_be_recalled_again_after_a_recall_that_failed(cast: Cast):
    mandate = issued(cast)
    decide(signed(cast, mandate.open_recall(by=cast.ana, grounds=GROUNDS)).proposal, 1, 3)
    recall_carried(mandate)
    assert not mandate.is_in_force(now())


def test_a_mandate_whose_first_day_has_not_come_can_be_recalled(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal, valid_from=now() + 60 * DAY, valid_until=now() + 200 * DAY)
    assert not mandate.is_in_force(now())
    recall_carried(mandate, close=False)
    clock.at(mandate.valid_from + DAY)
    assert not mandate.is_in_force(now())
    assert mandate.end(now())[0] == "recalled"


def test_the_delegates_friend_cannot_block_a_recall_by_opening_one_first(cast: Cast):
    mandate = issued(cast)
    mandate.open_recall(by=cast.bilal, grounds="His hat.")
    recall = mandate.open_recall(by=cast.ana, grounds=GROUNDS)
    with refused(7):
        mandate.open_recall(by=cast.ana, grounds="And another.")
    decide(signed(cast, recall).proposal)
    assert not mandate.is_in_force(now())


def test_signatures_needed_are_a_share_of_the_roll_when_it_was_opened(cast: Cast):
    mandate = issued(cast)
    for n in range(4):
        admitted(type(cast.ana).objects.create(email=f"new{n}@people.example", name=f"New {n}"), cast.abiego)
    recall = mandate.open_recall(by=cast.ana, grounds=GROUNDS)
    assert recall.needed == 5  # 300 thousandths of fourteen, rounded up
    for neighbour in cast.neighbours(cast.abiego, 3):
        neighbour.citizenship(now()).end(by=neighbour, reason="left")
    recall.refresh_from_db()
    assert recall.needed == 5


def test_what_is_written_about_need_and_lapse_is_worked_out_by_the_database(cast: Cast):
    row = an_opening(cast)
    row["recall"] |= {"needed": 1, "lapses_at": now() + 3650 * DAY, "opened_at": now() - 90 * DAY}
    open_(row)
    recall = Recall.objects.get(proposal=row["recall"]["proposal_id"])
    assert recall.needed == 3
    assert recall.lapses_at - recall.opened_at == timedelta(days=60)
    assert now() - recall.opened_at < MINUTE


def test_the_worker_calls_what_a_broken_request_left_uncalled_and_calls_it_once(cast: Cast):
    row = a_call(cast)
    recall = Recall.objects.get(proposal=row["proposal_id"])
    assert recall.decision is None
    assert recalls.run() == 1
    assert recalls.run() == 0
    assert recall.proposal.decisions.count() == 1


def test_a_recall_speaks_to_one_mandate_and_leaves_the_delegates_other_seats(cast: Cast):
    first = issued(cast)
    second = cast.mandate(
        cast.abiego, cast.bilal, cast.terms(cast.abiego), confederation=cast.region, valid_until=now() + 170 * DAY
    )
    recall_carried(first)
    assert not first.is_in_force(now())
    assert second.is_in_force(now())


def test_an_ordinary_decision_ends_no_mandate(cast: Cast):
    mandate = issued(cast)
    carry(cast.abiego.propose("Bilal", "The mandate of Bilal ends now.", by=cast.ana))
    assert mandate.is_in_force(now())
    with goes_through():
        recall_carried(mandate)


def test_the_vote_on_a_recall_is_held_like_every_other(cast: Cast):
    recall = signed(cast, opened(cast))
    decision = recall.decision
    travel_to(decision.opens_at)
    decision.cast(by=cast.bilal, choice="no")
    with refused(3):
        decision.cast(by=cast.chen, choice="yes")
    vote(decision, 3)
    finish(decision)
    assert (decision.yes, decision.no, decision.electorate) == (3, 1, 10)
