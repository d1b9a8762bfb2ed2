"""Amendments and the text they make: in whatever order those that stand are put in, it is the text of the preview."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assemblies.consolidation import CHANGE, INSERT, STRIKE, Change, articles, conflict, edits, in_order, moot, settle
from assemblies.differences import WORDS

word = st.sampled_from(["bread", "oven", "water", "wood", "all", "four", "days", "we", "keep", "and"])
sentence = st.lists(word, min_size=1, max_size=12).map(" ".join)
headed = st.tuples(sentence, sentence).map(lambda pair: f"## {pair[0]}\n\n{pair[1]}")
text = st.one_of(st.lists(headed, min_size=1, max_size=5), st.lists(sentence, min_size=1, max_size=5)).map("\n\n".join)


@st.composite
def amended(draw) -> tuple[str, list[Change]]:
    """A text and up to nine amendments to it, as they came."""
    words = draw(text)
    read = articles(words)
    changes = []
    for number in range(1, draw(st.integers(0, 9)) + 1):
        kind = draw(st.sampled_from([CHANGE, CHANGE, STRIKE, INSERT]))
        article = draw(st.integers(0 if kind == INSERT else 1, len(read)))
        new = draw(sentence)
        if kind == CHANGE:
            tokens = WORDS.findall(read[article - 1].text)
            at = draw(st.integers(0, len(tokens) - 1))
            tokens[at] = f"{new} "
            new = "".join(tokens).strip()
        changes.append(Change(number, kind, article, "" if kind == STRIKE else new))
    return words, changes


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab #\n\r-`>*1.\t|=", max_size=80).filter(str.strip))
def test_the_articles_of_a_text_are_the_text(words):
    assert "".join(one.text + one.after for one in articles(words)) == words


@settings(max_examples=300, deadline=None)
@given(amended(), st.randoms(use_true_random=False))
def test_those_that_stand_make_the_same_text_in_any_order(case, chance):
    words, changes = case
    order = in_order(words, changes)
    previewed = settle(words, order)
    again = list(previewed.stands)
    chance.shuffle(again)
    assert settle(words, again).text == previewed.text
    assert not settle(words, again).falls
    assert settle(words, order) == previewed


@settings(max_examples=300, deadline=None)
@given(amended())
def test_one_of_two_that_conflict_falls_and_it_is_the_later(case):
    words, changes = case
    read, order = articles(words), in_order(words, changes)
    settled = settle(words, order)
    assert {*settled.stands, *settled.falls} == {*order}
    for one in settled.stands:
        assert not any(conflict(one, other, read) for other in settled.stands)
    for fallen, rival in settled.falls.items():
        assert moot(fallen, read) if rival is None else order.index(rival) < order.index(fallen)
        assert rival is None or conflict(rival, fallen, read)


@settings(max_examples=300, deadline=None)
@given(sentence, sentence)
def test_the_edits_of_an_article_make_its_new_words(old, new):
    tokens = WORDS.findall(old)
    for edit in reversed(edits(old, new)):
        tokens[edit.start : edit.end] = [edit.text]
    assert "".join(tokens) == new


@settings(max_examples=300, deadline=None)
@given(amended())
def test_an_article_that_nothing_touches_stays_byte_for_byte(case):
    words, changes = case
    touched = {change.article for change in changes if change.kind != INSERT}
    settled = settle(words, in_order(words, changes))
    at = 0
    for article in articles(words):
        if article.number not in touched:
            at = settled.text.index(article.text, at) + len(article.text)


@settings(max_examples=200, deadline=None)
@given(amended())
def test_one_alone_makes_the_article_what_it_asks_for(case):
    words, changes = case
    read = articles(words)
    for change in changes:
        made = settle(words, [change])
        if change.kind == CHANGE and not made.falls:
            after = made.text
            assert change.text.strip() in after
        if change.kind == STRIKE:
            kept = [one.text for one in read if one.number != change.article]
            assert [part for part in kept if part not in made.text] == []
