"""Article 20: what is said for and against is said by citizens, stands as it was said, and both sides show first."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assemblies.clock import now
from assemblies.models import Argument, Entry, Help, Proposal
from assemblies.models.argument import beside, found_in
from tests.cast import Cast, call, citizen_of, decide, vote
from tests.constitution.bench import PRIVILEGE, Attempt, Staged, insert, kept, refused, sql, tried, twisted

WORDS = "The oven is *common*.\n\nIt is lit on Mondays.\n\nThe oven is common to all."


def fountain(cast: Cast) -> Proposal:
    return cast.abiego.propose("The fountain", "The fountain runs in summer.", by=cast.ana)


# ---- saying something ----


def words(cast: Cast) -> Staged:
    proposal = fountain(cast)
    return {"proposal_id": proposal.pk, "by_id": cast.ana.pk, "kind": "for", "text": "It is dry.", "quote": ""}


def about_words(cast: Cast) -> Staged:
    return words(cast) | {"quote": "runs in summer", "position": 13}


def a_reply(cast: Cast) -> Staged:
    row = words(cast)
    said = Argument.objects.make(Proposal.objects.get(pk=row["proposal_id"]), by=cast.bilal, kind="for", text="Yes.")
    return row | {"kind": "reply", "answers_id": said.pk}


def say(row: Staged) -> None:
    insert("assemblies_argument", row)


def of_a_draft(cast: Cast, row: Staged) -> Staged:
    draft = Proposal.objects.draft(cast.abiego, "A well", "It is dug.", by=cast.ana, effect="policy")
    return {"proposal_id": draft.pk}


def withdrawn(cast: Cast, row: Staged) -> Staged:
    Proposal.objects.get(pk=row["proposal_id"]).withdraw(by=cast.ana)
    return {}


def a_reply_to(row: Staged) -> Staged:
    argument = Argument.objects.get(pk=row["answers_id"])
    return {"answers_id": argument.reply(by=argument.by, text="Indeed.").pk}


def taken_back(row: Staged) -> Staged:
    argument = Argument.objects.get(pk=row["answers_id"])
    argument.withdraw(by=argument.by)
    return {}


SAID = [
    *twisted(
        words,
        say,
        argue_elsewhere=(20, lambda cast, row: {"by_id": cast.chen.pk}),
        argue_as_a_citizen_of_nowhere=(20, lambda cast, row: {"by_id": cast.stranger.pk}),
        argue_about_a_draft=(20, of_a_draft),
        argue_about_what_was_withdrawn=(20, withdrawn),
        say_nothing=("23514", lambda cast, row: {"text": ""}),
        be_neither_for_nor_against=("23514", lambda cast, row: {"kind": "maybe"}),
        reply_to_nothing=("23514", lambda cast, row: {"kind": "reply"}),
        say_what_is_taken_back_as_it_is_said=(20, lambda cast, row: {"withdrawn_at": now()}),
        point_to_no_words=("23514", lambda cast, row: {"position": 3}),
    ),
    *twisted(
        about_words,
        say,
        quote_what_the_text_does_not_say=(20, lambda cast, row: {"quote": "runs in winter"}),
        quote_it_at_another_place=(20, lambda cast, row: {"position": 2}),
        quote_it_nowhere=("23514", lambda cast, row: {"position": None}),
    ),
    *twisted(
        a_reply,
        say,
        reply_to_a_reply=(20, lambda cast, row: a_reply_to(row)),
        reply_to_what_was_taken_back=(20, lambda cast, row: taken_back(row)),
        reply_under_another_proposal=(20, lambda cast, row: {"proposal_id": fountain(cast).pk}),
    ),
]


def after_the_vote(cast: Cast) -> Staged:
    proposal = fountain(cast)
    return {"proposal": proposal, "row": words(cast)}


def over(cast: Cast, staged: Staged) -> None:
    decide(staged["proposal"], close=False)
    say(staged["row"] | {"proposal_id": staged["proposal"].pk})


def under_way(cast: Cast, staged: Staged) -> None:
    decision = call(staged["proposal"])
    vote(decision, yes=1)
    say(staged["row"] | {"proposal_id": staged["proposal"].pk})


SAID.append(Attempt("argue when the vote is over, counted or not", 20, after_the_vote, over, under_way))

# ---- taking it back ----


def said(cast: Cast) -> Staged:
    argument = Argument.objects.make(fountain(cast), by=cast.bilal, kind="against", text="The pipe is old.")
    return {"argument": argument}


def take_back(cast: Cast, staged: Staged) -> None:
    sql("UPDATE assemblies_argument SET withdrawn_at = civic_now() WHERE id = %s", [staged["argument"].pk])


def rewrite(column: str) -> object:
    return lambda cast, s: sql(f"UPDATE assemblies_argument SET {column}")


TAKEN_BACK = [
    Attempt("rewrite what was said", PRIVILEGE, said, rewrite("text = 'The pipe is new.'"), take_back),
    Attempt("turn what was said round", PRIVILEGE, said, rewrite("kind = 'for'"), take_back),
    Attempt("give it another number", 20, said, rewrite("id = id + 1000"), take_back),
    Attempt("take it back twice", 20, said, lambda cast, s: (take_back(cast, s), take_back(cast, s)), take_back),
    Attempt(
        "say again what was taken back",
        20,
        said,
        lambda cast, s: (take_back(cast, s), rewrite("withdrawn_at = NULL")(cast, s)),
        take_back,
    ),
    Attempt(
        "take back what another said",
        20,
        said,
        lambda cast, s: s["argument"].withdraw(by=cast.ana),
        lambda cast, s: s["argument"].withdraw(by=cast.bilal),
    ),
]

# ---- marking that it helped ----


def a_mark(cast: Cast) -> Staged:
    return {"argument_id": said(cast)["argument"].pk, "citizen_id": cast.ana.pk}


def mark(row: Staged) -> None:
    insert("assemblies_help", row)


def gone(row: Staged) -> Staged:
    argument = Argument.objects.get(pk=row["argument_id"])
    argument.withdraw(by=argument.by)
    return {}


def marked(cast: Cast) -> Staged:
    staged = said(cast)
    staged["argument"].mark_helpful(by=cast.ana)
    return staged


def unmark(cast: Cast, staged: Staged) -> None:
    sql("UPDATE assemblies_help SET withdrawn_at = civic_now()")


MARKED = [
    *twisted(
        a_mark,
        mark,
        mark_it_twice=(20, lambda cast, row: (mark(row), {})[1]),
        mark_ones_own=(20, lambda cast, row: {"citizen_id": cast.bilal.pk}),
        mark_it_from_elsewhere=(20, lambda cast, row: {"citizen_id": cast.chen.pk}),
        mark_it_and_not=(20, lambda cast, row: {"withdrawn_at": now()}),
        mark_what_was_taken_back=(20, lambda cast, row: gone(row)),
    ),
    Attempt(
        "hand a mark to another",
        PRIVILEGE,
        lambda cast: said(cast),
        lambda cast, s: sql("UPDATE assemblies_help SET citizen_id = 1"),
        lambda cast, s: s["argument"].mark_helpful(by=cast.ana),
    ),
    Attempt("give a mark another number", 20, marked, lambda cast, s: sql("UPDATE assemblies_help SET id = 0"), unmark),
    Attempt("take a mark back twice", 20, marked, lambda cast, s: (unmark(cast, s), unmark(cast, s)), unmark),
    Attempt(
        "put a mark back that was taken back",
        20,
        marked,
        lambda cast, s: (unmark(cast, s), sql("UPDATE assemblies_help SET withdrawn_at = NULL")),
        unmark,
    ),
]

ATTEMPTS = [*SAID, *TAKEN_BACK, *MARKED, *kept("assemblies_argument", 20, said, updates=True)]
ATTEMPTS += kept("assemblies_help", 20, marked, updates=True)

test_attempt = tried(ATTEMPTS)


# ---- the acts ----


def test_what_is_said_stands_in_the_record_and_names_nobody_in_its_bytes(cast: Cast):
    argument = Argument.objects.make(fountain(cast), by=cast.ana, kind="for", text="Dry.", passage="in   summer")
    entry = Entry.objects.get(kind="argument.made", subject=f"argument/{argument.pk}")
    assert b'"passage":"in summer"' in bytes(entry.body)
    assert b'"side":"for"' in bytes(entry.body)
    assert b"Ana" not in bytes(entry.body)
    assert entry.disclosures.get(field="by").value == "Ana"


def test_a_mark_is_counted_taken_back_and_stands_in_no_record(cast: Cast):
    argument = Argument.objects.make(fountain(cast), by=cast.bilal, kind="for", text="Dry.")
    before = Entry.objects.count()
    argument.mark_helpful(by=cast.ana)
    assert Argument.objects.weighed(cast.ana).get(pk=argument.pk).helped == 1
    assert Argument.objects.weighed(cast.ana).get(pk=argument.pk).helped_reader
    with refused(20):
        argument.mark_helpful(by=cast.ana)
    argument.unmark(by=cast.ana)
    assert not Help.objects.filter(withdrawn_at=None).exists()
    assert Argument.objects.weighed(cast.ana).get(pk=argument.pk).helped == 0
    argument.mark_helpful(by=cast.ana)
    argument.unmark(by=cast.ana)
    assert Entry.objects.count() == before
    with refused(20):
        argument.unmark(by=cast.ana)


def test_both_sides_show_first(cast: Cast):
    proposal = fountain(cast)
    neighbours = cast.neighbours(cast.abiego, 4)
    loud = [Argument.objects.make(proposal, by=cast.ana, kind="for", text=f"Yes {n}") for n in range(5)]
    quiet = Argument.objects.make(proposal, by=cast.bilal, kind="against", text="No")
    for neighbour in neighbours:
        loud[4].mark_helpful(by=neighbour)
    loud[1].withdraw(by=cast.ana)
    said = list(Argument.objects.filter(proposal=proposal).in_turn())
    assert [a.text for a in said] == ["Yes 4", "No", "Yes 0", "Yes 2", "Yes 3", "Yes 1"]
    for neighbour in [cast.ana, *neighbours]:
        quiet.mark_helpful(by=neighbour)
    assert [a.text for a in Argument.objects.filter(proposal=proposal).in_turn()][:2] == ["No", "Yes 4"]


def test_a_page_of_many_arguments_asks_as_often_as_one_of_few(cast: Cast):
    proposal = fountain(cast)
    address = reverse("arguments", args=[proposal.pk])
    Client().get(address)  # what is asked once for all pages has been asked
    counts = []
    for n in (2, 12):
        for i in range(n):
            Argument.objects.make(proposal, by=cast.ana, kind="for", text=f"Yes {i}").reply(by=cast.ana, text="And")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert Client().get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ---- passages ----


def test_a_passage_is_found_as_it_is_drawn_and_kept_as_it_is_written(db):
    assert found_in(WORDS, "oven is common.\n It is lit") == ("oven is *common*.\n\nIt is lit", 4)
    with refused(20):
        found_in(WORDS, "the well")
    with refused(20):
        found_in(WORDS, "The oven")
    with refused(20):
        found_in(WORDS, "***")


@given(st.text(max_size=300), st.integers(0, 300), st.integers(1, 60))
def test_what_is_found_is_what_stands_there(text: str, begins: int, length: int):
    from assemblies.refusal import Refusal

    try:
        quote, position = found_in(text, text[begins : begins + length])
    except Refusal:
        return
    assert text[position:].startswith(quote)
    assert quote


def test_a_passage_that_the_text_no_longer_has_is_said_to_be_gone(cast: Cast):
    argument = Argument.objects.make(fountain(cast), by=cast.ana, kind="for", text="Dry.", passage="runs in summer")
    assert argument.passage_stands
    assert not argument.passage_moved
    argument.proposal.text = "In June the fountain runs in summer."
    assert not argument.passage_stands
    assert argument.passage_moved
    argument.proposal.text = "The fountain is closed."
    assert not argument.passage_stands
    assert not argument.passage_moved


@given(st.text(alphabet="ab \n", max_size=80))
def test_the_paragraphs_are_the_text(text: str):
    parts = [words for words, _said in beside(text, [])]
    assert "".join(parts).split() == text.split()


def test_what_is_said_stands_beside_the_paragraph_it_is_about(cast: Cast):
    proposal = cast.abiego.propose("Oven", WORDS, by=cast.ana)
    Argument.objects.make(proposal, by=cast.ana, kind="for", text="Good day.", passage="lit on Mondays")
    page = Client().get(reverse("passages", args=[proposal.pk])).content.decode()
    second = page.partition("It is lit")[2].partition("common to all")[0]
    assert "Good day." in second


# ---- on the pages ----


def test_words_are_drawn_as_words(cast: Cast):
    proposal = fountain(cast)
    evil = '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="y">'
    argument = Argument.objects.make(proposal, by=cast.ana, kind="for", text=evil)
    for address in (proposal.get_absolute_url(), argument.get_absolute_url(), reverse("arguments", args=[proposal.pk])):
        page = Client().get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


def test_what_was_taken_back_stays_readable_behind_a_line_that_says_so(cast: Cast):
    argument = Argument.objects.make(fountain(cast), by=cast.ana, kind="for", text="It is dry.")
    argument.withdraw(by=cast.ana)
    page = Client().get(argument.get_absolute_url()).content.decode()
    assert "It is dry." in page.partition("<details>")[2].partition("</details>")[0]
    assert "Taken back by its author" in page


def test_whoever_votes_against_is_asked_why_and_their_vote_is_not_touched(cast: Cast):
    decision = call(fountain(cast))
    vote(decision, yes=0)
    decision.open()
    client = Client()
    client.force_login(cast.ana)
    address = reverse("argument-new", args=[decision.proposal_id]) + "?kind=against"
    assert address not in client.get(decision.get_absolute_url()).content.decode()
    client.post(reverse("ballot", args=[decision.pk]), {"choice": "no"})
    assert address in client.get(decision.get_absolute_url()).content.decode()
    client.post(address, {"kind": "against", "text": "The pipe is old.", "passage": ""})
    argument = Argument.objects.get(proposal=decision.proposal)
    entry = Entry.objects.get(subject=f"argument/{argument.pk}")
    assert b"ballot" not in bytes(entry.body)
    assert b"choice" not in bytes(entry.body)
    assert decision.ballot_of(cast.ana).choice == "no"
    client.post(reverse("ballot", args=[decision.pk]), {"choice": "yes"})
    assert address not in client.get(decision.get_absolute_url()).content.decode()


def test_bad_input_is_answered_and_leaves_nothing(cast: Cast):
    proposal = fountain(cast)
    client = Client()
    client.force_login(citizen_of(cast.abiego))
    address = reverse("argument-new", args=[proposal.pk])
    for data in (
        {},
        {"kind": "for"},
        {"kind": "reply", "text": "x"},
        {"kind": "for", "text": "\x00"},
        {"kind": "for", "text": "x" * 5001},
        {"kind": "for", "text": "x", "passage": "y" * 1001},
        {"kind": "for", "text": "x", "passage": "(((a+)+)+$"},
    ):
        assert client.post(address, data).status_code == 422, data
    assert client.get(address + "?kind=%00&passage=%00").status_code == 200
    assert client.get(reverse("arguments", args=[proposal.pk]) + "?side=x").status_code == 422
    assert not Argument.objects.exists()
