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
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assemblies.clock import now
from assemblies.models import (
    Application,
    Citizen,
    Decision,
    Entry,
    Letter,
    MinuteNote,
    Motion,
    Office,
    Point,
    Proposal,
    RollImport,
    Session,
    SpeakingTurn,
    admit,
    apply,
)
from assemblies.record.sequencer import sequencer
from councils.models import Task
from mandates.models import Confederation, Mandate, Recall
from mandates.tasks import endings
from tests.cast import COMARCA, DAY, Cast, accession, call, carry, decide, gather, person, travel_to, vote
from tests.sessions.evening import HOUR, begun, call_session, opened

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
    """Each once. The nameless routes of the technician's pages only send to the named ones, or nowhere."""
    return list({route.name: route for route in routes() if not route.name.endswith(":None")}.values())


# ---- one of everything ----


@dataclass
class Everything:
    """What stands in Abiego, and who comes to it."""

    cast: Cast
    rosa: Citizen
    facilitator: Citizen
    draft: Proposal
    waiting: Proposal
    open: Decision
    coming: Decision
    closed: Decision
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
    hall: Session
    voting: Session
    due: Session
    meeting: Session
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
        return client

    def address(self, name: str) -> str:
        """An address of that name; `name` may say which of several: 'proposal: a draft'."""
        query = f"?log={self.cast.abiego.log.origin}&old=0&new=1" if name == "record-consistency" else ""
        return reverse(name.partition(": ")[0], args=self.examples[name]) + query

    def body(self, name: str) -> dict[str, Any]:
        """What the form at that address takes; nothing where there is no form."""
        body = self.bodies.get(name.partition(": ")[0], {})
        return {key: value() if callable(value) else value for key, value in body.items()}


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

    mandates = [
        cast.propose_mandate(abiego, cast.bilal),
        cast.propose_mandate(abiego, rosa),
        cast.propose_mandate(loarre, cast.chen),
    ]
    (closed, *_rest) = carry(
        abiego.propose("The wash house", "The wash house is opened on *Mondays*.", by=cast.ana),
        *(mandate.proposal for mandate in mandates),
    )
    mandate, recalled, theirs = mandates
    task = cast.task(mandate, 60)
    task.attach(by=rosa, clause=recalled.clauses.get(), quantity=20)
    signers = iter(cast.neighbours(abiego, 6))  # never the facilitators: who they are, the lot decides
    ended = recalled.open_recall(by=next(signers), grounds="The flour never came.")
    while ended.decision is None:
        ended.sign(by=next(signers))
    decide(ended.proposal)
    task.attachments.get(clause__mandate=mandate).log_action(by=cast.bilal, what="Bought flour", quantity=5)

    lamps, awnings = (
        abiego.propose("Lamps", "Two lamps stand by the bridge.", by=cast.ana),
        abiego.propose("Awnings", "The market has awnings.", by=cast.ana),
    )
    travel_to(now() + 2 * DAY)
    opening, later = (
        abiego.propose("Benches", "Two benches stand under the plane tree.", by=cast.ana),
        abiego.propose("Swifts", "The nests under the eaves stay.", by=cast.ana),
    )
    open_ = call(opening)
    hall, voting, due = in_the_hall(cast, rosa, open_.opens_at - HOUR, lamps, awnings)
    travel_to(open_.opens_at)
    coming = call(later)
    vote(open_, yes=2)
    facilitator = cast.facilitator(abiego)
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
    sequencer.run()

    town = Everything(
        cast,
        rosa,
        facilitator,
        draft=Proposal.objects.draft(abiego, "A well", "A well is dug.", by=cast.ana, effect=Proposal.Effect.POLICY),
        waiting=amendment,
        open=open_,
        coming=coming,
        closed=closed,
        mandate=mandate,
        recalled=recalled,
        theirs=theirs,
        recall=recall,
        task=task,
        application=apply(cast.stranger, abiego, "I live by the oven."),
        roll_import=RollImport.look_at(abiego, "email,name\nnew@people.example,New\n", by=facilitator),
        office=facilitator.offices.in_force(now()).get(assembly=abiego),
        letter=cast.ana.letters.get(about="a-vote"),
        entry=Entry.objects.filter(kind="policy.adopted").latest("pk"),
        ribera=ribera,
        hall=hall,
        voting=voting,
        due=due,
        meeting=call_session(abiego, points=(Point("Talk"),)),
    )
    town.examples = examples(town)
    town.bodies = bodies(town)
    return town


def in_the_hall(cast: Cast, rosa: Citizen, at: datetime, *proposals: Proposal) -> list[Session]:
    """Sessions at that moment: one with a point under way, a hand up and a motion; one with a vote open; one that is
    due to be opened."""
    abiego = cast.abiego
    when: dict[str, Any] = {"begins_at": at, "ends_at": at + 3 * HOUR}
    points = (Point("Anything else"),)
    hall, voting, due = (
        call_session(abiego, *asked, points=points, **when) for asked in (proposals[:1], proposals[1:], ())
    )
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


def examples(town: Everything) -> dict[str, tuple]:
    """What stands in the gaps of each address. Those that have none are here by themselves."""
    cast = town.cast
    slug, origin = (cast.abiego.slug,), (cast.abiego.log.origin,)
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
        "decision-new": (town.waiting.pk,),
        "decision": (town.open.pk,),
        "decision: coming": (town.coming.pk,),
        "decision: closed": (town.closed.pk,),
        "ballot": (town.open.pk,),
        "ballot: coming": (town.coming.pk,),
        "ballot: closed": (town.closed.pk,),
        "decision-votes": (town.closed.pk,),
        "decision-votes: open": (town.open.pk,),
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
        "attendance-ending": (town.hall.attendances.get(citizen=cast.neighbours(cast.abiego, 1)[0]).pk,),
        "agenda-item": (town.hall.agenda()[0].pk,),
        "item-decision": (town.hall.agenda()[0].pk,),
        "decision-ending": (town.voting.agenda()[0].decisions.get().pk,),
        "presence-hall": (town.voting.agenda()[0].decisions.get().pk,),
        "turn": (town.hall.turns.get().pk,),
        "motion": (town.hall.motions.get().pk,),
        "policy": (cast.policy(cast.abiego).pk,),
        "letter": (town.letter.pk,),
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
        "council": (cast.comarca.slug,),
        "council: wider": (cast.region.slug,),
        "task-new": (cast.comarca.slug,),
        "task": (town.task.pk,),
        "attachments": (town.task.pk,),
        "action-new": (town.task.pk,),
        "article": (7,),
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
        "admin:view_on_site": ("1", "1"),
    }
    for model, model_admin in admin.site._registry.items():
        row = model_admin.model._default_manager.first()
        for word in ("change", "delete", "history"):
            found[f"admin:{model._meta.app_label}_{model._meta.model_name}_{word}"] = (row.pk if row else 1,)
    return found


def roll_file() -> SimpleUploadedFile:
    """A new one each time: a file is read once."""
    return SimpleUploadedFile("roll.csv", b"email,name\nnew@people.example,New\n", "text/csv")


def bodies(town: Everything) -> dict[str, dict[str, Any]]:
    """What each form takes, so that whoever may do it has done it. Other addresses take no form."""
    cast = town.cast
    once, comarca = {"once": str(ONCE)}, cast.comarca.slug
    clause, theirs = town.mandate.clauses.get(), town.theirs.clauses.get()
    opens = town.waiting.earliest_opening(now()) + DAY
    closes = opens + 2 * cast.abiego.orders(now()).voting_period
    return {
        "account": {"name": "Ana María"},
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
        "decision-new": {"opens_at": f"{opens:%Y-%m-%dT12:00}", "closes_at": f"{closes:%Y-%m-%dT12:00}"},
        "ballot": {"choice": "yes"},
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
        "session-door": {"citizen": str(cast.neighbours(cast.abiego, 5)[4].pk), "how": "desk"},
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
            "confederation": comarca,
            "valid_from": f"{now():%Y-%m-%d}",
            "valid_until": f"{now() + 100 * DAY:%Y-%m-%d}",
            "reasons": "",
            "step": "show",
            "seen": "",
            "clauses-TOTAL_FORMS": "1",
            "clauses-INITIAL_FORMS": "0",
            "clauses-0-policy": str(cast.policy(cast.abiego).pk),
            "clauses-0-power": "procure",
            "clauses-0-instruction": "Buy salt",
            "clauses-0-limit": "10",
            "clauses-0-unit": "kg",
            "clauses-0-place": "",
        },
        "narrowing-new": once
        | {"reasons": "Less is enough.", f"limit_{clause.pk}": "90", "valid_until": "", "step": "show", "seen": ""},
        "resignation": once | {"reason": "I am moving away."},
        "recall-new": once | {"grounds": "The flour never came."},
        "signatures": dict(once),
        "statements": once | {"text": "The miller was ill."},
        "accession-new": once | {"confederation": town.ribera.slug, "reasons": "", "step": "show", "seen": ""},
        "departure-new": once | {"reasons": "We bake alone.", "step": "show", "seen": ""},
        "confederation-new": once
        | {
            "name": "Sierra de Guara",
            "within": "",
            "powers": ["inform"],
            "longest_term": "100",
            "recall_per_cent": "5",
            "signing_period": "30",
            "report_interval": "60",
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
        "attachments": once | {"clause": str(theirs.pk), "quantity": "20"},
        "action-new": once
        | {
            "attachment": str(town.task.attachments.get(clause=clause).pk),
            "quantity": "1",
            "what": "Bought more flour",
            "done_at": "",
            "evidence": "",
        },
    }


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
