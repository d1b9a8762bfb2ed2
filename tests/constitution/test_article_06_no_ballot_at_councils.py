"""Article 6: delegates meet over their tasks, and there is nothing at a council to vote with."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field
from django.test import Client
from django.urls import URLPattern, reverse

from assemblies.clock import now
from assemblies.models import Assembly, Decision, Entry, Proposal
from councils import urls
from councils.models import AgendaItem, Attendance, Meeting, Relay, Task
from mandates.models import Candidacy, Confederation, Election, Mandate, SharedText
from tests.cast import DAY, Cast, carry, clock
from tests.constitution.bench import Attempt, Staged, insert, kept, refused, tried, twisted

ROOT = Path(__file__).resolve().parents[2]
VOTING = re.compile(
    r"ballot|\bvotes?\b|voting|voter|tally|quorum|majority|threshold|\bpoll|casting|show_of_hands", re.IGNORECASE
)
# What a template does, beside what it says: addresses, parts, values, and the names of what is sent.
DONE = re.compile(r"""{%.*?%}|{{.*?}}|\s(?:name|id|class|action|href|value|hx-\w+)=["'][^"']*["']""", re.S)
SAID = re.compile(r"""{%-?\s*(?:translate|blocktranslate|block|trail|facts|state)\b.*?%}""", re.S)


# ---- there is no ballot of any kind, and this keeps it so ----


def words_of(model) -> list[str]:
    fields = [field.name for field in model._meta.get_fields() if isinstance(field, Field)]
    acts = [name for name, value in vars(model).items() if callable(value) and not name.startswith("_")]
    return [model.__name__, *fields, *acts]


@pytest.mark.parametrize("model", list(apps.get_app_config("councils").get_models()), ids=lambda m: m.__name__)
def test_no_model_of_a_council_holds_a_vote(model):
    if model._meta.proxy and model._meta.concrete_model._meta.app_label == "assemblies":
        return  # the assembly's own proposal, as this floor sees it
    assert [word for word in words_of(model) if VOTING.search(word.replace("_", " "))] == []
    for field in model._meta.get_fields():
        if field.is_relation and field.related_model is not None:
            assert field.related_model._meta.model_name not in ("ballot", "decision", "option", "rollmark"), field


def test_no_address_of_a_council_takes_a_vote():
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        for words in (str(pattern.pattern), pattern.name, pattern.callback.__name__):
            assert not VOTING.search(words.replace("_", " ").replace("-", " ")), words


def test_no_page_of_a_council_asks_for_a_vote():
    pages = sorted((ROOT / "templates" / "councils").glob("*.html"))
    assert len(pages) > 30
    for page in pages:
        text = SAID.sub("", page.read_text())
        assert not re.search(r"""name=["']choice["']|{%\s*url ["']ballot["']""", text), page.name
        found = [does for does in DONE.findall(text) if VOTING.search(does.replace("_", " "))]
        assert not found, f"{page.name}: {found}"


def test_no_form_of_a_council_counts_heads():
    for path in sorted((ROOT / "councils").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        names = {
            node.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
        }
        assert not [name for name in names if VOTING.search(name.replace("_", " ")) and name != "short_of_quorum"], path


# ---- no council sends, elects or instructs anyone ----

SENDING = re.compile(r"\b(elect|appoint|nominat|instruct|delegat|send|order|command|assign|mandat)\w*", re.IGNORECASE)
ANSWERABLE = {"mandate", "delegate"}  # an objection says under whose mandate; attendance, which delegate was there


@pytest.mark.parametrize("model", list(apps.get_app_config("councils").get_models()), ids=lambda m: m.__name__)
def test_no_model_of_a_council_sends_anyone(model):
    """What a council keeps names a delegate only where that person acted, and a mandate only where it is supervised."""
    if model._meta.proxy and model._meta.concrete_model._meta.app_label == "assemblies":
        return
    said = set(words_of(model)) - ANSWERABLE
    assert [word for word in said if SENDING.search(word.replace("_", " "))] == []
    fields = {f.name: f.remote_field.model for f in model._meta.local_fields if f.remote_field}
    assert {name for name, there in fields.items() if there is Mandate} <= {"mandate"}
    assert not {Election, Candidacy} & set(fields.values())


def test_nobody_is_sent_but_by_an_assembly():
    """A mandate and an election belong to one assembly and to its question; a confederation is only where they lead."""
    for model in (Mandate, Election):
        required = {f.name: f.remote_field.model for f in model._meta.local_fields if f.remote_field and not f.null}
        assert required["assembly"] is Assembly, model
    assert Mandate._meta.get_field("proposal").remote_field.model is Proposal
    assert not Mandate._meta.get_field("proposal").null
    for path in sorted((ROOT / "councils").rglob("*.py")):
        text = path.read_text()
        for act in ("Mandate.objects.propose", "Mandate.objects.create", "Election.objects", "Candidacy", "Terms("):
            assert act not in text, f"{path}: {act}"


def test_delegates_at_a_wider_council_send_nobody_in_its_name(cast: Cast):
    """Whoever sits at the comarca still proposes a mandate at home alone, and there it takes a decision."""
    mandate = cast.mandate(cast.abiego, cast.bilal)
    with refused(4):  # raw, without a question of any assembly: as if the comarca sent Bilal to the region
        insert(
            "mandates_mandate",
            {
                "assembly_id": cast.loarre.pk,
                "delegate_id": cast.bilal.pk,
                "confederation_id": cast.region.pk,
                "proposal_id": mandate.proposal_id,
                "valid_from": now(),
                "valid_until": now() + 30 * DAY,
            },
        )
    with refused(1):
        cast.propose_mandate(cast.loarre, cast.chen, by=cast.bilal)
    cast.propose_mandate(
        cast.abiego, cast.bilal, by=cast.bilal, valid_from=mandate.valid_until, valid_until=mandate.valid_until + DAY
    )
    assert {seat.delegate for seat in cast.comarca.seats(now())} == {cast.bilal}
    assert cast.region.seats(now()) == []


# ---- the agenda is made of tasks, and attendance of delegates ----


def a_meeting(cast: Cast) -> Staged:
    mandate = cast.mandate(cast.abiego, cast.bilal)
    task = cast.task(mandate)
    meeting = Meeting.objects.call(cast.comarca, by=cast.bilal, at=now() + 2 * DAY, place="The square")
    return {"mandate": mandate, "task": task, "meeting": meeting}


def an_item(cast: Cast) -> Staged:
    staged = a_meeting(cast)
    return {"meeting_id": staged["meeting"].pk, "task_id": staged["task"].pk, "by_id": cast.bilal.pk}


def put(row: Staged) -> None:
    insert("councils_agendaitem", row)


def of_another_council(cast: Cast, row: Staged) -> Staged:
    terms = cast.terms(cast.abiego)
    wide = cast.mandate(cast.abiego, cast.ana, terms, confederation=cast.region, valid_until=now() + 90 * DAY)
    return {"task_id": cast.task(wide).pk}


def once_it_has_begun(cast: Cast, row: Staged) -> Staged:
    clock.travel(3 * DAY)
    return {}


AGENDA = twisted(
    an_item,
    put,
    put_anothers_task_on_the_agenda=(6, of_another_council),
    put_a_task_on_the_agenda_as_a_citizen=(4, lambda cast, row: {"by_id": cast.ana.pk}),
    put_a_task_on_the_agenda_of_yesterday=(10, once_it_has_begun),
    put_it_there_twice=(10, lambda cast, row: (put(row), {})[1]),
)


def relayed(cast: Cast, where: Confederation) -> Relay:
    """A text that Abiego offered there, handed on by its delegate."""
    shared = SharedText.objects.offer(
        cast.abiego, where, by=cast.ana, title="Dry wood", text="We heat with dry wood.", notice=30 * DAY
    )
    terms = cast.terms(cast.abiego, power="inform", limit=None, unit="")
    until = now() + 90 * DAY
    carry(shared.proposal)
    informing = cast.mandate(cast.abiego, cast.bilal, terms, confederation=where, valid_until=until)
    attachment = cast.task(informing, None, unit="").attachments.get()
    return Relay.objects.relay(shared, attachment, by=cast.bilal)


def a_text(cast: Cast) -> Staged:
    relay = relayed(cast, cast.comarca)
    meeting = Meeting.objects.call(cast.comarca, by=cast.bilal, at=now() + 2 * DAY, place="The square")
    return {"meeting_id": meeting.pk, "relay_id": relay.pk, "by_id": cast.bilal.pk}


TEXTS = twisted(
    a_text,
    put,
    talk_over_what_another_council_relayed=(6, lambda cast, row: {"relay_id": relayed(cast, cast.region).pk}),
    talk_over_a_text_as_a_citizen=(4, lambda cast, row: {"by_id": cast.ana.pk}),
    put_a_text_there_twice=(10, lambda cast, row: (put(row), {})[1]),
    put_a_text_there_once_it_has_begun=(10, once_it_has_begun),
    put_a_matter_that_is_neither=("agenda_of_tasks_and_texts", lambda cast, row: {"relay_id": None}),
    put_a_matter_that_is_both=(
        "agenda_of_tasks_and_texts",
        lambda cast, row: {"task_id": Relay.objects.get(pk=row["relay_id"]).action.task_id},
    ),
)


def held(cast: Cast) -> Staged:
    staged = a_meeting(cast)
    staged["meeting"].put_on_agenda(staged["task"], by=cast.bilal)
    clock.travel(2 * DAY + DAY / 24)
    return {"meeting_id": staged["meeting"].pk, "delegate_id": cast.bilal.pk}


def attend(row: Staged) -> None:
    insert("councils_attendance", row)


def a_week_later(cast: Cast, row: Staged) -> Staged:
    clock.travel(8 * DAY)
    return {}


THERE = twisted(
    held,
    attend,
    attend_as_a_citizen=(4, lambda cast, row: {"delegate_id": cast.ana.pk}),
    be_there_twice=(10, lambda cast, row: (attend(row), {})[1]),
    remember_it_weeks_later=(10, a_week_later),
)


def a_note(cast: Cast) -> Staged:
    row = held(cast)
    task = Task.objects.get(agenda_items__meeting=row["meeting_id"])
    return {
        "task_id": task.pk,
        "attachment_id": task.attachments.get().pk,
        "by_id": cast.bilal.pk,
        "what": "Agreed on Tuesday",
        "quantity": 1,
        "unit": "kg",
        "evidence": "",
        "meeting_id": row["meeting_id"],
    }


def not_on_the_agenda(cast: Cast, row: Staged) -> Staged:
    return {"meeting_id": Meeting.objects.call(cast.comarca, by=cast.bilal, at=now() + 2 * DAY, place="The mill").pk}


NOTES = twisted(
    a_note,
    lambda row: insert("councils_action", row),
    note_what_was_not_on_the_agenda=(10, not_on_the_agenda),
)

ACTS = [
    Attempt(
        "call a meeting without a mandate",
        4,
        a_meeting,
        lambda cast, s: Meeting.objects.call(cast.comarca, by=cast.ana, at=now() + 2 * DAY, place="Here"),
        lambda cast, s: Meeting.objects.call(cast.comarca, by=cast.bilal, at=now() + 2 * DAY, place="Here"),
    ),
]

ATTEMPTS = [
    *(AGENDA + TEXTS + THERE + NOTES + ACTS),
    *kept("councils_agendaitem", 10, lambda cast: put(an_item(cast))),
    *kept("councils_attendance", 10, lambda cast: attend(held(cast))),
]

test_attempt = tried(ATTEMPTS)


def test_a_meeting_decides_nothing(cast: Cast):
    before = Decision.objects.count()
    row = held(cast)
    attend(row)
    meeting = Meeting.objects.get(pk=row["meeting_id"])
    assert [str(item) for item in AgendaItem.objects.filter(meeting=meeting)] == ["Flour for the ovens"]
    assert [attendance.delegate for attendance in Attendance.objects.filter(meeting=meeting)] == [cast.bilal]
    after = Decision.objects.count()
    assert after - before == 1, "the assembly's own, for the mandate"


def test_what_was_said_of_a_text_is_noted_under_the_task_that_relayed_it(cast: Cast):
    row = a_text(cast)
    meeting, relay = Meeting.objects.get(pk=row["meeting_id"]), Relay.objects.get(pk=row["relay_id"])
    home = Client()
    home.force_login(cast.bilal)
    before = home.get(meeting.get_absolute_url()).content.decode()
    assert "or a text relayed here" in before
    assert "Dry wood" in before
    address = reverse("agenda", args=[meeting.pk])
    assert home.post(address, {"once": "1"}).status_code == 422
    assert home.post(address, {"text": relay.pk, "task": relay.action.task_id}).status_code == 422
    home.post(address, {"text": relay.pk})
    item = meeting.agenda.get()
    assert (item.relay, item.task, item.by) == (relay, None, cast.bilal)
    clock.travel(2 * DAY + DAY / 24)
    page = home.get(meeting.get_absolute_url()).content.decode()
    assert re.search(rf'<a href="{relay.shared.get_absolute_url()}"><bdi\s*>Dry wood</bdi></a>', page)
    assert f"{reverse('action-new', args=[relay.action.task_id])}?meeting={meeting.pk}" in page
    part = relay.action.attachment
    note = part.log_action(by=cast.bilal, what="Loarre asked who dries the wood", meeting=meeting)
    assert list(meeting.notes.all()) == [note]
    assert list(Meeting.objects.noting(part.task, now())) == [meeting]
    assert [entry.kind for entry in Entry.objects.filter(kind__startswith="meeting.agenda")] == ["meeting.agenda_text"]


def test_an_agenda_of_a_meeting_that_was_called_off_takes_nothing(cast: Cast):
    staged = a_meeting(cast)
    staged["meeting"].call_off(by=cast.bilal)
    with refused(10):
        staged["meeting"].put_on_agenda(staged["task"], by=cast.bilal)
