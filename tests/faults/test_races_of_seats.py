"""A seat that two assemblies gave, lost by one in the very moment in which something is done under the other."""

from decimal import Decimal

import pytest

from assemblies.clock import now
from councils.models import Action, Attachment
from mandates.models import Mandate
from tests.cast import DAY, Cast, carry
from tests.faults.racing import Racers, slowed, until_refused
from tests.faults.test_races import in_order, lost, racers, shown, town  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db(transaction=True)

FEW = 3


def given_by_two(town: Cast, n: int) -> list[tuple[Attachment, Mandate]]:  # noqa: F811
    """So many citizens of Abiego, each mandated to the region by Abiego and by Loarre; with a task of Abiego's part."""
    pairs = [
        tuple(
            town.propose_mandate(a, one, town.terms(a), confederation=town.region, valid_until=now() + 90 * DAY)
            for a in (town.abiego, town.loarre)
        )
        for one in town.neighbours(town.abiego, n)
    ]
    carry(*(mandate.proposal for pair in pairs for mandate in pair))
    return [(town.task(own, 80).attachments.get(), other) for own, other in pairs]


def nothing_after_it_fell(racers: Racers, attachment: Attachment, other: Mandate) -> bool:  # noqa: F811
    by = other.delegate

    def log() -> Action:
        return attachment.log_action(by=by, what="Bought flour", quantity=Decimal("0.001"))

    done, ending = racers.race(lambda: until_refused(log), lambda: other.resign(by=by))
    return all(action.logged_at < ending.effective_at for action in done)


@lost
def test_nothing_is_done_under_one_mandate_once_another_took_the_majority_away(town, racers, unlocked):  # noqa: F811
    with slowed("mandates_ending.true", unlocked=unlocked):
        shown(unlocked, (nothing_after_it_fell(racers, *pair) for pair in given_by_two(town, FEW)))
