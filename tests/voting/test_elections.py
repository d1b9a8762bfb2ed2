"""An election from the call to the mandate in force, and what happens when a delegate ends early."""

import pytest

from assemblies.clock import now
from assemblies.models import Count, Entry, Office
from assemblies.refusal import Refusal
from assemblies.sweeps import run_all
from mandates.models import Candidacy, Confederation, Election, Mandate, propose_accession, terms_in_a_row
from tests.cast import COMARCA, DAY, Cast, call, carry, citizen_of, facilitator, travel_to
from tests.constitution.bench import everything_holds
from tests.voting.hall import call_election, elect, places, put, rank


def five(cast: Cast):
    return [cast.ana, cast.bilal, *cast.neighbours(cast.abiego, 3)]


def test_five_stand_for_two_seats_and_two_are_elected_and_mandated(cast: Cast):
    """From the call to the mandate in force."""
    election = call_election(cast, seats=2)
    assert election.phase(now()) == Election.Phase.STANDING
    people = five(cast)
    poll = put(election, *people)
    assert [option.title for option in poll.ranking.options.all()] == [
        one.citizen.name for one in election.candidates()
    ]
    for said in ("Hoya de Huesca", "Whoever is elected", "Buy flour with the neighbours", "100 kg", *map(str, people)):
        assert said in poll.question.text
    assert Mandate.objects.filter(proposal=poll.question).count() == 5
    assert not Mandate.objects.issued(now()).filter(proposal=poll.question).exists()

    ana, bilal, third, fourth, fifth = places(poll, *(person.name for person in people))
    votes = [
        [ana, bilal],
        [ana, bilal],
        [ana, third],
        [bilal, third],
        [bilal],
        [third, bilal],
        [fourth],
        [fifth, third],
    ]
    elect(poll, votes)
    count = poll.count
    assert count is not None
    assert set(count.elected) == {ana, bilal}
    assert len(count.result["stages"]) > 1
    assert Election.objects.get(pk=election.pk).phase(now()) == Election.Phase.ELECTED

    assert not Mandate.objects.in_force(now()).filter(proposal=poll.question).exists(), "its first day has not come"
    travel_to(election.valid_from)
    in_force = Mandate.objects.in_force(now()).filter(proposal=poll.question)
    assert {mandate.delegate for mandate in in_force} == {cast.ana, cast.bilal}
    assert {seat.delegate for seat in cast.comarca.seats(now())} == {cast.ana, cast.bilal}
    unelected = Mandate.objects.get(candidacy__citizen=people[2])
    assert unelected.end(now()) is None
    assert not unelected.stands(now())
    run_all()
    issued = {entry.subject for entry in Entry.objects.filter(kind="mandate.issued")}
    assert issued == {f"mandate/{mandate.pk}" for mandate in in_force}


def test_nobody_is_elected_without_a_mandate(cast: Cast):
    """The ranking carries and the clauses do not: nobody may act."""
    election = call_election(cast)
    poll = put(election, cast.ana, cast.bilal)
    ana, bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana, bilal]] * 3, yes=1, no=3)
    travel_to(election.valid_from)
    assert poll.count.elected == [ana]
    assert not Mandate.objects.issued(now()).filter(proposal=poll.question).exists()
    assert Election.objects.get(pk=election.pk).phase(now()) == Election.Phase.FAILED


def test_nobody_is_mandated_without_being_elected(cast: Cast):
    """The clauses carry and the ranking misses its quorum: nobody may act until it is asked again."""
    election = call_election(cast)
    poll = put(election, cast.ana, cast.bilal)
    ana, bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana]])
    assert poll.ranking.decision.outcome == "quorum_missed"
    travel_to(election.valid_from)
    assert not Mandate.objects.issued(now()).filter(proposal=poll.question).exists()
    again = poll.ranking.put_to_vote(by=facilitator(cast.abiego))
    everything_holds()
    travel_to(again.opens_at)
    for voter in again.electors().order_by("pk")[:3]:
        again.cast(by=voter, ranking=[bilal])
    travel_to(again.closes_at)
    again.close()
    (mandate,) = Mandate.objects.in_force(now()).filter(proposal=poll.question)
    assert mandate.delegate == cast.bilal
    assert mandate.end(again.closes_at - DAY) is None


def test_a_mandate_begins_with_the_count_and_ends_without_anyone(cast: Cast):
    election = call_election(cast)
    poll = put(election, cast.ana, cast.bilal)
    ana, _bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana]] * 3, close=False)
    travel_to(election.valid_from)
    assert not Mandate.objects.in_force(now()).filter(proposal=poll.question).exists()
    run_all()
    (mandate,) = Mandate.objects.in_force(now()).filter(proposal=poll.question)
    assert mandate.is_in_force(poll.ranking.decision.closes_at) is False
    travel_to(election.valid_until)
    assert not mandate.is_in_force(now())


def test_a_delegate_who_resigns_is_replaced_from_the_standby_list_by_a_new_decision_only(cast: Cast):
    election = call_election(cast, seats=1)
    people = five(cast)
    poll = put(election, *people)
    ana, bilal, third, *_rest = places(poll, *(person.name for person in people))
    elect(poll, [[ana, bilal], [ana, bilal], [ana, third], [bilal, ana], [bilal, ana], [third]])
    travel_to(election.valid_from)
    (mandate,) = Mandate.objects.in_force(now()).filter(proposal=poll.question)
    standby = poll.standby()
    assert standby[0].citizen == cast.bilal
    assert len(standby) == 4
    with pytest.raises(Refusal, match="still in force"):
        mandate.propose_replacement(by=cast.ana, delegate=cast.bilal)
    mandate.resign(by=cast.ana, reason="I move away.")
    assert not cast.comarca.seats(now()), "nobody moves up by themselves"

    replacement = mandate.propose_replacement(by=cast.bilal, delegate=cast.bilal)
    assert [str(clause) for clause in replacement.clauses.all()] == [str(c) for c in mandate.clauses.all()]
    assert replacement.valid_until == mandate.valid_until
    assert not cast.comarca.seats(now())
    carry(replacement.proposal)
    assert [seat.delegate for seat in cast.comarca.seats(now())] == [cast.bilal]


def test_an_elected_delegate_is_recalled_like_any_other(cast: Cast):
    from tests.cast import recall_carried

    election = call_election(cast, valid_from=now())
    poll = put(election, cast.ana, cast.bilal)
    ana, _bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana]] * 3)
    (mandate,) = Mandate.objects.in_force(now()).filter(proposal=poll.question)
    recall_carried(mandate)
    assert not mandate.is_in_force(now())
    assert mandate.end(now())[0] == "recalled"


# ---- standing ----


def test_one_stands_for_oneself_until_the_moment_named_and_may_take_it_back(cast: Cast):
    election = call_election(cast)
    candidacy = election.stand(by=cast.ana, statement="I bake.")
    with pytest.raises(Refusal, match="stand already"):
        election.stand(by=cast.ana, statement="I bake more.")
    with pytest.raises(Refusal, match="Only the candidate"):
        candidacy.take_back(by=cast.bilal)
    candidacy.take_back(by=cast.ana)
    assert election.candidates() == []
    election.stand(by=cast.ana, statement="I bake after all.")
    with pytest.raises(Refusal, match="Only citizens of Abiego"):
        election.stand(by=cast.chen, statement="I come from Loarre.")
    with pytest.raises(Refusal, match="Say who you are"):
        election.stand(by=cast.bilal, statement="  ")
    travel_to(election.stand_until)
    with pytest.raises(Refusal, match="time to stand is over"):
        election.stand(by=cast.bilal, statement="I bake too.")
    with pytest.raises(Refusal, match="time to stand is over"):
        Candidacy.objects.get(citizen=cast.ana, withdrawn_at=None).take_back(by=cast.ana)


def test_an_election_is_put_to_the_vote_by_a_facilitator_when_the_time_to_stand_is_over(cast: Cast):
    election = call_election(cast)
    for citizen in (cast.ana, cast.bilal):
        election.stand(by=citizen, statement="I bake.")
    with pytest.raises(Refusal, match="One can still stand"):
        election.put_to_vote(by=facilitator(cast.abiego))
    travel_to(election.stand_until)
    with pytest.raises(Refusal, match="A facilitator of Abiego"):
        election.put_to_vote(by=cast.ana)
    poll = election.put_to_vote(by=facilitator(cast.abiego))
    ranking, question = poll.decisions
    assert (ranking.opens_at, ranking.closes_at) == (question.opens_at, question.closes_at)
    with pytest.raises(Refusal, match="put to the vote already"):
        Election.objects.get(pk=election.pk).put_to_vote(by=facilitator(cast.abiego))


def test_with_one_candidate_there_is_nothing_to_choose(cast: Cast):
    election = call_election(cast)
    with pytest.raises(Refusal, match="Too few stand"):
        put(election, cast.ana)


def test_who_has_left_the_assembly_is_no_option(cast: Cast):
    election = call_election(cast)
    cast_away = cast.bilal
    for citizen in (cast.ana, cast.bilal, cast.neighbours(cast.abiego, 1)[0]):
        election.stand(by=citizen, statement="I bake.")
    cast_away.citizenship(now()).end(by=cast_away, reason="left")
    travel_to(election.stand_until)
    poll = election.put_to_vote(by=facilitator(cast.abiego))
    everything_holds()
    assert "Bilal" not in [option.title for option in poll.ranking.options.all()]
    assert "Bilal" not in poll.question.text


def test_two_candidates_of_the_same_name_are_told_apart(cast: Cast):
    neighbour = cast.neighbours(cast.abiego, 1)[0]
    type(neighbour).objects.filter(pk=neighbour.pk).update(name="Ana")
    neighbour.refresh_from_db()
    poll = put(call_election(cast), cast.ana, neighbour)
    everything_holds()
    assert sorted(option.title for option in poll.ranking.options.all()) == ["Ana", "Ana · 2"]


# ---- terms in a row ----


@pytest.fixture
def short(cast: Cast) -> Confederation:
    """A confederation that lets nobody serve more than two terms of ninety days in a row."""
    confederation = Confederation.objects.found(
        "Somontano", by=cast.ana, **COMARCA | {"longest_term": 90 * DAY}, most_terms=2
    )
    joining = propose_accession(cast.abiego, confederation, by=cast.ana)
    assert "at most 2 terms in a row" in joining.proposal.text
    carry(joining.proposal, propose_accession(cast.loarre, confederation, by=cast.chen).proposal)
    return confederation


def serve(cast: Cast, confederation: Confederation, starts, days: int = 90) -> Mandate:
    return cast.mandate(
        cast.abiego, cast.ana, confederation=confederation, valid_from=starts, valid_until=starts + days * DAY
    )


def test_a_third_term_in_a_row_is_refused_at_the_candidacy_and_as_a_mandate(cast: Cast, short: Confederation):
    first = serve(cast, short, now())
    second = serve(cast, short, first.valid_until)
    after = second.valid_until
    travel_to(after - 30 * DAY)
    election = call_election(
        cast, confederation=short, valid_from=after, valid_until=after + 90 * DAY, stand_until=now() + DAY
    )
    with pytest.raises(Refusal, match="number 3") as refused:
        election.stand(by=cast.ana, statement="Once more.")
    assert refused.value.article == 16
    election.stand(by=cast.bilal, statement="My turn.")
    with pytest.raises(Refusal, match="no further term"):
        serve(cast, short, after)
    paused = after + 90 * DAY + DAY
    assert terms_in_a_row(cast.ana, short, paused, paused + 90 * DAY, now()) == 1
    assert serve(cast, short, paused)


def test_two_terms_asked_for_at_once_are_no_way_around(cast: Cast, short: Confederation):
    start = now() + 30 * DAY
    asked = [
        cast.propose_mandate(
            cast.abiego,
            cast.ana,
            confederation=short,
            valid_from=start + n * 90 * DAY,
            valid_until=start + (n + 1) * 90 * DAY,
        )
        for n in range(3)
    ]
    for mandate in asked[:2]:
        call(mandate.proposal)
    with pytest.raises(Refusal, match="no further term") as refused:
        call(asked[2].proposal)
    assert refused.value.article == 16
    with pytest.raises(Refusal, match="no further term"):
        serve(cast, short, start + 180 * DAY)


def test_nobody_is_kept_from_standing_by_what_others_propose(cast: Cast, short: Confederation):
    """Terms proposed by a neighbour count as none before the assembly is asked about them."""
    start = now() + 20 * DAY
    for n in range(1, 4):
        cast.propose_mandate(
            cast.abiego,
            cast.ana,
            by=cast.bilal,
            confederation=short,
            valid_from=start + n * 90 * DAY,
            valid_until=start + (n + 1) * 90 * DAY,
        )
    election = call_election(cast, confederation=short, valid_from=start, valid_until=start + 90 * DAY)
    assert election.stand(by=cast.ana, statement="I bake.")


def test_who_has_come_to_the_end_of_their_terms_since_is_no_option_and_holds_nobody_up(
    cast: Cast, short: Confederation
):
    start = now() + 30 * DAY
    election = call_election(
        cast, confederation=short, valid_from=start, valid_until=start + 90 * DAY, stand_until=now() + 20 * DAY
    )
    for citizen in (cast.ana, cast.bilal, *cast.neighbours(cast.abiego, 1)):
        election.stand(by=citizen, statement="I bake.")
    for n in (1, 2):
        serve(cast, short, start + n * 90 * DAY)
    travel_to(election.stand_until)
    poll = election.put_to_vote(by=facilitator(cast.abiego))
    everything_holds()
    assert "Ana" not in [option.title for option in poll.ranking.options.all()]
    assert poll.ranking.options.count() == 2


def counted_again(poll, rankings: list[list[int]]) -> None:
    """The ranking had missed its quorum: it is put to the vote once more, and counted."""
    again = poll.ranking.put_to_vote(by=facilitator(poll.election.assembly))
    rank(again, *rankings)
    travel_to(again.closes_at)
    again.close()


def test_who_comes_to_the_end_of_their_terms_before_the_count_is_elected_and_not_mandated(
    cast: Cast, short: Confederation, client
):
    """Two terms are issued between the call of an election and its count: the third is not, and needs nobody's act."""
    start = now() + 60 * DAY
    election = call_election(
        cast, confederation=short, valid_from=start, valid_until=start + 90 * DAY, stand_until=now() + DAY, seats=2
    )
    poll = put(election, cast.ana, cast.bilal, cast.neighbours(cast.abiego, 1)[0])
    ana, bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana]])
    assert poll.ranking.decision.outcome == "quorum_missed"
    for n in (1, 2):
        serve(cast, short, start + n * 90 * DAY)
    counted_again(poll, [[ana, bilal], [ana, bilal], [bilal], [bilal]])
    assert set(poll.count.elected) == {ana, bilal}
    hers, his = (Mandate.objects.get(proposal=poll.question, option__number=number) for number in (ana, bilal))
    run_all()
    travel_to(election.valid_from)
    assert not hers.is_in_force(now())
    assert his.is_in_force(now())
    assert hers.end(now()) is None
    assert not Entry.objects.filter(kind="mandate.issued", subject=f"mandate/{hers.pk}").exists()
    assert Mandate.objects.issued(now()).filter(delegate=cast.ana, confederation=short).count() == 2
    with pytest.raises(Refusal):
        cast.task(hers)
    page = client.get(election.get_absolute_url()).content.decode()
    assert page.count("Elected, and not mandated") == 1
    for at in (election.valid_from + 95 * DAY, election.valid_from + 400 * DAY):
        travel_to(at)
        assert not hers.is_in_force(at - 30 * DAY), "what happens later makes no mandate of it"


def test_of_two_terms_issued_in_the_same_moment_the_first_drafted_is_issued(cast: Cast, short: Confederation):
    """Both were within the terms when they were called, and both together are one too many."""
    start = now() + 60 * DAY
    polls = []
    for n in (0, 1):
        election = call_election(
            cast,
            confederation=short,
            valid_from=start + n * 90 * DAY,
            valid_until=start + (n + 1) * 90 * DAY,
            stand_until=now() + DAY,
        )
        polls.append(put(election, cast.ana, cast.bilal))
        elect(polls[-1], [places(polls[-1], "Ana")])
        assert polls[-1].ranking.decision.outcome == "quorum_missed"
    serve(cast, short, start + 180 * DAY)
    again = [poll.ranking.put_to_vote(by=facilitator(cast.abiego)) for poll in polls]
    for poll, decision in zip(polls, again, strict=True):
        rank(decision, *[places(poll, "Ana")] * 3)
    travel_to(max(decision.closes_at for decision in again))
    for decision in again:
        decision.close()
    issued = Mandate.objects.issued(now()).filter(delegate=cast.ana, candidacy__isnull=False)
    assert [mandate.proposal for mandate in issued] == [polls[0].question]


def test_a_second_mandate_within_the_same_term_is_no_further_term(cast: Cast, short: Confederation):
    first = serve(cast, short, now())
    more = serve(cast, short, now(), days=60)
    assert first.is_in_force(now())
    assert more.is_in_force(now())
    assert terms_in_a_row(cast.ana, short, first.valid_until, first.valid_until + 90 * DAY, now()) == 2


def test_many_short_overlaps_count_as_the_time_they_last(cast: Cast, short: Confederation):
    first = serve(cast, short, now())
    second = serve(cast, short, first.valid_until - DAY)
    with pytest.raises(Refusal, match="no further term"):
        serve(cast, short, second.valid_until - DAY)


def test_a_wider_confederation_has_no_longer_rows_of_terms(cast: Cast):
    wide = Confederation.objects.found("Aragón", by=cast.ana, powers=["inform"], longest_term=90 * DAY)
    with pytest.raises(Refusal, match="no more terms in a row"):
        Confederation.objects.found("Ribagorza", by=cast.ana, within=wide, most_terms=2, **COMARCA)


# ---- the lot and the count ----


def test_a_tie_goes_to_the_lot_that_the_closing_entry_seeds(cast: Cast):
    import hashlib

    election = call_election(cast)
    poll = put(election, cast.ana, cast.bilal)
    ana, bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana], [ana], [bilal], [bilal]])
    count = Count.objects.get(decision=poll.ranking.decision)
    entry = Entry.objects.get(kind="decision.closed", subject=f"decision/{poll.ranking.decision.pk}")
    assert count.seed == hashlib.sha256(bytes(entry.body)).hexdigest()
    assert count.again().as_dict() == count.result
    assert any(tie["by"] == "lot" for stage in count.result["stages"] for tie in stage["ties"])


def test_the_offices_stay_drawn_by_lot(cast: Cast):
    """An election fills no office: those rotate by the lot alone."""
    before = Office.objects.count()
    poll = put(call_election(cast), cast.ana, cast.bilal)
    elect(poll, [places(poll, "Ana")] * 3)
    assert Office.objects.count() == before
    assert citizen_of(cast.abiego)
