"""A text from Loarre to all of Aragón: one assembly for each of the 33 comarcas, and 20 of them adopt it."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from django.utils.text import slugify

from assemblies.clock import now
from assemblies.models import Letter, Policy, Rules
from assemblies.sweeps import run_all
from confederation.demo.territory import comarcas, municipalities
from councils.models import Council, Relay, Task
from mandates.models import Confederation, Mandate, SharedText, Terms, propose_accession, shares
from tests.cast import DAY, YEAR, Cast, call, carry, citizen_of, decide, finish, found, policy_of, travel_to

WORDS = "The railway to Canfranc stops at every halt, on every day.\n\n- Nobody pays more than a bus.\n"
NOTICE = 60 * DAY
LONG = Rules(office_term=3 * YEAR)


def test_twenty_of_thirty_three_adopt_it(cast: Cast):
    names = comarcas()
    places = {place.comarca: place for place in municipalities()}  # one municipality for each comarca
    region = Confederation.objects.found("Aragón", by=cast.ana, powers=["inform"], longest_term=YEAR)
    towns = {}
    joining = []
    for code, place in sorted(places.items()):
        town = found(place.name, f"{slugify(place.name)}-{code}", 3, LONG)
        inner = Confederation.objects.found(
            names[code],
            by=citizen_of(town),
            powers=["inform", "convene"],
            within=region,
            slug=f"{code}-comarca",
            longest_term=YEAR,
        )
        towns[code] = town
        joining.append(propose_accession(town, inner, by=citizen_of(town)).proposal)
    carry(*joining)
    assert len(towns) == 33
    first, *others = towns.values()

    shared = SharedText.objects.offer(
        first, region, by=citizen_of(first), title="Every halt", text=WORDS, notice=NOTICE, reasons="The line is ours."
    )
    reading = first.propose("Letters", "We write to each other.", by=citizen_of(first))
    (offered, wrote) = carry(shared.proposal, reading)
    policy = policy_of(wrote)

    # One of its citizens relays it, under a mandate to inform and nothing else.
    delegate = first.citizens(now()).latest("pk")
    mandate = Mandate.objects.propose(
        first,
        by=citizen_of(first),
        delegate=delegate,
        confederation=region,
        valid_from=now(),
        valid_until=now() + 200 * DAY,
        clauses=[Terms(policy, "inform", "hand on what assemblies offer")],
    )
    carry(mandate.proposal)
    council = Council.objects.get(pk=region.pk)
    task: Task = council.attach_task(by=delegate, title="Texts", purpose="", clauses=mandate.clauses.all())
    relay = Relay.objects.relay(shared, task.attachments.get(), by=delegate)
    run_all()
    assert Letter.objects.filter(about=f"text-relayed/{relay.pk}").values("citizen").distinct().count() == 2 * 33

    # 19 others and the first adopt it, one of them with a reservation; three reject it; ten leave it lying.
    asked = [
        shared.propose_adoption(town, by=citizen_of(town), reservation="" if n else "Not on San Lorenzo.")
        for n, town in enumerate([*others[:19], first])
    ]
    carry(*(adoption.proposal for adoption in asked))
    for town in others[19:22]:
        assert decide(shared.propose_adoption(town, by=citizen_of(town)).proposal, 1, 2).outcome == "lost"
    run_all()
    bound = set(shared.adoptions.in_force(now()).values_list("assembly", flat=True))
    assert len(bound) == 20
    versions = Policy.objects.filter(title__startswith="Every halt").values_list("versions__text", flat=True)
    assert list(versions) == [shared.text] * 20
    reach = shares(region, bound, now())
    assert reach == {"assemblies_bound": 20, "assemblies": 33, "citizens_bound": 60, "citizens": 99}
    fates = [fate.state for fate in shared.adoptions.fates(now())]
    assert (fates.count("bound"), fates.count("rejected"), len(fates)) == (20, 3, 23)
    since = {fate.adoption.assembly_id: fate.adoption.binds_from for fate in shared.adoptions.fates(now())}
    assert all(since[adoption.assembly_id] == adoption.proposal.decision.closes_at for adoption in asked)

    page = Client().get(reverse("text", args=[shared.pk])).content.decode()
    for words in ("20 of 33", "60 of 99", "with a reservation", shared.digest, "10 other assemblies have not"):
        assert words in page, words

    # One gives it up; the text asks for sixty days of notice, and for so long it stays bound.
    gone = others[0]
    repeal = gone.propose(
        "Repeal",
        "We walk.",
        by=citizen_of(gone),
        effect="repeal",
        policy=Policy.objects.get(assembly=gone, title__startswith="Every halt"),
    )
    decision = call(repeal)
    travel_to(decision.opens_at)
    for voter in decision.electors():
        decision.cast(by=voter, choice="yes")
    finish(decision)
    assert shared.adoptions.in_force(now()).count() == 20
    travel_to(decision.closes_at + NOTICE)
    assert shared.adoptions.in_force(now()).count() == 19
    assert not shared.adoptions.in_force(now()).filter(assembly=gone).exists()
    assert offered.carried
