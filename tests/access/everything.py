"""One of everything there is, who comes to it, and an example of every address with what its form takes.

`Everything` begins with the cast. Rosa was Abiego's delegate until the assembly recalled her. An address without an
example fails the tests that ask for one, so that a new page is tried as the old ones are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assemblies.clock import now
from assemblies.envelope import packed
from assemblies.models import (
    Amendment,
    Application,
    Argument,
    Assembly,
    Choice,
    Circle,
    Citizen,
    Decision,
    Entry,
    Follow,
    Letter,
    Method,
    MinuteNote,
    Motion,
    Office,
    Paper,
    PaperCode,
    Point,
    Proposal,
    Reading,
    RollImport,
    RollMark,
    Session,
    SpeakingTurn,
    Study,
    Subject,
    admit,
    apply,
)
from assemblies.models.version import digest_of
from assemblies.record.sequencer import sequencer
from assemblies.telling import KINDS
from commons.models import (
    Allotment,
    Delivery,
    Enterprise,
    Harvest,
    Passing,
    Plan,
    StatementImport,
    Stewardship,
)
from confederation.api.models import Token
from councils.models import Attachment, Relay, Task
from mandates.models import Adoption, Candidacy, Confederation, Election, Mandate, Recall, SharedText
from mandates.tasks import endings
from tests.access import overseen
from tests.cast import (
    COMARCA,
    DAY,
    MINUTE,
    Cast,
    accession,
    call,
    carry,
    decide,
    drawn,
    gather,
    person,
    travel_to,
    vote,
)
from tests.commons import market
from tests.plumbing.browser import password_given
from tests.secret.voter import Paper as SealedPaper
from tests.secret.voter import electors, to_the_urn, voted
from tests.secret.voter import take as take_papers
from tests.sessions.evening import HOUR, begun, call_session, opened
from tests.voting.hall import call_election, elect, places, put

ROLES = ["stranger", "newcomer", "citizen", "elsewhere", "delegate", "recalled", "facilitator", "technician"]
ONCE = UUID("12345678-1234-5678-1234-567812345678")
PASSWORD = "bread and an oven"
IN_THE_HALL = [
    *("session", "session-live", "session-notice", "session-calendar", "session-code", "session-door"),
    *("session-console", "console-live", "session-closing", "session-takeover", "turn-new", "motion-new"),
    *("projector", "projector-live", "minutes", "minutes-download", "note-new"),
]


# ---- the addresses ----


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver: its name with its namespace, and its address with gaps."""

    name: str
    gaps: str

    def filled(self, value: str) -> str:
        """The address with the same thing in each gap."""
        plain = re.sub(r"\(\?P<\w+>(?:[^()]|\([^)]*\))*\)|<[^>]+>", lambda _: value, self.gaps)
        return "/" + plain.replace("^", "").replace("$", "").replace("\\", "")

    @property
    def has_gaps(self) -> bool:
        return "<" in self.gaps

    @property
    def technical(self) -> bool:
        return self.name.startswith("admin:")


def routes(resolver: URLResolver | None = None, before: str = "", space: str = "") -> Iterator[Route]:
    """Every route there is. Where two share a name and an address, the first answers."""
    found = resolver or get_resolver()
    for pattern in found.url_patterns:
        gaps = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Route(f"{space}{pattern.name}", gaps)
        else:
            yield from routes(pattern, gaps, f"{space}{pattern.namespace}:" if pattern.namespace else space)


def every_route() -> list[Route]:
    """Each once. The nameless routes of the technician's pages only send to the named ones, or nowhere.

    The API has a table of its own, in `tests/api`.
    """
    apart = (route for route in routes() if not route.name.endswith(":None") and not route.name.startswith("api:"))
    return list({route.name: route for route in apart}.values())


# ---- one of everything ----


@dataclass
class Market:
    """What stands in the commons of Abiego and Loarre."""

    farm: Enterprise
    mill: Enterprise
    stewardship: Stewardship
    theirs: Stewardship
    harvest: Harvest
    passing: Passing
    task: Task
    plan: Plan
    waiting: Plan
    allotment: Allotment
    load: Delivery
    arriving: Delivery
    arrived: Delivery
    file: StatementImport


@dataclass
class Everything:
    """What stands in Abiego, and who comes to it."""

    cast: Cast
    rosa: Citizen
    facilitator: Citizen
    draft: Proposal
    waiting: Proposal
    wells: Proposal
    listed: Proposal
    settled: Proposal
    open: Decision
    coming: Decision
    closed: Decision
    papers: Decision
    urn: Decision
    board: Decision
    mandate: Mandate
    recalled: Mandate
    theirs: Mandate
    recall: Recall
    task: Task
    application: Application
    roll_import: RollImport
    office: Office
    letter: Letter
    entry: Entry
    ribera: Confederation
    choice: Proposal
    mark: RollMark
    paper: Paper
    elected: Election
    ready: Election
    standing: Election
    candidacy: Candidacy
    market: Market
    shared: SharedText
    amended: SharedText
    adoption: Adoption
    oversight: overseen.Oversight
    hall: Session
    voting: Session
    due: Session
    meeting: Session
    token: Token
    study: Study
    circle: Circle
    argument: Argument
    examples: dict[str, tuple] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def who(self, role: str) -> Citizen | None:
        """A stranger is not signed in; a newcomer is, and a citizen of nowhere."""
        cast = self.cast
        return {
            "stranger": None,
            "newcomer": cast.stranger,
            "citizen": cast.ana,
            "elsewhere": cast.chen,
            "delegate": cast.bilal,
            "recalled": self.rosa,
            "facilitator": self.facilitator,
            "technician": cast.technician,
        }[role]

    def client(self, role: str, **options: Any) -> Client:
        client = Client(**options)
        if citizen := self.who(role):
            client.force_login(citizen)
            password_given(client)
        return client

    def address(self, name: str) -> str:
        """An address of that name; `name` may say which of several: 'proposal: a draft'."""
        query = f"?log={self.cast.abiego.log.origin}&old=0&new=1" if name == "record-consistency" else ""
        return reverse(name.partition(": ")[0], args=self.examples[name]) + query

    def body(self, name: str) -> dict[str, Any]:
        """What the form at that address takes; nothing where there is no form."""
        body = self.bodies.get(name.partition(": ")[0], {})
        return {key: value() if callable(value) else value for key, value in body.items()}


def roads(cast: Cast, facilitator: Citizen) -> list[Proposal]:
    """Texts with amendments: two of them in conflict, one in the list of a second reading, one accepted."""
    words = "There are two wells.\n\nEach house draws from the one beside it.\n\nNobody pays."
    proposals = []
    for title in ("The wells", "The troughs", "The cisterns"):
        proposal = cast.abiego.propose(title, words, by=cast.ana)
        version = proposal.versions.get()
        Amendment.objects.move(
            version, by=cast.bilal, kind="change", article=1, text="There are three wells.", reasons="One is new."
        )
        proposals.append(proposal)
    Amendment.objects.move(proposals[0].versions.get(), by=cast.ana, kind="strike", article=1)
    Reading.objects.hold(proposals[1].versions.get(), 2, by=facilitator)
    proposals[2].amendments().get().accept(by=cast.ana)
    return proposals


def everything(cast: Cast | None = None) -> Everything:
    """Live long enough in Abiego to have one of everything, and some of it twice."""
    cast = cast or gather()
    abiego, loarre = cast.abiego, cast.loarre
    rosa = person("Rosa")
    admit(rosa, abiego, by=cast.facilitator(abiego))
    password = make_password(PASSWORD)
    Citizen.objects.update(password=password)
    for citizen in (rosa, cast.ana, cast.bilal, cast.chen, cast.stranger, cast.technician):
        citizen.password = password

    elected = call_election(cast, stand_until=now() + DAY)
    two = cast.neighbours(abiego, 2)  # never the facilitators: who they are, the lot decides
    poll = put(elected, *two)
    elect(poll, [places(poll, two[0].name), places(poll, two[0].name, two[1].name), places(poll, two[1].name)])

    mandates = [
        cast.propose_mandate(abiego, cast.bilal),
        cast.propose_mandate(abiego, rosa),
        cast.propose_mandate(loarre, cast.chen),
        cast.propose_mandate(
            abiego, cast.bilal, cast.terms(abiego, power="inform", instruction="Hand texts on", limit=None, unit="")
        ),
        *(
            cast.propose_mandate(a, cast.bilal, confederation=cast.region, valid_until=now() + 90 * DAY)
            for a in (abiego, loarre, cast.sietamo)
        ),
    ]
    words = "Who bakes on the Saturday bakes for three villages, and heats with dry wood."
    offers = [
        SharedText.objects.offer(abiego, cast.comarca, by=cast.ana, title=title, text=text, notice=30 * DAY)
        for title, text in (("Saturday bread", words), ("Saturday ovens", f"{words} Nobody pays."))
    ]
    (closed, *_rest) = carry(
        abiego.propose("The wash house", "The wash house is opened on *Mondays*.", by=cast.ana),
        *(mandate.proposal for mandate in mandates),
        *(offer.proposal for offer in offers),
    )
    mandate, recalled, theirs, informing, *_jointly = mandates
    shared, earlier = offers
    cast.task(informing, None, title="Texts of the comarca", unit="")
    handing = cast.task(informing, None, title="Texts of the ovens", unit="").attachments.get()
    Relay.objects.relay(earlier, handing, by=cast.bilal)
    amended = SharedText.objects.offer(
        loarre, cast.comarca, by=cast.chen, title="Sunday ovens", text="Nobody bakes.", notice=30 * DAY, amends=earlier
    )
    adoption = shared.propose_adoption(cast.sietamo, by=cast.dolores, reservation="Not in August.")
    earlier.propose_adoption(abiego, by=cast.ana)
    task = cast.task(mandate, 60)
    task.attach(by=rosa, clause=recalled.clauses.get(), quantity=20)
    signers = iter(cast.neighbours(abiego, 6))
    ended = recalled.open_recall(by=next(signers), grounds="The flour never came.")
    while ended.decision is None:
        ended.sign(by=next(signers))
    decide(ended.proposal)
    task.attachments.get(clause__mandate=mandate).log_action(by=cast.bilal, what="Bought flour", quantity=5)

    tellers_drawn(cast, cast.ana, cast.bilal, rosa)
    secretly = [abiego.propose(title, "Nobody need say how.", by=cast.ana, secret=True) for title in "UVW"]
    board = voted(secretly.pop(), *["yes"] * 7, "no")
    goods = market_of(cast, cast.bilal)
    oversight = overseen.overseen(cast, task, mandate, recalled, rosa)
    lamps, awnings = (
        abiego.propose("Lamps", "Two lamps stand by the bridge.", by=cast.ana),
        abiego.propose("Awnings", "The market has awnings.", by=cast.ana),
    )
    opening, later = (
        abiego.propose("Benches", "Two benches stand under the plane tree.", by=cast.ana),
        abiego.propose("Swifts", "The nests under the eaves stay.", by=cast.ana),
    )
    ready = call_election(cast, stand_until=now() + DAY)
    for neighbour in two:
        ready.stand(by=neighbour, statement="I know the mill.")
    urn = call(secretly.pop(), opens_at=opening.earliest_opening(now()))
    open_ = call(opening, opens_at=urn.urn_from + MINUTE)
    papers = call(secretly.pop(), opens_at=open_.opens_at)
    sessions = sessions_called(abiego, open_.opens_at - HOUR, [lamps], [awnings], [])
    travel_to(urn.opens_at)
    urn.open()
    take_papers(urn, *electors(urn, 9))
    overseen.meetings(cast, oversight, open_.opens_at)
    hall, voting, due = in_the_hall(cast, rosa, *sessions)
    travel_to(open_.opens_at)
    urn = to_the_urn(urn)
    papers.open()
    coming = call(later)
    vote(open_, yes=2)
    facilitator = cast.facilitator(abiego)
    draw_as_teller(facilitator, abiego, rather_not=[cast.ana, cast.bilal, rosa])
    # Whoever waits in the hall: a mark that stands, somebody to be marked, and somebody's paper.
    waiting = open_.electors().exclude(pk__in=open_.marks.values("citizen")).order_by("-pk")
    by_hand, *_others, on_paper = waiting.exclude(pk__in=[cast.ana.pk, cast.bilal.pk, rosa.pk, facilitator.pk])[:3]
    mark = RollMark.objects.mark_present(open_, by_hand, by=facilitator)
    (paper,) = PaperCode.objects.print(open_, by=facilitator, citizens=[on_paper])
    standing = call_election(cast)
    candidacy = standing.stand(by=cast.ana, statement="I bake.")
    amendment = abiego.propose("The fountain", "The fountain runs in summer.", by=cast.ana)
    recall = mandate.open_recall(by=cast.neighbours(abiego, 1)[0], grounds="The flour is late.")
    recall.answer(by=cast.bilal, text="The miller was ill.")
    # What only the technician's pages show, so that there is a row of it.
    theirs.propose_narrowing(by=cast.chen, reasons="Half will do.", limits={theirs.clauses.get(): Decimal(50)})
    accession(loarre, cast.comarca).leave(by=cast.chen, reasons="Loarre bakes alone.")
    endings.run()
    LogEntry.objects.create(user=cast.technician, object_repr="Loarre", action_flag=CHANGE)
    ribera = Confederation.objects.found("Ribera", by=cast.ana, **COMARCA)
    Letter.objects.write([cast.ana], about="a-vote", subject="A vote is open", body="Benches: vote until Friday.")
    wells, listed, settled = roads(cast, facilitator)
    sequencer.run()
    study = Study.objects.write(Subject.of(amendment), part="asked", text="In *summer*?", by=cast.ana).study
    circle = Circle.objects.call(study, by=cast.ana, place="The school", begins_at=now() + DAY)
    circle.note(by=cast.ana, text="Nobody knows where the water comes from.")
    Follow.objects.begin(f"proposal/{amendment.pk}", by=cast.ana)
    token, _secret = Token.objects.make(by=cast.ana, name="A clock", scopes=["read"], expires_at=now() + 90 * DAY)

    town = Everything(
        cast,
        rosa,
        facilitator,
        draft=Proposal.objects.draft(abiego, "A well", "A well is dug.", by=cast.ana, effect=Proposal.Effect.POLICY),
        waiting=amendment,
        wells=wells,
        listed=listed,
        settled=settled,
        open=open_,
        coming=coming,
        closed=closed,
        papers=papers,
        urn=urn,
        board=board,
        mandate=mandate,
        recalled=recalled,
        theirs=theirs,
        recall=recall,
        task=task,
        application=apply(cast.stranger, abiego, "I live by the oven."),
        roll_import=RollImport.look_at(abiego, "email,name\nnew@people.example,New\n", by=facilitator),
        office=facilitator.offices.in_force(now()).get(assembly=abiego, kind="facilitator"),
        letter=cast.ana.letters.get(about="a-vote"),
        entry=Entry.objects.filter(kind="policy.adopted").latest("pk"),
        ribera=ribera,
        choice=Proposal.objects.draft_choice(
            abiego,
            "Which trees along the road",
            "They are planted in November.",
            by=cast.ana,
            options=[Choice("Fig"), Choice("Olive")],
            method=Method.IRV,
        ),
        mark=mark,
        paper=paper,
        elected=elected,
        ready=ready,
        standing=standing,
        candidacy=candidacy,
        market=goods,
        shared=shared,
        amended=amended,
        adoption=adoption,
        oversight=oversight,
        hall=hall,
        voting=voting,
        due=due,
        meeting=call_session(abiego, points=(Point("Talk"),)),
        token=token,
        study=study,
        circle=circle,
        argument=argued(cast, amendment),
    )
    town.examples = examples(town)
    town.bodies = bodies(town)
    return town


def argued(cast: Cast, proposal: Proposal) -> Argument:
    """What is said of a proposal: for a passage and against it, a question with its answer, one taken back."""
    make = Argument.objects.make
    said = make(proposal, by=cast.ana, kind="for", text="It is dry in August.", passage="runs in summer")
    said.reply(by=cast.bilal, text="And in July.")
    make(proposal, by=cast.bilal, kind="against", text="The pipe is old.").mark_helpful(by=cast.ana)
    make(proposal, by=cast.ana, kind="question", text="Who pays?").reply(by=cast.bilal, text="Nobody.")
    make(proposal, by=cast.bilal, kind="for", text="I like it.").withdraw(by=cast.bilal)
    return said


def draw_as_teller(citizen: Citizen, assembly: Assembly, *, rather_not: list[Citizen]) -> None:
    """Draw tellers until the lot has fallen on that citizen; the others, and who would rather not, lay it down."""
    while True:
        drawn(assembly, Office.Kind.TELLER)
        there = list(assembly.offices.in_force(now()).filter(kind=Office.Kind.TELLER).select_related("citizen"))
        found = citizen in {office.citizen for office in there}
        leaving = [o for o in there if o.citizen in rather_not or not (found or o.citizen == citizen)]
        if found and not leaving:
            return
        for office in leaving:
            office.lay_down(by=office.citizen)


def tellers_drawn(cast: Cast, *spared: Citizen) -> None:
    """Tellers of Abiego, whom a secret vote would draw: drawn anew until it is nobody who has another part here."""
    others = {citizen.pk for citizen in spared}
    others |= set(cast.abiego.offices.in_force(now()).values_list("citizen", flat=True))
    there = drawn(cast.abiego, Office.Kind.TELLER)
    while hit := [office for office in there if office.citizen_id in others]:
        for office in hit:
            office.lay_down(by=office.citizen)
        there = drawn(cast.abiego, Office.Kind.TELLER)


def market_of(cast: Cast, delegate: Citizen) -> Market:
    """A farm that Ana keeps, what it made, a plan that has gone ahead and one that waits, and loads on their way."""
    farm, other = market.proposed_farm(cast), market.proposed_farm(cast, cast.loarre, "The mill")
    carry(farm.proposal, other.proposal)
    stewards = [
        market.proposed_steward(cast, farm),
        market.proposed_steward(cast, other, cast.chen),
        market.proposed_steward(cast, farm, cast.neighbours(cast.abiego, 1)[0], []),
    ]
    said = [
        market.proposed_surplus(cast, cast.abiego, 600),
        market.proposed_need(cast, cast.loarre, 400, 300),
        market.proposed_need(cast, cast.sietamo, 300),
    ]
    mandate = market.proposed_distributor(cast, cast.abiego, delegate)
    carry(*(one.proposal for one in (*stewards, *said, mandate)))
    stewardship, theirs, dismissed = stewards
    dismissed.lay_down(by=dismissed.citizen)
    harvest = farm.report(market.barley(cast), Decimal(700), by=cast.ana, kind="made", day=market.today())
    passing = other.propose_passing(by=cast.chen, to=cast.abiego, reasons="They have the water for it.")
    task = market.sharing_task(cast, mandate)
    plan = market.asked(cast, task, delegate)
    market.settled(plan, (cast.abiego, cast.loarre, 300), (cast.abiego, cast.sietamo, 200))
    market.gone_ahead(plan)
    allotment = plan.allotments.get(need__assembly=cast.sietamo)
    to_loarre = plan.allotments.get(need__assembly=cast.loarre)
    load = market.sent(cast, allotment, 50, by=cast.ana)
    arriving = market.sent(cast, to_loarre, 100, by=cast.ana, driver=cast.ana)
    arrived = market.sent(cast, to_loarre, 100, by=cast.ana)
    arrived.carry(by=cast.ana, quantity=Decimal(100))
    arrived.receive(by=cast.chen, quantity=Decimal(90), condition="part", note="A sack burst.")
    waiting = market.asked(cast, task, delegate)
    file = StatementImport.look_at(cast.abiego, market.LINES, by=cast.ana)
    return Market(
        farm,
        other,
        stewardship,
        theirs,
        harvest,
        passing,
        task,
        plan,
        waiting,
        allotment,
        load,
        arriving,
        arrived,
        file,
    )


def sessions_called(assembly: Assembly, at: datetime, *agendas: list[Proposal]) -> list[Session]:
    """A session at that moment for each list of proposals."""
    when: dict[str, Any] = {"begins_at": at, "ends_at": at + 3 * HOUR}
    return [call_session(assembly, *asked, points=(Point("Anything else"),), **when) for asked in agendas]


def in_the_hall(cast: Cast, rosa: Citizen, hall: Session, voting: Session, due: Session) -> list[Session]:
    """Those sessions as they begin: one with a point under way, a hand up and a motion; one with a vote open; one that
    is due to be opened."""
    abiego = cast.abiego
    people = (cast.ana, cast.bilal, rosa, cast.facilitator(abiego), *cast.neighbours(abiego, 3))
    for session in (hall, voting):
        opened(session, *people)
        begun(session)
    speaker = cast.neighbours(abiego, 1)[0]
    SpeakingTurn.objects.raise_hand(hall, speaker, by=speaker)
    Motion.objects.move(hall, kind="procedure", mover=speaker, by=speaker, text="A pause of ten minutes.")
    MinuteNote.objects.write(hall, by=cast.facilitator(abiego), text="The door creaks.")
    voting.agenda()[0].put_to_vote(by=cast.facilitator(abiego), minutes=180)
    return [hall, voting, due]


def outside(hall: Session) -> Citizen:
    """Somebody on the roll who has not come to that session."""
    return hall.assembly.citizens(now()).exclude(pk__in=hall.attendances.values("citizen")).earliest("pk")


def examples(town: Everything) -> dict[str, tuple]:
    """What stands in the gaps of each address. Those that have none are here by themselves."""
    cast = town.cast
    slug, origin = (cast.abiego.slug,), (cast.abiego.log.origin,)
    ranking = town.elected.poll.ranking.decision
    found: dict[str, tuple] = {route.name: () for route in every_route() if not route.has_gaps}
    found |= {
        "assembly": slug,
        "assembly-desk": slug,
        "assembly-roll": slug,
        "application-new": slug,
        "roll-imports": slug,
        "roll-import-new": slug,
        "proposal-new": slug,
        "mandate-new": slug,
        "accession-new": slug,
        "application": (town.application.pk,),
        "citizenship-ending": (cast.ana.citizenship(now()).pk,),
        "office-ending": (town.office.pk,),
        "roll-import": (town.roll_import.pk,),
        "roll-import-progress": (town.roll_import.pk,),
        "proposal": (town.waiting.pk,),
        "proposal: a draft": (town.draft.pk,),
        "proposal: put to the vote": (town.open.proposal_id,),
        "proposal: carried": (town.closed.proposal_id,),
        "proposal: a mandate": (town.mandate.proposal_id,),
        "proposal-edit": (town.draft.pk,),
        "proposal-offer": (town.draft.pk,),
        "proposal-withdrawal": (town.waiting.pk,),
        "proposal-removal": (town.draft.pk,),
        "decision-new": (town.waiting.pk,),
        "versions": (town.wells.pk,),
        "version": (town.wells.pk, 1),
        "version-new": (town.waiting.pk,),
        **dict.fromkeys(("amendments", "amendment-new", "reading-new", "support"), (town.wells.pk,)),
        "sending-back": (town.wells.pk,),
        "amendments: listed": (town.listed.pk,),
        "amendments: accepted": (town.settled.pk,),
        "amendment-votes": (town.listed.pk,),
        "consolidation": (town.settled.pk,),
        **dict.fromkeys(
            ("amendment", "amendment-acceptance", "amendment-withdrawal"), (town.wells.amendments().earliest("pk").pk,)
        ),
        "proposal-study": (town.waiting.pk,),
        "policy-study": (cast.policy(cast.abiego).pk,),
        "office-study": (cast.abiego.slug, "teller"),
        "study": (town.study.pk,),
        "circle-new": (town.study.pk,),
        **dict.fromkeys(
            ("circle", "circle-members", "circle-leaving", "circle-meeting-new", "circle-note-new"), (town.circle.pk,)
        ),
        "decision": (town.open.pk,),
        "decision: coming": (town.coming.pk,),
        "decision: closed": (town.closed.pk,),
        "ballot": (town.open.pk,),
        "ballot: coming": (town.coming.pk,),
        "ballot: closed": (town.closed.pk,),
        "decision-votes": (town.closed.pk,),
        "decision-votes: open": (town.open.pk,),
        "choice-new": slug,
        "options-edit": (town.choice.pk,),
        "proposal: a choice": (town.choice.pk,),
        "proposal: an election": (town.elected.poll.ranking_id,),
        "decision: counted": (ranking.pk,),
        "decision-count": (ranking.pk,),
        "count-download": (ranking.pk, "blt"),
        "count-download: json": (ranking.pk, "json"),
        "count-download: csv": (ranking.pk, "csv"),
        "decision-votes: ranked": (ranking.pk,),
        "decision-roll": (ranking.pk,),
        "decision-roll: open": (town.open.pk,),
        "tellers-desk": (town.open.pk,),
        "tellers-desk: coming": (town.coming.pk,),
        "tellers-desk: closed": (ranking.pk,),
        "tellers-drawn": (town.open.pk,),
        "presence": (town.open.pk,),
        "presence-withdrawal": (town.mark.pk,),
        "hand-counts": (town.open.pk,),
        "papers": (town.open.pk,),
        "paper-counts": (town.open.pk,),
        "election-new": slug,
        "election": (town.standing.pk,),
        "election: ready": (town.ready.pk,),
        "election: elected": (town.elected.pk,),
        "candidacy-new": (town.standing.pk,),
        "candidacy-new: ready": (town.ready.pk,),
        "candidacy-withdrawal": (town.candidacy.pk,),
        "poll-new": (town.ready.pk,),
        "poll-new: elected": (town.elected.pk,),
        "replacement-new": (town.recalled.pk,),
        "replacement-new: in force": (town.mandate.pk,),
        "decision: secret": (town.papers.pk,),
        "decision: secret, in the urn": (town.urn.pk,),
        "decision: secret, closed": (town.board.pk,),
        "decision-votes: secret": (town.board.pk,),
        "sealed-paper": (town.papers.pk,),
        "sealed-paper: too late": (town.urn.pk,),
        "sealed-paper: not secret": (town.open.pk,),
        "urn": (town.urn.pk,),
        "urn: not open yet": (town.papers.pk,),
        "envelopes": (town.urn.pk,),
        "board": (town.board.pk,),
        "board: not yet": (town.urn.pk,),
        "board-file": (town.board.pk,),
        "session-new": slug,
        **dict.fromkeys(
            [
                "session",
                "session-live",
                "session-notice",
                "session-calendar",
                "session-code",
                "session-door",
                "session-console",
                "console-live",
                "session-closing",
                "session-takeover",
                "turn-new",
                "motion-new",
                "projector",
                "projector-live",
                "minutes",
                "minutes-download",
                "note-new",
            ],
            (town.hall.pk,),
        ),
        "session: coming": (town.meeting.pk,),
        "session: voting": (town.voting.pk,),
        "session-console: voting": (town.voting.pk,),
        "projector: voting": (town.voting.pk,),
        **dict.fromkeys(("session-rescheduling", "session-cancellation", "item-new"), (town.meeting.pk,)),
        "session-opening": (town.due.pk,),
        "attendance-ending": (town.hall.attendances.get(citizen=town.hall.turns.get().citizen).pk,),
        "agenda-item": (town.hall.agenda()[0].pk,),
        "item-decision": (town.hall.agenda()[0].pk,),
        "decision-ending": (town.voting.agenda()[0].decisions.get().pk,),
        "presence-hall": (town.voting.agenda()[0].decisions.get().pk,),
        "turn": (town.hall.turns.get().pk,),
        "motion": (town.hall.motions.get().pk,),
        "arguments": (town.waiting.pk,),
        "arguments: of a draft": (town.draft.pk,),
        "passages": (town.waiting.pk,),
        "argument": (town.argument.pk,),
        "argument: a question": (town.waiting.arguments.get(kind="question").pk,),
        "argument-new": (town.waiting.pk,),
        "replies": (town.argument.pk,),
        "argument-help": (town.argument.pk,),
        "argument-withdrawal": (town.argument.pk,),
        "policy": (cast.policy(cast.abiego).pk,),
        "letter": (town.letter.pk,),
        "follow-ending": (cast.ana.follows.get().pk,),
        "unsubscribe": (signing.dumps([cast.ana.pk, "decision-opened"], salt="letters"),),
        "mandate": (town.mandate.pk,),
        "mandate: recalled": (town.recalled.pk,),
        "narrowing-new": (town.mandate.pk,),
        "narrowing-new: recalled": (town.recalled.pk,),
        "resignation": (town.mandate.pk,),
        "resignation: recalled": (town.recalled.pk,),
        "recall-new": (town.mandate.pk,),
        "recall-new: recalled": (town.recalled.pk,),
        "recall": (town.recall.pk,),
        "recall: carried": (town.recalled.recalls.get().pk,),
        "signatures": (town.recall.pk,),
        "signatures: carried": (town.recalled.recalls.get().pk,),
        "statements": (town.recall.pk,),
        "departure-new": (accession(cast.abiego, cast.comarca).pk,),
        "text-new": slug,
        "text": (town.shared.pk,),
        "text: an amendment": (town.amended.pk,),
        "text: relayed": (town.amended.amends_id,),
        "adoption-new": (town.shared.pk,),
        "relay-new": (town.shared.pk,),
        "proposal: with a reservation": (town.adoption.proposal_id,),
        "mandate: a joint seat": (Mandate.objects.filter(part__isnull=False).earliest("pk").pk,),
        "council": (cast.comarca.slug,),
        "council: wider": (cast.region.slug,),
        "task-new": (cast.comarca.slug,),
        "task": (town.task.pk,),
        "attachments": (town.task.pk,),
        "action-new": (town.task.pk,),
        "good": (market.barley(cast).pk,),
        "enterprise": (town.market.farm.pk,),
        "enterprise: of another assembly": (town.market.mill.pk,),
        "enterprise-new": slug,
        "governance-new": (town.market.farm.pk,),
        "steward-new": (town.market.farm.pk,),
        "passing-new": (town.market.farm.pk,),
        "harvest-new": (town.market.farm.pk,),
        "acceptance-new": (town.market.passing.pk,),
        "discharge-new": (town.market.stewardship.pk,),
        "stewardship-ending": (town.market.stewardship.pk,),
        "assembly-commons": slug,
        "assembly-commons: of another": (cast.loarre.slug,),
        "commons-with": (cast.abiego.slug, cast.loarre.slug),
        "need-new": slug,
        "surplus-new": slug,
        "statement-import-new": slug,
        "statement-import": (town.market.file.pk,),
        "plan-new": (town.market.task.pk,),
        "plan": (town.market.plan.pk,),
        "plan: waiting": (town.market.waiting.pk,),
        "plan-progress": (town.market.waiting.pk,),
        "plan-cancellation": (town.market.waiting.pk,),
        "plan-part": (town.market.plan.pk, cast.loarre.slug),
        "allotment": (town.market.allotment.pk,),
        "delivery-new": (town.market.allotment.pk,),
        "delivery": (town.market.load.pk,),
        "delivery: arrived": (town.market.arrived.pk,),
        "delivery-sheet": (town.market.load.pk,),
        "load": (town.market.load.code,),
        "load: for Loarre": (town.market.arriving.code,),
        "yardstick-new": (town.ribera.slug,),
        "article": (7,),
        "guide": ("teller",),
        "rehearsal": ("teller",),
        "lesson": ("6-aragon",),
        "token-revocation": (town.token.pk,),
        "outbox-letter": ("20260101T120000000000-00000000.eml",),
        "record-entry": (town.entry.pk,),
        "record-entry-proof": (town.entry.pk,),
        "record-of": tuple(town.entry.subject.split("/")),
        "record-log": origin,
        "record-log-feed": origin,
        "record-log-export": origin,
        "account_confirm_email": ("nonsense",),
        "account_reset_password_from_key": ("1", "nonsense"),
        "admin:app_list": ("assemblies",),
        "admin:view_on_site": (ContentType.objects.get_for_model(Assembly).pk, cast.abiego.pk),
    }
    found |= overseen.examples(town)
    for model, model_admin in admin.site._registry.items():
        row = model_admin.model._default_manager.first()
        for word in ("change", "delete", "history"):
            found[f"admin:{model._meta.app_label}_{model._meta.model_name}_{word}"] = (row.pk if row else 1,)
    return found


def roll_file() -> SimpleUploadedFile:
    """A new one each time: a file is read once."""
    return SimpleUploadedFile("roll.csv", b"email,name\nnew@people.example,New\n", "text/csv")


def statements_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("needs.csv", market.LINES.encode(), "text/csv")


def bodies(town: Everything) -> dict[str, dict[str, Any]]:
    """What each form takes, so that whoever may do it has done it. Other addresses take no form."""
    cast = town.cast
    once, comarca = {"once": str(ONCE)}, cast.comarca.slug
    shown = once | {"step": "show", "seen": ""}
    season = {"first_day": f"{market.today():%Y-%m-%d}", "last_day": f"{now() + 100 * DAY:%Y-%m-%d}"}
    said = {"good": "barley", "quantity": "1200", **season}
    clause, theirs = town.mandate.clauses.get(), town.theirs.clauses.get()
    opens = town.waiting.earliest_opening(now()) + DAY
    closes = opens + 2 * cast.abiego.orders(now()).voting_period
    days = [f"{now() + n * DAY:%Y-%m-%d}" for n in (10, 0, 100)]
    term = {"confederation": comarca, "valid_from": days[1], "valid_until": days[2], "reasons": ""}
    clauses = {
        "clauses-TOTAL_FORMS": "1",
        "clauses-INITIAL_FORMS": "0",
        "clauses-0-policy": str(cast.policy(cast.abiego).pk),
        "clauses-0-power": "procure",
        "clauses-0-instruction": "Buy salt",
        "clauses-0-limit": "10",
        "clauses-0-unit": "kg",
        "clauses-0-place": "",
    }
    return {
        "reading-new": once | {"number": "2"},
        "support": once | {"wants": "give"},
        "amendment-votes": dict(once),
        "consolidation": once | {"shown": digest_of(town.settled.versions.get().settled().text)},
        "amendment-acceptance": dict(once),
        "amendment-withdrawal": dict(once),
        "version-new": once | {"text": "The fountain runs all year.", "reasons": "The mill is dry."},
        "sending-back": once | {"reason": "Say who cleans it."},
        "amendment-new": once
        | {"article": "2", "adds": "", "version": "1", "text": "Each house draws from both.", "reasons": ""},
        "account": {"name": "Ana María"},
        "own-erasure": {"sure": "on"},
        "tokens": once | {"name": "A script", "days": "30", "scopes": ["read", "goods"]},
        "token-revocation": dict(once),
        "account_login": {"login": cast.bilal.email, "password": PASSWORD},
        "account_logout": {},
        "account_signup": {"name": "Eva", "email": "eva@people.example", "password1": PASSWORD, "password2": PASSWORD},
        "account_reauthenticate": {"password": PASSWORD},
        "account_email": {"action_add": "", "email": "other@people.example"},
        "account_change_password": {
            "oldpassword": PASSWORD,
            "password1": "an oven and bread",
            "password2": "an oven and bread",
        },
        "account_reset_password": {"email": cast.ana.email},
        "appearance": {"appearance": "dark", "next": "/"},
        "application-new": {"statement": "I live by the wash house."},
        "application": {"answer": "decline", "reason": "Nobody lives there."},
        "citizenship-ending": {"reason": "left"},
        "office-ending": {},
        "roll-import-new": {"file": roll_file},
        "roll-import": {},
        "proposal-new": {"title": "A pond", "text": "A pond is dug."},
        "proposal-edit": {"title": "A well", "text": "A deep well is dug."},
        "proposal-offer": {},
        "proposal-withdrawal": {},
        "proposal-removal": {},
        "argument-new": {"kind": "against", "text": "The pipe leaks.", "passage": "The fountain runs"},
        "replies": {"text": "It was mended."},
        "argument-help": {"do": "mark"},
        "argument-withdrawal": {},
        "decision-new": {"opens_at": f"{opens:%Y-%m-%dT12:00}", "closes_at": f"{closes:%Y-%m-%dT12:00}"},
        "proposal-study": {"part": "known", "text": "The spring ran dry in 2022."},
        "policy-study": {"part": "known", "text": "The spring ran dry in 2022."},
        "office-study": {"part": "known", "text": "Two count, and compare."},
        "circle-new": {"place": "The mill", "begins_at": f"{now() + 20 * DAY:%Y-%m-%dT18:00}"},
        "circle-meeting-new": {"place": "The mill", "begins_at": f"{now() + 20 * DAY:%Y-%m-%dT18:00}"},
        "follows": {"subject": f"assembly/{cast.abiego.pk}"},
        "follow-ending": {},
        "letter-wishes": dict.fromkeys(KINDS, "never"),
        "unsubscribe": {"List-Unsubscribe": "One-Click"},
        "circle-members": {},
        "circle-leaving": {},
        "circle-note-new": {"text": "Nobody knows."},
        "ballot": {"choice": "yes"},
        "choice-new": {
            "title": "Which well",
            "text": "One is dug.",
            "method": "irv",
            "seats": "1",
            "most": "",
            "option_1": "By the mill",
            "text_1": "",
            "option_2": "By the oven",
            "text_2": "",
        },
        "options-edit": {"option_1": "Fig", "text_1": "", "option_2": "Quince", "text_2": ""},
        "tellers-drawn": {},
        "presence": {"citizen": str(cast.ana.pk)},
        "presence-withdrawal": {"reason": "It was her sister."},
        "hand-counts": {"yes": "1", "no": "0", "abstain": "0", "reason": ""},
        "papers": {},
        "paper-counts": {"number": str(town.paper.number), "code": town.paper.code, "choice": "yes", "reason": ""},
        "election-new": once | term | {"seats": "1", "method": "irv", "stand_until": days[0], "step": "call"} | clauses,
        "candidacy-new": once | {"statement": "I know the mill.", "consent": "on"},
        "candidacy-withdrawal": dict(once),
        "poll-new": dict(once),
        "replacement-new": once | {"other": cast.ana.name, "reasons": "", "step": "show", "seen": ""},
        "sealed-paper": {"blinded": packed(SealedPaper(town.papers.pk, bytes(town.papers.papers.public_key)).blinded)},
        "admin:assemblies_citizen_change": {"reason": "They asked for it."},
        "session-new": {
            "place": "The school",
            "begins_at": f"{closes:%Y-%m-%dT12:00}",
            "ends_at": f"{closes:%Y-%m-%dT15:00}",
            "before": "Reports (15)",
            "proposals": [],
            "after": "",
            "speaking": "first-time",
            "speaking_minutes": "3",
            "first_list": "",
            "second_list": "",
        },
        "session-rescheduling": {
            "place": "The mill",
            "begins_at": f"{closes:%Y-%m-%dT12:00}",
            "ends_at": f"{closes:%Y-%m-%dT15:00}",
            "reason": "The roof leaks.",
        },
        "session-cancellation": {"reason": "It hails."},
        "session-takeover": {"reason": "The other one is ill."},
        "item-new": {"title": "The well", "minutes": "5"},
        "session-door": {"citizen": str(outside(town.hall).pk), "how": "desk"},
        "attendance-ending": {},
        "session-opening": {},
        "session-closing": {},
        "agenda-item": {"do": "end"},
        "item-decision": {"minutes": "10"},
        "decision-ending": {},
        "presence-hall": {"everyone": "1"},
        "turn-new": {"from": "phone"},
        "turn": {"do": "withdraw"},
        "motion-new": {"kind": "procedure", "mover": str(cast.ana.pk), "text": "Open the window."},
        "motion": {"yes": "2", "no": "1", "abstain": "0"},
        "note-new": {"item": "", "text": "The door creaks no more."},
        "mandate-new": once
        | {
            "looked_for": cast.ana.name,
            "delegate": str(cast.ana.pk),
            "step": "show",
            "seen": "",
        }
        | term
        | clauses,
        "narrowing-new": once
        | {"reasons": "Less is enough.", f"limit_{clause.pk}": "90", "valid_until": "", "step": "show", "seen": ""},
        "resignation": once | {"reason": "I am moving away."},
        "recall-new": once | {"grounds": "The flour never came."},
        "signatures": dict(once),
        "statements": once | {"text": "The miller was ill."},
        "accession-new": once | {"confederation": town.ribera.slug, "reasons": "", "step": "show", "seen": ""},
        "departure-new": once | {"reasons": "We bake alone.", "step": "show", "seen": ""},
        "text-new": once
        | {
            "confederation": comarca,
            "amends": "",
            "title": "Clean fountains",
            "text": "Each village cleans its fountain before Easter.",
            "notice": "30",
            "reasons": "",
            "step": "show",
            "seen": "",
        },
        "adoption-new": once | {"reservation": "Not in August.", "step": "show", "seen": ""},
        "relay-new": once | {"attachment": str(Attachment.objects.filter(task__power="inform").earliest("pk").pk)},
        "confederation-new": once
        | {
            "name": "Sierra de Guara",
            "within": "",
            "powers": ["inform"],
            "longest_term": "100",
            "most_terms": "2",
            "recall_per_cent": "5",
            "signing_period": "30",
            "report_interval": "60",
            "limits": "inform 10 letters",
            "seat_per_cent": "60",
            "missed_reports": "2",
            "answering_period": "10",
            "text": "",
        },
        "task-new": once
        | {
            "title": "Salt",
            "purpose": "",
            "clauses": [str(clause.pk)],
            f"quantity_{clause.pk}": "10",
            "unit": "kg",
            "place": "",
        },
        "good-new": once | {"name": "olive oil", "kind": "produce", "unit": "l"},
        "enterprise-new": shown
        | {
            "name": "The oven",
            "kind": "kitchen",
            "purpose": "Bread for everyone.",
            "policies": [str(cast.policy(cast.abiego).pk)],
            "reasons": "",
        },
        "governance-new": shown | {"policy": str(town.closed.policy_version.policy_id), "reasons": ""},
        "steward-new": shown
        | {"steward": "Bilal", "last_day": f"{now() + 100 * DAY:%Y-%m-%d}", "goods": "barley", "reasons": ""},
        "passing-new": shown | {"to": "Loarre", "reasons": "They have the water."},
        "acceptance-new": shown | {"reasons": "We have the water."},
        "discharge-new": shown | {"reasons": "The gate stands open."},
        "stewardship-ending": dict(once),
        "harvest-new": once
        | {
            "good": "barley",
            "kind": "made",
            "quantity": "1.5 t",
            "day": f"{market.today():%Y-%m-%d}",
            "note": "",
            "corrects": "",
        },
        "need-new": shown | said | {"essential": "100", "reason": "Bread until the harvest."},
        "surplus-new": shown | said | {"reason": ""},
        "statement-import-new": {"file": statements_file},
        "statement-import": {},
        "plan-new": once | {"good": "barley", **season},
        "plan-cancellation": dict(once),
        "delivery-new": once | {"quantity": "20", "driver": "", "note": ""},
        "load": once | {"quantity": "50", "condition": "good", "note": "", "deed": "arrived"},
        "yardstick-new": once | {"leaning_per_cent": "40", "quiet_days": "200"},
        "attachments": once | {"clause": str(theirs.pk), "quantity": "20"},
        "action-new": once
        | {
            "attachment": str(town.task.attachments.get(clause=clause).pk),
            "quantity": "1",
            "what": "Bought more flour",
            "done_at": "",
            "evidence": "",
            "place": "",
        },
    } | overseen.bodies(town, once)


# ---- for tests: built once for a module inside its transaction, and undone with it ----


@pytest.fixture(scope="module")
def built(gathered: Cast, django_db_blocker, tmp_path_factory) -> Everything:
    with django_db_blocker.unblock(), override_settings(PUBLISHED_DIR=tmp_path_factory.mktemp("published")):
        return everything(gathered)


@pytest.fixture(scope="module")
def signed_in(built: Everything, django_db_blocker) -> dict[str, Client]:
    """A browser of each role, which has been here before and whose session stands as long as the module does."""
    with django_db_blocker.unblock():
        clients = {role: built.client(role) for role in ROLES}
        for client in clients.values():
            client.get("/articles/")
        return clients


@pytest.fixture
def town(built: Everything, db) -> Everything:
    """One of everything, as every test of the module finds it."""
    return built
