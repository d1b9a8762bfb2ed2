"""Looking for words in the record: what is found, and by which index."""

import pytest

from assemblies.models import Entry, record
from assemblies.record.filters import RecordFilter


@pytest.fixture
def baked(log, ana):
    said = {"title": "Bread for <everyone>", "text": "“El pa” de Siétamo: flour/water, 12.5 kg & salt_free."}
    return record("bread.baked", log, log=log, by=ana, **said, goods=["Olive oil", "crisp-bread"])


@pytest.mark.parametrize(
    "words",
    [
        "bread",
        "BREAD everyone",
        "every",
        "pa",
        "siétamo",
        "SIÉTAMO",
        "water flour",
        "12.5",
        "salt free",
        "olive",
        "crisp",
    ],
)
def test_words_are_found_whatever_stands_around_them(baked, words):
    assert list(Entry.objects.saying(words)) == [baked]


@pytest.mark.parametrize("words", ["wine", "bread wine", "read", "…", "' | '", "Ana", "title", "a" * 100, "\\"])
def test_other_words_are_not(baked, words):
    assert not Entry.objects.saying(words).exists()


def test_a_text_of_any_length_can_be_entered_and_its_beginning_found(log):
    entry = record("bread.baked", log, log=log, text="Yeast. " + " ".join(f"loaf{n}" for n in range(60_000)))
    record("bread.baked", log, log=log, text="x" * 500_000, ballots=["f" * 64] * 20_000)
    assert list(Entry.objects.saying("yeast loaf9")) == [entry]


def plan(entries, most: int = 50) -> str:
    return entries[:most].explain()


def test_each_filter_has_its_index(log, enter, as_owner):
    enter(3000, text="The common oven is warm.")
    record("bread.burnt", log, log=log, text="Nobody watched it.")
    with as_owner() as cursor:
        cursor.execute("ANALYZE assemblies_entry")
    newest = Entry.objects.order_by("-pk")
    for words in ("nobody", "nob", "oven watched"):
        for most in (1, 50):
            assert "entry_words" in plan(RecordFilter({"q": words}).apply(Entry.objects.all()), most)
    assert "entry_kind" in plan(newest.filter(kind="bread.burnt"))
    assert "subject" in plan(RecordFilter({"subject": "decision/7"}).apply(newest))
