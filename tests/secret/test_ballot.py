"""A secret vote from its announcement to its board, and every refusal on the way, as the pages and the urn say it."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from assemblies import verify_urn
from assemblies.envelope import packed
from assemblies.models import Decision, Entry, HandCount, Issuer, RollMark, Rules
from assemblies.models.sealed_ballot import board
from assemblies.record.checkpoint import encoded
from tests.cast import call, drawn, facilitator, travel_to
from tests.plumbing.browser import password_given
from tests.secret.voter import Paper, cast, electors, hall, opened, secret_question, take, to_the_urn, voted
from tests.voting.hall import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(db) -> Decision:
    return opened(secret_question(hall(10)))


def body(decision: Decision, kind: str) -> dict:
    return json.loads(bytes(Entry.objects.about(decision).get(kind=kind).body))


def reader(citizen, *, recently: bool = True) -> Client:
    citizen.set_password("bread and an oven")
    citizen.save(update_fields=["password"])
    client = Client()
    client.force_login(citizen)
    if recently:
        password_given(client)
    return client


def send(decision: Decision, envelope, *, data: str = "", **headers):
    """As the program in the page sends it: JSON, and no cookie."""
    fields = {
        "token": packed(envelope.token),
        "signature": packed(envelope.signature),
        "choice": envelope.choice,
        "seal": packed(envelope.seal),
    }
    address = reverse("envelopes", args=[decision.pk])
    return Client().post(address, data or json.dumps(fields), content_type="application/json", headers=headers)


# ---- announced, counted, published ----


def test_the_announcement_names_windows_roll_key_and_program(decision):
    said, issuer = body(decision, "decision.opened"), decision.papers
    assert said["issuer_key"] == encoded(bytes(issuer.public_key))
    assert said["issuer_fingerprint"] == hashlib.sha256(bytes(issuer.public_key)).hexdigest() == issuer.fingerprint
    assert said["papers_until"] < said["urn_from"] < said["closes_at"]
    assert said["electorate"] == 10
    roll = decision.electors().values_list("pk", flat=True)
    leaves = sorted(hmac.digest(bytes(issuer.roll_salt), str(number).encode(), "sha256") for number in roll)
    assert said["roll_root"] == verify_urn.root(leaves)


def test_the_program_that_is_announced_is_the_one_that_is_committed(decision):
    bundle = (settings.BASE_DIR / "static/urn/urn.js").read_bytes()
    assert body(decision, "decision.opened")["bundle_sha256"] == hashlib.sha256(bundle).hexdigest()
    build = settings.BASE_DIR / "scripts/urn/build.py"
    assert subprocess.run([sys.executable, build, "--check"], check=False).returncode == 0
    page = reader(electors(decision, 1)[0]).get(reverse("sealed-paper", args=[decision.pk])).content.decode()
    assert f'integrity="sha256-{encoded(hashlib.sha256(bundle).digest())}"' in page
    assert hashlib.sha256(bundle).hexdigest() in page


def test_the_lock_file_of_the_program_names_no_address():
    lock = (settings.BASE_DIR / "scripts/urn/package-lock.json").read_text()
    assert "resolved" not in lock
    assert "://" not in lock
    assert json.loads(lock)["packages"]["node_modules/@cloudflare/blindrsa-ts"]["integrity"].startswith("sha512-")


def test_from_the_first_paper_to_the_result():
    decision = voted(secret_question(hall()), *["yes"] * 6, *["no"] * 2, "abstain")
    assert (decision.yes, decision.no, decision.abstain, decision.voters) == (6, 2, 1, 9)
    assert decision.carried
    said = body(decision, "decision.closed")
    assert said["envelopes"] == [envelope.line for envelope in board(decision)]
    assert len(said["envelopes"]) == 9
    assert "ballots" not in said
    assert body(decision, "papers.closed")["papers"] == 9
    page = Client().get(decision.get_absolute_url()).content.decode()
    assert "Carried: 6 in favour and 2 against" in page
    assert "The votes by name" not in page


def test_a_ranked_vote_is_secret_too_and_is_counted_as_an_open_one():
    decision = voted(ask(hall(), secret=True), *["2,1"] * 5, *["3,2"] * 3, "1")
    assert [one["number"] for one in decision.count.chosen()] == [2]
    assert decision.count.again().as_dict()["elected"] == [2]
    page = Client().get(reverse("board", args=[decision.pk])).content.decode()
    assert "Fig, Almond" in page


def test_an_approval_vote_is_secret_too():
    decision = voted(ask(hall(), "approval", secret=True), *["1,3"] * 5, *["3"] * 4)
    assert [one["number"] for one in decision.count.chosen()] == [3]


def test_the_file_of_the_key_is_there_for_the_papers_and_gone_before_the_urn(decision):
    file = settings.ISSUER_DIR / f"{decision.papers.name}.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    take(decision, *electors(decision, 8))
    to_the_urn(decision)
    assert not file.exists()
    assert Issuer.objects.get(decision=decision).destroyed_at < decision.closes_at


def test_a_worker_that_died_between_file_and_row_is_followed_by_one_that_writes_it_down(decision):
    take(decision, *electors(decision, 8))
    (settings.ISSUER_DIR / f"{decision.papers.name}.pem").unlink()
    assert to_the_urn(decision).papers.papers == 8


def test_nobody_swept_and_the_first_ballot_closes_the_papers(decision):
    papers = take(decision, *electors(decision, 8))
    travel_to(decision.urn_from)
    assert send(Decision.objects.get(pk=decision.pk), papers[0].seal("yes")).status_code == 200
    assert Issuer.objects.get(decision=decision).destroyed_at


def test_no_urn_and_no_key_stand_among_the_technicians_pages():
    shown = {model._meta.model_name for model in admin.site._registry}
    assert not shown & {"issuer", "sealedballot", "rollmark", "ballot"}


# ---- the paper ----


def test_a_paper_is_given_to_whoever_has_just_given_their_password(decision):
    citizen = electors(decision, 1)[0]
    address = reverse("sealed-paper", args=[decision.pk])
    first, other = (packed(Paper(decision.pk, bytes(decision.papers.public_key)).blinded) for _twice in range(2))
    client = reader(citizen, recently=False)
    assert client.get(address).url.startswith(reverse("account_reauthenticate"))
    refused = client.post(address, {"blinded": first})
    assert (refused.status_code, refused.json()["reason"][:31]) == (403, "Give your password again first:")
    client = reader(citizen)
    given = client.post(address, {"blinded": first})
    assert given.status_code == 200
    assert client.post(address, {"blinded": first}).json() == given.json()
    again = client.post(address, {"blinded": other})
    assert (again.status_code, again.json()["reason"][:27]) == (409, "You have taken your paper, ")


def test_an_answer_that_was_lost_is_given_again_when_the_papers_are_closed(decision):
    """Who took a paper and lost the line has it, as long as the vote is open."""
    citizen, *others = electors(decision, 8)
    paper = Paper(decision.pk, bytes(decision.papers.public_key))
    given = decision.papers.sign(by=citizen, blinded=paper.blinded)
    take(decision, *others)
    decision = to_the_urn(decision)
    answer = reader(citizen).post(reverse("sealed-paper", args=[decision.pk]), {"blinded": packed(paper.blinded)})
    assert answer.json()["signature"] == encoded(given)
    assert cast(decision, paper.finish(given), "yes")


@pytest.mark.parametrize("nonsense", ["", "x", "*", "A" * 10_000, packed(bytes(384)), packed(b"\xff" * 384)])
def test_nonsense_is_no_paper_and_costs_nobody_theirs(decision, nonsense):
    citizen = electors(decision, 1)[0]
    answer = reader(citizen).post(reverse("sealed-paper", args=[decision.pk]), {"blinded": nonsense})
    assert answer.status_code == 422
    assert take(decision, citizen)


# ---- the urn ----


def test_the_answer_is_a_receipt_and_the_same_ballot_has_the_same_one(decision):
    papers = take(decision, *electors(decision, 8))
    decision = to_the_urn(decision)
    envelope = papers[0].seal("yes")
    first, again = send(decision, envelope), send(decision, envelope)
    assert first.status_code == 200
    assert first.json() == again.json()
    assert f"token {envelope.hash}" in first.json()["receipt"]
    assert not first.cookies
    assert first["Cache-Control"] == "no-store"


SENTENCES = {
    "a cookie": "The urn does not want to know who you are",
    "a sign-in": "The urn does not want to know who you are",
    "an altered choice": "The choice is not the one that this paper sealed",
    "a forged signature": "This paper was not signed by the key of this vote",
    "a paper of another vote": "This paper belongs to another vote.",
    "a paper used again": "This paper has been cast already",
    "an answer to another question": "Choose in favour, against, or abstain.",
    "nothing": "This is no sealed ballot of this vote.",
    "too much": "This is no sealed ballot of this vote.",
    "no JSON": "This is no sealed ballot of this vote.",
    "too late": "This vote is closed: it is being counted.",
}


@pytest.mark.parametrize("what", SENTENCES)
def test_each_refusal_has_its_sentence_and_leaves_the_paper_good(decision, what, caplog):
    (paper, *_rest) = take(decision, *electors(decision, 8))
    decision = to_the_urn(decision)
    good = paper.seal("yes")
    envelope, more = good, {}
    if what == "a cookie":
        more = {"cookie": "x=1"}
    elif what == "a sign-in":
        more = {"authorization": "Bearer x"}
    elif what == "an altered choice":
        envelope = replace(good, choice="no")
    elif what == "a forged signature":
        envelope = replace(good, signature=bytes(383) + b"\x07")
    elif what == "a paper of another vote":
        other = replace(paper, decision=decision.pk + 1)
        other.signature = paper.signature
        envelope = other.seal("yes")
    elif what == "a paper used again":
        cast(decision, paper, "no")
    elif what == "an answer to another question":
        envelope = paper.seal("2,1")
    elif what == "too late":
        travel_to(decision.closes_at)
    data = {"nothing": "{}", "too much": "[" * 5000, "no JSON": "{"}.get(what, "")
    answer = send(decision, envelope, data=data, **more)
    assert answer.status_code in (403, 409, 422)
    assert SENTENCES[what] in answer.json()["reason"]
    assert not caplog.records, "nothing of what comes to the urn is written into a log"
    if what not in ("a paper used again", "too late"):
        assert send(decision, good).status_code == 200


def test_a_paper_that_comes_too_early_is_refused_and_is_good_later(decision):
    (paper, *_rest) = take(decision, *electors(decision, 8))
    for moment in (decision.opens_at, decision.papers_until):
        travel_to(moment)
        answer = send(Decision.objects.get(pk=decision.pk), paper.seal("yes"))
        assert (answer.status_code, "The urn is not open yet" in answer.json()["reason"]) == (409, True)
    assert send(to_the_urn(decision), paper.seal("yes")).status_code == 200


# ---- too few ----


def by_the_tellers(decision: Decision, voters: list, *, yes: int, no: int) -> None:
    """Those drop a paper into the urn in the hall, and both tellers count it."""
    drawn(decision.assembly, "teller")
    tellers = [office.citizen for office in decision.assembly.offices.filter(kind="teller")]
    for voter in voters:
        RollMark.objects.mark_present(decision, voter, by=tellers[0])
    for teller in tellers:
        HandCount.objects.enter(decision, by=teller, yes=yes, no=no, abstain=0)
    travel_to(decision.closes_at)
    decision.close()
    decision.refresh_from_db()


def test_where_fewer_than_eight_have_a_vote_the_tellers_keep_the_urn():
    decision = opened(secret_question(hall(7)))
    assert decision.papers is None
    client, address = reader(electors(decision, 1)[0]), reverse("sealed-paper", args=[decision.pk])
    page = client.get(address).content.decode()
    assert "Only 7 citizens have a vote here" in page
    assert "Vote in the urn that the tellers keep." in page
    answer = client.post(address, {"blinded": "AA"})
    assert (answer.status_code, "Only 7 citizens" in answer.json()["reason"]) == (409, True)
    by_the_tellers(decision, electors(decision, 7), yes=5, no=2)
    assert (decision.yes, decision.no, decision.carried) == (5, 2, True)


def test_where_fewer_than_eight_take_a_paper_everyone_votes_in_the_urn_of_the_tellers(decision):
    takers = electors(decision, 7)
    (paper, *_rest) = take(decision, *takers)
    decision = to_the_urn(decision)
    answer = send(decision, paper.seal("yes"))
    assert (answer.status_code, answer.json()["reason"][:40]) == (409, "Fewer than eight papers were taken, and ")
    assert not decision.marks.standing().exists()
    by_the_tellers(decision, takers, yes=4, no=3)
    assert (decision.yes, decision.no, decision.carried) == (4, 3, True)


def test_papers_in_the_browser_and_an_urn_in_the_hall_are_one_vote():
    decision = opened(secret_question(hall(12)))
    voters = electors(decision, 12)
    papers = take(decision, *voters[:9])
    decision = to_the_urn(decision)
    for paper in papers:
        cast(decision, paper, "yes")
    by_the_tellers(decision, voters[9:], yes=1, no=2)
    assert (decision.yes, decision.no, decision.voters) == (10, 2, 12)
    said = body(decision, "decision.closed")
    assert (said["sealed_yes"], said["hands_yes"], said["hands_no"]) == (9, 1, 2)


# ---- the standing orders, and the times ----


def test_the_standing_orders_say_whether_votes_on_persons_are_secret():
    assembly = hall(10, rules=Rules(secret_on_persons=True))
    orders = assembly.propose_orders(Rules(secret_on_persons=True), by=facilitator(assembly))
    assert "Votes on persons are secret." in orders.text
    assert not orders.secret


def test_the_times_that_nobody_names_leave_both_windows_as_long_as_the_orders_say():
    proposal = secret_question(hall(10))
    decision, period = call(proposal), proposal.assembly.orders(proposal.offered_at).voting_period
    assert decision.papers_until - decision.opens_at >= period
    assert decision.closes_at - decision.urn_from >= period
    assert decision.urn_from > decision.papers_until
