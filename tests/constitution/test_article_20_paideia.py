"""Article 20: no vote opens before its deliberation time has passed, and what is judged can be read before."""

from datetime import timedelta

from django.test import Client

from assemblies.clock import now
from assemblies.models import Proposal, Rules
from tests.cast import DAY, MINUTE, Cast, call, carry, citizen_of, clock, found
from tests.constitution.bench import Attempt, Staged, nothing, refused, tried


def water(cast: Cast):
    return cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)


def attempt(what: str, deed) -> Attempt:
    return Attempt(what, 20, nothing, lambda cast, s: deed(cast), lambda cast, s: call(water(cast)))


def after_long(cast: Cast) -> object:
    proposal = water(cast)
    clock.travel(30 * DAY)
    return call(proposal, **soon(DAY))


def soon(moment: timedelta) -> Staged:
    return {"opens_at": now() + moment, "closes_at": now() + moment + 9 * DAY}


ATTEMPTS = [
    attempt("vote at once", lambda cast: call(water(cast), **soon(MINUTE))),
    attempt("vote a day before the deliberation is over", lambda cast: call(water(cast), **soon(6 * DAY))),
    attempt("vote without notice on what was long deliberated", lambda cast: after_long(cast)),
    attempt(
        "be done with a vote in an hour",
        lambda cast: call(water(cast), opens_at=now() + 8 * DAY, closes_at=now() + 8 * DAY + timedelta(hours=1)),
    ),
    attempt("propose a title without a text", lambda cast: cast.abiego.propose("Water", " \n", by=cast.ana)),
    attempt("propose a text without a title", lambda cast: cast.abiego.propose(" ", "Rain.", by=cast.ana)),
    attempt("put a vote off for a year", lambda cast: call(water(cast), **soon(365 * DAY))),
    attempt(
        "draw a vote out for a year",
        lambda cast: call(water(cast), opens_at=now() + 8 * DAY, closes_at=now() + 365 * DAY),
    ),
]

test_attempt = tried(ATTEMPTS)


def test_each_assembly_deliberates_for_as_long_as_its_own_orders_say(cast: Cast):
    ibieca = found("Ibieca", "ibieca", 5, Rules(deliberation=20 * DAY, notice=DAY))
    proposal = ibieca.propose("Water", "Rain.", by=citizen_of(ibieca))
    with refused(20):
        call(proposal, opens_at=now() + 19 * DAY)
    decision = call(proposal)
    assert decision.opens_at - proposal.offered_at >= 20 * DAY
    assert call(water(cast)).opens_at < decision.opens_at


def test_time_spent_as_a_draft_is_not_deliberation(cast: Cast):
    draft = Proposal.objects.draft(cast.abiego, "Water", "Rain.", by=cast.ana, effect="policy")
    clock.travel(30 * DAY)
    draft.offer(by=cast.ana)
    with refused(20):
        call(draft, opens_at=now() + 3 * DAY, closes_at=now() + 9 * DAY)


def test_the_text_is_read_by_anyone_before_during_and_after_the_vote(cast: Cast):
    proposal = water(cast)
    decision = call(proposal)

    def read() -> bool:
        return "The rain is kept." in Client().get(proposal.get_absolute_url()).content.decode()

    assert read()
    clock.at(decision.opens_at)
    assert read()
    carry(proposal)
    assert read()


def test_nothing_is_asked_of_a_voter_but_to_be_a_citizen(cast: Cast):
    """Whoever has read nothing votes as whoever has read it all: one who has never opened a page."""
    decision = call(water(cast))
    clock.at(decision.opens_at)
    cast.bilal.last_login = None
    cast.bilal.save(update_fields=["last_login"])
    assert decision.cast(by=cast.bilal, choice="yes").pk
