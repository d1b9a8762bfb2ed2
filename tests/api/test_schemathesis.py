"""The whole description, walked by a program that knows nothing of this house (schemathesis), as four kinds of people.

It makes up what the description allows and what it forbids. Whatever it sends: no answer is a fault of ours, none has a
status or a form that the description does not name. In `make test` each address is walked by one of
them, always in the same way; in `make test-deep` by all of them, and at length.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import requests
import schemathesis
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from confederation.api.description import description
from tests.access.everything import Everything
from tests.api.sent import ROOT, sent

pytestmark = pytest.mark.django_db

PEOPLE = ["stranger", "citizen", "delegate", "technician"]
A_FEW, MANY = 4, 60
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(description())
    for found in schema.get_all_operations():
        yield found.ok()


def scope_of(path: str) -> str:
    """`/api/v1/recalls/{key}/signatures/` is the act `recalls/signatures`, sent to one recall."""
    return "/".join(part for part in path.removeprefix(ROOT).strip("/").split("/") if part != "{key}")


def keys(town: Everything) -> dict[str, Any]:
    """For each address with a gap, something that stands there."""
    found: dict[str, Any] = {scope: key for scope, (key, _body) in sent(town).items() if key is not None}
    for noun in Client().get(ROOT).json()["collections"]:
        rows = Client().get(f"{ROOT}{noun}/?size=1").json()["results"]
        if rows:
            found[noun] = rows[0]["url"].rstrip("/").rpartition("/")[2]
    return found


def send(client: Client, case: Any) -> None:
    """Send it, look at the answer, and leave nothing of it behind."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    body = asked.body or b""
    headers = {name: value for name, value in asked.headers.items() if name.lower() != "cookie"}
    with transaction.atomic():
        answer = client.generic(
            asked.method,
            asked.path_url,
            body.encode() if isinstance(body, str) else body,
            content_type=headers.pop("Content-Type", "application/octet-stream"),
            headers=headers,
        )
        answer.content  # noqa: B018  it is read while what it speaks of is still there
        transaction.set_rollback(True)
    told = {name.lower(): [value] for name, value in answer.items()}
    case.validate_response(Response(answer.status_code, told, answer.content, asked, 0, verify=False), checks=CHECKS)


def walk(town: Everything, client: Client, examples: int, turns: tuple[int, int] = (0, 1)) -> None:
    """Each address, or in turn with others every so many of them."""
    known, bodies = keys(town), {scope: body for scope, (_key, body) in sent(town).items()}
    client.raise_request_exception = False
    first, step = turns
    for operation in islice(operations(), first, None, step):

        @seed(1)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), there=st.booleans(), well=st.booleans())
        def of_one(case: Any, there: bool, well: bool) -> None:
            scope = scope_of(case.operation.path)
            cache.clear()
            if there and scope in known and case.path_parameters:
                case.path_parameters["key"] = known[scope]
            if well and scope in bodies and isinstance(case.body, dict):
                made_up = dict(list(case.body.items())[:1])  # one thing made up in what is well otherwise
                case.body = json.loads(json.dumps(bodies[scope], default=str)) | made_up
            send(client, case)

        try:
            of_one()
        except BaseException as error:
            error.add_note(f"{operation.method.upper()} {operation.path}")
            raise


@pytest.fixture
def unhurried(settings: Any) -> None:
    settings.API_RATES = dict.fromkeys(settings.API_RATES, 10**9)


@pytest.mark.parametrize("role", PEOPLE)
def test_whatever_is_sent_is_answered_as_described(town, signed_in, unhurried, role):
    walk(town, signed_in[role], A_FEW, (PEOPLE.index(role), len(PEOPLE)))


@pytest.mark.deep
@pytest.mark.parametrize("role", PEOPLE)
def test_whatever_is_sent_is_answered_as_described_at_length(town, signed_in, unhurried, role):
    walk(town, signed_in[role], MANY)
