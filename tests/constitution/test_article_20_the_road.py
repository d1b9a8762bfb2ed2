"""Article 20 on the road of a proposal: no text is lost, none changes unseen, and what comes first comes first."""

from __future__ import annotations

from django.db import transaction

from assemblies.clock import now
from assemblies.models import Amendment, Proposal, ProposalVersion, Reading, Rules, SendingBack, Support
from tests.cast import DAY, Cast, call, carry, clock, decide, facilitator, finish, found, vote
from tests.constitution.bench import (
    CORRECTED,
    Attempt,
    Corrected,
    Staged,
    everything_holds,
    insert,
    kept,
    refused,
    sql,
    tried_together,
    twisted,
)
from tests.constitution.test_article_11_shared_policy_is_shared_by_adoption import offer
from tests.sessions.evening import call_session

OVEN = "The oven is common.\n\nIt is hot on Friday.\n\nWhoever bakes sweeps."
MORE = f"{OVEN}\n\nAshes go to the gardens."


def laid(cast: Cast, effect: str = "policy", text: str = OVEN, by=None) -> Proposal:
    policy = cast.policy(cast.abiego) if effect in ("amendment", "repeal") else None
    return cast.abiego.propose("The oven", text, by=by or cast.ana, effect=effect, policy=policy)


def newest(proposal: Proposal) -> ProposalVersion:
    return proposal.versions.newest()


def of_another_kind(cast: Cast, row: Staged) -> Staged:
    """The version of a question: nothing that is written anew."""
    return {"version_id": newest(laid(cast, "question")).pk}


def of_what_is_withdrawn(cast: Cast, row: Staged) -> Staged:
    proposal = laid(cast)
    proposal.withdraw(by=cast.ana)
    return {"version_id": newest(proposal).pk}


def of_what_is_put_to_the_vote(cast: Cast, row: Staged) -> Staged:
    proposal = laid(cast)
    call(proposal)
    return {"version_id": newest(proposal).pk}


def of_what_was_read_twice(cast: Cast, row: Staged) -> Staged:
    version = newest(laid(cast))
    Reading.objects.hold(version, 2, by=facilitator(cast.abiego))
    return {"version_id": version.pk}


def of_what_was_sent_back(cast: Cast, row: Staged) -> Staged:
    version = newest(laid(cast))
    SendingBack.objects.send(version, by=facilitator(cast.abiego), reason="Say who sweeps.")
    return {"version_id": version.pk}


def of_an_older_text(cast: Cast, row: Staged) -> Staged:
    proposal = laid(cast)
    first = newest(proposal)
    ProposalVersion.objects.write(proposal, MORE, by=cast.ana)
    return {"version_id": first.pk}


def strict(cast: Cast) -> None:
    """From now on the assembly asks for a co-signer and two readings."""
    carry(cast.abiego.propose_orders(Rules(cosigners=1, two_readings=True), by=cast.ana))


def of_what_nobody_read_or_signed(cast: Cast, row: Staged) -> Staged:
    strict(cast)
    return {"version_id": newest(laid(cast)).pk}


def into(table: str):
    return lambda row: insert(table, row)


# ---- a version ----


def a_version(cast: Cast) -> Staged:
    proposal = laid(cast)
    return {
        "proposal_id": proposal.pk,
        "number": 2,
        "text": MORE,
        "origin": "rewritten",
        "written_by_id": cast.ana.pk,
        "reasons": "",
    }


def proposal_of(changed) -> object:
    """The proposal of the version that another scene would attack."""

    def twist(cast: Cast, row: Staged) -> Staged:
        version = ProposalVersion.objects.get(pk=changed(cast, row)["version_id"])
        return {"proposal_id": version.proposal_id, "number": version.proposal.versions.newest().number + 1}

    return twist


def amended(cast: Cast, row: Staged) -> Staged:
    Amendment.objects.move(newest(Proposal.objects.get(pk=row["proposal_id"])), by=cast.bilal, kind="strike", article=1)
    return {}


def draft(cast: Cast, row: Staged) -> Staged:
    drafted = Proposal.objects.draft(cast.abiego, "Draft", OVEN, by=cast.ana, effect="policy")
    return {"proposal_id": drafted.pk, "number": 1, "origin": "offered"}


VERSIONS = twisted(
    a_version,
    into("assemblies_proposalversion"),
    give_a_draft_a_public_text=(20, draft),
    write_a_question_anew=(20, proposal_of(of_another_kind)),
    write_what_is_withdrawn_anew=(20, proposal_of(of_what_is_withdrawn)),
    write_what_is_put_to_the_vote_anew=(20, proposal_of(of_what_is_put_to_the_vote)),
    write_what_was_read_twice_anew=(20, proposal_of(of_what_was_read_twice)),
    leave_out_a_number=(20, lambda cast, row: {"number": 3}),
    write_two_texts_under_one_number=(
        20,
        lambda cast, row: (insert("assemblies_proposalversion", row), {"text": f"{MORE} Always."})[1],
    ),
    write_the_same_text_again=(20, lambda cast, row: {"text": OVEN}),
    write_nothing=("version_has_words", lambda cast, row: {"text": ""}),
    call_the_second_text_the_first=(20, lambda cast, row: {"origin": "offered"}),
    change_the_text_of_somebody_else=(1, lambda cast, row: {"written_by_id": cast.bilal.pk}),
    change_a_text_that_others_have_amended=(20, amended),
    consolidate_a_text_that_nobody_amended=(20, lambda cast, row: {"origin": "consolidated"}),
    consolidate_as_anybody=(20, lambda cast, row: {"origin": "consolidated", "written_by_id": cast.bilal.pk}),
    write_by_another_road=("version_first_is_offered", lambda cast, row: {"origin": "decreed", **author(cast, row)}),
)


def author(cast: Cast, row: Staged) -> Staged:
    """What may be consolidated: everything is settled and one amendment accepted."""
    version = newest(Proposal.objects.get(pk=row["proposal_id"]))
    amendment = Amendment.objects.move(version, by=cast.bilal, kind="strike", article=1)
    amendment.accept(by=cast.ana)
    return {"written_by_id": cast.ana.pk}


def an_offered_text(cast: Cast) -> Staged:
    return {"proposal": laid(cast)}


def rewritten_in_place(cast: Cast, row: Staged) -> None:
    sql("UPDATE assemblies_proposal SET text = 'All is mine.' WHERE id = %s", [row["proposal"].pk])


def written_openly(cast: Cast, row: Staged) -> None:
    ProposalVersion.objects.write(row["proposal"], MORE, by=cast.ana)
    row["proposal"].refresh_from_db()
    assert row["proposal"].text == MORE


# ---- an amendment ----


def an_amendment(cast: Cast) -> Staged:
    return {
        "version_id": newest(laid(cast)).pk,
        "number": 1,
        "kind": "change",
        "article": 2,
        "text": "It is hot on Monday.",
        "reasons": "",
        "mover_id": cast.bilal.pk,
    }


AMENDMENTS = twisted(
    an_amendment,
    into("assemblies_amendment"),
    amend_a_text_that_has_changed=(20, of_an_older_text),
    amend_what_is_put_to_the_vote=(20, of_what_is_put_to_the_vote),
    amend_a_question=(20, of_another_kind),
    amend_as_a_citizen_of_elsewhere=(1, lambda cast, row: {"mover_id": cast.chen.pk}),
    amend_after_the_second_reading=(20, of_what_was_read_twice),
    amend_before_the_first_reading=(20, of_what_nobody_read_or_signed),
    move_under_another_number=(20, lambda cast, row: {"number": 7}),
    move_two_under_one_number=(20, lambda cast, row: (insert("assemblies_amendment", row), {})[1]),
    move_what_is_accepted_already=(20, lambda cast, row: {"accepted_at": now()}),
    amend_without_words=("amendment_says_what", lambda cast, row: {"text": ""}),
)


def a_moved_amendment(cast: Cast) -> Staged:
    version = newest(laid(cast))
    moved = Amendment.objects.move(version, by=cast.bilal, kind="change", article=2, text="It is hot on Monday.")
    return {"pk": moved.pk, "change": "accepted_at = now()"}


def update_it(row: Staged) -> None:
    sql(f"UPDATE assemblies_amendment SET {row['change']} WHERE id = %s", [row["pk"]])


def amendment_of(row: Staged) -> Amendment:
    return Amendment.objects.get(pk=row["pk"])


def already_withdrawn(cast: Cast, row: Staged) -> Staged:
    amendment_of(row).withdraw(by=cast.bilal)
    return {}


def put_to_the_vote(cast: Cast, row: Staged) -> Staged:
    """As a second reading would, without one."""
    question = laid(cast, "question", "It is hot on Monday.")
    return {"change": f"place = 1, question_id = {question.pk}"}


def its_text_has_changed(cast: Cast, row: Staged) -> Staged:
    version = amendment_of(row).version
    SendingBack.objects.send(version, by=facilitator(cast.abiego), reason="Say who sweeps.")
    ProposalVersion.objects.write(version.proposal, MORE, by=cast.ana)
    return {}


def its_proposal_is_withdrawn(cast: Cast, row: Staged) -> Staged:
    amendment_of(row).version.proposal.withdraw(by=cast.ana)
    return {}


AFTERWARDS = twisted(
    a_moved_amendment,
    update_it,
    give_an_amendment_other_words=(17, lambda cast, row: {"change": "text = 'It is never hot.'"}),
    accept_what_was_taken_back=(20, already_withdrawn),
    put_one_in_its_place_without_a_reading=(20, put_to_the_vote),
    accept_one_of_a_text_that_has_changed=(20, its_text_has_changed),
    accept_one_of_what_is_withdrawn=(20, its_proposal_is_withdrawn),
    settle_one_in_two_ways=(
        "amendment_settled_once",
        lambda cast, row: {"change": "accepted_at = now(), withdrawn_at = now()"},
    ),
)


def a_second_reading(cast: Cast) -> Staged:
    row = a_moved_amendment(cast)
    return row | ask(cast, "It is hot on Monday.") | {"reads": facilitator(cast.abiego).pk}


def read_a_second_time(row: Staged) -> None:
    version = amendment_of(row).version_id
    insert("assemblies_reading", {"version_id": version, "number": 2, "by_id": row["reads"]})
    if row["change"]:
        update_it(row)
    if "beside" in row:
        sql("UPDATE assemblies_amendment SET place = 1 WHERE id = %s", [row["beside"]])
    everything_holds()


def two_of_them(cast: Cast, row: Staged) -> Staged:
    """Another one, which the author has accepted, for the same place."""
    other = Amendment.objects.move(amendment_of(row).version, by=cast.bilal, kind="strike", article=1)
    other.accept(by=cast.ana)
    return {"beside": other.pk}


def ask(cast: Cast, words: str, assembly=None, by=None) -> Staged:
    question = (assembly or cast.abiego).propose("Amendment", words, by=by or cast.ana, effect="question")
    return {"change": f"place = 1, question_id = {question.pk}"}


PLACES = twisted(
    a_second_reading,
    read_a_second_time,
    vote_on_other_words=(20, lambda cast, row: ask(cast, "It is never hot.")),
    have_another_assembly_vote=(20, lambda cast, row: ask(cast, "It is hot on Monday.", cast.loarre, cast.chen)),
    accept_it_in_passing=(20, lambda cast, row: {"change": "place = 1, accepted_at = now()"}),
    put_two_in_one_place=("amendment_one_a_place", two_of_them),
    leave_one_out_of_the_list=(20, lambda cast, row: {"change": ""}),
)

# ---- a reading ----


def a_reading(cast: Cast) -> Staged:
    return {"version_id": newest(laid(cast)).pk, "number": 1, "by_id": facilitator(cast.abiego).pk}


def signed_and_unread(cast: Cast, row: Staged) -> Staged:
    fresh = of_what_nobody_read_or_signed(cast, row)
    Support.objects.give(ProposalVersion.objects.get(pk=fresh["version_id"]), by=cast.bilal)
    return fresh | {"number": 2}


def another_point(cast: Cast, row: Staged) -> Staged:
    """A point of a session that has not begun."""
    item = call_session(cast.abiego).items.first()
    return {"item_id": item.pk}


READINGS = twisted(
    a_reading,
    into("assemblies_reading"),
    read_as_anybody=(1, lambda cast, row: {"by_id": cast.bilal.pk}),
    read_what_has_changed=(20, of_an_older_text),
    read_what_is_put_to_the_vote=(20, of_what_is_put_to_the_vote),
    read_a_text_a_second_first_time=(20, lambda cast, row: (insert("assemblies_reading", row), {})[1]),
    read_what_nobody_signed=(20, of_what_nobody_read_or_signed),
    read_a_second_time_what_was_not_read=(20, signed_and_unread),
    read_under_a_point_of_something_else=(20, another_point),
    read_a_third_time=("reading_first_or_second", lambda cast, row: {"number": 3}),
)

# ---- a co-signer ----


def a_support(cast: Cast) -> Staged:
    return {"version_id": newest(laid(cast)).pk, "citizen_id": cast.bilal.pk}


SUPPORTS = twisted(
    a_support,
    into("assemblies_support"),
    sign_as_a_citizen_of_elsewhere=(1, lambda cast, row: {"citizen_id": cast.chen.pk}),
    sign_ones_own_proposal=(2, lambda cast, row: {"citizen_id": cast.ana.pk}),
    sign_twice=(2, lambda cast, row: (insert("assemblies_support", row), {})[1]),
    sign_a_text_that_has_changed=(20, of_an_older_text),
    sign_what_is_put_to_the_vote=(20, of_what_is_put_to_the_vote),
)


def a_given_support(cast: Cast) -> Staged:
    given = Support.objects.give(newest(laid(cast)), by=cast.bilal)
    return {"pk": given.pk, "change": "withdrawn_at = now()"}


def update_support(row: Staged) -> None:
    sql(f"UPDATE assemblies_support SET {row['change']} WHERE id = %s", [row["pk"]])


def the_vote_was_called(cast: Cast, row: Staged) -> Staged:
    call(Support.objects.get(pk=row["pk"]).version.proposal)
    return {}


TAKEN_BACK = twisted(
    a_given_support,
    update_support,
    hand_a_signature_to_somebody=(
        17,
        lambda cast, row: {"change": f"citizen_id = {cast.neighbours(cast.abiego, 1)[0].pk}"},
    ),
    take_it_back_twice=(2, lambda cast, row: (update_support(row), {})[1]),
    take_it_back_when_it_is_late=(20, the_vote_was_called),
)

# ---- sent back, and merged ----


def a_sending_back(cast: Cast) -> Staged:
    version = newest(laid(cast))
    return {"version_id": version.pk, "by_id": facilitator(cast.abiego).pk, "reason": "Say who sweeps."}


def voting_on_amendments(cast: Cast, row: Staged) -> Staged:
    version = ProposalVersion.objects.get(pk=row["version_id"])
    Amendment.objects.move(version, by=cast.bilal, kind="strike", article=1)
    Reading.objects.hold(version, 2, by=facilitator(cast.abiego))
    Amendment.objects.call_votes(version, by=facilitator(cast.abiego))
    return {}


SENT_BACK = twisted(
    a_sending_back,
    into("assemblies_sendingback"),
    send_back_as_anybody=(1, lambda cast, row: {"by_id": cast.bilal.pk}),
    send_back_without_a_reason=("sent_back_with_a_reason", lambda cast, row: {"reason": ""}),
    send_back_twice=(20, lambda cast, row: (insert("assemblies_sendingback", row), {})[1]),
    send_back_a_question=(20, of_another_kind),
    send_back_what_has_changed=(20, of_an_older_text),
    send_back_what_is_put_to_the_vote=(20, of_what_is_put_to_the_vote),
    send_back_what_is_being_amended_by_vote=(20, voting_on_amendments),
)


def a_merging(cast: Cast) -> Staged:
    return {
        "pk": laid(cast).pk,
        "change": f"withdrawn_at = now(), merged_into_id = {laid(cast, by=cast.bilal).pk}",
    }


def update_proposal(row: Staged) -> None:
    sql(f"UPDATE assemblies_proposal SET {row['change']} WHERE id = %s", [row["pk"]])


MERGED = twisted(
    a_merging,
    update_proposal,
    merge_into_itself=(20, lambda cast, row: {"change": f"withdrawn_at = now(), merged_into_id = {row['pk']}"}),
    merge_into_a_proposal_of_elsewhere=(
        20,
        lambda cast, row: {
            "change": f"withdrawn_at = now(), merged_into_id = {cast.loarre.propose('The oven', OVEN, by=cast.chen).pk}"
        },
    ),
    merge_and_go_on=(
        "proposal_merged_is_withdrawn",
        lambda cast, row: {"change": f"merged_into_id = {laid(cast, by=cast.bilal).pk}"},
    ),
)

# ---- the vote ----


def a_waiting_proposal(cast: Cast) -> Staged:
    return {"proposal": laid(cast)}


def called(cast: Cast, row: Staged) -> None:
    call(row["proposal"])


def called_after(change) -> object:
    def attack(cast: Cast, row: Staged) -> None:
        version = ProposalVersion.objects.get(pk=change(cast, row)["version_id"])
        call(version.proposal)

    return attack


def with_an_amendment(cast: Cast, row: Staged) -> Staged:
    version = newest(row["proposal"])
    Amendment.objects.move(version, by=cast.bilal, kind="strike", article=1)
    return {"version_id": version.pk}


def with_an_accepted_amendment(cast: Cast, row: Staged) -> Staged:
    version = newest(row["proposal"])
    Amendment.objects.move(version, by=cast.bilal, kind="strike", article=1).accept(by=cast.ana)
    return {"version_id": version.pk}


def signed_and_not_read(cast: Cast, row: Staged) -> Staged:
    return {"version_id": signed_and_unread(cast, row)["version_id"]}


def soon_after_another_text(cast: Cast, row: Staged) -> None:
    clock.travel(10 * DAY)
    ProposalVersion.objects.write(row["proposal"], MORE, by=cast.ana)
    call(row["proposal"], opens_at=now() + 3 * DAY)


def a_question_of_an_amendment(cast: Cast) -> Proposal:
    version = newest(laid(cast))
    amendment = Amendment.objects.move(version, by=cast.bilal, kind="strike", article=1)
    Reading.objects.hold(version, 2, by=facilitator(cast.abiego))
    question = Amendment.objects.get(pk=amendment.pk).question
    assert question is not None
    return question


def taken_from_the_list(cast: Cast, row: Staged) -> None:
    question = a_question_of_an_amendment(cast)
    question.withdraw(by=question.author)


def asked_again(cast: Cast, row: Staged) -> None:
    question = a_question_of_an_amendment(cast)
    decision = decide(question, yes=0)
    assert decision.outcome == "quorum_missed"
    call(question)


def lapsed(cast: Cast, row: Staged) -> None:
    """An amendment of what its author withdrew, its question still before the assembly."""
    question = a_question_of_an_amendment(cast)
    proposal = question.amendment_put.version.proposal
    sql("UPDATE assemblies_proposal SET withdrawn_at = now() WHERE id = %s", [proposal.pk])
    call(question)


def on_the_vote(what: str, attack) -> Attempt:
    return Attempt(what, 20, a_waiting_proposal, attack=attack, honest=called)


VOTES = [
    on_the_vote("vote on what nobody co-signed", called_after(of_what_nobody_read_or_signed)),
    on_the_vote("vote on what was never read", called_after(signed_and_not_read)),
    on_the_vote("vote on what was sent back", called_after(of_what_was_sent_back)),
    on_the_vote("vote before the amendments", called_after(with_an_amendment)),
    on_the_vote("vote without what was accepted", called_after(with_an_accepted_amendment)),
    on_the_vote("vote soon after the text was changed", soon_after_another_text),
    on_the_vote("take an amendment from the list", taken_from_the_list),
    on_the_vote("ask about an amendment until it carries", asked_again),
    on_the_vote("vote on an amendment to what was withdrawn", lapsed),
    Attempt(
        "rewrite what was offered in its place",
        1,
        an_offered_text,
        attack=rewritten_in_place,
        honest=written_openly,
    ),
]


# ---- what stands by itself ----


def behind_its_back(cast: Cast, row: Staged) -> None:
    """A version that the proposal would not follow."""
    row_of_it = a_version(cast)
    insert("assemblies_proposalversion", row_of_it)
    if Proposal.objects.get(pk=row_of_it["proposal_id"]).text == MORE:
        raise Corrected("assemblies_proposalversion", "is_the_text")


def offered_without_a_version(cast: Cast, row: Staged) -> None:
    drafted = Proposal.objects.draft(cast.abiego, "Draft", OVEN, by=cast.ana, effect="policy")
    sql("UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %s", [drafted.pk])
    if drafted.versions.exists():
        raise Corrected("assemblies_proposal", "first_version")


def a_shared_text(cast: Cast) -> Staged:
    return {"asked": offer(cast).propose_adoption(cast.loarre, by=cast.chen).proposal}


def amended_where_it_is_adopted(cast: Cast, row: Staged) -> None:
    Amendment.objects.move(newest(row["asked"]), by=cast.chen, kind="change", article=1, text="Wet wood.")


def written_anew_where_it_is_adopted(cast: Cast, row: Staged) -> None:
    ProposalVersion.objects.write(row["asked"], "We heat with wet wood.", by=cast.chen)


def adopted_as_it_is(cast: Cast, row: Staged) -> None:
    call(row["asked"])


BY_ITSELF = [
    Attempt("leave a proposal with an old text", CORRECTED, a_waiting_proposal, behind_its_back, called),
    Attempt("offer what has no version", CORRECTED, a_waiting_proposal, offered_without_a_version, called),
    Attempt("amend a shared text", 11, a_shared_text, amended_where_it_is_adopted, adopted_as_it_is),
    Attempt("write a shared text anew", 11, a_shared_text, written_anew_where_it_is_adopted, adopted_as_it_is),
]


def everything(cast: Cast) -> Staged:
    version = newest(laid(cast))
    Support.objects.give(version, by=cast.bilal)
    Amendment.objects.move(version, by=cast.bilal, kind="strike", article=1)
    Reading.objects.hold(version, 1, by=facilitator(cast.abiego))
    SendingBack.objects.send(version, by=facilitator(cast.abiego), reason="Say who sweeps.")
    return {}


KEPT = [
    *kept("assemblies_proposalversion", 17, everything),
    *kept("assemblies_amendment", 17, everything, updates=True),
    *kept("assemblies_reading", 17, everything),
    *kept("assemblies_support", 17, everything, updates=True),
    *kept("assemblies_sendingback", 17, everything),
]

ATTEMPTS = [
    *VERSIONS,
    *AMENDMENTS,
    *AFTERWARDS,
    *PLACES,
    *READINGS,
    *SUPPORTS,
    *TAKEN_BACK,
    *SENT_BACK,
    *MERGED,
    *VOTES,
    *BY_ITSELF,
    *KEPT,
]

test_attempts = tried_together(ATTEMPTS)


def test_what_is_adopted_is_the_text_of_the_version_that_was_voted_on(cast: Cast):
    """Whatever a program writes into the proposal meanwhile, the policy says what was before the assembly."""
    proposal = laid(cast)
    decision = call(proposal)
    vote(decision)
    with refused(20):
        ProposalVersion.objects.write(proposal, MORE, by=cast.ana)
    finish(decision)
    assert decision.policy_version.text == decision.version.text == OVEN


def test_two_that_conflict_are_not_both_accepted(cast: Cast):
    version = newest(laid(cast))
    one = Amendment.objects.move(version, by=cast.bilal, kind="change", article=2, text="It is hot on Monday.")
    other = Amendment.objects.move(version, by=cast.bilal, kind="change", article=2, text="It is hot on Sunday.")
    with refused(1):
        one.accept(by=cast.bilal)
    one.accept(by=cast.ana)
    with refused(20):
        other.accept(by=cast.ana)


def test_an_amendment_is_whole_in_itself(cast: Cast):
    version = newest(laid(cast))
    for words in ("```\nIt is never hot.", "", "   \n", "It is hot on Friday."):
        with refused(20), transaction.atomic():
            Amendment.objects.move(version, by=cast.bilal, kind="change", article=2, text=words)
    for article in (0, 4, 99):
        with refused(20), transaction.atomic():
            Amendment.objects.move(version, by=cast.bilal, kind="strike", article=article)


def test_supporters_who_moved_away_count_no_more(cast: Cast):
    ibieca = found("Ibieca", "ibieca", 5, Rules(cosigners=1))
    author, neighbour = ibieca.citizens(now()).order_by("pk")[:2]
    proposal = ibieca.propose("Water", "Rain.", by=author)
    Support.objects.give(newest(proposal), by=neighbour)
    ibieca.citizenships.get(citizen=neighbour).end(by=neighbour, reason="moved")
    with refused(20):
        call(proposal)
