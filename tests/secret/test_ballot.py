"""A secret vote from its announcement to its board, and everything that is refused on the way."""

import json

import pytest

from assemblies.models import Entry
from assemblies.models.sealed_ballot import board
from tests.secret.voter import hall, opened, secret_question, voted

pytestmark = pytest.mark.django_db


def body(decision, kind):
    return json.loads(bytes(Entry.objects.about(decision).get(kind=kind).body))


def test_the_whole_way():
    decision = voted(secret_question(hall()), *["yes"] * 6, *["no"] * 2, "abstain")
    assert (decision.yes, decision.no, decision.abstain, decision.voters) == (6, 2, 1, 9)
    assert decision.carried
    said = body(decision, "decision.closed")
    assert len(said["envelopes"]) == 9
    assert said["envelopes"] == [envelope.line for envelope in board(decision)]
    assert "ballots" not in said
    assert body(decision, "papers.closed")["papers"] == 9


def test_the_announcement():
    decision = opened(secret_question(hall()))
    said, issuer = body(decision, "decision.opened"), decision.papers
    assert said["issuer_fingerprint"] == issuer.fingerprint
    assert said["electorate"] == 12
    assert len(said["bundle_sha256"]) == 64
