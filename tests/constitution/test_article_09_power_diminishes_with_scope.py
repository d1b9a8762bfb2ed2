"""Article 9: a wider confederation has fewer powers and no longer terms; a mandate stays under its ceiling."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import Error, transaction

from assemblies.clock import now
from assemblies.models import Proposal
from assemblies.refusal import Refusal
from mandates.models import Charter, Confederation, Mandate, Power, propose_accession
from tests.cast import COMARCA, DAY, YEAR, Cast, carry, citizen_of, person
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


def under_a_limit(limits: dict[str, dict[str, str]]):
    """One that lies within a confederation which allows 50 kg to procure."""

    def twist(cast: Cast, row: Staged) -> Staged:
        wide = Confederation.objects.found(
            "Wide", by=cast.ana, powers=["procure"], longest_term=90 * DAY, limits={"procure": {"kg": 50}}
        )
        inner = {"name": "Inner", "slug": "inner", "within_id": wide.pk, "log_id": log_of("inner")}
        insert("mandates_confederation", inner | {"drafted_by_id": cast.ana.pk})
        return {"confederation_id": Confederation.objects.get(slug="inner").pk, "limits": json.dumps(limits)}

    return twist


CHARTERS = twisted(
    a_charter,
    lambda row: insert("mandates_charter", row),
    have_as_few_powers_as_the_wider_one=(9, lambda cast, row: {"powers": ["convene", "inform", "procure"]}),
    have_other_powers_than_the_wider_one=(9, lambda cast, row: {"powers": ["maintain", "distribute"]}),
    have_shorter_terms_than_the_wider_one=(9, lambda cast, row: {"longest_term": 30 * DAY}),
    allow_fewer_terms_in_a_row_than_the_wider_one=(9, lambda cast, row: {"most_terms": 2}),
    limit_what_the_wider_one_does_not_limit=(9, lambda cast, row: {"limits": '{"procure": {"kg": "500"}}'}),
    have_a_smaller_limit_than_the_wider_one=(9, under_a_limit({"procure": {"kg": "49"}})),
    have_a_limit_in_another_unit_than_the_wider_one=(9, under_a_limit({"procure": {"tonnes": "1"}})),
    limit_a_power_that_the_charter_does_not_give=(9, lambda cast, row: {"limits": '{"build": {"m": "5"}}'}),
    have_a_limit_that_is_no_number=(9, lambda cast, row: {"limits": '{"distribute": {"kg": "much"}}'}),
    have_a_limit_of_nothing=(9, lambda cast, row: {"limits": '{"distribute": {"kg": "0"}}'}),
    have_a_limit_of_nothing_in_particular=(9, lambda cast, row: {"limits": '{"distribute": {"": "5"}}'}),
    have_limits_that_are_none=(9, lambda cast, row: {"limits": "[]"}),
    let_a_minority_hold_a_seat=("charter_seat_needs_most", lambda cast, row: {"seat_per_mille": 499}),
    ask_everyone_for_a_seat_and_one_more=("charter_seat_needs_most", lambda cast, row: {"seat_per_mille": 1000}),
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


# ---- a limit ----


def limited(cast: Cast) -> Confederation:
    """A confederation of two that allows 50 kg of flour in one mandate."""
    valley = Confederation.objects.found(
        "Valley", by=cast.ana, powers=["procure", "inform"], limits={"procure": {"kg": 50}}
    )
    joining = [propose_accession(a, valley, by=citizen_of(a)) for a in (cast.abiego, cast.loarre)]
    carry(*(accession.proposal for accession in joining))
    return valley


def a_clause(cast: Cast) -> Staged:
    """The second clause of a mandate that gives 30 kg already."""
    proposal = Proposal.objects.draft(cast.abiego, "A mandate", "Flour", by=cast.ana, effect="question")
    mandate = Mandate.objects.create(
        assembly=cast.abiego,
        delegate=cast.bilal,
        citizenship=cast.bilal.citizenship(now()),
        confederation=limited(cast),
        proposal=proposal,
        valid_from=now(),
        valid_until=now() + 90 * DAY,
    )
    terms = cast.terms(cast.abiego, limit=Decimal(30))
    mandate.clauses.create(number=1, **vars(terms))
    row = {"mandate_id": mandate.pk, "number": 2, "policy_id": terms.policy.pk, "power": "procure"}
    return row | {"instruction": "Buy more", "limit": Decimal(20), "unit": "kg"}


LIMITS = twisted(
    a_clause,
    lambda row: insert("mandates_clause", row),
    give_more_in_two_clauses_than_the_charter_allows_in_one=(9, lambda cast, row: {"limit": Decimal(21)}),
    give_without_a_limit_what_the_charter_limits=(9, lambda cast, row: {"limit": None, "unit": ""}),
    give_it_in_a_unit_that_the_charter_does_not_know=(9, lambda cast, row: {"unit": "tonnes"}),
)

ACTS += [
    Attempt(
        "mandate for more than the charter allows",
        9,
        lambda cast: {"valley": limited(cast)},
        lambda cast, s: cast.propose_mandate(
            cast.abiego, cast.bilal, cast.terms(cast.abiego, limit=Decimal(51)), confederation=s["valley"]
        ),
        lambda cast, s: cast.propose_mandate(
            cast.abiego, cast.bilal, cast.terms(cast.abiego, limit=Decimal(50)), confederation=s["valley"]
        ),
    ),
    Attempt(
        "found one with smaller limits than the wider one",
        9,
        lambda cast: {"valley": limited(cast)},
        lambda cast, s: found(cast, within=s["valley"], limits={"procure": {"kg": 49}}, longest_term=2 * YEAR),
        lambda cast, s: found(cast, within=s["valley"], limits={"procure": {"kg": 50}}, longest_term=2 * YEAR),
    ),
]

ATTEMPTS = [
    *LIMITS,
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


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({"powers": ["inform", "convene"]}, "procure"),
        ({"longest_term": 30 * DAY}, "180"),
        ({"limits": {"procure": {"kg": 5}}}, "procure"),
    ],
)
def test_a_refusal_names_what_is_too_much(cast: Cast, terms: dict, named: str):
    with pytest.raises(Refusal) as by_the_act:
        found(cast, **terms)
    assert named in str(by_the_act.value)
    row = a_charter(cast)
    twist = {"limits": json.dumps(terms["limits"])} if "limits" in terms else terms
    with pytest.raises(Error) as by_the_database, transaction.atomic():
        insert("mandates_charter", row | twist)
    assert named in str(by_the_database.value)


def test_to_any_depth_the_ceiling_narrows(cast: Cast):
    """Eight heights: each one power fewer, a shorter term, a smaller limit than the one within it."""
    chain: list[Confederation] = []
    for n in range(1, len(Power.values)):
        chain.append(
            Confederation.objects.found(
                f"Height {n}",
                by=cast.ana,
                within=chain[-1] if chain else None,
                powers=Power.values[:n],
                longest_term=n * DAY,
                limits={Power.values[0]: {"kg": n}},
            )
        )
    assert [c.pk for c in chain[-1].wider()] == [c.pk for c in reversed(chain[:-1])]
    with refused(9):
        Confederation.objects.found(
            "Too much", by=cast.ana, within=chain[-1], powers=Power.values[:5], longest_term=YEAR
        )
