"""A town whose workers have slept: every sweep finds something due, most of it since the right moment was missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes

from django.conf import settings
from django.db.models import Count

from assemblies.clock import now
from assemblies.models import (
    Assembly,
    Cancellation,
    Citizen,
    Citizenship,
    Decision,
    Digest,
    Drawing,
    Entry,
    Follow,
    Head,
    Issuer,
    Leaf,
    Letter,
    Office,
    PolicyVersion,
    Rescheduling,
    RollImport,
    Rules,
    Session,
    Told,
    address,
    admit,
)
from assemblies.models.office import SEATS
from assemblies.record.sequencer import objections
from assemblies.sweeps import REGISTRY, run_all
from assemblies.tasks import message_id
from commons.models import Allotment, Plan
from councils.models import Relay
from mandates.models import (
    Accession,
    Adoption,
    Confederation,
    Departure,
    Election,
    Ending,
    Mandate,
    Narrowing,
    Poll,
    Power,
    Recall,
    SharedText,
    Signature,
    propose_accession,
)
from tests.cast import (
    Cast,
    accession,
    call,
    carry,
    checkpointed,
    citizen_of,
    finish,
    found,
    founded,
    gather,
    person,
    travel_to,
    vote,
)
from tests.commons import market
from tests.faults.overseen import DONE_BY_OVERSIGHT, Overseen, overseen
from tests.secret.voter import electors, hall, secret_question, take
from tests.sessions.evening import call_session
from tests.voting.hall import call_election, put, rank

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MANY = 2


@dataclass
class Town:
    """The cast, and what is due in their assemblies since before `asleep`; it is `woken` now."""

    cast: Cast
    opened_at: datetime
    expired_at: datetime
    woken: datetime
    opening: list[Decision] = field(default_factory=list)
    closing: list[Decision] = field(default_factory=list)
    electors: set[int] = field(default_factory=set)
    vacant: dict[str, list[Assembly]] = field(default_factory=dict)
    mandates: list[Mandate] = field(default_factory=list)
    expired: list[Mandate] = field(default_factory=list)
    departed: list[Mandate] = field(default_factory=list)
    resigned: list[Mandate] = field(default_factory=list)
    in_a_week: list[Mandate] = field(default_factory=list)
    in_a_day: list[Mandate] = field(default_factory=list)
    recalls: list[Recall] = field(default_factory=list)
    elected: list[Election] = field(default_factory=list)
    stood: list[Election] = field(default_factory=list)
    standing: list[Election] = field(default_factory=list)
    papers: list[Decision] = field(default_factory=list)
    imports: list[RollImport] = field(default_factory=list)
    roll: set[int] = field(default_factory=set)
    plans: list[Plan] = field(default_factory=list)
    texts: list[SharedText] = field(default_factory=list)
    relays: list[Relay] = field(default_factory=list)
    silent: list[Mandate] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    overseen: Overseen = field(init=False)
    sessions: list[Session] = field(default_factory=list)
    moved: list[Rescheduling] = field(default_factory=list)
    cancelled: list[Cancellation] = field(default_factory=list)
    sent_again: int = 0


def asleep(many: int = MANY) -> Town:
    """Let a month pass in the town of the cast, and no worker run: what is due now is due at least since a day."""
    cast = gather(neighbours=5)
    abiego, loarre, sietamo = cast.abiego, cast.loarre, cast.sietamo
    sierra = Confederation.objects.found(
        "Sierra", by=cast.ana, powers=Power.values, report_interval=5 * DAY, missed_reports=3, answering_period=2 * DAY
    )
    founded(sierra, abiego, loarre)
    began = now()
    for follower in (cast.ana, cast.chen):
        Follow.objects.begin(address(abiego), by=follower)
    town = Town(cast, opened_at=began + 31 * DAY, expired_at=began + 31 * DAY + 12 * HOUR, woken=began + 32 * DAY)
    until = town.woken - 2 * HOUR
    town.papers = [
        call(
            secret_question(hall(9, f"ayerbe-{n}")),
            opens_at=until - 2 * DAY,
            papers_until=until,
            closes_at=town.woken + 3 * DAY,
        )
        for n in range(many)
    ]
    for kind in Office.Kind.values:
        term = {"office_term": DAY} if kind == Office.Kind.FACILITATOR else {"admitting_office": kind}
        town.vacant[kind] = [found(f"{kind} {n}", f"{kind}-{n}", 4, Rules(**term)) for n in range(2)]

    def mandates(assembly: Assembly, until: datetime, n: int = 2) -> list[Mandate]:
        delegates = cast.neighbours(assembly, n)
        return [cast.propose_mandate(assembly, delegate, valid_until=until) for delegate in delegates]

    year = began + 200 * DAY
    elections = [call_election(cast, stand_until=began + n * HOUR) for n in range(1, many + 1)]
    polls = [put(election, *cast.neighbours(abiego, 2)) for election in elections]
    town.expired = mandates(abiego, town.expired_at, 1)
    town.in_a_week = mandates(abiego, town.woken + 5 * DAY, 1)
    town.in_a_day = mandates(abiego, town.woken + 20 * HOUR)
    town.departed = [*mandates(loarre, year, 1), *mandates(sietamo, year, 1)]
    narrowed, recalled = mandates(abiego, year), mandates(abiego, year)
    town.resigned = mandates(abiego, year, 1)
    informing = cast.terms(abiego, power="inform", limit=None, unit="", instruction="Hand texts on")
    messenger = cast.propose_mandate(abiego, cast.ana, informing, valid_until=year)
    town.texts = [
        SharedText.objects.offer(abiego, cast.comarca, by=cast.ana, title=f"Wood {n}", text=f"We heat with log {n}.")
        for n in range(many)
    ]
    town.silent = [
        cast.propose_mandate(abiego, delegate, confederation=sierra, valid_until=year)
        for delegate in cast.neighbours(abiego, 2)
    ]
    town.mandates = [
        messenger,
        *(town.expired + town.in_a_week + town.in_a_day),
        *(town.departed + narrowed + recalled + town.resigned + town.silent),
    ]
    nueno = found("Nueno", "nueno", 4)
    sharing = market.proposed_distributor(cast, abiego, cast.ana)
    asked = [
        *(one.proposal for one in (*town.mandates, *town.texts)),
        *(sharing.proposal, propose_accession(nueno, cast.comarca, by=citizen_of(nueno)).proposal),
        *(market.proposed_surplus(cast, abiego, 200).proposal, market.proposed_need(cast, nueno, 200).proposal),
    ]
    for proposal in asked:
        call(proposal)
    for poll in polls:
        rank(poll.ranking.decision, [1], [1, 2], [1])
        vote(poll.question.decision)
    carry(*asked)
    for poll in polls:
        town.elected.append(counted(poll))
        town.mandates.append(Mandate.objects.get(proposal=poll.question, option__number=1))
    tasks = [market.sharing_task(cast, sharing, 100) for _ in range(MANY)]
    # Of what was decided until now everybody has been told, so that fewer letters are to be sent again and again.
    Told.objects.bulk_create(Told(about=f"decision-closed/{decision.pk}") for decision in Decision.objects.all())

    for _ in range(many):
        town.standing.append(call_election(cast, stand_until=town.woken + DAY))
        town.stood.append(call_election(cast, stand_until=town.opened_at))
        for citizen in cast.neighbours(abiego, 2):
            town.stood[-1].stand(by=citizen, statement="I bake.")
    town.overseen = overseen(cast, narrowed, recalled, town.silent)
    for mandate in town.resigned:
        mandate.resign(by=mandate.delegate)
    signers = list(abiego.citizens(now()).order_by("pk")[:3])
    for mandate in recalled:
        recall = mandate.open_recall(by=signers[0], grounds="The flour never came.")
        # Signed behind the back of the act that would have called the vote at once.
        Signature.objects.bulk_create(Signature(recall=recall, citizen=signer) for signer in signers[1:])
        town.recalls.append(recall)

    task = cast.task(messenger, None, title="Texts", unit="")
    for shared in town.texts:
        town.relays.append(Relay.objects.relay(shared, task.attachments.get(), by=cast.ana))
    adoptions = [shared.propose_adoption(abiego, by=cast.ana).proposal for shared in town.texts]
    bread = [abiego.propose(f"Bread {n}", f"Loaf {n} is common.", by=cast.ana) for n in range(many)]
    seats = [narrowing(mandate) for mandate in narrowed]
    leaving = [
        accession(assembly, cast.comarca).leave(by=citizen_of(assembly), reasons="We bake at home.").proposal
        for assembly in (loarre, sietamo)
    ]
    questions = (*bread, *adoptions, *seats, *leaving, *town.overseen.questions())
    together = max(proposal.earliest_opening(now()) for proposal in questions) + HOUR
    town.closing = [call(proposal, opens_at=together) for proposal in questions]
    unread = call(abiego.propose("Unread", "Nobody votes on this.", by=cast.ana))
    water = [abiego.propose(f"Water {n}", f"Well {n} is common.", by=cast.bilal) for n in range(many)]
    town.opening = [call(proposal, opens_at=town.opened_at) for proposal in water]
    for decision in town.closing:
        vote(decision)
    town.closing.append(unread)

    for secret in town.papers:
        travel_to(secret.opens_at)
        secret.open()
        take(secret, *electors(secret, 9))

    travel_to(town.opened_at)
    town.electors = set(abiego.citizens(town.opened_at).values_list("pk", flat=True))
    travel_to(town.opened_at + HOUR)
    gone = abiego.citizenships.get(citizen=cast.bilal)
    gone.end(by=cast.bilal, reason=Citizenship.Reason.LEFT)
    admit(person("Newcomer"), abiego, by=cast.facilitator(abiego))
    for assembly in (abiego, loarre):
        lines = "".join(f"p{n}@import-{assembly.slug}.example,Person {n}\n" for n in range(5))
        by = cast.facilitator(assembly)
        town.imports.append(RollImport.look_at(assembly, f"email,name\n{lines}", by=by))
        town.imports[-1].confirm(by=by)
    for task in tasks:
        town.plans.append(market.asked(cast, task))
    by, far = cast.facilitator(abiego), {"begins_at": town.woken + 9 * DAY, "ends_at": town.woken + 9 * DAY + HOUR}
    town.sessions = [call_session(abiego, **far) for _n in range(many)]
    other, *gone = (call_session(abiego, **far) for _n in range(1 + many))
    town.cancelled = [session.cancel(by=by, reason="It hails.") for session in gone]
    for place in ("The mill", "The square")[:many]:
        town.moved.append(other.reschedule(by=by, place=place, reason="The roof leaks.", **far))
    town.sessions.append(other)
    Letter.objects.write(Citizen.objects.filter(pk__in=[cast.ana.pk, cast.chen.pk]), about="x", subject="x", body="x")
    town.overseen.meet(cast, recalled[0].delegate, town.woken)
    for assembly in (abiego, loarre):
        town.drawings.append(Drawing.objects.announce(assembly, "minute-taker"))
        checkpointed(assembly)
    town.roll = set(abiego.citizens(now()).values_list("pk", flat=True))
    travel_to(town.woken)
    return town


def counted(poll: Poll) -> Election:
    for decision in poll.decisions:
        finish(decision)
    return Election.objects.get(poll=poll)


def narrowing(mandate: Mandate):
    clause = mandate.clauses.get()
    return mandate.propose_narrowing(by=citizen_of(mandate.assembly), reasons="Less.", limits={clause: 40}).proposal


# ---- what must be true once a sweep has done its work, however it was disturbed ----


def entry(kind: str, thing) -> Entry:
    """The one entry of that kind about that thing."""
    return Entry.objects.get(kind=kind, subject=address(thing))


def written_late(found: Entry, town: Town, at: datetime) -> None:
    """In effect as of the right moment, and honest about having been written down later."""
    assert found.at == at
    assert found.recorded_at >= town.woken


def opened(town: Town) -> None:
    for decision in town.opening:
        decision.refresh_from_db()
        assert decision.opened_at >= town.woken
        assert decision.electorate == len(town.electors), "who came and went after the opening changes nothing"
        assert set(decision.electors().values_list("pk", flat=True)) == town.electors
        written_late(entry("decision.opened", decision), town, decision.opens_at)


def closed(town: Town) -> None:
    *voted, unread = town.closing
    for decision in voted:
        decision.refresh_from_db()
        assert (decision.outcome, decision.yes) == ("carried", 3)
        written_late(entry("decision.closed", decision), town, decision.closes_at)
        if decision.proposal.effect == "policy":
            version = PolicyVersion.objects.get(decision=decision)
            assert version.in_force_from == decision.closes_at
            written_late(entry("policy.adopted", version), town, decision.closes_at)
    unread.refresh_from_db()
    assert (unread.outcome, unread.electorate) == ("quorum_missed", 7)


def drawn(kind: str) -> Callable[[Town], None]:
    def check(town: Town) -> None:
        for assembly in town.vacant[kind]:
            offices = Office.objects.in_force(now()).filter(assembly=assembly, kind=kind)
            assert offices.count() == SEATS[kind]
            assert all(entry("office.drawn", office).at == office.valid_from >= town.woken for office in offices)

    return check


def told(about: str, readers: set[int]) -> None:
    """Each of them has one letter about it, and nobody else has any."""
    letters = Letter.objects.filter(about=about).values_list("citizen", flat=True)
    assert sorted(letters) == sorted(readers), about


def told_of_openings(town: Town) -> None:
    for decision in town.opening:
        told(f"decision-opened/{decision.pk}", town.electors)


def told_of_results(town: Town) -> None:
    for decision in town.closing:
        told(f"decision-closed/{decision.pk}", set(decision.electors().values_list("pk", flat=True)))


def told_roll(about: str, town: Town) -> None:
    """One letter each to all who stood on the roll; whoever is entered by a list meanwhile may have one too."""
    letters = list(Letter.objects.filter(about=about).values_list("citizen", flat=True))
    now_on_it = set(town.cast.abiego.citizens(now()).values_list("pk", flat=True))
    assert len(letters) == len(set(letters)), about
    assert town.roll <= set(letters) <= now_on_it, about


def told_of_sessions(town: Town) -> None:
    """The whole roll is called, with an appointment; of one that was called off they hear only that."""
    for session in town.sessions:
        told_roll(f"session-called/{session.pk}", town)
        letter = Letter.objects.filter(about=f"session-called/{session.pk}")[0]
        assert "BEGIN:VEVENT" in letter.calendar
    for ending in town.cancelled:
        assert not Letter.objects.filter(about=f"session-called/{ending.session_id}").exists()


def told_of_moves(town: Town) -> None:
    for change in town.moved:
        told_roll(f"session-moved/{change.pk}", town)
    for ending in town.cancelled:
        told_roll(f"session-cancelled/{ending.pk}", town)


def told_delegates(word: str, mandates: list[Mandate]) -> None:
    for mandate in mandates:
        told(f"{word}/{mandate.pk}", {mandate.delegate_id})


def digested(town: Town) -> None:
    """Who follows Abiego was told once of what had happened there; nobody else was told anything that way."""
    digests = Digest.objects.values_list("citizen", flat=True)
    assert sorted(digests) == sorted([town.cast.ana.pk, town.cast.chen.pk])
    for digest in Digest.objects.all():
        told(f"digest/{digest.pk}", {digest.citizen_id})


def sent(town: Town) -> None:
    """Every letter that was written has left, once; or twice, alike, when the worker died with it in its hands."""
    left = Counter(message_from_bytes(path.read_bytes())["Message-ID"] for path in settings.OUTBOX_DIR.iterdir())
    assert set(left) == {message_id(letter) for letter in Letter.objects.exclude(sent_at=None)}
    assert left.total() == len(left) + town.sent_again


def put_to_vote(town: Town) -> None:
    for recall in town.recalls:
        assert recall.proposal.decisions.count() == 1
        assert entry("recall.put_to_vote", recall)


def ended(town: Town) -> None:
    left = {m: m.assembly.decisions.get(proposal__title__startswith="Leave").closes_at for m in town.departed}
    for mandate, (kind, at) in {
        **dict.fromkeys(town.expired, ("expired", town.expired_at)),
        **{mandate: ("departed", at) for mandate, at in left.items()},
    }.items():
        ending = Ending.objects.get(mandate=mandate)
        assert (ending.kind, ending.effective_at) == (kind, at)
        assert ending.recorded_at >= town.woken
        written_late(entry(f"mandate.{kind}", mandate), town, at)


def told_of_endings(town: Town) -> None:
    for mandate in (*town.resigned, *town.expired, *town.departed):
        told(f"mandate-ended/{mandate.ending.pk}", {mandate.delegate_id})


def told_of_offices(town: Town) -> None:
    for office in Office.objects.filter(drawing__isnull=False):
        told(f"office-drawn/{office.pk}", {office.citizen_id})
    for drawing in town.drawings:
        assert drawing.offices.count() == 1


def told_of_recalls(town: Town) -> None:
    for recall in town.recalls:
        told(f"recall-opened/{recall.pk}", {recall.mandate.delegate_id})


def told_of_elections(town: Town) -> None:
    citizens = set(town.cast.abiego.citizens(now()).values_list("pk", flat=True))
    for election in town.standing:
        told(f"election-called/{election.pk}", citizens)


def told_who_stands(town: Town) -> None:
    offices = Office.objects.in_force(now()).filter(assembly=town.cast.abiego, kind="facilitator")
    keepers = set(offices.values_list("citizen", flat=True))
    for election in town.stood:
        told(f"election-stood/{election.pk}", keepers | {one.citizen_id for one in election.candidates()})


def told_who_is_elected(town: Town) -> None:
    for election in town.elected:
        told(f"election-decided/{election.pk}", {one.citizen_id for one in election.candidates()})


def told_of_relays(town: Town) -> None:
    """The facilitators of the assemblies that still belong there."""
    members = town.cast.comarca.territory(town.woken)
    offices = Office.objects.filter(assembly__in=members, kind="facilitator", valid_from__lte=town.woken)
    readers = set(offices.filter(valid_until__gt=town.woken).values_list("citizen", flat=True))
    for relay in town.relays:
        told(f"text-relayed/{relay.pk}", readers)


def noted(kind: str, things: Callable[[Town], list]) -> Callable[[Town], None]:
    def check(town: Town) -> None:
        for thing, subject in things(town):
            written_late(entry(kind, subject), town, thing.proposal.decision.closes_at)

    return check


def entered(town: Town) -> None:
    for roll in town.imports:
        roll.refresh_from_db()
        assert (roll.done, bool(roll.finished_at)) == (5, True)
        assert roll.assembly.citizens(now()).filter(email__contains="@import-").count() == 5
        assert entry("roll.imported", roll)


def planned(town: Town) -> None:
    """Each is worked out once, by what had been said when it was asked for, however often it was begun."""
    for plan in town.plans:
        plan.refresh_from_db()
        assert plan.finished_at >= town.woken
        assert entry("plan.worked_out", plan)
    given = Allotment.objects.filter(plan__in=town.plans).values_list("quantity", flat=True)
    assert list(given) == [200], "the first plan gives all there is, and the second finds nothing left"


def set_into_the_record(_town: Town) -> None:
    """Every entry stands in its log's tree once, and no place is left out."""
    assert list(Leaf.objects.order_by("entry").values_list("entry", flat=True)) == list(
        Entry.objects.order_by("pk").values_list("pk", flat=True)
    )
    for log, head in Head.objects.values_list("log", "size"):
        assert sorted(Leaf.objects.filter(log=log).values_list("index", flat=True)) == list(range(head))
    assert objections() == {}


def papers_closed(town: Town) -> None:
    """The key is gone for good, from the disk as well, and it is published how many papers it signed."""
    for decision in town.papers:
        issuer = Issuer.objects.get(decision=decision)
        assert (issuer.papers, issuer.destroyed_at >= town.woken) == (9, True)
        assert not (settings.ISSUER_DIR / f"{issuer.name}.pem").exists()
        written_late(entry("papers.closed", decision), town, decision.papers_until)


DONE: dict[str, Callable[[Town], None]] = {
    "open decisions": opened,
    "close papers": papers_closed,
    "close decisions": closed,
    **{f"announce {kind}s": drawn(kind) for kind in Office.Kind.values},
    "draw offices": lambda town: [entry("drawing.announced", drawing) for drawing in town.drawings],
    "tell of offices": told_of_offices,
    "tell of open votes": told_of_openings,
    "tell of results": told_of_results,
    "tell of sessions": told_of_sessions,
    "tell of moved sessions": told_of_moves,
    "tell of sessions called off": told_of_moves,
    "write digests": digested,
    "send letters": sent,
    "enter rolls": entered,
    "set entries into the record": set_into_the_record,
    "note accessions": noted("accession.carried", lambda _town: [(a, a) for a in Accession.objects.all()]),
    "note departures": noted("departure.carried", lambda _town: [(d, d) for d in Departure.objects.all()]),
    "note texts offered": noted("text.offered", lambda town: [(t, t) for t in town.texts]),
    "note adoptions": noted("adoption.carried", lambda _town: [(a, a) for a in Adoption.objects.all()]),
    "tell of relayed texts": told_of_relays,
    "note mandates issued": noted("mandate.issued", lambda town: [(m, m) for m in town.mandates]),
    "note narrowings": noted("mandate.narrowed", lambda _town: [(n, n.mandate) for n in Narrowing.objects.all()]),
    "put recalls to the vote": put_to_vote,
    "note endings": ended,
    "warn a week before": lambda town: told_delegates("mandate-expires-7", town.in_a_week + town.in_a_day),
    "warn a day before": lambda town: told_delegates("mandate-expires-1", town.in_a_day),
    "tell of endings": told_of_endings,
    "tell of recalls": told_of_recalls,
    "tell of elections": told_of_elections,
    "tell who stands": told_who_stands,
    "tell who is elected": told_who_is_elected,
    "work out plans": planned,
    **DONE_BY_OVERSIGHT,
}


def assert_done(town: Town) -> None:
    """Everything that was due has been done once."""
    assert {name: sweep.due(now()).count() for name, sweep in REGISTRY.items()} == dict.fromkeys(REGISTRY, 0)
    for check in DONE.values():
        check(town)
    twice = Entry.objects.exclude(kind__in=MANY_TIMES).values("log", "kind", "subject").annotate(n=Count("pk"))
    assert not twice.filter(n__gt=1)


# Acts of which one thing may see several.
MANY_TIMES = ["recall.signed", "mandate.narrowing_proposed", "candidacy.declared", "session.rescheduled"]
ROUNDS = 3


def run_thrice() -> None:
    """Every sweep, and twice more: a lot announced in the first round has its seed in the second, and letters that the
    upper floors wrote leave with the next."""
    for _ in range(ROUNDS):
        run_all()
