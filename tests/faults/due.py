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
    Entry,
    Head,
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
from mandates.models import Accession, Departure, Ending, Mandate, Narrowing, Recall, Signature
from tests.cast import Cast, accession, call, carry, citizen_of, found, gather, person, travel_to, vote
from tests.sessions.evening import call_session

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
    imports: list[RollImport] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    moved: list[Rescheduling] = field(default_factory=list)
    cancelled: list[Cancellation] = field(default_factory=list)
    sent_again: int = 0


def asleep(many: int = MANY) -> Town:
    """Let twenty days pass in the town of the cast, and no worker run: what is due now is due at least since a day."""
    cast = gather(neighbours=5)
    abiego, loarre, sietamo = cast.abiego, cast.loarre, cast.sietamo
    began = now()
    town = Town(cast, opened_at=began + 19 * DAY, expired_at=began + 19 * DAY + 12 * HOUR, woken=began + 20 * DAY)
    for kind in Office.Kind.values:
        term = {"office_term": DAY} if kind == Office.Kind.FACILITATOR else {"admitting_office": kind}
        town.vacant[kind] = [found(f"{kind} {n}", f"{kind}-{n}", 4, Rules(**term)) for n in range(2)]

    def mandates(assembly: Assembly, until: datetime, n: int = 2) -> list[Mandate]:
        delegates = cast.neighbours(assembly, n)
        return [cast.propose_mandate(assembly, delegate, valid_until=until) for delegate in delegates]

    year = began + 200 * DAY
    town.expired = mandates(abiego, town.expired_at, 1)
    town.in_a_week = mandates(abiego, town.woken + 5 * DAY, 1)
    town.in_a_day = mandates(abiego, town.woken + 20 * HOUR)
    town.departed = [*mandates(loarre, year, 1), *mandates(sietamo, year, 1)]
    narrowed, recalled = mandates(abiego, year), mandates(abiego, year)
    town.resigned = mandates(abiego, year, 1)
    town.mandates = [
        *(town.expired + town.in_a_week + town.in_a_day),
        *(town.departed + narrowed + recalled + town.resigned),
    ]
    carry(*(mandate.proposal for mandate in town.mandates))
    # Of what was decided until now everybody has been told, so that fewer letters are to be sent again and again.
    Told.objects.bulk_create(Told(about=f"decision-closed/{decision.pk}") for decision in Decision.objects.all())

    for mandate in town.resigned:
        mandate.resign(by=mandate.delegate)
    signers = list(abiego.citizens(now()).order_by("pk")[:3])
    for mandate in recalled:
        recall = mandate.open_recall(by=signers[0], grounds="The flour never came.")
        # Signed behind the back of the act that would have called the vote at once.
        Signature.objects.bulk_create(Signature(recall=recall, citizen=signer) for signer in signers[1:])
        town.recalls.append(recall)

    bread = [abiego.propose(f"Bread {n}", f"Loaf {n} is common.", by=cast.ana) for n in range(many)]
    seats = [narrowing(mandate) for mandate in narrowed]
    leaving = [
        accession(assembly, cast.comarca).leave(by=citizen_of(assembly), reasons="We bake at home.").proposal
        for assembly in (loarre, sietamo)
    ]
    town.closing = [call(proposal) for proposal in (*bread, *seats, *leaving)]
    unread = call(abiego.propose("Unread", "Nobody votes on this.", by=cast.ana))
    water = [abiego.propose(f"Water {n}", f"Well {n} is common.", by=cast.bilal) for n in range(many)]
    town.opening = [call(proposal, opens_at=town.opened_at) for proposal in water]
    for decision in town.closing:
        vote(decision)
    town.closing.append(unread)

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
    by, far = cast.facilitator(abiego), {"begins_at": town.woken + 9 * DAY, "ends_at": town.woken + 9 * DAY + HOUR}
    town.sessions = [call_session(abiego, **far) for _n in range(many)]
    gone, other = (call_session(abiego, **far) for _n in range(2))
    town.cancelled = [gone.cancel(by=by, reason="It hails.")]
    for place in ("The mill", "The square")[:many]:
        town.moved.append(other.reschedule(by=by, place=place, reason="The roof leaks.", **far))
    town.sessions.append(other)
    Letter.objects.write(Citizen.objects.filter(pk__in=[cast.ana.pk, cast.chen.pk]), about="x", subject="x", body="x")
    travel_to(town.woken)
    return town


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


def told_of_sessions(town: Town) -> None:
    """The whole roll is called, with an appointment; of one that was called off they hear only that."""
    roll = set(town.cast.abiego.citizens(now()).values_list("pk", flat=True))
    for session in town.sessions:
        told(f"session-called/{session.pk}", roll)
        letter = Letter.objects.filter(about=f"session-called/{session.pk}")[0]
        assert "BEGIN:VEVENT" in letter.calendar
    assert not Letter.objects.filter(about=f"session-called/{town.cancelled[0].session_id}").exists()


def told_of_moves(town: Town) -> None:
    roll = set(town.cast.abiego.citizens(now()).values_list("pk", flat=True))
    for change in town.moved:
        told(f"session-moved/{change.pk}", roll)
    for ending in town.cancelled:
        told(f"session-cancelled/{ending.pk}", roll)


def told_delegates(word: str, mandates: list[Mandate]) -> None:
    for mandate in mandates:
        told(f"{word}/{mandate.pk}", {mandate.delegate_id})


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


def told_of_recalls(town: Town) -> None:
    for recall in town.recalls:
        told(f"recall-opened/{recall.pk}", {recall.mandate.delegate_id})


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


def set_into_the_record(_town: Town) -> None:
    """Every entry stands in its log's tree once, and no place is left out."""
    assert list(Leaf.objects.order_by("entry").values_list("entry", flat=True)) == list(
        Entry.objects.order_by("pk").values_list("pk", flat=True)
    )
    for log, head in Head.objects.values_list("log", "size"):
        assert sorted(Leaf.objects.filter(log=log).values_list("index", flat=True)) == list(range(head))
    assert objections() == {}


DONE: dict[str, Callable[[Town], None]] = {
    "open decisions": opened,
    "close decisions": closed,
    **{f"draw {kind}s": drawn(kind) for kind in Office.Kind.values},
    "tell of open votes": told_of_openings,
    "tell of results": told_of_results,
    "tell of sessions": told_of_sessions,
    "tell of moved sessions": told_of_moves,
    "tell of sessions called off": told_of_moves,
    "send letters": sent,
    "enter rolls": entered,
    "set entries into the record": set_into_the_record,
    "note accessions": noted("accession.carried", lambda _town: [(a, a) for a in Accession.objects.all()]),
    "note departures": noted("departure.carried", lambda _town: [(d, d) for d in Departure.objects.all()]),
    "note mandates issued": noted("mandate.issued", lambda town: [(m, m) for m in town.mandates]),
    "note narrowings": noted("mandate.narrowed", lambda _town: [(n, n.mandate) for n in Narrowing.objects.all()]),
    "put recalls to the vote": put_to_vote,
    "note endings": ended,
    "warn a week before": lambda town: told_delegates("mandate-expires-7", town.in_a_week + town.in_a_day),
    "warn a day before": lambda town: told_delegates("mandate-expires-1", town.in_a_day),
    "tell of endings": told_of_endings,
    "tell of recalls": told_of_recalls,
}


def assert_done(town: Town) -> None:
    """Everything that was due has been done once."""
    assert {name: sweep.due(now()).count() for name, sweep in REGISTRY.items()} == dict.fromkeys(REGISTRY, 0)
    for check in DONE.values():
        check(town)
    twice = Entry.objects.exclude(kind__in=MANY_TIMES).values("log", "kind", "subject").annotate(n=Count("pk"))
    assert not twice.filter(n__gt=1)


# Acts of which one thing may see several.
MANY_TIMES = ["recall.signed", "mandate.narrowing_proposed", "session.rescheduled"]


def run_twice() -> None:
    """Every sweep, and once more: letters that the upper floors wrote leave with the second round."""
    run_all()
    run_all()
