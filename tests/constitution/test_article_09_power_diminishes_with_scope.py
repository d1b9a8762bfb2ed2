"""Article 9: a wider confederation has fewer powers and no longer terms; a mandate stays under its ceiling."""

from datetime import timedelta
from decimal import Decimal

import pytest

from assemblies.clock import now
from mandates.models import Charter, Confederation, Power
from tests.cast import COMARCA, DAY, YEAR, Cast, carry, person
from tests.constitution.bench import (
    Attempt,
    Staged,
    insert,
    kept,
    nothing,
    refused,
    sql,
    tried,
    twisted,
)

NARROW = [
    power for power in Power.values if power not in ("build", "represent")
]  # the comarca's, as the cast founds it


def log_of(name: str) -> int:
    ((log,),) = sql("INSERT INTO assemblies_log (origin) VALUES (%s) RETURNING id", [f"confederation/{name}"])
    return log


# ---- a confederation ----


def a_confederation(cast: Cast) -> Staged:
    return {
        "name": "Sobrarbe",
        "slug": "sobrarbe",
        "within_id": cast.region.pk,
        "log_id": log_of("sobrarbe"),
        "drafted_by_id": cast.ana.pk,
    }


def without_charter(cast: Cast, row: Staged) -> Staged:
    insert("mandates_confederation", row | {"slug": "bare", "within_id": None, "log_id": log_of("bare")})
    return {"within_id": Confederation.objects.get(slug="bare").pk}


def a_circle(cast: Cast, row: Staged) -> Staged:
    """Each within the other, while references are only checked at the commit."""
    insert("mandates_confederation", row | {"id": 900, "slug": "first", "within_id": 901, "log_id": log_of("first")})
    return {"id": 901, "within_id": 900}


CONFEDERATIONS = twisted(
    a_confederation,
    lambda row: insert("mandates_confederation", row),
    lie_within_one_that_has_no_charter=(9, without_charter),
    lie_within_one_another_in_a_circle=(9, a_circle),
    lie_within_oneself=(9, lambda cast, row: {"id": 900, "within_id": 900}),
    found_a_confederation_as_a_stranger=(12, lambda cast, row: {"drafted_by_id": cast.stranger.pk}),
    found_a_confederation_as_a_technician=(12, lambda cast, row: {"drafted_by_id": cast.technician.pk}),
)

# ---- a charter ----


def a_charter(cast: Cast) -> Staged:
    """For a new confederation within the region, which has three powers and terms of 180 days."""
    row = a_confederation(cast)
    insert("mandates_confederation", row)
    return {
        "confederation_id": Confederation.objects.get(slug="sobrarbe").pk,
        "text": "",
        "powers": ["convene", "inform", "procure", "distribute"],
        "longest_term": 200 * DAY,
        "recall_per_mille": 100,
        "signing_period": 60 * DAY,
        "report_interval": 90 * DAY,
    }


def wider(cast: Cast, row: Staged) -> int:
    """A region around one that has its charter: its own charter is still to be written."""
    ((inner,),) = sql(
        "INSERT INTO mandates_confederation (name, slug, log_id, drafted_by_id) VALUES ('Outer', 'outer', %s, %s)"
        " RETURNING id",
        [log_of("outer"), cast.ana.pk],
    )
    return inner


def joined(cast: Cast, row: Staged) -> Staged:
    """A confederation that assemblies have joined, whose charter is to be replaced."""
    return {"confederation_id": cast.comarca.pk}


CHARTERS = twisted(
    a_charter,
    lambda row: insert("mandates_charter", row),
    have_as_few_powers_as_the_wider_one=(9, lambda cast, row: {"powers": ["convene", "inform", "procure"]}),
    have_other_powers_than_the_wider_one=(9, lambda cast, row: {"powers": ["maintain", "distribute"]}),
    have_shorter_terms_than_the_wider_one=(9, lambda cast, row: {"longest_term": 30 * DAY}),
    have_powers_that_nobody_knows=(
        "charter_powers_known",
        lambda cast, row: {"powers": ["convene", "inform", "procure", "legislate"]},
    ),
    have_no_power=("charter_has_a_power", lambda cast, row: {"powers": []} | alone(cast)),
    have_terms_of_no_length=("charter_term", lambda cast, row: {"longest_term": timedelta(0)} | alone(cast)),
    have_no_recall=("charter_recall_share", lambda cast, row: {"recall_per_mille": 0}),
    have_a_recall_that_needs_nearly_everyone=("charter_recall_share", lambda cast, row: {"recall_per_mille": 501}),
    have_no_term_that_anybody_may_serve=("charter_most_terms", lambda cast, row: {"most_terms": 0} | alone(cast)),
    have_no_time_to_sign=("charter_signing", lambda cast, row: {"signing_period": timedelta(hours=1)}),
    have_reports_without_end=("charter_reports", lambda cast, row: {"report_interval": timedelta(0)}),
    replace_a_charter_under_which_assemblies_have_joined=(11, joined),
    have_a_second_charter=("23505", lambda cast, row: (insert("mandates_charter", row), {})[1]),
)


def alone(cast: Cast) -> Staged:
    """One that lies within no other."""
    ((pk,),) = sql(
        "INSERT INTO mandates_confederation (name, slug, log_id, drafted_by_id) VALUES ('Alone', 'alone', %s, %s)"
        " RETURNING id",
        [log_of("alone"), cast.ana.pk],
    )
    return {"confederation_id": pk}


# ---- by the objects ----


def found(cast: Cast, **other) -> Confederation:
    terms = COMARCA | {"within": cast.region} | other
    return Confederation.objects.found("Sobrarbe", by=cast.ana, **terms)


ACTS = [
    Attempt(
        "found one with no more powers than the wider one",
        9,
        nothing,
        lambda cast, s: found(cast, powers=["convene", "inform", "procure"]),
        lambda cast, s: found(cast),
    ),
    Attempt(
        "found one with shorter terms than the wider one",
        9,
        nothing,
        lambda cast, s: found(cast, longest_term=90 * DAY),
        lambda cast, s: found(cast),
    ),
    Attempt(
        "mandate beyond what the wider council may",
        9,
        nothing,
        lambda cast, s: cast.propose_mandate(
            cast.abiego,
            cast.bilal,
            cast.terms(cast.abiego, power="distribute"),
            confederation=cast.region,
            valid_until=now() + 90 * DAY,
        ),
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, power="distribute")),
    ),
    Attempt(
        "mandate for longer at the wider council",
        9,
        nothing,
        lambda cast, s: cast.propose_mandate(
            cast.abiego, cast.bilal, confederation=cast.region, valid_until=now() + 300 * DAY
        ),
        lambda cast, s: cast.propose_mandate(cast.abiego, cast.bilal, valid_until=now() + 300 * DAY),
    ),
]

ATTEMPTS = [
    *CONFEDERATIONS,
    *CHARTERS,
    *ACTS,
    *kept("mandates_confederation", 12, nothing),
    *kept("mandates_charter", 11, nothing),
]

test_attempt = tried(ATTEMPTS)


def test_the_wider_the_fewer(cast: Cast):
    wide, narrow = cast.region.charter, cast.comarca.charter
    assert set(wide.powers) < set(narrow.powers)
    assert wide.longest_term < narrow.longest_term


def test_three_levels_each_stay_under_the_one_below(cast: Cast):
    union = Confederation.objects.found("Union", by=cast.ana, powers=["inform"], longest_term=60 * DAY)
    country = Confederation.objects.found(
        "Country", by=cast.ana, within=union, powers=["inform", "convene"], longest_term=90 * DAY
    )
    with refused(9):
        Confederation.objects.found("Valley", by=cast.ana, within=country, powers=["inform"], longest_term=YEAR)
    valley = Confederation.objects.found(
        "Valley", by=cast.ana, within=country, powers=["inform", "convene", "maintain"], longest_term=YEAR
    )
    assert [c.name for c in valley.wider()] == ["Country", "Union"]
    powers = [set(c.charter.powers) for c in (valley, *valley.wider())]
    assert powers[0] > powers[1] > powers[2]


@pytest.mark.parametrize("power", NARROW)
def test_each_power_of_the_ceiling_can_be_given_and_none_beyond(cast: Cast, power: str):
    mandate = cast.propose_mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, power=power))
    assert mandate.clauses.get().power == power
    for beyond in ("build", "represent"):
        with refused(9):
            cast.propose_mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, power=beyond))


def test_a_mandate_is_bound_by_its_own_confederation_whatever_lies_around_it(cast: Cast):
    mandate = cast.mandate(
        cast.abiego,
        cast.bilal,
        cast.terms(cast.abiego, limit=Decimal(5)),
        confederation=cast.region,
        valid_until=now() + 150 * DAY,
    )
    assert [seat.delegate for seat in cast.region.seats(now())] == [cast.bilal]
    assert cast.comarca.seats(now()) == []
    with refused(6):
        cast.comarca.attach_task(
            by=cast.bilal, title="Flour", purpose="", clauses=mandate.clauses.all(), unit="kg", quantities={}
        )


def test_everyone_reads_the_same_charter_for_good(cast: Cast):
    before = Charter.objects.get(confederation=cast.comarca.pk)
    carry(cast.abiego.propose("Charter", "The comarca may build.", by=cast.ana))
    after = Charter.objects.get(confederation=cast.comarca.pk)
    assert (before.powers, before.longest_term) == (after.powers, after.longest_term)
    assert person("Nobody").citizenship(now()) is None
