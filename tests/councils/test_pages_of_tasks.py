"""The pages of tasks and the delegate's desk: what a clause covers goes through, and nothing else."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from assemblies.clock import now
from councils.models import Action, Attachment, Task
from mandates.models import Clause, Mandate
from tests.cast import Cast, recall_carried, travel_to


@pytest.fixture
def mandate(cast: Cast) -> Mandate:
    return cast.mandate(cast.abiego, cast.bilal)


@pytest.fixture
def clause(mandate: Mandate) -> Clause:
    return mandate.clauses.get()


@pytest.fixture
def new(cast: Cast) -> str:
    return reverse("task-new", args=[cast.comarca.slug])


def sheet(clause: Clause, **other: object) -> dict[str, object]:
    return {
        "once": str(uuid4()),
        "title": "Flour for the ovens",
        "purpose": "Bread until the harvest",
        "clauses": [str(clause.pk)],
        f"quantity_{clause.pk}": "80",
        "unit": "",
        "place": "",
    } | other


# ---- setting up ----


def test_a_delegate_sets_up_a_task_once(client, cast, clause, new):
    client.force_login(cast.bilal)
    assert "Buy flour with the neighbours" in client.get(new).content.decode()
    typed = sheet(clause)
    made = client.post(new, typed)
    task = Task.objects.get()
    assert made.url == client.post(new, typed).url == task.get_absolute_url()
    assert task.unit == "kg"
    assert task.attachments.get().quantity == Decimal(80)
    page = client.get(task.get_absolute_url()).content.decode()
    for fact in ("Standing", "Abiego", "Set aside for this task: 80 kg", "Decision", "Log an action"):
        assert fact in page


def test_the_form_offers_clauses_in_force_of_the_signed_in_delegate_alone(client, cast, mandate, clause, new):
    other = cast.mandate(cast.loarre, cast.chen)
    client.force_login(cast.bilal)
    assert client.get(new).context["form"].offered == [clause]
    mandate.resign(by=cast.bilal)
    empty = client.get(new)
    assert empty.context["form"].offered == []
    assert "No clause of yours for this council is in force." in empty.content.decode()
    refused = client.post(new, sheet(clause))
    assert refused.status_code == 409
    assert "Article 8" in refused.content.decode()
    assert "Bread until the harvest" in refused.content.decode()
    foreign = client.post(new, sheet(other.clauses.get()))
    assert foreign.status_code == 403
    assert "Article 6" in foreign.content.decode()
    assert not Task.objects.exists()


def test_what_a_clause_does_not_cover_is_refused_by_its_article(client, cast, new):
    there = cast.terms(cast.abiego, instruction="Only there", place=cast.loarre)
    inform = cast.terms(cast.abiego, instruction="Tell", power="inform", limit=None, unit="")
    mandate = cast.mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego), there, inform)
    plain, placed, telling = mandate.clauses.order_by("number")
    client.force_login(cast.bilal)

    def refused(status: int, words: str, typed: dict) -> None:
        answer = client.post(new, typed)
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert "Article 6" in answer.content.decode()
        assert not Task.objects.exists()

    refused(422, "The limit leaves 100 kg", sheet(plain, **{f"quantity_{plain.pk}": "101"}))
    refused(422, "Say how much of the limit", sheet(plain, **{f"quantity_{plain.pk}": ""}))
    refused(422, "only in Loarre", sheet(placed))
    refused(422, "only in Loarre", sheet(placed, place="Abiego"))
    refused(422, "one power", sheet(plain, clauses=[str(plain.pk), str(telling.pk)]))
    refused(422, "limited in kg", sheet(plain, unit="litres"))
    assert client.post(new, sheet(placed, place="loarre")).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"title": ""},
        {"title": "\x00"},
        {"title": "x" * 201},
        {"clauses": []},
        {"clauses": ["x"]},
        {"clauses": ["9" * 30]},
        {"clauses": ["\x00"]},
        {"clauses": ["0"]},
        {"place": "Atlantis"},
        {"place": "\x00"},
        {"unit": "\x00"},
        {"quantity": "NaN"},
        {"quantity": "1e400"},
        {"quantity": "-5"},
        {"quantity": "0.0001"},
        {"once": "\x00"},
    ],
)
def test_nonsense_is_answered_with_a_sentence(client, cast, clause, new, typed):
    if "quantity" in typed:
        typed = {f"quantity_{clause.pk}": typed["quantity"]}
    client.force_login(cast.bilal)
    answer = client.post(new, sheet(clause, **typed))
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not Task.objects.exists()


def test_only_delegates_set_up_tasks(client, cast, clause, new):
    assert client.get(new).url.startswith(reverse("account_login"))
    for outsider in (cast.ana, cast.stranger, cast.technician):
        client.force_login(outsider)
        assert client.get(new).status_code == 403
        assert client.post(new, sheet(clause)).status_code == 403


# ---- joining ----


def test_another_delegate_joins_with_a_clause_of_theirs(client, cast, mandate):
    task = cast.task(mandate)
    theirs = cast.mandate(cast.loarre, cast.chen).clauses.get()
    client.force_login(cast.chen)
    assert "Join it with a clause of yours" in client.get(task.get_absolute_url()).content.decode()
    address = reverse("attachments", args=[task.pk])
    assert client.get(address).url == task.get_absolute_url()
    beyond = client.post(address, {"clause": theirs.pk, "quantity": "900"})
    assert beyond.status_code == 422
    assert "The limit leaves 100 kg" in beyond.content.decode()
    typed = {"clause": theirs.pk, "quantity": "20", "once": str(uuid4())}
    for _ in range(2):
        assert client.post(address, typed).url == task.get_absolute_url()
    assert task.attachments.count() == 2
    twice = client.post(address, {"clause": theirs.pk, "quantity": "20"})
    assert twice.status_code == 409


def test_nobody_attaches_the_clause_of_another(client, cast, mandate):
    task = cast.task(mandate)
    theirs = cast.mandate(cast.loarre, cast.chen).clauses.get()
    address = reverse("attachments", args=[task.pk])
    for person in (cast.bilal, cast.ana, cast.technician):
        client.force_login(person)
        refused = client.post(address, {"clause": theirs.pk, "quantity": "20"})
        assert refused.status_code == 403
        assert "Article 6" in refused.content.decode()
    for nonsense in ({}, {"clause": "x"}, {"clause": "9" * 30}, {"clause": theirs.pk, "quantity": "NaN"}):
        assert client.post(address, nonsense).status_code == 422
    assert Attachment.objects.count() == 1


# ---- logging ----


def test_logging_takes_a_number_and_a_few_words_and_counts_against_the_limit(client, cast, mandate):
    task = cast.task(mandate)
    address = reverse("action-new", args=[task.pk])
    client.force_login(cast.bilal)
    form = client.get(address).context["form"]
    assert form.fields["quantity"].label == "How many kg"
    typed = {"attachment": form["attachment"].value(), "quantity": "60", "what": "Bought flour", "once": str(uuid4())}
    for _ in range(2):
        assert client.post(address, typed).status_code == 302
    assert Action.objects.count() == 1
    assert "60 of 100 kg used" in client.get(task.get_absolute_url()).content.decode()

    beyond = client.post(address, typed | {"quantity": "41", "what": "Bought more", "once": ""})
    page = beyond.content.decode()
    assert beyond.status_code == 422
    assert "The limit leaves 40 kg" in page
    assert "Article 6" in page
    assert "Bought more" in page
    assert client.post(address, typed | {"quantity": "40", "once": ""}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"quantity": ""},
        {"quantity": "NaN"},
        {"quantity": "-1"},
        {"quantity": "0"},
        {"quantity": "1e400"},
        {"quantity": "0.0001"},
        {"what": " "},
        {"what": "\x00"},
        {"what": "x" * 5001},
        {"done_at": "x"},
        {"done_at": "9999-12-31T23:59"},
        {"done_at": "2199-01-01T00:00"},
        {"done_at": "2001-01-01T00:00"},
        {"evidence": "javascript:alert(1)"},
        {"evidence": "\x00"},
        {"attachment": ""},
        {"attachment": "x"},
        {"attachment": "9" * 30},
        {"attachment": "0"},
    ],
)
def test_nonsense_in_the_log_is_answered_with_a_sentence(client, cast, mandate, typed):
    task = cast.task(mandate)
    client.force_login(cast.bilal)
    good = {"attachment": task.attachments.get().pk, "quantity": "1", "what": "Bought flour"}
    answer = client.post(reverse("action-new", args=[task.pk]), good | typed)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not Action.objects.exists()


def test_a_quantity_where_nothing_is_counted_is_left_away(client, cast):
    terms = cast.terms(cast.abiego, power="inform", limit=None, unit="")
    task = cast.task(cast.mandate(cast.abiego, cast.bilal, terms), quantity=None)
    client.force_login(cast.bilal)
    address = reverse("action-new", args=[task.pk])
    assert "quantity" not in client.get(address).context["form"].fields
    logged = client.post(address, {"attachment": task.attachments.get().pk, "what": "Told them", "quantity": "5"})
    assert logged.status_code == 302
    assert Action.objects.get().quantity is None


def test_only_the_delegate_bound_by_it_logs_under_a_clause(client, cast, mandate):
    task = cast.task(mandate)
    theirs = cast.mandate(cast.loarre, cast.chen)
    task.attach(by=cast.chen, clause=theirs.clauses.get(), quantity=Decimal(5))
    address = reverse("action-new", args=[task.pk])
    assert client.get(address).url.startswith(reverse("account_login"))
    for outsider in (cast.ana, cast.technician):
        client.force_login(outsider)
        refused = client.post(address, {"attachment": task.attachments.first().pk, "quantity": "1", "what": "x"})
        assert refused.status_code == 403
        assert "Article 10" in refused.content.decode()
    client.force_login(cast.bilal)
    of_chen = task.attachments.get(clause__mandate=theirs)
    assert client.post(address, {"attachment": of_chen.pk, "quantity": "1", "what": "x"}).status_code == 403
    assert not Action.objects.exists()


def test_a_task_stops_with_its_last_clause_and_the_page_says_why_and_since_when(client, cast, mandate):
    task = cast.task(mandate)
    recall = recall_carried(mandate)
    page = client.get(task.get_absolute_url()).content.decode()
    assert "This task stopped" in page
    assert recall.decision.closes_at.date().strftime("%Y-%m-%d") in page
    assert "recalled" in page
    client.force_login(cast.bilal)
    address = reverse("action-new", args=[task.pk])
    assert client.get(address).status_code == 409
    late = client.post(address, {"attachment": task.attachments.get().pk, "quantity": "1", "what": "One more sack"})
    assert late.status_code == 409
    assert "Article 8" in late.content.decode()
    assert "One more sack" in late.content.decode()


def test_what_the_list_says_of_a_task_is_what_the_task_says(client, cast, mandate, django_assert_max_num_queries):
    standing = cast.task(cast.mandate(cast.loarre, cast.chen))
    stopped = cast.task(mandate)
    mandate.resign(by=cast.bilal)
    address = reverse("tasks")
    with django_assert_max_num_queries(5):
        assert set(client.get(address).context["page_obj"]) == {standing, stopped}
    assert list(client.get(address, {"state": "standing"}).context["page_obj"]) == [standing]
    found = client.get(address, {"state": "stopped"}).context["page_obj"]
    assert [task.stopped_at for task in found] == [stopped.stopped(now())[0]]
    assert list(client.get(address, {"assembly": "loarre"}).context["page_obj"]) == [standing]
    assert client.get(address, {"council": "\x00"}).status_code == 422
    assert client.get(address, {"state": "x"}).status_code == 422


# ---- the desk ----


def test_the_desk_holds_mandates_and_standing_tasks_and_the_log_one_tap_away(client, cast, mandate):
    task = cast.task(mandate)
    assert client.get(reverse("desk")).url.startswith(reverse("account_login"))
    client.force_login(cast.bilal)
    page = client.get(reverse("desk")).content.decode()
    assert reverse("action-new", args=[task.pk]) in page
    assert "0 of 100 kg used" in page


def test_an_empty_desk_says_why_the_last_mandate_ended(client, cast, mandate):
    client.force_login(cast.ana)
    assert "An assembly makes you its delegate" in client.get(reverse("desk")).content.decode()
    client.force_login(cast.bilal)
    travel_to(mandate.valid_until)
    page = client.get(reverse("desk")).content.decode()
    assert "No mandate of yours is in force" in page
    assert "expired" in page
    assert "Log an action" not in page


def test_the_pages_of_a_task_and_a_desk_take_few_questions_however_much_rests_on_them(
    client, cast, mandate, django_assert_max_num_queries
):
    task = cast.task(mandate)
    for assembly, delegate in ((cast.loarre, cast.chen), (cast.sietamo, cast.dolores)):
        clause = cast.mandate(assembly, delegate).clauses.get()
        task.attach(by=delegate, clause=clause, quantity=Decimal(5))
    with django_assert_max_num_queries(17):
        client.get(task.get_absolute_url())
    client.force_login(cast.bilal)
    with django_assert_max_num_queries(22):
        client.get(reverse("desk"))
