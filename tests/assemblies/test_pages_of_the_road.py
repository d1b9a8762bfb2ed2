"""The road of a proposal by its pages: what changed, what is moved, what comes next, and what hostile words become."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from assemblies.consolidation import articles, stands_alone
from assemblies.differences import differences, rows
from assemblies.models import Amendment, ProposalVersion, Reading, Rules, Support
from confederation.templatetags.civic import markdown
from tests.cast import Cast, call, carry, decide, facilitator

OVEN = (
    "# The oven\n\nThe oven is common.\n\n# Wood\n\nEach house brings four bundles.\n\n# Keys\n\nThey hang by the door."
)


def browser(citizen) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def oven(cast: Cast):
    return cast.abiego.propose("The oven", OVEN, by=cast.ana)


# ---- versions ----


def test_the_author_writes_another_text_and_both_are_compared(cast, oven):
    ana = browser(cast.ana)
    assert "Give it another text" in text(ana.get(oven.get_absolute_url()))
    words = OVEN.replace("four", "five").replace("\n", "\r\n")
    sent = ana.post(f"/proposals/{oven.pk}/versions/new/", {"text": words, "reasons": "Four were too few."})
    assert sent.status_code == 302
    oven.refresh_from_db()
    assert oven.text == OVEN.replace("four", "five")
    inline = text(Client().get(f"/proposals/{oven.pk}/versions/"))
    assert "<del>four </del>" in inline
    assert "<ins>five </ins>" in inline
    assert '<span class="visually-hidden">[goes:</span>' in inline
    beside = text(Client().get(f"/proposals/{oven.pk}/versions/?old=1&new=2&view=beside"))
    (row,) = [row for row in re.findall(r"<tr>.*?</tr>", beside, re.S) if "<del>" in row]
    assert row.index("four") < row.index("five")
    assert "Version 2, written anew by its author" in text(Client().get(oven.get_absolute_url()))


def test_a_version_that_is_not_there_is_not_found(cast, oven):
    for address in ("versions/2/", "versions/0/", "versions/?old=1&new=7", "versions/?old=9"):
        assert Client().get(f"/proposals/{oven.pk}/{address}").status_code == 404
    assert Client().get(f"/proposals/{oven.pk}/versions/?old=x").status_code == 422


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_side_by_side_both_texts_can_be_read(old, new):
    found = rows(differences(old, new))
    for side, words, other in (("old", old, "new"), ("new", new, "gone")):
        shown = "".join(piece.text for row in found for piece in getattr(row, side))
        assert shown.replace("\n", "") == words.replace("\n", "")
        assert all(piece.kind != other for row in found for piece in getattr(row, side))


# ---- amendments ----


def move(client: Client, oven, article: str, words: str, **other):
    form = {"article": article, "adds": "", "version": "1", "text": words, "reasons": ""} | other
    return client.post(f"/proposals/{oven.pk}/amendments/new/", form)


def test_from_an_amendment_to_the_consolidated_text(cast, oven):
    ana, bilal, chair = browser(cast.ana), browser(cast.bilal), browser(facilitator(cast.abiego))
    form = text(bilal.get(f"/proposals/{oven.pk}/amendments/new/?article=2"))
    assert "Each house brings four bundles." in form
    moved = move(bilal, oven, "2", "# Wood\r\n\r\nEach house brings two bundles.")
    assert moved.status_code == 302
    assert "<ins>two </ins>" in text(Client().get(moved.url))
    assert move(bilal, oven, "2", "# Wood\n\nEach house brings two bundles.").url == moved.url  # sent twice
    move(bilal, oven, "2", "# Wood\n\nEach house brings six bundles.")
    struck = move(bilal, oven, "3", "")
    added = move(bilal, oven, "3", "# Ashes\n\nThey go to the gardens.", adds="1")
    listed = text(Client().get(f"/proposals/{oven.pk}/amendments/"))
    assert "Conflicts with" in listed
    assert listed.index("Amendment 1") < listed.index("Amendment 3") < listed.index("Amendment 4")

    assert ana.post(f"{added.url}acceptance/").status_code == 302
    assert bilal.post(f"{struck.url}withdrawal/").status_code == 302
    assert ana.post(f"/proposals/{oven.pk}/consolidation/", {"shown": "0" * 64}).status_code == 409
    first, second = Amendment.objects.filter(accepted_at=None, withdrawn_at=None).order_by("number")
    assert ana.post(f"{second.get_absolute_url()}acceptance/").status_code == 302
    refused = ana.post(f"{first.get_absolute_url()}acceptance/")
    assert refused.status_code == 409
    assert "It conflicts with amendment 2" in text(refused)
    assert chair.post(f"/proposals/{oven.pk}/readings/new/", {"number": "2"}).status_code == 302
    asked = Amendment.objects.get(pk=first.pk).question
    assert "says instead" in text(Client().get(asked.get_absolute_url()))
    assert f'href="{first.get_absolute_url()}"' in text(Client().get(asked.get_absolute_url()))
    assert chair.post(f"/proposals/{oven.pk}/amendments/votes/").status_code == 302
    carry(asked)

    # The first of the list was carried: it stands, and what the author accepted falls.
    preview = text(Client().get(f"/proposals/{oven.pk}/amendments/"))
    assert "It falls: Amendment 1 stands." in preview
    address = f"/proposals/{oven.pk}/consolidation/"
    assert ana.post(address, {"shown": "0" * 64}).status_code == 409
    (shown,) = re.findall(r'name="shown" value="(\w{64})"', text(ana.get(address)))
    assert ana.post(address, {"shown": shown}).status_code == 302
    oven.refresh_from_db()
    assert oven.text == OVEN.replace("four", "two") + "\n\n# Ashes\n\nThey go to the gardens."
    assert "Put it to the vote" in text(chair.get(oven.get_absolute_url()))


def test_an_amendment_to_a_text_that_has_changed_meanwhile_is_refused(cast, oven):
    bilal = browser(cast.bilal)
    ProposalVersion.objects.write(oven, f"{OVEN} Always.", by=cast.ana)
    refused = move(bilal, oven, "2", "# Wood\n\nNone.")
    assert refused.status_code == 409
    assert "The text has changed since" in text(refused)
    assert move(bilal, oven, "2", "None.", version="7").status_code == 422
    assert move(bilal, oven, "9", "None.").status_code == 404


def test_nobody_is_offered_what_they_may_not_do(cast, oven):
    page = text(browser(cast.chen).get(oven.get_absolute_url()))
    for words in ("Give it another text", "Co-sign it", "Send it back", "reading"):
        assert words not in page
    draft = cast.abiego.proposals.draft(cast.abiego, "Draft", OVEN, by=cast.ana, effect="policy")
    for address in ("versions/", "amendments/", "versions/1/", "support/"):
        assert browser(cast.ana).get(f"/proposals/{draft.pk}/{address}").status_code == 404


def test_nine_amendments_ask_the_database_no_more_than_two(cast, oven):
    version = oven.versions.get()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert Client().get(f"/proposals/{oven.pk}/amendments/").status_code == 200
            assert Client().get(oven.get_absolute_url()).status_code == 200
        return len(asked)

    for number in range(2):
        Amendment.objects.move(version, by=cast.bilal, kind="insert", article=1, text=f"# More {number}")
    few = queries()
    for number in range(2, 9):
        Amendment.objects.move(version, by=cast.ana, kind="insert", article=number % 3, text=f"# More {number}")
    assert queries() <= few + 1  # the foot of a page keeps what it asked for a while


def test_a_vote_that_missed_its_quorum_keeps_showing_the_text_it_was_on(cast, oven):
    missed = decide(oven, yes=0)
    assert missed.outcome == "quorum_missed"
    ProposalVersion.objects.write(oven, OVEN.replace("four", "five"), by=cast.ana)
    assert "four bundles" in text(Client().get(missed.get_absolute_url()))
    again = call(oven)
    page = text(Client().get(again.get_absolute_url()))
    assert "five bundles" in page
    assert f'href="/proposals/{oven.pk}/versions/2/"' in page


# ---- co-signers, readings, merged ----


def test_an_assembly_that_asks_for_co_signers_and_readings_says_what_comes_next(cast):
    carry(cast.abiego.propose_orders(Rules(cosigners=1, two_readings=True), by=cast.ana))
    oven = cast.abiego.propose("The oven", OVEN, by=cast.ana)
    chair = browser(facilitator(cast.abiego))
    assert "1 more co-signer takes it up." in text(Client().get(oven.get_absolute_url()))
    assert "Put it to the vote" not in text(chair.get(oven.get_absolute_url()))
    bilal = browser(cast.bilal)
    for wants, standing in (("give", 1), ("give", 1), ("withdraw", 0), ("withdraw", 0), ("give", 1)):
        assert bilal.post(f"/proposals/{oven.pk}/support/", {"wants": wants}).status_code == 302
        assert Support.objects.filter(withdrawn_at=None).count() == standing
    for number in (1, 2):
        assert chair.post(f"/proposals/{oven.pk}/readings/new/", {"number": str(number)}).status_code == 302
        assert chair.post(f"/proposals/{oven.pk}/readings/new/", {"number": str(number)}).status_code == 409
        assert Reading.objects.filter(number=number).exists()
    assert "Put it to the vote" in text(chair.get(oven.get_absolute_url()))


def test_a_text_is_sent_back_and_comes_again(cast, oven):
    chair = browser(facilitator(cast.abiego))
    assert chair.post(f"/proposals/{oven.pk}/sending-back/", {"reason": " "}).status_code == 422
    assert chair.post(f"/proposals/{oven.pk}/sending-back/", {"reason": "Say who sweeps."}).status_code == 302
    page = text(Client().get(oven.get_absolute_url()))
    assert "Say who sweeps." in page
    assert "It was sent back" in page


def test_one_is_merged_into_another_by_its_address(cast, oven):
    other = cast.abiego.propose("Oven and mill", OVEN, by=cast.bilal)
    ana = browser(cast.ana)
    assert ana.post(f"/proposals/{oven.pk}/withdrawal/", {"into": "no such"}).status_code == 422
    assert ana.post(f"/proposals/{oven.pk}/withdrawal/", {"into": str(oven.pk)}).status_code == 409
    sent = ana.post(f"/proposals/{oven.pk}/withdrawal/", {"into": f"http://testserver/proposals/{other.pk}/"})
    assert sent.status_code == 302
    assert "Merged into “Oven and mill”" in text(Client().get(oven.get_absolute_url()))


SPANS = ("deliberation", "notice", "voting_period", "office_term")


def test_standing_orders_ask_for_the_road_by_their_form(cast):
    form = {
        "title": "A longer road",
        "quorum_per_cent": "20",
        "quorum_number": "0",
        "majority": "simple",
        "majority_for_orders": "two-thirds",
        **{f"{name}_number": "7" for name in SPANS},
        **{f"{name}_unit": "days" for name in SPANS},
        "admitting_office": "facilitator",
        "cosigners": "3",
        "two_readings": "on",
        "reconsideration_number": "2",
        "reconsideration_unit": "days",
        "offer": "",
    }
    sent = browser(cast.ana).post(f"/assemblies/{cast.abiego.slug}/proposals/new/?effect=orders", form)
    assert sent.status_code == 302, text(sent)
    words = cast.abiego.proposals.latest("pk").text
    assert "A proposal is taken up with 3 co-signers." in words
    assert "A proposal is read twice before it is put to the vote." in words
    assert "A text that amendments changed lies open for: 2 days." in words


# ---- hostile words ----

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    '[x](http://a.example "onmouseover=alert(1)")',
    '[x](http://a.example/"onmouseover="alert(1))',
    "<iframe src=//evil.example>",
    "<style>*{display:none}</style>",
    "<a href=javascript:alert(1)>x</a>",
    "<!-- ",
    "<![CDATA[<script>]]>",
    "```\n<script>alert(1)</script>",
    "~~~~\nopen for ever",
    "`<script>`",
    ">" * 5_000 + " deep",
    "- " * 5_000 + "deep",
    "[" * 5_000 + "x",
    "*" * 10_000 + "x",
    "#" * 7 + " no heading",
    "| a | b |\n|---|---|\n| <script>alert(1)</script> | b |",
    "\u202egnp.tropxe\u202c \u2066inside\u2069 \u200bnothing",
    "\x00 and \x1b[31m",
    "a\u2028b\u2029c\x0bd\x0ce",
    "&lt;script&gt; &amp; &#x3c;script&#x3e;",
    "<details open ontoggle=alert(1)>",
    "<svg/onload=alert(1)>",
    "http://a.example/<script>",
    "\\<script>alert(1)\\</script>",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_only_words(words):
    """What is drawn holds tags of the house's list alone, and none that runs, loads or leads where it says not."""
    html = markdown(words)
    tags = re.findall(r"<\s*/?\s*(\w+)([^>]*)>", html)
    allowed = {"p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "blockquote", "code", "pre"}
    assert {tag for tag, _rest in tags} <= allowed | {"a", "table", "thead", "tbody", "tr", "th", "td"}
    for tag, rest in tags:
        names = set(re.findall(r'([\w-]+)="', rest))
        assert names <= ({"href", "title", "rel"} if tag == "a" else {"start"})
        assert all(re.match(r"(https?|mailto):|[^:]*$", link) for link in re.findall(r'href="([^"]*)"', rest))


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_have_articles_and_stay_within_theirs(words):
    whole = f"# One\n\n{words}\n\n# Two\n\nStands."
    assert "".join(one.text + one.after for one in articles(whole)) == whole
    if stands_alone(words):
        assert articles(whole)[-1].text == "# Two\n\nStands."


SENDABLE = [words for words in HOSTILE if "\x00" not in words]  # a form takes no NUL


@pytest.mark.parametrize("words", SENDABLE, ids=range(len(SENDABLE)))
def test_hostile_words_on_every_page_of_an_amendment(cast, oven, words):
    answer = move(browser(cast.bilal), oven, "2", words)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        pages = [answer.url, f"/proposals/{oven.pk}/amendments/", f"/proposals/{oven.pk}/amendments/new/?article=2"]
        for address in pages:
            page = text(browser(cast.bilal).get(address))
            main = page.partition("<main")[2].partition("</main>")[0]
            assert not re.search(r"<(script|img|iframe|style|details open|svg/)", main)
            assert not re.search(r'href="\s*(javascript|data|vbscript):', main, re.IGNORECASE)
