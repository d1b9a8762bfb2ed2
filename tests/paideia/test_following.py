"""Following, digests, and how letters come: gathered once a day, at once what has a deadline, ended by one click."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from assemblies.clock import now
from assemblies.models import Citizen, Digest, Follow, Letter, LetterWish, Proposal, address
from assemblies.tasks import closed_news, digests, letters, opened_news
from assemblies.telling import KINDS, How, kind_of
from tests.cast import DAY, Cast, call, clock, finish, travel_to, vote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings, cast: Cast):
    """What is sent from now on; the letters of the cast's own story have gone out."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Letter.objects.filter(sent_at=None).update(sent_at=now())
    return mail.outbox


def signed_in(citizen) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


def follow(citizen: Citizen, thing) -> Follow:
    return Follow.objects.begin(address(thing), by=citizen)


def digest_of(citizen: Citizen) -> Letter | None:
    return Letter.objects.filter(citizen=citizen, about__startswith="digest/").order_by("pk").last()


def test_what_happens_to_what_one_follows_comes_once_a_day_in_one_letter(cast: Cast):
    proposal = cast.loarre.propose("A pond", "A pond is dug.", by=cast.chen)
    follow(cast.ana, cast.loarre)
    cast.loarre.propose("A mill", "A mill is built.", by=cast.chen)
    proposal.withdraw(by=cast.chen)
    assert digests.run() == 0, "not before a day has passed"
    clock.travel(DAY)
    assert digests.run() == 1
    letter = digest_of(cast.ana)
    assert letter is not None
    assert letter.how == How.NOW
    assert "A mill" in letter.body
    assert "A proposal was withdrawn: A pond" in letter.body
    assert "was laid before the assembly: A pond" not in letter.body, "it was there before"
    assert digests.run() == 0
    clock.travel(DAY)
    assert digests.run() == 1
    assert digest_of(cast.ana) == letter, "where nothing happened there is no letter"


@pytest.mark.parametrize("noun", ["assembly", "proposal", "policy", "mandate", "confederation"])
def test_each_of_these_is_followed_from_its_page(cast: Cast, noun: str):
    thing = {
        "assembly": lambda: cast.abiego,
        "proposal": lambda: cast.abiego.propose("A pond", "A pond is dug.", by=cast.ana),
        "policy": lambda: cast.policy(cast.abiego),
        "mandate": lambda: cast.mandate(cast.abiego, cast.bilal),
        "confederation": lambda: cast.comarca,
    }[noun]()
    page = f"/councils/{cast.comarca.slug}/" if noun == "confederation" else thing.get_absolute_url()
    client = signed_in(cast.chen)
    said = client.get(page).content.decode()
    assert f'name="subject" value="{noun}/{thing.pk}"' in said
    assert client.post("/follows/", {"subject": f"{noun}/{thing.pk}"}).status_code == 302
    assert "You follow this" in client.get(page).content.decode()
    assert 'name="subject"' not in Client().get(page).content.decode()


NOTHING = ["", "citizen/1", "ballot/1", "assembly/0", "assembly/-1", "assembly/" + "9" * 30, "assembly/١", "x" * 500]


@pytest.mark.parametrize("subject", [*NOTHING, "assembly/1/2", "../1", "assembly/\x00"])
def test_what_cannot_be_followed_is_said_not_to_be_there(cast: Cast, subject: str):
    assert signed_in(cast.ana).post("/follows/", {"subject": subject}).status_code == 404
    assert not Follow.objects.exists()


def test_a_draft_is_not_followed_by_anybody(cast: Cast):
    draft = Proposal.objects.draft(cast.abiego, "A mill", "A mill.", by=cast.ana, effect="policy")
    for citizen in (cast.ana, cast.bilal):
        assert signed_in(citizen).post("/follows/", {"subject": f"proposal/{draft.pk}"}).status_code == 404


def test_following_twice_is_following_once_and_ends_at_once(cast: Cast):
    first, second = follow(cast.ana, cast.abiego), follow(cast.ana, cast.abiego)
    assert first == second
    assert signed_in(cast.bilal).post(f"/follows/{first.pk}/ending/").status_code == 404
    assert signed_in(cast.ana).post(f"/follows/{first.pk}/ending/").status_code == 302
    assert signed_in(cast.ana).post(f"/follows/{first.pk}/ending/").status_code == 409
    clock.travel(2 * DAY)
    assert digests.run() == 0


def test_a_vote_is_told_at_once_and_its_result_in_the_digest(cast: Cast, outbox):
    decision = call(cast.abiego.propose("A pond", "A pond is dug.", by=cast.ana))
    travel_to(decision.opens_at)
    decision.open()
    opened_news.run()
    letters.run()
    assert {one.subject for one in outbox if cast.bilal.email in one.to} == {"Open for voting in Abiego: A pond"}
    vote(decision)
    finish(decision)
    outbox.clear()
    closed_news.run()
    letters.run()
    assert outbox == []
    clock.travel(DAY + timedelta(minutes=1))
    digests.run()
    letters.run()
    (told,) = [one for one in outbox if cast.bilal.email in one.to]
    assert "Decided in Abiego: A pond" in told.body
    assert Letter.objects.gathered().count() == 0


def test_no_digest_says_how_anybody_voted(cast: Cast):
    follow(cast.chen, cast.abiego)
    decision = call(cast.abiego.propose("A pond", "A pond is dug.", by=cast.ana))
    follow(cast.chen, decision.proposal)
    travel_to(decision.opens_at)
    decision.open()
    decision.cast(by=cast.bilal, choice="no")
    vote(decision)
    finish(decision)
    clock.travel(DAY)
    digests.run()
    letter = digest_of(cast.chen)
    assert letter is not None
    assert "A vote was counted" in letter.body
    for word in ("Bilal", "In favour", "Against", decision.ballots.first().commitment or "commitment"):
        assert word not in letter.body


def test_each_kind_comes_as_its_reader_wishes(cast: Cast, outbox):
    client = signed_in(cast.ana)
    wishes = {name: kind.default for name, kind in KINDS.items()}
    assert client.post("/letters/wishes/", wishes | {"decision-opened": "digest"}).status_code == 302
    assert list(LetterWish.objects.values_list("citizen", "kind", "how")) == [
        (cast.ana.pk, "decision-opened", "digest")
    ]
    Letter.objects.write([cast.ana, cast.bilal], about="decision-opened/1", subject="Open", body="Vote.")
    letters.run()
    assert [one.to for one in outbox] == [[cast.bilal.email]]
    assert client.post("/letters/wishes/", wishes).status_code == 302
    assert [kept.how for kept in LetterWish.objects.all()] == ["now"]
    for wrong in ({"decision-opened": "shout"}, {"decision-opened": ""}, {"digest": "digest"}):
        assert client.post("/letters/wishes/", wishes | wrong).status_code == 422


def test_one_click_ends_a_kind_of_letters_and_reading_the_page_does_not(cast: Cast, outbox):
    Letter.objects.write([cast.ana], about="decision-opened/1", subject="Open", body="Vote.")
    letters.run()
    (told,) = outbox
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address_ = re.fullmatch(r"<http://localhost:\d+(/.+)>", told.extra_headers["List-Unsubscribe"])[1]
    assert address_ in told.body
    client = Client(enforce_csrf_checks=True)
    assert client.get(address_).status_code == 200
    assert not LetterWish.objects.exists()
    assert client.post(address_, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(address_, {"List-Unsubscribe": "One-Click"}).status_code == 200
    Letter.objects.write([cast.ana, cast.bilal], about="decision-opened/2", subject="Open", body="Vote.")
    Letter.objects.write([cast.ana], about="session-called/2", subject="Come", body="Come.")
    outbox.clear()
    letters.run()
    assert sorted((one.to[0], one.subject) for one in outbox) == [(cast.ana.email, "Come"), (cast.bilal.email, "Open")]
    kept = cast.ana.letters.get(about="decision-opened/2")
    assert signed_in(cast.ana).get(f"/letters/{kept.pk}/").status_code == 200


@pytest.mark.parametrize("token", ["nonsense", "a:b:c", "WzEsImRpZ2VzdCJd:1sNd1a:xxxx", "%00"])
def test_an_address_that_was_not_signed_here_ends_nothing(cast: Cast, token: str):
    assert Client().post(f"/letters/unsubscribe/{token}/").status_code == 404
    assert not LetterWish.objects.exists()


def test_a_fact_has_the_kind_that_it_begins_with():
    assert kind_of("mandate-expires-30/7") == "mandate-expires"
    assert kind_of("decision-opened/7") == "decision-opened"
    assert kind_of("report-due/7/1700000000") == "report-due"


def test_every_kind_of_letter_that_is_written_has_a_name():
    """A kind that nobody named could be switched off by nobody."""
    from pathlib import Path

    root = Path(__file__).resolve().parent.parent.parent
    told = set()
    for path in root.glob("*/tasks.py"):
        found = re.findall(r"""tell\(\s*f"([a-z-]+?)(?:-\{\w+\})?/\{""", path.read_text())
        told |= set(found) | set(re.findall(r"""of_the_day\("([a-z-]+)\"""", path.read_text()))
    assert len(told) > 20
    assert told <= set(KINDS), told - set(KINDS)


def test_more_than_fits_is_said_to_be_more(cast: Cast):
    follow(cast.chen, cast.abiego)
    for number in range(45):
        cast.abiego.propose(f"Pond {number}", "A pond is dug.", by=cast.ana)
    clock.travel(DAY)
    digests.run()
    letter = digest_of(cast.chen)
    assert letter is not None
    assert letter.body.count("Pond") == 40
    assert "And more" in letter.body


def test_what_is_gathered_waits_a_day_though_the_last_digest_is_long_past(cast: Cast):
    Letter.objects.write([cast.ana], about="decision-closed/1", subject="Decided", body="Carried.")
    clock.travel(DAY)
    assert digests.run() == 1
    clock.travel(30 * DAY)
    Letter.objects.write([cast.ana], about="decision-closed/2", subject="Decided", body="Lost.")
    assert digests.run() == 0
    clock.travel(DAY)
    assert digests.run() == 1


def test_who_is_out_of_use_gets_no_digest(cast: Cast):
    follow(cast.stranger, cast.abiego)
    cast.abiego.propose("A pond", "A pond is dug.", by=cast.ana)
    cast.stranger.put_out_of_use(by=cast.technician, reason="They asked for it.")
    clock.travel(DAY)
    assert digests.run() == 0
    assert not Digest.objects.exists()


def test_the_list_of_what_one_follows_is_paged_and_asks_no_more_for_more(cast: Cast, django_assert_max_num_queries):
    for number in range(30):
        follow(cast.ana, cast.abiego.propose(f"Pond {number}", "A pond is dug.", by=cast.ana))
    client = signed_in(cast.ana)
    client.get("/follows/")
    with django_assert_max_num_queries(12):
        assert client.get("/follows/").content.decode().count("No longer") == 25
    assert client.get("/follows/?page=2").status_code == 200
