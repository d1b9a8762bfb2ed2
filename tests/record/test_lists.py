"""Lists of the record: their pages, and kinds that nobody gave words to."""

from django.test import Client

from assemblies.record.sequencer import sequencer
from assemblies.record.words import kind_in_words


def read(address, **query):
    answer = Client().get(address, query)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_pages_of_fifty(log, enter):
    enter(120)
    sequencer.run()
    first, last = read("/record/"), read("/record/", page=3)
    assert first.count("/record/entries/") == 50
    assert last.count("/record/entries/") == 20
    assert "101 to 120 of 120" in last
    assert "101 to 120 of 120" in read("/record/assembly/abiego/", page=3)


def test_a_kind_that_nobody_named_is_shown_as_it_stands(log, enter):
    enter(1)
    assert "Bread: baked" in read("/record/")
    assert kind_in_words("a.b_c") == "A: b c"
