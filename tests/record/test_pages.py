"""The pages of the record, its feeds and its feet, as a neighbour without an account reads them."""

from xml.etree import ElementTree as ET

import pytest
from django.core import mail
from django.test import Client

from assemblies.models import Disclosure, Entry, Letter, Log, Pending, Proposal, Session
from assemblies.record.checkpoint import split_notes
from assemblies.record.filters import RecordFilter
from assemblies.record.reading import nouns, owner_of
from assemblies.record.sequencer import sequencer
from assemblies.record.words import KINDS
from assemblies.tasks import letters
from tests.cast import Cast, carry

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def told(cast: Cast) -> Cast:
    """A policy adopted and a mandate issued, all of it in the trees."""
    carry(cast.abiego.propose("Bread for <everyone>", "The oven is common.\n\nAnd warm.", by=cast.ana))
    cast.mandate(cast.abiego, cast.bilal)
    sequencer.run()
    return cast


def read(address, **query):
    answer = Client().get(address, query)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_the_whole_record_is_read_by_a_stranger(told):
    page = read("/record/")
    assert "A policy was adopted" in page
    assert "Bread for &lt;everyone&gt;" in page
    assert f"assembly/{told.abiego.slug}" in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ({"kind": "policy.adopted"}, "A policy was adopted", "A vote was called</a>"),
        ({"q": "oven is common"}, "A policy was adopted", "A vote was called</a>"),
        ({"log": "Loarre"}, "assembly/loarre", 'log">assembly/abiego'),
        ({"since": "2999-01-01"}, "no entry that fits", "A vote was called</a>"),
        ({"until": "1999-01-01"}, "no entry that fits", "A vote was called</a>"),
        ({"subject": "decision/999999"}, "no entry that fits", "A vote was called</a>"),
        ({"subject": "DROP TABLE"}, "Write a noun, a slash and a number", "A vote was called</a>"),
        ({"since": "yesterday"}, "no entry that fits", "A vote was called</a>"),
        ({"kind": "no.such"}, "no entry that fits", "A vote was called</a>"),
    ],
)
def test_filters(told, query, there, not_there):
    page = read("/record/", **query)
    assert there in page
    assert not_there not in page


def test_filters_narrow_one_to_another(told):
    form = RecordFilter({"kind": "proposal.offered", "q": "everyone", "log": told.abiego.name})
    found = form.apply(Entry.objects.all())
    assert [entry.kind for entry in found] == ["proposal.offered"]
    assert not RecordFilter({}).narrows()


def test_every_floor_has_words_for_what_it_enters(told):
    assert set(Entry.objects.values_list("kind", flat=True)) <= set(KINDS)


def test_the_record_of_an_assembly_and_of_a_confederation(told):
    for thing in (told.abiego, told.comarca):
        page = read(f"/record/{thing.log.origin}/")
        assert f"<bdi>{thing.name}</bdi>" in page
        assert thing.log.checkpoints.latest("size").note.splitlines()[2] in page
    assert owner_of(told.abiego.log) == told.abiego
    assert owner_of(told.comarca.log).pk == told.comarca.pk
    assert owner_of(Log.objects.create(origin="nobody/nothing")) is None


def test_every_log_in_one_list(told):
    page = read("/record/logs/")
    assert Log.objects.count() == page.count('<th scope="row">')
    assert read("/record/logs/", q="loarre").count('<th scope="row">') == 1
    assert "No log is found" in read("/record/logs/", q="atlantis")


def test_an_entry_says_what_happened_and_how_to_check_it(told):
    proposal = Proposal.objects.get(title="Bread for <everyone>")
    entry = Entry.objects.about(proposal).get(kind="proposal.offered")
    page = read(f"/record/entries/{entry.pk}/")
    for words in (
        "Bread for &lt;everyone&gt;",
        "<bdi>Ana",
        "And warm.",
        f"leaf {entry.leaf.index} of",
        "verify_record.py",
    ):
        assert words in page
    Disclosure.objects.filter(person=told.ana).delete()
    page = read(f"/record/entries/{entry.pk}/")
    assert "<bdi>Ana" not in page
    assert "name withheld" in page


def test_a_name_that_is_not_the_one_entered_is_not_shown(told, as_owner):
    entry = Entry.objects.filter(kind="proposal.offered").first()
    with as_owner() as cursor:
        cursor.execute("UPDATE assemblies_disclosure SET value = 'Somebody Else' WHERE entry_id = %s", [entry.pk])
    page = read(f"/record/entries/{entry.pk}/")
    assert "Somebody Else" not in page
    assert "not the one that was entered" in page


def test_a_long_list_is_folded(told):
    entry = Entry.objects.filter(kind="decision.closed").latest("pk")
    assert "Commitments to the votes" in read(f"/record/entries/{entry.pk}/")


def test_an_entry_that_waits_says_so(cast):
    entry = Entry.objects.latest("pk")
    assert Pending.objects.filter(pk=entry.pk).exists()
    assert "waits for its place" in read(f"/record/entries/{entry.pk}/")
    assert Client().get(f"/record/entries/{entry.pk}/proof.json").status_code == 404


def test_the_record_of_one_thing_from_its_beginning(told):
    decision = Entry.objects.filter(kind="decision.closed").latest("pk").subject
    noun, _, number = decision.partition("/")
    page = read(f"/record/of/{noun}/{number}/")
    assert page.index("A vote was called") < page.index("A vote opened") < page.index("A vote was counted")
    for nothing in (f"/record/of/{noun}/999999/", "/record/of/bread/1/", "/record/of/citizen/1/"):
        assert Client().get(nothing).status_code == 404
    assert not {"logentry", "contenttype", "permission"} & set(nouns())  # nothing of the framework's
    assert nouns()["session"] is Session


@pytest.mark.parametrize(
    "address",
    [
        "/record/assembly/nowhere/",
        "/record/nowhere/feed/",
        "/record/nowhere/export.jsonl",
        "/record/entries/999999/",
        "/.well-known/confederation/checkpoint?log=nowhere",
        "/.well-known/confederation/consistency?log=nowhere&old=1&new=2",
    ],
)
def test_what_is_not_there(db, address):
    assert Client().get(address).status_code == 404


def test_nothing_of_the_record_takes_a_form(told):
    for address in ("/record/", f"/record/{told.abiego.log.origin}/", "/.well-known/confederation/checkpoint"):
        assert Client().post(address).status_code == 405


def test_feeds_carry_no_names(told):
    for address in ("/record/feed/", f"/record/{told.abiego.log.origin}/feed/"):
        content = read(address)
        feed = ET.fromstring(content)
        titles = [entry.find(f"{ATOM}title").text for entry in feed.iter(f"{ATOM}entry")]
        assert any(title.startswith("A policy was adopted: ") for title in titles)
        assert "<author>" not in content
        links = [entry.find(f"{ATOM}link").get("href") for entry in feed.iter(f"{ATOM}entry")]
        assert Client().get(links[0].removeprefix("http://testserver")).status_code == 200
    filtered = ET.fromstring(read("/record/feed/", kind="policy.adopted"))
    assert {e.find(f"{ATOM}title").text.partition(":")[0] for e in filtered.iter(f"{ATOM}entry")} == {
        "A policy was adopted"
    }


# ---- where checkpoints stand ----


def test_checkpoints_for_programs(told):
    notes = list(split_notes(read("/.well-known/confederation/checkpoint")))
    assert len(notes) == Log.objects.filter(head__isnull=False).count()
    [one] = split_notes(read("/.well-known/confederation/checkpoint", log=told.abiego.log.origin))
    assert one in notes
    assert read("/.well-known/confederation/checkpoint", log=one.splitlines()[0]) == one
    assert one.splitlines()[0] in read("/.well-known/confederation/keys", log=told.abiego.log.origin)


@pytest.mark.parametrize(
    "query", [{"old": "x", "new": "1"}, {"old": "2", "new": "1"}, {"old": "0", "new": "9999999"}, {}]
)
def test_sizes_that_the_log_never_had(told, query):
    answer = Client().get("/.well-known/confederation/consistency", {"log": told.abiego.log.origin, **query})
    assert answer.status_code == 400


def test_the_foot_of_every_page(told):
    newest = told.abiego.log.checkpoints.latest("size")
    assert f"assembly/{told.abiego.slug} {newest.size} " in read(f"/assemblies/{told.abiego.slug}/")
    assert "last checkpoint" in read("/record/")
    assert f"assembly/{told.loarre.slug} " in read(f"/record/assembly/{told.loarre.slug}/").partition("<footer")[2]


def test_the_foot_is_asked_for_seldom(told, django_assert_num_queries):
    from assemblies.record.context import _recent

    _recent("assembly/abiego")
    with django_assert_num_queries(0):
        assert _recent("assembly/abiego")["at"]


def test_every_letter_carries_the_checkpoint_of_its_readers_own_assembly(told):
    Letter.objects.write([told.chen], about="bread/1", subject="Bread", body="The oven is warm.")
    letters.run()
    [letter] = [letter for letter in mail.outbox if letter.subject == "Bread"]
    note = told.loarre.log.checkpoints.latest("size").note
    assert letter.body.startswith("The oven is warm.\n\nNo more letters of this kind: ")
    assert "\n\n-- \n" in letter.body
    assert letter.body.endswith(note)
    assert "/record/assembly/loarre/" in letter.body
