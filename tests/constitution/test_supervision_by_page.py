"""Articles 6, 10 and 16 against the pages of supervision, of meetings and of the lot."""

from django.db import transaction
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Proposal
from councils.models import Meeting, Objection
from mandates.forms import digest
from mandates.models import Recall, report_days
from tests.cast import DAY, Cast, carry, clock, facilitator
from tests.constitution.bench import Staged, tried
from tests.constitution.test_article_10_objections_and_halts import a_task, answered, halted, objected
from tests.constitution.test_article_10_reports import reported
from tests.constitution.test_by_page import NOT_SIGNED_IN, NOT_THERE, ana, bilal, chen, nobody, page, technician, typed


def reporting(cast: Cast) -> Staged:
    mandate = cast.mandate(cast.abiego, cast.bilal)
    due = report_days(mandate, now())[0]
    return {
        "address": reverse("report-new", args=[mandate.pk]),
        "data": {"due_at": due.due_at.isoformat(), "text": "Forty kilos."},
        "due": due,
    }


def objecting(cast: Cast) -> Staged:
    staged = a_task(cast)
    return {
        "address": reverse("action-objection", args=[staged["action"].pk]),
        "data": {"grounds": "It was rye."},
        **staged,
    }


def object_first(cast: Cast, s: Staged) -> Staged:
    Objection.objects.make(s["action"], by=cast.ana, grounds="It was rye.")
    return {}


def answering(cast: Cast) -> Staged:
    staged = objected(cast)
    return {"address": reverse("answers", args=[staged["objection"].pk]), "data": {"text": "There was none."}}


def settling(cast: Cast) -> Staged:
    staged = answered(cast)
    return {"address": reverse("settlement", args=[staged["objection"].pk]), "data": {}, **staged}


def halting(cast: Cast) -> Staged:
    """The question is offered only as it was shown: the second step carries what was seen."""
    staged = answered(cast)
    with transaction.atomic():
        shown = digest(staged["objection"].propose_halt(by=cast.ana, task=staged["task"]).proposal)
        transaction.set_rollback(True)
    return {
        "address": reverse("halt-new", args=[staged["objection"].pk]),
        "data": {"task": staged["task"].pk, "reasons": "", "step": "offer", "seen": shown},
        **staged,
    }


def settled(cast: Cast, s: Staged) -> Staged:
    s["objection"].settle(by=cast.ana)
    return {}


def logging_on(cast: Cast) -> Staged:
    staged = a_task(cast)
    return {
        "address": reverse("action-new", args=[staged["task"].pk]),
        "data": {"attachment": staged["attachment"].pk, "quantity": "1", "what": "More", "done_at": "", "evidence": ""},
        **staged,
    }


def halt_it(cast: Cast, s: Staged) -> Staged:
    objection = Objection.objects.make(s["action"], by=cast.ana, grounds="It was rye.")
    objection.answer(by=cast.bilal, text="So it was.")
    carry(objection.propose_halt(by=cast.ana, task=s["task"]).proposal)
    return {}


def telling(cast: Cast) -> Staged:
    staged = a_task(cast)
    clock.travel(3 * DAY)
    return {
        "address": reverse("variance-new", args=[staged["task"].pk]),
        "data": {
            "attachment": staged["attachment"].pk,
            "what": "A sack nobody weighed",
            "done_at": typed(now() - 2 * DAY),
        },
    }


def convening(cast: Cast) -> Staged:
    cast.mandate(cast.abiego, cast.bilal)
    return {
        "address": reverse("meeting-new", args=[cast.comarca.slug]),
        "data": {"at": typed(now() + 3 * DAY), "place": "The square"},
    }


def agenda(cast: Cast) -> Staged:
    staged = a_task(cast)
    meeting = Meeting.objects.call(cast.comarca, by=cast.bilal, at=now() + 2 * DAY, place="The mill")
    return {"address": reverse("agenda", args=[meeting.pk]), "data": {"task": staged["task"].pk}, "meeting": meeting}


def begin(cast: Cast, s: Staged) -> Staged:
    clock.travel(3 * DAY)
    return {}


def ready(cast: Cast) -> Staged:
    return {
        "address": reverse("willing", args=[cast.abiego.slug]),
        "data": {"kind": "registrar", "ready": "yes"},
    }


ATTEMPTS = [
    *page(
        "give a report",
        reporting,
        bilal,
        ("a neighbour", 10, ana),
        ("the technician", 10, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        for_a_day_on_which_none_is_due=(422, lambda cast, s: {"due_at": now().isoformat()}),
    ),
    *page(
        "object",
        objecting,
        ana,
        ("somebody of another assembly", 10, chen),
        ("the technician", 10, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        a_second_time=(10, object_first),
        without_grounds=(422, lambda cast, s: {"grounds": ""}),
    ),
    *page("answer", answering, bilal, ("a neighbour", 10, ana), ("nobody", NOT_SIGNED_IN, nobody)),
    *page("accept the answer", settling, ana, ("the delegate", 10, bilal), ("a stranger", 10, chen)),
    *page(
        "ask to halt",
        halting,
        ana,
        ("somebody of another assembly", 10, chen),
        ("the technician", 10, technician),
        though_it_is_settled=(10, settled),
    ),
    *page("log", logging_on, bilal, what_is_halted=(10, halt_it)),
    *page(
        "tell what went beyond",
        telling,
        bilal,
        ("a neighbour", 10, ana),
        of_this_morning=(10, lambda cast, s: {"done_at": typed(now() - DAY / 12)}),
    ),
    *page(
        "call a meeting",
        convening,
        bilal,
        ("a citizen", 4, ana),
        ("the technician", 4, technician),
        for_this_afternoon=(10, lambda cast, s: {"at": typed(now() + DAY / 8)}),
    ),
    *page("make an agenda", agenda, bilal, ("a citizen", 4, ana), once_it_has_begun=(10, begin)),
    *page(
        "stand ready",
        ready,
        ana,
        ("somebody of another assembly", NOT_THERE, chen),
        ("nobody", NOT_SIGNED_IN, nobody),
        for_an_office_that_is_none=(16, lambda cast, s: {"kind": "mayor"}),
    ),
]

test_attempt = tried(ATTEMPTS)


def test_what_is_halted_says_so_where_people_look(client, cast: Cast):
    staged = halted(cast)
    for address in (
        staged["task"].get_absolute_url(),
        reverse("supervision", args=[cast.comarca.slug]),
        staged["objection"].get_absolute_url(),
    ):
        assert "halted" in client.get(address).content.decode().lower(), address
    client.force_login(cast.bilal)
    assert "Halted by the assembly" in client.get(reverse("desk")).content.decode()


def test_a_report_is_drafted_from_the_log(client, cast: Cast):
    staged = a_task(cast)
    client.force_login(cast.bilal)
    draft = client.get(reverse("report-new", args=[staged["mandate"].pk])).content.decode()
    assert "Bought 40 kg (40 kg)" in draft
    assert "Used 40 of 100 kg" in draft


def test_a_question_that_the_charter_puts_is_nobodys(client, cast: Cast):
    mandate = reported(cast)
    clock.travel(21 * DAY)
    recall = Recall.objects.open_for_missed_reports(mandate)
    for address in (
        recall.get_absolute_url(),
        recall.proposal.get_absolute_url(),
        recall.decision.get_absolute_url(),
        reverse("proposals"),
    ):
        assert "the charter itself" in client.get(address).content.decode(), address
    client.force_login(facilitator(cast.abiego))
    assert client.get(reverse("assembly-desk", args=[cast.abiego.slug])).status_code == 200
    assert Proposal.objects.filter(author=None).count() == 1
