"""Article 14: enterprises belong to an assembly; policy governs them; what they make is reported to it."""

from datetime import timedelta
from decimal import Decimal

from assemblies.clock import now
from assemblies.models import Proposal
from commons.models import Enterprise, Governance, Harvest, Passing, Remit
from commons.units import measures
from mandates.models import propose_accession
from tests.cast import DAY, Cast, carry, citizen_of, policy_of
from tests.commons import market
from tests.constitution.bench import (
    PRIVILEGE,
    Attempt,
    Staged,
    as_owner,
    goes_through,
    insert,
    kept,
    refused,
    sql,
    tried_together,
    twisted,
)


def fresh(cast: Cast, assembly=None, text: str = "Shall we?", effect: str = "question") -> Proposal:
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "A question", text, by=citizen_of(assembly), effect=effect)


def offered(proposal: Proposal) -> int:
    proposal.offer(by=proposal.author)
    return proposal.pk


def last(table: str) -> int:
    ((pk,),) = sql(f"SELECT max(id) FROM {table}")
    return pk


# ---- goods ----


def a_good(cast: Cast) -> Staged:
    market.barley(cast)
    return {"name": "oats", "kind": "produce", "unit": "kg", "named_by_id": cast.ana.pk}


def name(row: Staged) -> None:
    insert("commons_good", row)


GOODS = [
    *twisted(
        a_good,
        name,
        name_a_good_as_a_stranger=(14, lambda cast, row: {"named_by_id": cast.stranger.pk}),
        name_a_good_as_a_technician=(14, lambda cast, row: {"named_by_id": cast.technician.pk}),
        name_a_good_that_has_its_name=("good_named_once", lambda cast, row: {"name": "Barley"}),
        name_nothing=("good_has_a_name", lambda cast, row: {"name": ""}),
        count_apples_in_hours=("good_unit_of_its_kind", lambda cast, row: {"unit": "h"}),
        name_a_kind_that_nobody_knows=("good_unit_of_its_kind", lambda cast, row: {"kind": "money", "unit": "kg"}),
    ),
    Attempt(
        "say of a measure twice what it is",
        "measure_once",
        a_good,
        lambda cast, row: as_owner("INSERT INTO commons_measure (word, unit, factor) VALUES ('tonnes', 'kg', 7)"),
        lambda cast, row: as_owner("INSERT INTO commons_measure (word, unit, factor) VALUES ('sacks', 'kg', 50)"),
    ),
    Attempt(
        "change what a tonne is",
        PRIVILEGE,
        a_good,
        lambda cast, row: sql("UPDATE commons_measure SET factor = 7"),
        lambda cast, row: sql("SELECT factor FROM commons_measure"),
    ),
]

# ---- taking an enterprise up ----

PURPOSE = "Barley for all."
SAYS = f"The mill belongs to us: {PURPOSE} It is governed by Bread."


def an_enterprise(cast: Cast) -> Staged:
    return {
        "enterprise": {
            "assembly_id": cast.abiego.pk,
            "name": "The mill",
            "kind": "mill",
            "purpose": PURPOSE,
            "proposal_id": fresh(cast, text=SAYS).pk,
        },
        "policy": cast.policy(cast.abiego).pk,
        "again": False,
    }


def take_up(row: Staged) -> None:
    insert("commons_enterprise", row["enterprise"])
    proposal = row["enterprise"]["proposal_id"]
    if row["policy"]:
        insert(
            "commons_governance",
            {"enterprise_id": last("commons_enterprise"), "policy_id": row["policy"], "proposal_id": proposal},
        )
    Proposal.objects.get(pk=proposal).offer(by=Proposal.objects.get(pk=proposal).author)


def enterprise(**other):
    return lambda cast, row: {"enterprise": row["enterprise"] | other}


def by_question(question):
    return lambda cast, row: {"enterprise": row["enterprise"] | {"proposal_id": question(cast).pk}}


def already_offered(cast: Cast) -> Proposal:
    return Proposal.objects.get(pk=offered(fresh(cast, text=SAYS)))


def that_joins_too(cast: Cast) -> Proposal:
    from mandates.models import Accession, Confederation
    from tests.cast import COMARCA

    elsewhere = Confederation.objects.found("Sobrarbe", by=cast.ana, **COMARCA)
    question = fresh(cast, text=SAYS)
    Accession.objects.create(assembly=cast.abiego, confederation=elsewhere, proposal=question)
    return question


def joining_afterwards(cast: Cast, row: Staged) -> Staged:
    """The enterprise first, and then a joining hung on the same question."""
    from mandates.models import Accession, Confederation
    from tests.cast import COMARCA

    insert("commons_enterprise", row["enterprise"])
    question = Proposal.objects.get(pk=row["enterprise"]["proposal_id"])
    insert(
        "commons_governance",
        {"enterprise_id": last("commons_enterprise"), "policy_id": row["policy"], "proposal_id": question.pk},
    )
    elsewhere = Confederation.objects.found("Sobrarbe", by=cast.ana, **COMARCA)
    Accession.objects.create(assembly=cast.abiego, confederation=elsewhere, proposal=question)
    question.offer(by=question.author)
    return {}


ENTERPRISES = [
    *twisted(
        an_enterprise,
        take_up,
        take_up_an_enterprise_by_the_question_of_another=(14, by_question(lambda c: fresh(c, c.loarre, SAYS))),
        take_up_an_enterprise_by_a_question_already_offered=(14, by_question(already_offered)),
        take_up_an_enterprise_by_a_policy=(14, by_question(lambda c: fresh(c, text=SAYS, effect="policy"))),
        take_up_an_enterprise_by_a_question_that_joins_a_confederation=(14, by_question(that_joins_too)),
        hang_a_joining_on_the_question_of_an_enterprise=(14, joining_afterwards),
        take_up_an_enterprise_that_the_question_does_not_name=(14, enterprise(name="The other mill")),
        take_up_an_enterprise_for_another_purpose_than_was_said=(14, enterprise(purpose="Profit.")),
        take_up_an_enterprise_without_a_policy=(14, lambda cast, row: {"policy": None}),
        take_up_an_enterprise_under_the_policy_of_another=(
            14,
            lambda cast, row: {"policy": cast.policy(cast.loarre).pk},
        ),
        take_up_a_nameless_enterprise=("enterprise_has_words", enterprise(name="")),
        take_up_an_enterprise_of_no_kind=("enterprise_kind", enterprise(kind="bank")),
    ),
]

# ---- what becomes of one ----


def a_farm(cast: Cast) -> Staged:
    farm = market.farm(cast)
    text = "The lower farm, Loarre, Bread, Ana, barley."
    return {
        "farm": farm,
        "passing": {
            "enterprise_id": farm.pk,
            "to_id": cast.loarre.pk,
            "proposal_id": fresh(cast, text=text).pk,
        },
        "stewardship": {
            "enterprise_id": farm.pk,
            "citizen_id": cast.ana.pk,
            "proposal_id": fresh(cast, text=text).pk,
            "valid_until": now() + 100 * DAY,
        },
        "governance": {
            "enterprise_id": farm.pk,
            "policy_id": cast.policy(cast.abiego).pk,
            "proposal_id": fresh(cast, text=text).pk,
        },
        "good": market.barley(cast).pk,
    }


def offer(question: int) -> None:
    found = Proposal.objects.get(pk=question)
    found.offer(by=found.author)


def pass_on(row: Staged) -> None:
    insert("commons_passing", row["passing"])
    offer(row["passing"]["proposal_id"])


def appoint(row: Staged) -> None:
    insert("commons_stewardship", row["stewardship"])
    insert("commons_remit", {"stewardship_id": last("commons_stewardship"), "good_id": row["good"]})
    offer(row["stewardship"]["proposal_id"])


def govern(row: Staged) -> None:
    insert("commons_governance", row["governance"])
    offer(row["governance"]["proposal_id"])


def on(key: str, **other):
    return lambda cast, row: {key: row[key] | {k: v(cast) if callable(v) else v for k, v in other.items()}}


def closed(cast: Cast, row: Staged) -> Staged:
    carry(row["farm"].propose_passing(by=cast.ana, to=None, reasons="It is dry.").proposal, close=False)
    return {}


def silent(cast: Cast) -> int:
    return fresh(cast, text="Something about nothing.").pk


def of_loarre(cast: Cast) -> int:
    return fresh(cast, cast.loarre, "The lower farm, Loarre, Bread, Ana.").pk


def remitted_later(cast: Cast, row: Staged) -> Staged:
    appoint(row)
    insert("commons_remit", {"stewardship_id": last("commons_stewardship"), "good_id": market.hours(cast).pk})
    return {}


def remitted_twice(cast: Cast, row: Staged) -> Staged:
    insert("commons_stewardship", row["stewardship"])
    for _ in range(2):
        insert("commons_remit", {"stewardship_id": last("commons_stewardship"), "good_id": row["good"]})
    return {}


def governed_twice(cast: Cast, row: Staged) -> Staged:
    bread = cast.policy(cast.abiego).pk
    proposal = fresh(cast, text=SAYS).pk
    insert("commons_enterprise", an_enterprise(cast)["enterprise"] | {"proposal_id": proposal})
    for _ in range(2):
        insert(
            "commons_governance",
            {"enterprise_id": last("commons_enterprise"), "policy_id": bread, "proposal_id": proposal},
        )
    return {}


def taken_by_another(cast: Cast, row: Staged) -> Staged:
    """Loarre's part of a handing over, said by Siétamo."""
    pass_on(row)
    question = fresh(cast, cast.sietamo, "The lower farm.")
    insert("commons_acceptance", {"passing_id": last("commons_passing"), "proposal_id": question.pk})
    return {}


def taken_twice(cast: Cast, row: Staged) -> Staged:
    pass_on(row)
    for _ in range(2):
        question = fresh(cast, cast.loarre, "The lower farm.")
        insert("commons_acceptance", {"passing_id": last("commons_passing"), "proposal_id": question.pk})
    return {}


FARMS = [
    *twisted(
        a_farm,
        pass_on,
        move_an_enterprise_by_the_question_of_another=(14, on("passing", proposal_id=of_loarre)),
        move_an_enterprise_by_a_question_that_names_nothing=(14, on("passing", proposal_id=silent)),
        move_an_enterprise_to_somebody_not_named=(14, on("passing", to_id=lambda cast: cast.sietamo.pk)),
        move_an_enterprise_twice_by_one_question=(14, lambda cast, row: (pass_on(row), {})[1]),
        move_an_enterprise_that_is_closed=(14, closed),
        take_an_enterprise_in_anothers_place=(12, taken_by_another),
        take_an_enterprise_twice=(14, taken_twice),
    ),
    *twisted(
        a_farm,
        appoint,
        appoint_a_steward_by_the_question_of_another=(14, on("stewardship", proposal_id=of_loarre)),
        appoint_a_steward_whom_the_question_does_not_name=(14, on("stewardship", citizen_id=lambda c: c.bilal.pk)),
        appoint_a_citizen_of_another_assembly=(14, on("stewardship", citizen_id=lambda c: c.chen.pk)),
        appoint_a_technician=(14, on("stewardship", citizen_id=lambda c: c.technician.pk)),
        appoint_a_steward_for_ever=(16, on("stewardship", valid_until=lambda cast: now() + timedelta(days=4000))),
        appoint_a_steward_to_speak_for_what_was_not_said=(14, lambda cast, row: {"good": market.hours(cast).pk}),
        widen_what_a_steward_may_say=(14, remitted_later),
        name_a_good_twice_in_a_remit=("remit_once", remitted_twice),
    ),
    *twisted(
        a_farm,
        govern,
        govern_by_the_question_of_another=(14, on("governance", proposal_id=of_loarre)),
        govern_by_a_question_that_does_not_say_so=(14, on("governance", proposal_id=silent)),
        govern_by_the_policy_of_another=(14, on("governance", policy_id=lambda c: c.policy(c.loarre).pk)),
        name_a_policy_twice=("governance_once", governed_twice),
    ),
    Attempt(
        "hand an enterprise over without a decision",
        PRIVILEGE,
        a_farm,
        lambda cast, s: Enterprise.objects.filter(pk=s["farm"].pk).update(assembly=cast.loarre),
        lambda cast, s: s["farm"].propose_passing(by=cast.ana, to=cast.loarre, reasons="They have water."),
    ),
    Attempt(
        "have a neighbour's enterprise closed",
        14,
        a_farm,
        lambda cast, s: s["farm"].propose_passing(by=cast.chen, to=None, reasons="It is in our way."),
        lambda cast, s: s["farm"].propose_passing(by=cast.ana, to=None, reasons="It is dry."),
    ),
]

# ---- stewards and their reports ----


def a_steward(cast: Cast) -> Staged:
    farm = market.farm(cast)
    market.sheep(cast)
    stewardship = market.steward(cast, farm)
    earlier = farm.report(market.barley(cast), Decimal(5), by=cast.ana, kind="made", day=market.today())
    return {
        "stewardship": stewardship,
        "harvest": {
            "enterprise_id": farm.pk,
            "good_id": market.barley(cast).pk,
            "kind": "made",
            "quantity": Decimal(700),
            "day": market.today(),
            "note": "",
            "by_id": cast.ana.pk,
            "corrects_id": None,
        },
        "discharge": {
            "stewardship_id": stewardship.pk,
            "proposal_id": fresh(cast, text="Ana no longer keeps The lower farm.").pk,
            "by_id": None,
        },
        "earlier": earlier,
    }


def report(row: Staged) -> None:
    insert("commons_harvest", row["harvest"])


def discharge(row: Staged) -> None:
    insert("commons_discharge", row["discharge"])
    if row["discharge"]["proposal_id"]:
        offer(row["discharge"]["proposal_id"])


def laid_down(cast: Cast, row: Staged) -> Staged:
    row["stewardship"].lay_down(by=cast.ana)
    return {}


def discharged(cast: Cast, row: Staged) -> Staged:
    carry(row["stewardship"].propose_discharge(by=cast.bilal, reasons="The gate.").proposal, close=False)
    return {}


def moved_away(cast: Cast, row: Staged) -> Staged:
    cast.ana.citizenship(now()).end(by=cast.ana, reason="left")
    return {}


def handed_over(cast: Cast, row: Staged) -> Staged:
    passing = row["stewardship"].enterprise.propose_passing(by=cast.ana, to=cast.loarre, reasons="Water.")
    carry(passing.proposal, passing.propose_acceptance(by=cast.chen).proposal, close=False)
    return {}


def of_the_sheep(cast: Cast, row: Staged) -> Staged:
    return {"harvest": row["harvest"] | {"good_id": market.sheep(cast).pk, "corrects_id": row["earlier"].pk}}


def corrected_twice(cast: Cast, row: Staged) -> Staged:
    again = {"harvest": row["harvest"] | {"corrects_id": row["earlier"].pk}}
    report(again)
    return again


STEWARDS = [
    *twisted(
        a_steward,
        report,
        report_as_a_neighbour=(14, on("harvest", by_id=lambda cast: cast.bilal.pk)),
        report_as_a_technician=(14, on("harvest", by_id=lambda cast: cast.technician.pk)),
        report_after_laying_it_down=(14, laid_down),
        report_after_a_discharge_that_nobody_noted=(14, discharged),
        report_after_leaving_the_assembly=(14, moved_away),
        report_for_a_farm_that_has_been_handed_over=(14, handed_over),
        report_what_will_be_made=(14, on("harvest", day=lambda cast: market.today() + 9 * DAY)),
        report_less_than_nothing=("harvest_quantity", on("harvest", quantity=Decimal(-1))),
        report_what_is_neither_made_nor_used=("harvest_kind", on("harvest", kind="sold")),
        report_half_a_sheep=(14, on("harvest", good_id=lambda c: market.sheep(c).pk, quantity=Decimal("0.5"))),
        correct_barley_by_sheep=(14, of_the_sheep),
        correct_a_report_twice=(14, corrected_twice),
    ),
    *twisted(
        a_steward,
        discharge,
        discharge_a_steward_by_the_question_of_another=(14, on("discharge", proposal_id=of_loarre)),
        discharge_a_steward_by_a_question_that_does_not_say_so=(14, on("discharge", proposal_id=silent)),
        lay_it_down_for_the_steward=(14, on("discharge", proposal_id=None, by_id=lambda cast: cast.bilal.pk)),
        be_discharged_and_lay_it_down_at_once=("discharge_one_way", on("discharge", by_id=lambda cast: cast.ana.pk)),
    ),
    Attempt(
        "report for a farm one does not keep",
        14,
        a_steward,
        lambda cast, s: s["stewardship"].enterprise.report(
            market.barley(cast), Decimal(1), by=cast.bilal, kind="made", day=market.today()
        ),
        lambda cast, s: s["stewardship"].enterprise.report(
            market.barley(cast), Decimal(1), by=cast.ana, kind="made", day=market.today()
        ),
    ),
]


def taken_over(cast: Cast) -> None:
    passing = market.farm(cast).propose_passing(by=cast.ana, to=cast.loarre, reasons="Water.")
    passing.propose_acceptance(by=cast.chen)


KEPT = [
    *kept("commons_good", 14, market.barley),
    *kept("commons_enterprise", 14, market.proposed_farm),
    *kept("commons_governance", 14, market.proposed_farm),
    *kept("commons_passing", 14, taken_over),
    *kept("commons_acceptance", 14, taken_over),
    *kept("commons_stewardship", 14, a_steward),
    *kept("commons_remit", 14, a_steward),
    *kept("commons_discharge", 14, lambda cast: discharge(a_steward(cast))),
    *kept("commons_harvest", 14, a_steward),
]

ATTEMPTS = [*GOODS, *ENTERPRISES, *FARMS, *STEWARDS, *KEPT]

test_attempt = tried_together(ATTEMPTS)


def test_an_enterprise_is_the_assemblys_from_the_close_and_no_worker_has_run(cast: Cast):
    farm = market.proposed_farm(cast)
    assert farm.holder_at(now()) is None
    carry(farm.proposal, close=False)
    assert farm.holder_at(now()) == cast.abiego


def test_handing_over_takes_two_decisions_and_ends_the_stewards_of_before(cast: Cast):
    farm = market.farm(cast)
    stewardship = market.steward(cast, farm)
    passing = farm.propose_passing(by=cast.ana, to=cast.loarre, reasons="They have the water.")
    carry(passing.proposal)
    assert farm.holder_at(now()) == cast.abiego, "Loarre has not decided to take it"
    assert stewardship.is_in_force(now())
    carry(passing.propose_acceptance(by=cast.chen).proposal)
    assert farm.holder_at(now()) == cast.loarre
    assert not stewardship.is_in_force(now())
    assert list(Passing.objects.with_effect(now()).filter(effective_at__isnull=False)) == [passing]


def test_a_policy_that_is_repealed_governs_nothing(cast: Cast):
    farm = market.farm(cast)
    water = policy_of(carry(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))[0])
    carry(farm.propose_policy(water, by=cast.ana).proposal)
    assert Governance.objects.filter(enterprise=farm).count() == 2
    with refused(14):
        farm.propose_policy(cast.policy(cast.loarre), by=cast.ana)
    with goes_through():
        carry(cast.abiego.propose("No water", "", by=cast.ana, effect="repeal", policy=water))
        with refused(14):
            farm.propose_policy(water, by=cast.ana)


def test_a_correction_stands_beside_what_it_corrects(cast: Cast):
    staged = a_steward(cast)
    farm, wrong = staged["stewardship"].enterprise, staged["earlier"]
    right = farm.report(wrong.good, Decimal(50), by=cast.ana, kind="made", day=wrong.day, corrects=wrong)
    assert list(Harvest.objects.filter(enterprise=farm, correction=None)) == [right]
    with refused(14):
        farm.report(wrong.good, Decimal(60), by=cast.ana, kind="made", day=wrong.day, corrects=wrong)
    assert Remit.objects.filter(stewardship=staged["stewardship"]).exists()


def test_the_database_measures_as_the_library_of_units_does(cast: Cast):
    rows = sql("SELECT word, unit, factor FROM commons_measure")
    assert {(word, unit, factor) for word, unit, factor in rows} == set(measures())


def test_joining_is_still_a_question_of_its_own(cast: Cast):
    """What stands below is refused on a question of this floor, and the other way round."""
    from mandates.models import Confederation
    from tests.cast import COMARCA

    elsewhere = Confederation.objects.found("Sobrarbe", by=cast.ana, **COMARCA)
    assert propose_accession(cast.abiego, elsewhere, by=cast.ana)
