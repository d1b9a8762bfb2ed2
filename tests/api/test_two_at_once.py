"""Two requests at one instant, each on its own connection to the real database: a key is done once, whoever wins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from assemblies.clock import now
from assemblies.models import Ballot, Proposal
from confederation.api.models import KeptAnswer, Token
from tests.api.sent import ROOT
from tests.cast import DAY, Cast, call, travel_to
from tests.faults.racing import Racers

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE, ROUNDS = 4, 8


@pytest.fixture
def racers() -> Iterator[Racers]:
    racers = Racers(AT_ONCE)
    yield racers
    racers.go_home()


@pytest.fixture(autouse=True)
def _nothing_asked_before() -> None:
    cache.clear()


def secret_of(cast: Cast) -> str:
    ends = now() + 60 * DAY
    return Token.objects.make(by=cast.ana, name="Racing", scopes=["proposals", "decisions/ballots"], expires_at=ends)[1]


def send(secret: str, where: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
    return Client().post(ROOT + where, json.dumps(body), content_type="application/json", headers=headers)


def bench(title: str) -> dict[str, Any]:
    return {"assembly": "abiego", "title": title, "text": "A bench stands there.", "offer": True}


def test_the_same_at_once_under_one_key_is_done_once_and_answered_alike(committed_cast: Cast, racers: Racers):
    secret = secret_of(committed_cast)
    for n in range(ROUNDS):
        work = partial(send, secret, "proposals/", bench(f"Bench {n}"), f"key-{n}")
        answers = racers.race(*[work] * AT_ONCE)
        assert {answer.status_code for answer in answers} == {201}
        assert all(answer.json() == answers[0].json() for answer in answers)
        assert len({answer["Location"] for answer in answers}) == 1
        assert sum("Idempotent-Replayed" in answer for answer in answers) == AT_ONCE - 1
        assert Proposal.objects.filter(title=f"Bench {n}").count() == 1
    assert KeptAnswer.objects.count() == ROUNDS


def test_without_a_key_each_is_done(committed_cast: Cast, racers: Racers):
    """The control: what the key prevents does happen without it."""
    secret = secret_of(committed_cast)
    answers = racers.race(*[partial(send, secret, "proposals/", bench("Benches"))] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {201}
    assert Proposal.objects.filter(title="Benches").count() == AT_ONCE


def test_different_requests_at_once_under_one_key_are_not_both_done(committed_cast: Cast, racers: Racers):
    secret = secret_of(committed_cast)
    for n in range(ROUNDS):
        works = [partial(send, secret, "proposals/", bench(f"{n} {which}"), f"key-{n}") for which in "AB"]
        answers = racers.race(*works)
        assert sorted(answer.status_code for answer in answers) == [201, 422]
        (refused,) = [answer for answer in answers if answer.status_code == 422]
        assert refused.json()["code"] == "idempotency_key_reused"
        assert Proposal.objects.filter(title__startswith=f"{n} ").count() == 1


def test_a_refusal_under_a_key_lets_the_next_one_try(committed_cast: Cast, racers: Racers):
    """All were refused, so none holds the key: the same request is done once there is something to do."""
    secret, decision = (
        secret_of(committed_cast),
        call(
            Proposal.objects.lay(
                committed_cast.abiego, "Water", "The rain is kept.", by=committed_cast.ana, effect="policy"
            )
        ),
    )
    work = partial(send, secret, f"decisions/{decision.pk}/ballots/", {"choice": "yes"}, "vote")
    assert {answer.status_code for answer in racers.race(*[work] * AT_ONCE)} == {409}
    assert not KeptAnswer.objects.exists()
    travel_to(decision.opens_at)
    assert {answer.status_code for answer in racers.race(*[work] * AT_ONCE)} == {201}
    assert Ballot.objects.filter(decision=decision, voter=committed_cast.ana).count() == 1


def test_one_persons_key_is_nothing_to_another(committed_cast: Cast, racers: Racers):
    secrets = []
    for citizen in (committed_cast.ana, committed_cast.bilal):
        made = Token.objects.make(by=citizen, name="Racing", scopes=["proposals"], expires_at=now() + DAY)
        secrets.append(made[1])
    answers = racers.race(*[partial(send, secret, "proposals/", bench("Ours"), "key") for secret in secrets])
    assert {answer.status_code for answer in answers} == {201}
    assert Proposal.objects.filter(title="Ours").count() == 2


def test_what_was_read_is_read_again_only_when_it_has_changed(committed_cast: Cast):
    """A conditional request: 304 as long as nothing has changed, for a list and for one of it; then all of it anew."""
    first = Proposal.objects.lay(
        committed_cast.abiego, "Water", "The rain is kept.", by=committed_cast.ana, effect="policy"
    )
    ask = Client().get
    for where in (f"{ROOT}proposals/", f"{ROOT}proposals/{first.pk}/"):
        answer = ask(where)
        same = ask(where, headers={"If-None-Match": answer["ETag"]})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", answer["ETag"])
        assert ask(where, headers={"If-None-Match": '"other"'}).status_code == 200
        assert ask(where, headers={"If-None-Match": "*"}).status_code == 304
    before = {where: ask(f"{ROOT}{where}")["ETag"] for where in ("proposals/", f"proposals/{first.pk}/")}
    first.withdraw(by=committed_cast.ana)
    for where, tag in before.items():
        changed = ask(f"{ROOT}{where}", headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed["ETag"] != tag


def test_who_may_read_more_has_another_tag(committed_cast: Cast):
    """A stranger's answer is never taken for that of somebody who reads their own drafts too."""
    Proposal.objects.draft(committed_cast.abiego, "A well", "It is dug.", by=committed_cast.ana, effect="policy")
    stranger = Client().get(f"{ROOT}proposals/")
    mine = Client()
    mine.force_login(committed_cast.ana)
    answer = mine.get(f"{ROOT}proposals/", headers={"If-None-Match": stranger["ETag"]})
    assert answer.status_code == 200
    assert {"Cookie", "Authorization"} <= {word.strip() for word in answer["Vary"].split(",")}
    assert "private" in answer["Cache-Control"]
