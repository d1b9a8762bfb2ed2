"""A shared text: offered by one assembly, relayed as it is, and adopted by each for itself, or not."""

from datetime import timedelta

from assemblies.clock import now
from assemblies.models import Letter, Policy, Proposal
from assemblies.sweeps import run_all
from councils.models import Relay
from mandates.models import Adoption, SharedText, shares
from tests.cast import DAY, Cast, accession, carry, citizen_of, decide, found, lose, policy_of, travel_to
from tests.constitution.bench import refused

NOTICE = 30 * DAY


def offer(cast: Cast, assembly=None, *, carried: bool = True, **other) -> SharedText:
    assembly = assembly or cast.abiego
    shared = SharedText.objects.offer(
        assembly,
        cast.comarca,
        by=citizen_of(assembly),
        **{"title": "Dry wood", "text": "We heat with dry wood.", "notice": NOTICE, **other},
    )
    if carried:
        carry(shared.proposal)
    return shared


def adopt(shared: SharedText, assembly, **other) -> Adoption:
    adoption = shared.propose_adoption(assembly, by=citizen_of(assembly), **other)
    carry(adoption.proposal)
    return adoption


def fates(shared: SharedText) -> dict[str, str]:
    return {fate.adoption.assembly.name: fate.state for fate in shared.adoptions.fates(now())}


def bound(shared: SharedText) -> set[str]:
    return {one.assembly.name for one in shared.adoptions.in_force(now())}


def informing(cast: Cast, **other):
    """Bilal's task to inform, at the comarca."""
    terms = cast.terms(cast.abiego, power="inform", limit=None, unit="", **other)
    return cast.task(cast.mandate(cast.abiego, cast.bilal, terms), None, unit="").attachments.get()


def test_a_text_binds_whoever_adopts_it_from_their_own_decision_on(cast: Cast):
    shared = offer(cast)
    assert bound(shared) == set()
    first = adopt(shared, cast.abiego)
    assert bound(shared) == {"Abiego"}
    lose(shared.propose_adoption(cast.loarre, by=cast.chen).proposal)
    waiting = shared.propose_adoption(cast.sietamo, by=cast.dolores)
    assert fates(shared) == {"Abiego": "bound", "Loarre": "rejected", "Siétamo": "open"}
    reach = shares(shared.confederation, [cast.abiego.pk], now())
    assert (reach["assemblies_bound"], reach["assemblies"]) == (1, 3)
    assert reach["citizens_bound"] == cast.abiego.citizens(now()).count()
    policy = policy_of(first.proposal.decision)
    assert (policy.assembly, policy.version(now()).text, policy.notice) == (cast.abiego, shared.text, NOTICE)
    waiting.proposal.withdraw(by=cast.dolores)
    assert fates(shared)["Siétamo"] == "dropped"
    carry(shared.propose_adoption(cast.loarre, by=cast.chen).proposal)  # who rejected it may think again
    assert bound(shared) == {"Abiego", "Loarre"}


def test_a_reservation_binds_its_own_assembly_and_changes_no_word(cast: Cast):
    shared = offer(cast)
    adoption = adopt(shared, cast.loarre, reservation="Not in August.")
    assert adoption.reservation == "Not in August."
    assert policy_of(adoption.proposal.decision).version(now()).text == shared.text
    assert adopt(shared, cast.abiego).reservation == ""


def test_who_gives_it_up_stays_bound_for_the_notice_that_the_text_sets(cast: Cast):
    shared = offer(cast)
    adoption = adopt(shared, cast.abiego)
    policy = policy_of(adoption.proposal.decision)
    repeal = cast.abiego.propose("Repeal", "Enough.", by=cast.ana, effect=Proposal.Effect.REPEAL, policy=policy)
    (given_up,) = carry(repeal)
    assert bound(shared) == {"Abiego"}
    (fate,) = shared.adoptions.fates(now())
    assert (fate.state, fate.adoption.binds_until) == ("bound", given_up.closes_at + NOTICE)
    travel_to(given_up.closes_at + NOTICE - timedelta(minutes=1))
    assert Policy.objects.in_force(now()).filter(pk=policy.pk).exists()
    travel_to(given_up.closes_at + NOTICE)
    assert bound(shared) == set()
    assert not Policy.objects.in_force(now()).filter(pk=policy.pk).exists()
    assert fates(shared) == {"Abiego": "over"}


def test_the_notice_holds_for_clauses_though_nobody_has_noted_the_repeal(cast: Cast):
    shared = offer(cast)
    policy = policy_of(adopt(shared, cast.abiego).proposal.decision)
    mandate = cast.mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, policy=policy))
    clause = mandate.clauses.get()
    repeal = cast.abiego.propose("Repeal", "Enough.", by=cast.ana, effect=Proposal.Effect.REPEAL, policy=policy)
    (given_up,) = carry(repeal, close=False)
    assert clause.is_in_force(now())
    travel_to(given_up.closes_at + NOTICE)
    assert not clause.is_in_force(now())


def test_an_amendment_is_a_new_text_with_its_lineage(cast: Cast):
    shared = offer(cast)
    adopt(shared, cast.abiego)
    amended = offer(cast, cast.loarre, text="We heat with dry wood, and share the saw.", amends=shared)
    assert [one.pk for one in amended.ancestors()] == [shared.pk]
    assert bound(amended) == set()
    fresh = adopt(amended, cast.loarre)
    assert fresh.proposal.effect == "policy"
    later = adopt(amended, cast.abiego)
    assert later.proposal.effect == "amendment"
    assert fates(amended) == {"Loarre": "bound", "Abiego": "coming"}
    assert bound(shared) == {"Abiego"}  # until the notice of the first is over
    travel_to(later.proposal.decision.closes_at + NOTICE)
    assert bound(shared) == set()
    assert bound(amended) == {"Loarre", "Abiego"}
    assert policy_of(later.proposal.decision).versions.count() == 2
    with refused(11):
        offer(cast, amends=shared, notice=timedelta(), carried=False)


def test_a_delegate_relays_it_to_every_assembly_as_it_is(cast: Cast):
    shared, attachment = offer(cast), informing(cast)
    relay = Relay.objects.relay(shared, attachment, by=cast.bilal)
    assert relay.digest == shared.digest
    assert shared.digest in relay.action.what
    run_all()
    told = Letter.objects.filter(about=f"text-relayed/{relay.pk}").values_list("citizen", flat=True)
    assert len(told) == 6  # two facilitators each
    with refused(11):
        Relay.objects.relay(shared, attachment, by=cast.bilal)


def test_what_is_not_offered_is_neither_relayed_nor_adopted(cast: Cast):
    shared, attachment = offer(cast, carried=False), informing(cast)
    with refused(11):
        Relay.objects.relay(shared, attachment, by=cast.bilal)
    with refused(11):
        shared.propose_adoption(cast.loarre, by=cast.chen)
    lose(shared.proposal)
    with refused(11):
        shared.propose_adoption(cast.loarre, by=cast.chen)


def test_another_power_relays_nothing(cast: Cast):
    shared = offer(cast)
    flour = cast.task(cast.mandate(cast.abiego, cast.bilal)).attachments.get()
    with refused(11):
        Relay.objects.relay(shared, flour, by=cast.bilal)


def test_no_relay_is_needed_to_adopt(cast: Cast):
    adopt(offer(cast), cast.loarre)
    assert Relay.objects.count() == 0


def test_who_leaves_the_confederation_keeps_what_it_adopted(cast: Cast):
    shared = offer(cast)
    adopt(shared, cast.loarre)
    carry(accession(cast.loarre, cast.comarca).leave(by=cast.chen, reasons="We go.").proposal)
    assert bound(shared) == {"Loarre"}
    assert shares(shared.confederation, [cast.loarre.pk], now())["assemblies_bound"] == 0
    with refused(11):
        offer(cast, cast.loarre, carried=False)


def test_an_assembly_elsewhere_neither_offers_nor_adopts(cast: Cast):
    ibieca = found("Ibieca", "ibieca", 5)
    with refused(11):
        offer(cast, ibieca, carried=False)
    with refused(11):
        offer(cast).propose_adoption(ibieca, by=citizen_of(ibieca))


def test_it_is_before_an_assembly_once_at_a_time(cast: Cast):
    shared = offer(cast)
    proposal = shared.propose_adoption(cast.loarre, by=cast.chen).proposal
    with refused(11):
        shared.propose_adoption(cast.loarre, by=cast.chen)
    decide(proposal)
    with refused(11):
        shared.propose_adoption(cast.loarre, by=cast.chen)
