"""Two at once on the road of a proposal: whoever comes second finds what the first has done."""

import pytest

from assemblies.clock import now
from assemblies.models import Amendment, ProposalVersion
from assemblies.refusal import Refusal
from tests.cast import DAY, Cast, call, clock, facilitator
from tests.faults.racing import Racers
from tests.faults.test_races import racers, town  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db(transaction=True)

OVEN = "The oven is common.\n\nIt is hot on Friday."


def test_no_text_is_voted_on_that_changed_as_the_vote_was_called(town: Cast, racers: Racers):  # noqa: F811
    proposals = [town.abiego.propose(f"The oven {n}", OVEN, by=town.ana) for n in range(8)]
    clock.at(now() + 20 * DAY)
    assert facilitator(town.abiego)
    for proposal in proposals:
        version = proposal.versions.get()

        def rewrite(proposal=proposal):
            return ProposalVersion.objects.write(proposal, f"{OVEN} And on Monday.", by=town.ana)

        def amend(version=version):
            return Amendment.objects.move(version, by=town.bilal, kind="strike", article=1)

        def vote(proposal=proposal):
            return call(proposal)

        written, moved, decision = racers.race(rewrite, amend, vote)
        newest = proposal.versions.newest()
        if not isinstance(decision, Refusal):
            assert decision.version == newest, "written while its vote stood"
            assert isinstance(moved, Refusal) or moved.version_id != newest.pk
            assert decision.opens_at >= newest.written_at + 7 * DAY
        if isinstance(decision, Refusal):
            assert not isinstance(moved, Refusal), "only an amendment holds up the vote here"
        assert isinstance(written, Refusal) or isinstance(moved, Refusal), "each shuts the other out"


def test_amendments_that_come_at_once_have_each_a_number(town: Cast, racers: Racers):  # noqa: F811
    version = town.abiego.propose("The oven", OVEN, by=town.ana).versions.get()

    def move(n: int):
        return lambda: Amendment.objects.move(version, by=town.bilal, kind="insert", article=1, text=f"More {n}.")

    racers.race(*(move(n) for n in range(6)))
    assert sorted(version.amendments.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
