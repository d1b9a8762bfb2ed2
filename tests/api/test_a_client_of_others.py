"""A client that nobody here wrote carries the three stories to a running server: a citizen votes, a delegate logs, an
assembly recalls. openapi-python-client makes it from the description, in this test.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache

from assemblies.clock import now
from assemblies.models import Ballot, Citizen
from confederation.api.description import description
from confederation.api.models import Token
from confederation.api.pages import scopes
from councils.models import Action
from mandates.models import Mandate
from tests.cast import DAY, Cast, call, finish, travel_to

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "client_of_others"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client, generated; the generator finds nothing in the description that it cannot read."""
    folder = tmp_path_factory.mktemp("generated")
    described, settings = folder / "openapi.json", folder / "settings.yml"
    described.write_text(json.dumps(description(), default=str), encoding="utf-8")
    settings.write_text("post_hooks: []\n", encoding="utf-8")
    made = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--meta", "none"),
            *("--path", str(described), "--output-path", str(folder / NAME), "--config", str(settings)),
            "--fail-on-warning",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


Ask = Callable[..., Any]


@pytest.fixture
def by(theirs: ModuleType, live_server: Any) -> Iterator[Callable[[Citizen], Ask]]:
    """Somebody's own client: `ask("decisions", "post_decisions_ballots", key, body=…)`."""
    cache.clear()
    opened = []

    def client_of(citizen: Citizen) -> Ask:
        may = [scope for scope, _words in scopes()]
        secret = Token.objects.make(by=citizen, name="Theirs", scopes=may, expires_at=now() + 90 * DAY)[1]
        client = theirs.AuthenticatedClient(base_url=live_server.url, token=secret, timeout=60)
        opened.append(client.get_httpx_client())

        def ask(noun: str, operation: str, *where: Any, body: dict[str, Any] | None = None, **query: Any) -> Any:
            module = importlib.import_module(f"{NAME}.api.{noun}.{operation}")
            if body is not None:
                words = "".join(word.capitalize() for word in operation.removeprefix("post_").split("_"))
                query["body"] = getattr(importlib.import_module(f"{NAME}.models"), f"New{words}").from_dict(body)
            return module.sync_detailed(*where, client=client, **query)

        return ask

    yield client_of
    for one in opened:
        one.close()


def test_a_citizen_votes(committed_cast: Cast, by):
    cast = committed_cast
    ana, chen = by(cast.ana), by(cast.chen)
    made = ana(
        "proposals",
        "post_proposals",
        body={"assembly": "abiego", "title": "Water", "text": "The rain is kept.", "offer": True},
    ).parsed
    decision = call(cast.abiego.proposals.get(pk=made.id))
    travel_to(decision.opens_at)
    open_now = ana("decisions", "get_decisions", phase="open", assembly="abiego", expand="proposal").parsed
    assert [one.proposal.title for one in open_now.results] == ["Water"]
    voted = ana("decisions", "post_decisions_ballots", decision.pk, body={"choice": "yes"}, idempotency_key="1").parsed
    assert (voted.id, voted.turnout, voted.yes) == (decision.pk, 1, None)
    assert Ballot.objects.get(decision=decision, voter=cast.ana).choice == "yes"
    refused = chen("decisions", "post_decisions_ballots", decision.pk, body={"choice": "no"})
    assert (refused.status_code, refused.parsed.article, refused.parsed.code) == (403, 3, "article-3")
    finish(decision)
    result = ana("decisions", "get_one_of_decisions", decision.pk).parsed
    assert (result.yes, result.voters, str(result.phase)) == (1, 1, "closed")


def test_a_delegate_logs(committed_cast: Cast, by):
    cast = committed_cast
    mandate = cast.mandate(cast.abiego, cast.bilal)
    bilal = by(cast.bilal)
    mine = bilal("mandates", "get_mandates", delegate=cast.bilal.pk, in_force=True).parsed.results
    (clause,) = mine[0].clauses
    assert (mine[0].id, str(clause.power), clause.limit_now) == (mandate.pk, "procure", "100.000")
    task = bilal(
        "tasks",
        "post_tasks",
        body={
            "council": cast.comarca.slug,
            "title": "Flour for the ovens",
            "clauses": [{"clause": clause.id, "quantity": "80"}],
        },
    ).parsed
    (attachment,) = bilal("attachments", "get_attachments", task=task.id).parsed.results
    done = {"attachment": attachment.id, "what": "Bought from the mill at Loarre", "quantity": "50"}
    logged = bilal("actions", "post_actions", body=done).parsed
    assert (logged.quantity, logged.unit, logged.by.name) == ("50.000", "kg", "Bilal")
    beyond = bilal("actions", "post_actions", body=done | {"quantity": "60"})
    assert (beyond.status_code, beyond.parsed.article) == (409, 6)
    assert "The limit leaves 50 kg" in beyond.parsed.detail
    assert Action.objects.get().what == done["what"]


def test_an_assembly_recalls(committed_cast: Cast, by):
    cast = committed_cast
    mandate = cast.mandate(cast.abiego, cast.bilal)
    first, second, third = cast.neighbours(cast.abiego, 3)
    opened = by(cast.ana)("recalls", "post_recalls", body={"mandate": mandate.pk, "grounds": "No flour came."}).parsed
    assert str(opened.phase) == "gathering"
    heard = {"text": "The mill stood still."}
    said = by(cast.bilal)("recalls", "post_recalls_statements", opened.id, body=heard).parsed
    assert [one.text for one in said.statements] == [heard["text"]]
    for citizen in (first, second):
        signed = by(citizen)("recalls", "post_recalls_signatures", opened.id, body={}).parsed
    assert (signed.signed, signed.needed) == (3, 3)
    decision = Mandate.objects.get(pk=mandate.pk).recalls.get().decision
    travel_to(decision.opens_at)
    for citizen in (first, second, third):
        answer = by(citizen)("decisions", "post_decisions_ballots", decision.pk, body={"choice": "yes"})
        assert answer.status_code == 201
    travel_to(decision.closes_at)
    ask = by(cast.ana)
    assert ask("mandates", "get_one_of_mandates", mandate.pk).parsed.in_force is False
    over = by(cast.bilal)("mandates", "post_mandates_resignations", mandate.pk, body={"reason": "Tired."})
    assert (over.status_code, over.parsed.article) == (409, 8)
    finish(decision)
    assert str(ask("recalls", "get_one_of_recalls", opened.id).parsed.phase) == "carried"
