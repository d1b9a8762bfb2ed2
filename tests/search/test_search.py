"""Search: everything public is found, by the words of its language; a draft is not."""

import re

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from assemblies.clock import now
from assemblies.models import Assembly, MinuteNote, Point, Proposal
from confederation.search.models import Document, Kind, queries
from confederation.search.views import marked
from councils.models import Action
from tests.cast import Cast, carry, citizen_of, people
from tests.sessions.evening import call_session, opened

pytestmark = pytest.mark.django_db


def page(**asked: str):
    return Client().get("/search/", asked)


def titles(**asked: str) -> list[str]:
    said = page(**asked).content.decode()
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'class="title"[^>]*><bdi>(.*?)</bdi>', said)]


def test_a_draft_is_not_found_and_what_is_offered_is(cast: Cast):
    draft = Proposal.objects.draft(cast.abiego, "The zeppelin", "It flies.", by=cast.ana, effect="policy")
    assert titles(q="zeppelin") == []
    draft.revise(by=cast.ana, title="The zeppelins", text="They fly.")
    assert titles(q="zeppelin") == []
    draft.offer(by=cast.ana)
    assert titles(q="zeppelin") == ["The zeppelins"]


def test_every_kind_is_found_by_words_of_its_text(cast: Cast):
    (decision,) = carry(cast.abiego.propose("Wells", "Wells are cleaned by quartermasters.", by=cast.ana))
    mandate = cast.mandate(cast.abiego, cast.bilal)
    task = cast.task(mandate, 60)
    task.attachments.get().log_action(by=cast.bilal, what="Bought quartermaster flour", quantity=5)
    session = call_session(cast.abiego, points=(Point("The quartermaster reports"),))
    opened(session, cast.facilitator(cast.abiego))
    MinuteNote.objects.write(session, by=cast.facilitator(cast.abiego), text="A quartermaster was thanked.")
    kinds = set(Document.objects.saying(queries("quartermaster")).values_list("noun", flat=True))
    assert kinds == {Kind.PROPOSAL, Kind.POLICY, Kind.MINUTES, Kind.ACTION}
    assert Document.objects.get(noun="task", number=task.pk).title == task.title
    assert decision.policy_version.policy.title in titles(q="cleaning wells")


def test_every_public_row_has_its_document(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    cast.task(mandate, 60).attachments.get().log_action(by=cast.bilal, what="Bought flour", quantity=5)
    offered = Proposal.objects.offered().values_list("pk", flat=True)
    assert set(Document.objects.filter(noun="proposal").values_list("number", flat=True)) == set(offered)
    assert Document.objects.filter(noun="action").count() == Action.objects.count()
    for document in Document.objects.all():
        assert Client().get(document.get_absolute_url()).status_code == 200


def test_endings_case_and_accents_do_not_matter(cast: Cast):
    cast.abiego.propose("The Ácequia", "Cleaned every spring by neighbours.", by=cast.ana)
    for words in ("acequia", "ACÉQUIA", "cleaning neighbour", '"every spring"', "acequia -winter"):
        assert titles(q=words) == ["The Ácequia"], words
    assert titles(q="acequia -spring") == []


def test_each_assembly_is_read_by_the_dictionary_of_its_language(cast: Cast):
    """Spanish knows that 'vecinas' and 'vecino' are one word; English does not."""
    angues = Assembly.objects.found("Angüés", founders=people("angues", 5), language="es")
    angues.propose("Las fuentes", "Las vecinas cuidan las fuentes.", by=citizen_of(angues))
    assert Document.objects.get(title="Las fuentes").dictionary == "civic_spanish"
    assert titles(q="vecina fuente") == ["Las fuentes"]
    cast.abiego.propose("Ovens", "Neighbours bake.", by=cast.ana)
    assert titles(q="baking") == ["Ovens"]


def test_it_is_narrowed_by_kind_place_and_time(cast: Cast):
    cast.abiego.propose("Ovens", "An unheardof oven.", by=cast.ana)
    cast.loarre.propose("More ovens", "An unheardof oven.", by=cast.chen)
    assert sorted(titles(q="unheardof")) == ["More ovens", "Ovens"]
    assert titles(q="unheardof", place="LOARRE") == ["More ovens"]
    assert titles(q="unheardof", place="abiego", kind="proposal") == ["Ovens"]
    assert titles(q="unheardof", kind="policy") == []
    day = f"{now():%Y-%m-%d}"
    assert len(titles(q="unheardof", since=day, until=day)) == 2
    assert titles(q="unheardof", until="2001-01-01") == []


def test_a_name_is_found_though_it_is_misspelt(cast: Cast):
    assert "Siétamo" in titles(q="sietano")
    assert "Abiego" in titles(q="Abiejo")


def test_what_says_it_in_its_title_comes_first(cast: Cast):
    cast.abiego.propose("Fig trees", "Planted.", by=cast.ana)
    cast.abiego.propose("Roads", "Beside it there may be a fig.", by=cast.ana)
    assert titles(q="fig") == ["Fig trees", "Roads"]
    assert titles(q="fig", order="newest") == ["Roads", "Fig trees"]


def test_what_is_found_is_marked_and_nothing_else_is_drawn(cast: Cast):
    cast.abiego.propose(
        "Bread <b>\ue000first</b>", 'The <script>alert("x")</script> oven \ue000is\ue001 warm.', by=cast.ana
    )
    said = page(q="oven").content.decode()
    assert "<mark>oven</mark>" in said
    assert "<script>alert" not in said
    assert "<mark>is" not in said
    assert "<mark>first" not in said
    assert marked("<i>\ue000a\ue001") == "&lt;i&gt;<mark>a</mark>"


@pytest.mark.parametrize(
    ("words", "status"),
    [("'", 200), ("\\", 200), ("a" * 10_000, 422), ("the of and", 200), ("\x00", 422), ("المخبز", 200),
     ("! & | ( ) :*", 200), ('"', 200), ("-", 200), ("%", 200), ("<->", 200), ("\ue000\ue001", 200), ("🍞", 200)],
)  # fmt: skip
def test_whatever_is_typed_is_answered(cast: Cast, words: str, status: int):
    assert page(q=words).status_code == status


@pytest.mark.parametrize(
    "asked",
    [{"kind": "citizen"}, {"place": "Nowhere"}, {"place": "\x00"}, {"since": "yesterday"}, {"order": "worst"}],
)
def test_a_filter_that_is_none_is_said(cast: Cast, asked: dict[str, str]):
    assert page(q="oven", **asked).status_code == 422


def test_a_text_from_right_to_left_is_found(cast: Cast):
    cast.abiego.propose("المخبز المشترك", "الخبز يوم الخميس", by=cast.ana)
    assert titles(q="المخبز") == ["المخبز المشترك"]


def test_the_application_writes_no_document(cast: Cast):
    for attack in (
        "INSERT INTO search_document (noun, number) VALUES ('policy', 1)",
        "UPDATE search_document SET title = 'A tax'",
        "DELETE FROM search_document",
        "SELECT put_document('policy', 1, NULL, NULL, NULL, now(), 'A tax', '')",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_a_long_list_is_paged_and_asks_no_more_for_more_rows(cast: Cast, django_assert_num_queries):
    for number in range(25):
        cast.abiego.propose(f"Oven {number}", "A zeppelin bakes.", by=cast.ana)
    with django_assert_num_queries(9):
        assert len(titles(q="zeppelin")) == 20
    assert len(titles(q="zeppelin", page="2")) == 5
    assert page(q="zeppelin", page="3").status_code == 404
