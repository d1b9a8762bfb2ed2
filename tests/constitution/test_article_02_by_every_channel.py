"""Article 2, by every channel and among options: attempts to vote twice, to make up votes, and to bend a count."""

import hashlib

from assemblies.clock import now
from assemblies.models import Choice, Count, HandCount, Option, PaperCode, PaperCount, Proposal, RollMark
from tests.cast import Cast, facilitator, travel_to
from tests.constitution.bench import (
    CORRECTED,
    TWICE,
    Attempt,
    Corrected,
    Staged,
    as_owner,
    everything_holds,
    insert,
    kept,
    sql,
    tried,
    twisted,
)
from tests.voting.hall import ask, called, rank, tellers


def water(cast: Cast):
    return called(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))


def after(row: Staged, moment) -> Staged:
    travel_to(moment)
    return {}


def nobody(cast: Cast) -> int:
    """Somebody of Abiego on whom no lot fell: tellers may be anyone."""
    return cast.neighbours(cast.abiego, 1)[0].pk


# ---- a ballot among options ----


def a_ranking(cast: Cast) -> Staged:
    decision = called(ask(cast.abiego))
    return {"decision_id": decision.pk, "voter_id": cast.ana.pk, "choice": None, "ranking": [2, 1]}


RANKINGS = twisted(
    a_ranking,
    lambda row: insert("assemblies_ballot", row),
    rank_one_option_twice=(2, lambda cast, row: {"ranking": [2, 2]}),
    rank_an_option_that_is_not_there=(2, lambda cast, row: {"ranking": [2, 6]}),
    rank_nothing=(2, lambda cast, row: {"ranking": []}),
    rank_a_number_below_one=(2, lambda cast, row: {"ranking": [0]}),
    rank_with_a_hole=(2, lambda cast, row: {"ranking": [1, None, 2]}),
    answer_a_choice_with_yes=(2, lambda cast, row: {"ranking": None, "choice": "yes"}),
    answer_a_choice_with_both=(2, lambda cast, row: {"choice": "yes"}),
    answer_a_choice_with_neither=(2, lambda cast, row: {"ranking": None}),
    rank_in_a_yes_or_no_question=(2, lambda cast, row: {"decision_id": water(cast).pk}),
    rank_as_somebody_of_another_assembly=(3, lambda cast, row: {"voter_id": cast.chen.pk}),
)

APPROVALS = twisted(
    lambda cast: {
        "decision_id": called(ask(cast.abiego, "approval", most=2)).pk,
        "voter_id": cast.ana.pk,
        "ranking": [5, 1],
    },
    lambda row: insert("assemblies_ballot", row),
    approve_of_more_than_one_may=(2, lambda cast, row: {"ranking": [1, 2, 3]}),
    approve_of_one_twice=(2, lambda cast, row: {"ranking": [1, 1]}),
)


# ---- options ----


def a_drafted_choice(cast: Cast) -> Staged:
    draft = Proposal.objects.draft_choice(
        cast.abiego, "Trees", "Which?", by=cast.ana, options=[Choice("Fig"), Choice("Olive")], method="irv"
    )
    return {"proposal_id": draft.pk, "number": 3, "title": "Plum", "text": ""}


def offered(cast: Cast, row: Staged) -> Staged:
    Proposal.objects.get(pk=row["proposal_id"]).offer(by=cast.ana)
    return {}


OPTIONS = twisted(
    a_drafted_choice,
    lambda row: insert("assemblies_option", row),
    add_an_option_to_what_has_been_offered=(2, offered),
    add_an_option_out_of_turn=(2, lambda cast, row: {"number": 5}),
    add_an_option_under_a_number_that_is_taken=(TWICE, lambda cast, row: {"number": 2}),
    add_an_option_without_a_name=("option_numbered", lambda cast, row: {"title": ""}),
    add_an_option_of_the_same_name=(2, lambda cast, row: {"title": "Fig"}),
    hang_options_on_a_yes_or_no_question=(
        2,
        lambda cast, row: {
            "proposal_id": Proposal.objects.draft(cast.abiego, "Q", "Q?", by=cast.ana, effect="question").pk,
            "number": 1,
        },
    ),
)


def redraft(change: str, row: Staged) -> None:
    sql(f"UPDATE assemblies_proposal SET {change} WHERE id = %(proposal_id)s", row)


OFFERS = [
    Attempt(
        "offer a choice with a single option",
        2,
        a_drafted_choice,
        attack=lambda cast, row: (
            sql("DELETE FROM assemblies_option WHERE proposal_id = %(proposal_id)s AND number = 2", row),
            sql("UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %(proposal_id)s", row),
        ),
        honest=lambda cast, row: sql(
            "UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %(proposal_id)s", row
        ),
    ),
    Attempt(
        "empty the options as the owner",
        2,
        a_drafted_choice,
        attack=lambda cast, row: (everything_holds(), as_owner("TRUNCATE assemblies_option CASCADE")),
        honest=lambda cast, row: sql("SELECT 1 FROM assemblies_option"),
    ),
    Attempt(
        "take an option away from what has been offered",
        2,
        a_drafted_choice,
        attack=lambda cast, row: (
            offered(cast, row),
            sql("DELETE FROM assemblies_option WHERE proposal_id = %(proposal_id)s", row),
        ),
        honest=lambda cast, row: sql("DELETE FROM assemblies_option WHERE proposal_id = %(proposal_id)s", row),
    ),
    Attempt(
        "change how a draft is counted, so that a question that something hangs on needs no yes",
        1,
        a_drafted_choice,
        attack=lambda cast, row: sql("UPDATE assemblies_proposal SET method = 'meek' WHERE id = %(proposal_id)s", row),
        honest=lambda cast, row: sql(
            "UPDATE assemblies_proposal SET text = 'Which one?' WHERE id = %(proposal_id)s", row
        ),
    ),
    Attempt(
        "adopt a policy by ranking",
        "proposal_method",
        lambda cast: {
            "assembly_id": cast.abiego.pk,
            "author_id": cast.ana.pk,
            "title": "Water",
            "text": "Rain.",
            "effect": "policy",
        },
        attack=lambda cast, row: insert("assemblies_proposal", row | {"method": "irv"}),
        honest=lambda cast, row: insert("assemblies_proposal", row),
    ),
]


# ---- the count ----


def a_count(cast: Cast) -> Staged:
    """A choice that carried, closed by raw SQL, and not counted yet."""
    decision = called(ask(cast.abiego))
    rank(decision, [2, 1], [2], [1])
    travel_to(decision.closes_at)
    sql("UPDATE assemblies_decision SET closed_at = civic_now() WHERE id = %s", [decision.pk])
    return {
        "decision_id": decision.pk,
        "rule": "scottish-stv",
        "seats": 1,
        "elected": [2],
        "result": '{"elected": [2]}',
        "seed": "0" * 64,
    }


def unclosed(cast: Cast, row: Staged) -> Staged:
    decision = called(ask(cast.abiego))
    rank(decision, [2], [2], [1])
    return {"decision_id": decision.pk}


COUNTS = twisted(
    a_count,
    lambda row: insert("assemblies_count", row),
    count_before_the_close=(2, unclosed),
    count_by_another_rule=(2, lambda cast, row: {"rule": "irv"}),
    choose_more_than_were_to_be_chosen=(
        2,
        lambda cast, row: {"elected": [2, 1], "result": '{"elected": [2, 1]}', "seats": 2},
    ),
    choose_what_is_no_option=(2, lambda cast, row: {"elected": [9], "result": '{"elected": [9]}'}),
    choose_otherwise_than_the_stages_say=(2, lambda cast, row: {"elected": [1]}),
    count_twice=(TWICE, lambda cast, row: (insert("assemblies_count", row), {})[1]),
)

UNCOUNTED = [
    Attempt(
        "close a choice and keep it from being counted",
        2,
        lambda cast: unclosed(cast, {}),
        attack=lambda cast, row: (
            past_its_close(row),
            sql("UPDATE assemblies_decision SET closed_at = civic_now() WHERE id = %(decision_id)s", row),
        ),
        honest=lambda cast, row: (past_its_close(row), _decision(row).close()),
    )
]


def _decision(row: Staged):
    from assemblies.models import Decision

    return Decision.objects.get(pk=row["decision_id"])


def past_its_close(row: Staged) -> None:
    travel_to(_decision(row).closes_at)


# ---- the roll of a vote ----


def a_mark(cast: Cast) -> Staged:
    decision = water(cast)
    first, _second = tellers(cast.abiego)
    return {
        "decision_id": decision.pk,
        "citizen_id": cast.ana.pk,
        "channel": "hands",
        "marked_by_id": first.pk,
    }


def voted(cast: Cast, row: Staged) -> Staged:
    _decision(row).cast(by=cast.ana, choice="yes")
    return {}


MARKS = twisted(
    a_mark,
    lambda row: insert("assemblies_rollmark", row),
    mark_as_present_who_has_voted_by_device=(2, voted),
    mark_somebody_twice=(2, lambda cast, row: (insert("assemblies_rollmark", row), {})[1]),
    mark_a_device_without_a_ballot=(2, lambda cast, row: {"channel": "device"}),
    mark_a_paper_that_nobody_read=(2, lambda cast, row: {"channel": "paper"}),
    mark_without_being_a_teller=(16, lambda cast, row: {"marked_by_id": nobody(cast)}),
    mark_somebody_of_another_assembly=(3, lambda cast, row: {"citizen_id": cast.chen.pk}),
    mark_before_the_opening=(3, lambda cast, row: {"decision_id": too_early(cast)["decision_id"]}),
    mark_after_the_close=(2, lambda cast, row: (past_its_close(row), {})[1]),
    mark_hands_in_a_choice=(2, lambda cast, row: {"decision_id": called(ask(cast.abiego)).pk}),
    mark_somebody_as_withdrawn_from_the_start=(
        2,
        lambda cast, row: {"withdrawn_at": now(), "withdrawn_by_id": row["marked_by_id"], "reason": "A mistake."},
    ),
    mark_a_channel_of_ones_own=("23514", lambda cast, row: {"channel": "proxy"}),
)


def a_marked_hall(cast: Cast) -> Staged:
    """Two people vote by hand, both hands counted by one teller."""
    decision = water(cast)
    first, second = tellers(cast.abiego)
    marks = [RollMark.objects.mark_present(decision, one, by=first) for one in (cast.ana, cast.bilal)]
    return {
        "decision_id": decision.pk,
        "mark": marks[0].pk,
        "by": first.pk,
        "other": second.pk,
        "at": now(),
        "reason": "A mistake.",
    }


def withdraw(row: Staged) -> None:
    sql(
        "UPDATE assemblies_rollmark SET withdrawn_at = civic_now(), withdrawn_by_id = %(by)s, reason = %(reason)s"
        " WHERE id = %(mark)s",
        row,
    )


def two_hands(cast: Cast, row: Staged) -> Staged:
    insert(
        "assemblies_handcount",
        {"decision_id": row["decision_id"], "by_id": row["by"], "yes": 2, "no": 0, "abstain": 0, "reason": ""},
    )
    return {}


WITHDRAWALS = twisted(
    a_marked_hall,
    withdraw,
    unmark_somebody_whose_hand_is_counted=(2, two_hands),
    unmark_without_being_a_teller=(16, lambda cast, row: {"by": nobody(cast)}),
    unmark_without_a_reason=("roll_mark_withdrawn_whole", lambda cast, row: {"reason": ""}),
    unmark_after_the_close=(2, lambda cast, row: (past_its_close(row), {})[1]),
    unmark_twice=(2, lambda cast, row: (withdraw(row), {})[1]),
    unmark_a_device=(
        2,
        lambda cast, row: {"mark": _marked_by_device(cast, row)},
    ),
)


MOVED = [
    Attempt(
        "move a mark to another channel",
        2,
        a_marked_hall,
        attack=lambda cast, row: sql("UPDATE assemblies_rollmark SET channel = 'device' WHERE id = %(mark)s", row),
        honest=lambda cast, row: withdraw(row),
    )
]


def _marked_by_device(cast: Cast, row: Staged) -> int:
    (voter,) = cast.neighbours(cast.abiego, 1)
    _decision(row).cast(by=voter, choice="yes")
    return RollMark.objects.get(decision=row["decision_id"], citizen=voter).pk


# ---- hands ----


def a_hand_count(cast: Cast) -> Staged:
    hall = a_marked_hall(cast)
    return {
        "decision_id": hall["decision_id"],
        "by_id": hall["by"],
        "yes": 1,
        "no": 1,
        "abstain": 0,
        "reason": "",
    }


HANDS = twisted(
    a_hand_count,
    lambda row: insert("assemblies_handcount", row),
    count_more_hands_than_people=(2, lambda cast, row: {"yes": 2}),
    count_less_than_nothing=("23514", lambda cast, row: {"yes": -1}),
    count_more_hands_than_a_number_holds=(2, lambda cast, row: {"yes": 2**31 - 1}),
    count_hands_without_being_a_teller=(16, lambda cast, row: {"by_id": nobody(cast)}),
    count_hands_before_the_opening=(3, lambda cast, row: {"decision_id": too_early(cast)["decision_id"]}),
    count_hands_as_if_they_had_written_something=(2, lambda cast, row: {"ranked": '{"1": 2}'}),
    count_hands_in_a_choice=(2, lambda cast, row: {"decision_id": called(ask(cast.abiego)).pk}),
    count_hands_after_the_close=(2, lambda cast, row: (past_its_close(row), {})[1]),
    correct_a_count_without_saying_why=(17, lambda cast, row: (insert("assemblies_handcount", row), {})[1]),
)


# ---- papers ----


def a_paper(cast: Cast) -> Staged:
    decision = water(cast)
    first, _second = tellers(cast.abiego)
    (paper,) = PaperCode.objects.print(decision, by=first, citizens=[cast.ana])
    return {
        "code_id": paper.number,
        "by_id": first.pk,
        "choice": "yes",
        "ranking": None,
        "reason": "",
        "proof": paper.code.replace("-", ""),
    }


def _of_paper(row: Staged):
    return PaperCode.objects.select_related("decision").get(pk=row["code_id"]).decision


def voted_by_device(cast: Cast, row: Staged) -> Staged:
    _of_paper(row).cast(by=cast.ana, choice="no")
    return {}


def counted_by_hand(cast: Cast, row: Staged) -> Staged:
    RollMark.objects.mark_present(_of_paper(row), cast.ana, by=tellers(cast.abiego)[0])
    return {}


PAPERS = twisted(
    a_paper,
    lambda row: insert("assemblies_papercount", row),
    read_a_paper_without_its_code=(2, lambda cast, row: {"proof": None}),
    read_a_paper_with_a_guessed_code=(2, lambda cast, row: {"proof": "2" * 12}),
    read_a_paper_with_its_hash=(
        2,
        lambda cast, row: {"proof": PaperCode.objects.get(pk=row["code_id"]).digest[:40]},
    ),
    read_a_paper_whose_voter_used_a_device=(2, voted_by_device),
    read_a_paper_whose_voter_is_counted_by_hand=(2, counted_by_hand),
    read_a_paper_without_being_a_teller=(16, lambda cast, row: {"by_id": nobody(cast)}),
    read_a_paper_before_the_opening=(
        3,
        lambda cast, row: {name: value for name, value in too_early(cast).items() if name != "decision_id"},
    ),
    read_a_paper_after_the_close=(2, lambda cast, row: after(row, _of_paper(row).closes_at)),
    read_a_ranking_on_a_paper_that_asks_yes_or_no=(2, lambda cast, row: {"choice": None, "ranking": [1]}),
    read_nothing_on_a_paper=(2, lambda cast, row: {"choice": None}),
    read_two_answers_on_a_paper=(2, lambda cast, row: {"ranking": [1], "proof": None}),
    read_something_else_on_a_paper=("paper_choice", lambda cast, row: {"choice": "maybe"}),
    read_a_paper_again_without_saying_why=(17, lambda cast, row: (insert("assemblies_papercount", row), {})[1]),
)


def a_ranked_paper(cast: Cast) -> Staged:
    decision = called(ask(cast.abiego, "approval", most=2))
    first, _second = tellers(cast.abiego)
    (paper,) = PaperCode.objects.print(decision, by=first, citizens=[cast.ana])
    return {
        "code_id": paper.number,
        "by_id": first.pk,
        "choice": None,
        "ranking": [2, 1],
        "reason": "",
        "proof": paper.code.replace("-", ""),
    }


RANKED_PAPERS = twisted(
    a_ranked_paper,
    lambda row: insert("assemblies_papercount", row),
    read_an_empty_ranking=(2, lambda cast, row: {"ranking": []}),
    read_one_option_twice=(2, lambda cast, row: {"ranking": [1, 1]}),
    read_an_option_that_is_not_there=(2, lambda cast, row: {"ranking": [1, 9]}),
    read_more_options_than_may_be_named=(2, lambda cast, row: {"ranking": [1, 2, 3]}),
    read_the_paper_of_somebody_who_has_left_before_the_opening=(3, lambda cast, row: moved_away(cast)),
)


def moved_away(cast: Cast) -> Staged:
    """A paper printed before the opening, for somebody who is no citizen any more when the vote opens."""
    decision = ask(cast.abiego, "approval", most=2).put_to_vote(by=facilitator(cast.abiego))
    first, _second = tellers(cast.abiego)
    leaver = cast.neighbours(cast.abiego, 1)[0]
    (paper,) = PaperCode.objects.print(decision, by=first, citizens=[leaver])
    leaver.citizenship(now()).end(by=leaver, reason="left")
    travel_to(decision.opens_at)
    decision.open()
    return {"code_id": paper.number, "proof": paper.code.replace("-", "")}


def too_early(cast: Cast) -> Staged:
    """A vote that has not opened yet, with a paper printed."""
    decision = cast.abiego.propose("Snow", "It is kept.", by=cast.ana).put_to_vote(by=facilitator(cast.abiego))
    (paper,) = PaperCode.objects.print(decision, by=tellers(cast.abiego)[0], citizens=[cast.ana])
    return {"decision_id": decision.pk, "code_id": paper.number, "proof": paper.code.replace("-", "")}


def a_code(cast: Cast) -> Staged:
    decision = water(cast)
    first, _second = tellers(cast.abiego)
    return {
        "decision_id": decision.pk,
        "citizen_id": cast.ana.pk,
        "salt": b"s" * 16,
        "digest": hashlib.sha256(b"s" * 16 + b"CODE").hexdigest(),
        "printed_by_id": first.pk,
    }


CODES = twisted(
    a_code,
    lambda row: insert("assemblies_papercode", row),
    print_two_papers_for_one_voter=(2, lambda cast, row: (insert("assemblies_papercode", row), {})[1]),
    print_a_paper_for_somebody_of_another_assembly=(3, lambda cast, row: {"citizen_id": cast.chen.pk}),
    print_a_paper_without_an_office=(16, lambda cast, row: {"printed_by_id": nobody(cast)}),
    print_a_paper_after_the_close=(2, lambda cast, row: (past_its_close(row), {})[1]),
)


DEVICES = [
    Attempt(
        "vote by device while one's hand is counted",
        2,
        a_marked_hall,
        attack=lambda cast, row: sql(
            "INSERT INTO assemblies_ballot (decision_id, voter_id, choice) VALUES (%s, %s, 'yes')",
            [row["decision_id"], cast.ana.pk],
        ),
        honest=lambda cast, row: sql(
            "INSERT INTO assemblies_ballot (decision_id, voter_id, choice) VALUES (%s, %s, 'yes')",
            [row["decision_id"], cast.neighbours(cast.abiego, 1)[0].pk],
        ),
    ),
    Attempt(
        "vote by device beside a paper that was read",
        2,
        a_paper,
        attack=lambda cast, row: (
            insert("assemblies_papercount", row),
            sql(
                "INSERT INTO assemblies_ballot (decision_id, voter_id, choice) VALUES (%s, %s, 'yes')",
                [_of_paper(row).pk, cast.ana.pk],
            ),
        ),
        honest=lambda cast, row: voted_by_device(cast, row),
    ),
]


def unmarked(table: str, row: Staged, of: str) -> None:
    """Vote, and look whether the roll stayed without a mark."""
    insert(table, row)
    if sql(f"SELECT 1 FROM assemblies_rollmark WHERE {of}", row):
        raise Corrected(table, "marks_the_roll")


UNMARKED = [
    Attempt(
        "vote by device and leave the roll as it was",
        CORRECTED,
        lambda cast: {"decision_id": water(cast).pk, "voter_id": cast.ana.pk, "choice": "yes"},
        attack=lambda cast, row: unmarked(
            "assemblies_ballot", row, "decision_id = %(decision_id)s AND citizen_id = %(voter_id)s"
        ),
        honest=lambda cast, row: insert("assemblies_ballot", row),
    ),
    Attempt(
        "read a paper and leave the roll as it was",
        CORRECTED,
        a_paper,
        attack=lambda cast, row: unmarked(
            "assemblies_papercount",
            row,
            "(decision_id, citizen_id) = (SELECT decision_id, citizen_id FROM assemblies_papercode"
            " WHERE id = %(code_id)s)",
        ),
        honest=lambda cast, row: insert("assemblies_papercount", row),
    ),
]


def a_full_hall(cast: Cast) -> None:
    """One of everything that stays for good."""
    row = a_paper(cast)
    insert("assemblies_papercount", row)
    decision = _of_paper(row)
    RollMark.objects.mark_present(decision, cast.bilal, by=tellers(cast.abiego)[0])
    HandCount.objects.enter(decision, by=tellers(cast.abiego)[0], yes=1, no=0, abstain=0)
    choice = called(ask(cast.abiego))
    rank(choice, [1], [1], [2])
    travel_to(choice.closes_at)
    choice.close()
    assert Count.objects.exists()
    assert Option.objects.exists()
    assert PaperCount.objects.exists()


ATTEMPTS = [
    *RANKINGS,
    *APPROVALS,
    *OPTIONS,
    *OFFERS,
    *COUNTS,
    *UNCOUNTED,
    *MARKS,
    *WITHDRAWALS,
    *MOVED,
    *HANDS,
    *PAPERS,
    *RANKED_PAPERS,
    *CODES,
    *DEVICES,
    *UNMARKED,
    *kept("assemblies_count", 2, a_full_hall),
    *kept("assemblies_handcount", 2, a_full_hall),
    *kept("assemblies_papercode", 2, a_full_hall),
    *kept("assemblies_papercount", 2, a_full_hall),
    *kept("assemblies_rollmark", 2, a_full_hall, updates=True),
]

test_attempt = tried(ATTEMPTS)


def test_a_code_that_proved_a_paper_is_forgotten(cast: Cast):
    row = a_paper(cast)
    insert("assemblies_papercount", row)
    assert sql("SELECT proof FROM assemblies_papercount") == [(None,)]
