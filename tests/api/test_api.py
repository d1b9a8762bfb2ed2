"""The API over a town that has one of everything: who may read and do what there, and how it is answered.

The table says what everybody is answered who does what the pages let some do: 201 where it is done. What anybody may
read, all may; a list never costs more queries for being longer.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Ballot, Citizen
from assemblies.refusal import Refusal
from confederation.api import nouns  # noqa: F401  all of them are known
from confederation.api.description import description
from confederation.api.models import KeptAnswer, Token
from confederation.api.noun import NOUNS
from tests.access.everything import ROLES, routes
from tests.api.sent import ROOT, address, scopes, sent

pytestmark = pytest.mark.django_db

TABLE = """
act                            stranger newcomer citizen elsewhere delegate recalled facilitator technician
proposals                      401      403      201     403       201      201      201         403
proposals/offers               401      404      201     404       404      404      404         404
proposals/withdrawals          401      403      201     403       403      403      403         403
decisions                      401      403      403     403       403      403      201         403
decisions/ballots              401      403      201     403       201      201      201         403
recalls                        401      403      201     403       201      201      201         403
recalls/signatures             401      403      201     403       201      201      201         403
recalls/statements             401      403      403     403       201      403      403         403
mandates/resignations          401      403      403     403       201      403      403         403
candidacies                    401      403      409     403       201      201      201         403
reports                        401      403      403     403       201      403      403         403
adoptions                      401      403      201     201       201      201      201         403
texts                          401      403      201     403       201      201      201         403
accessions                     401      403      201     403       201      201      201         403
accessions/departures          401      403      201     403       201      201      201         403
tasks                          401      403      403     422       201      422      403         403
attachments                    401      422      422     201       422      422      422         422
actions                        401      403      403     403       201      403      403         403
variances                      401      403      403     403       201      403      403         403
objections                     401      403      201     403       201      201      201         403
objections/answers             401      403      403     403       201      403      403         403
objections/settlements         401      403      201     403       403      403      403         403
halts                          401      403      201     403       201      201      201         403
meetings                       401      403      403     201       201      403      403         403
meetings/agenda                401      403      403     201       201      403      403         403
meetings/attendances           401      403      403     201       201      403      403         403
goods                          401      403      201     201       201      201      201         403
harvests                       401      403      201     403       403      403      403         403
needs                          401      403      201     403       201      201      201         403
surpluses                      401      403      201     403       201      201      201         403
deliveries                     401      403      201     403       201      403      403         403
deliveries/receipts            401      403      403     201       403      403      403         403
proposals/revisions            401      404      201     404       404      404      404         404
proposals/options              401      404      201     404       404      404      404         404
proposals/removals             401      404      201     404       404      404      404         404
applications                   401      409      409     201       409      409      409         201
applications/admissions        401      403      404     404       404      404      201         404
applications/rejections        401      403      404     404       404      404      201         404
citizenships/endings           401      404      201     404       404      404      201         404
assemblies/willingness         401      404      201     404       201      201      201         404
assemblies/unwillingness       401      404      201     404       404      404      404         404
offices/resignations           401      404      404     404       404      404      201         404
standing-orders                401      403      201     403       201      201      201         403
decisions/presences            401      404      404     404       404      404      201         404
decisions/hall-presences       401      404      404     404       404      404      201         404
decisions/presence-withdrawals 401      422      404     422       404      404      201         422
decisions/hand-counts          401      404      404     404       404      404      201         404
decisions/paper-counts         401      404      404     404       404      404      201         404
decisions/closings             401      404      404     404       404      404      201         404
sessions                       401      403      403     403       403      403      201         403
sessions/items                 401      403      403     403       403      403      201         403
sessions/reschedulings         401      403      403     403       403      403      201         403
sessions/cancellations         401      403      403     403       403      403      201         403
sessions/openings              401      404      404     404       404      404      201         404
sessions/closings              401      404      404     404       404      404      201         404
sessions/takeovers             401      404      404     404       404      404      201         404
sessions/attendances           401      404      404     404       404      404      201         404
sessions/departures            401      403      403     403       403      403      201         403
sessions/notes                 401      404      404     404       404      404      201         404
items/beginnings               401      403      403     403       403      403      409         403
items/endings                  401      403      403     403       403      403      201         403
items/decisions                401      404      404     404       404      404      201         404
turns                          401      403      201     403       201      201      201         403
turns/calls                    401      403      403     403       403      403      201         403
turns/beginnings               401      403      403     403       403      403      409         403
turns/endings                  401      403      403     403       403      403      409         403
turns/withdrawals              401      403      403     403       403      403      201         403
motions                        401      403      201     403       201      201      201         403
motions/answers                401      403      403     403       403      403      409         403
motions/withdrawals            401      403      403     403       403      403      201         403
motions/shows                  401      403      403     403       403      403      201         403
mandates                       401      403      201     403       201      201      201         403
mandates/replacements          401      422      201     422       201      201      201         422
narrowings                     401      403      201     403       201      201      201         403
reports/reviews                401      403      201     403       201      201      201         403
elections                      401      403      201     403       201      201      201         403
elections/polls                401      403      403     403       403      403      201         403
candidacies/withdrawals        401      403      201     403       403      403      403         403
confederations                 401      403      201     201       201      201      201         403
confederations/measures        401      403      201     403       403      403      403         403
halts/resumptions              401      403      201     403       201      201      201         403
texts/relays                   401      403      403     403       201      403      403         403
meetings/texts                 401      403      403     201       201      403      403         403
meetings/cancellations         401      403      403     403       201      403      403         403
enterprises                    401      403      201     403       201      201      201         403
enterprises/policies           401      403      201     403       201      201      201         403
passings                       401      403      201     403       201      201      201         403
passings/acceptances           401      403      201     403       201      201      201         403
stewardships                   401      403      201     403       201      201      201         403
stewardships/discharges        401      403      201     403       201      201      201         403
stewardships/resignations      401      403      201     403       403      403      403         403
plans                          401      403      403     403       201      403      403         403
plans/cancellations            401      403      403     403       201      403      403         403
deliveries/carriages           401      403      201     403       201      201      201         403
"""
JSON = "application/json"
NOT_IN_TOWN = {"minutes"}  # read in a story of their own


def got(client: Client, where: str, status: int = 200, **headers: str) -> Any:
    answer = client.get(where, headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


def posted(client: Client, where: str, body: Any, **headers: str) -> Any:
    return client.post(where, json.dumps(body), content_type=JSON, headers=headers)


@pytest.fixture(autouse=True)
def _nothing_asked_before():
    cache.clear()


# ---- reading ----


def test_the_root_names_every_collection(town):
    assert set(got(Client(), ROOT)["collections"]) == set(NOUNS)


@pytest.mark.parametrize("name", NOUNS)
def test_a_list_and_each_of_it_by_its_own_address(town, signed_in, name):
    noun = NOUNS[name]
    client = signed_in["facilitator"] if noun.private else Client()
    found = got(client, f"{ROOT}{name}/?size=200")["results"]
    assert found or name in NOT_IN_TOWN, f"there is none of the {name} to read"
    for one in found[:3]:
        assert got(client, one["url"]) == one
        assert set(one) == set(noun.serializer().fields)


def queries(where: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        got(Client(), where)
    return len(asked)


@pytest.mark.parametrize("name", NOUNS)
def test_a_longer_list_takes_no_more_queries(town, name):
    """Whole or with its links expanded. What the first two have nothing of is asked for once when a third has it."""
    noun = NOUNS[name]
    where, whole = f"{ROOT}{name}/?size=", "&expand=" + ",".join(noun.links) if noun.links else ""
    more = sum("__" in part for part in noun.parts)
    assert queries(f"{where}6") <= queries(f"{where}2") + more
    of_links = sum(queries(f"{ROOT}{link.to}/?size=6") for link in noun.links.values())
    assert queries(f"{where}6{whole}") <= queries(f"{where}6") + of_links


@pytest.mark.parametrize("name", NOUNS)
def test_pages_hold_everything_once_in_every_order(town, name):
    noun = NOUNS[name]
    for order in [noun.order[0], noun.order[0].lstrip("-") if noun.order[0][0] == "-" else f"-{noun.order[0]}"]:
        whole = [one["id"] for one in got(Client(), f"{ROOT}{name}/?size=200&order={order}")["results"]]
        read, where = [], f"{ROOT}{name}/?size=2&order={order}"
        for _page in range(4):
            page = got(Client(), where)
            read += [one["id"] for one in page["results"]]
            where = page["next"]
            if not where:
                break
        assert read == whole[: len(read)]
        assert len(read) == min(len(whole), 8)


@pytest.mark.parametrize("role", ["stranger", "elsewhere", "facilitator"])
def test_nobody_reads_what_the_pages_do_not_show(town, signed_in, role):
    """Drafts are their author's alone; before the close nothing but turnout; who signed, who holds what account."""
    client = signed_in[role]
    for hidden in (town.draft, town.choice):
        got(client, f"{ROOT}proposals/{hidden.pk}/", 404)
        assert hidden.title not in client.get(f"{ROOT}proposals/?size=200").content.decode()
    assert got(signed_in["citizen"], f"{ROOT}proposals/{town.draft.pk}/")["phase"] == "draft"
    open_ = got(client, f"{ROOT}decisions/{town.open.pk}/")
    assert open_["turnout"] >= 2
    assert {open_[name] for name in ("yes", "no", "abstain", "voters", "outcome", "channels", "elected")} == {None}
    everything = "".join(client.get(f"{ROOT}{name}/?size=200").content.decode() for name in NOUNS)
    assert not [email for email in Citizen.objects.values_list("email", flat=True) if email in everything]
    signer = town.recall.signatures.exclude(citizen=town.recall.opened_by).first()
    assert signer is None or signer.citizen.name not in client.get(f"{ROOT}recalls/{town.recall.pk}/").content.decode()
    assert town.market.load.code not in everything


def test_as_it_stood_at_a_moment(town):
    """A mandate that was recalled, a policy that was not yet adopted, a roll of before."""
    one = f"{ROOT}mandates/{town.recalled.pk}/"
    assert got(Client(), one)["in_force"] is False
    end = town.recalled.end(now())[1]
    assert got(Client(), f"{one}?at={end - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}")["in_force"] is True
    policy = town.closed.policy_version.policy
    before = town.closed.closes_at - timedelta(minutes=1)
    got(Client(), f"{ROOT}policies/{policy.pk}/?at={before:%Y-%m-%dT%H:%M:%SZ}", 404)
    assert got(Client(), f"{ROOT}policies/{policy.pk}/")["text"] == town.closed.proposal.text
    place = f"{ROOT}assemblies/{town.cast.abiego.slug}/"
    founded = town.cast.abiego.founded_at
    assert got(Client(), f"{place}?at={founded:%Y-%m-%dT%H:%M:%SZ}")["citizens"] < got(Client(), place)["citizens"]


def test_links_are_given_whole_where_that_is_asked(town):
    one = f"{ROOT}mandates/{town.mandate.pk}/"
    plain, whole = got(Client(), one), got(Client(), f"{one}?expand=assembly,proposal")
    assert got(Client(), plain["assembly"]) == whole["assembly"]
    assert got(Client(), plain["proposal"]) == whole["proposal"]
    assert whole["confederation"] == plain["confederation"]


def test_filters_narrow(town):
    slug = town.cast.abiego.slug
    found = got(Client(), f"{ROOT}decisions/?assembly={slug}&phase=open&size=200")["results"]
    assert {one["phase"] for one in found} == {"open"}
    assert town.open.pk in {one["id"] for one in found}
    kinds = got(Client(), f"{ROOT}entries/?kind=policy.adopted&expand=&size=5", 422)
    assert kinds["errors"][0]["field"] == "expand"
    assert {one["kind"] for one in got(Client(), f"{ROOT}entries/?kind=policy.adopted")["results"]} == {
        "policy.adopted"
    }


def test_what_has_not_changed_is_not_sent_again(town):
    answer = Client().get(f"{ROOT}policies/")
    again = Client().get(f"{ROOT}policies/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get(f"{ROOT}policies/?size=1", headers={"If-None-Match": answer["ETag"]}).status_code == 200


# ---- problems ----


@pytest.mark.parametrize(
    ("where", "status", "code"),
    [
        ("proposals/?assmebly=abiego", 422, "invalid"),
        ("proposals/?phase=nonsense", 422, "invalid"),
        ("mandates/?at=yesterday", 422, "invalid"),
        ("mandates/?at=0001-01-01T00:00:00Z", 422, "invalid"),
        ("proposals/?size=100000", 422, "invalid"),
        ("proposals/?assembly=a%00b", 422, "invalid"),
        ("proposals/?cursor=bnVsbA", 404, "not_found"),
        ("proposals/999999999999/", 404, "not_found"),
        ("nonsense/", 404, "not_found"),
        ("proposals", 404, "not_found"),
    ],
)
def test_every_error_is_a_problem(town, where, status, code):
    answer = Client().get(ROOT + where)
    problem = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["detail"]
    assert problem["article"] is None


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_is_changed_or_deleted(town, signed_in, method):
    """Policies, decisions, ballots, actions, the record and all else: there is no such method."""
    for name, noun in NOUNS.items():
        found = got(signed_in["facilitator"], f"{ROOT}{name}/?size=1")["results"]
        for where in (f"{ROOT}{name}/", *(one["url"] for one in found)):
            answer = getattr(signed_in["facilitator"], method)(where, "{}", content_type=JSON)
            assert answer.status_code == 405, where
            assert answer["Content-Type"] == "application/problem+json"
        assert all(noun.page is False or one["page"] for one in found)


def test_what_only_assemblies_make_nobody_posts(town, signed_in):
    for name in ("policies", "entries", "checkpoints", "charters", "offices", "minutes", "drawings"):
        assert posted(signed_in["facilitator"], f"{ROOT}{name}/", {}).status_code == 405


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", JSON, 400),
        ("[" * 100_000, JSON, 400),
        (b"\xff\xfe", JSON, 400),
        ("[]", JSON, 422),
        ('"x"', JSON, 422),
        ("null", JSON, 422),
        ('{"title": "\\u0000"}', JSON, 422),
        ('{"title": "\\ud800"}', JSON, 422),
        ('{"assembly": 1e400}', JSON, 422),
        ('{"assembly": NaN}', JSON, 400),
        ("title=x", "application/x-www-form-urlencoded", 415),
    ],
)
def test_nonsense_is_refused_in_a_sentence(town, signed_in, body, kind, status):
    answer = signed_in["citizen"].post(f"{ROOT}proposals/", body, content_type=kind)
    assert answer.status_code == status, answer.content
    assert answer.json()["detail"]


@pytest.mark.parametrize("scope", sorted(scopes()))
def test_nonsense_in_each_field_of_an_act(town, signed_in, scope):
    key, body = sent(town)[scope]
    for name in [*body, "unheard-of"]:
        for value in (None, 10**30, "\x00", [[]], {}, "9999-12-31"):
            with transaction.atomic():
                answer = posted(signed_in["citizen"], address(scope, key), body | {name: value})
                transaction.set_rollback(True)
            assert answer.status_code < 500, (name, value)
            cache.clear()


# ---- acts ----


def rows() -> dict[str, tuple[str, ...]]:
    lines = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return {scope: tuple(cells) for scope, *cells in lines}


@pytest.mark.parametrize("scope", sorted(scopes()))
def test_everyone_is_answered_as_the_table_says(town, signed_in, scope):
    key, body = sent(town)[scope]
    found = []
    for role in ROLES:
        with transaction.atomic():
            answer = posted(signed_in[role], address(scope, key), body)
            transaction.set_rollback(True)
        found.append(str(answer.status_code))
        said = answer.json()
        if answer.status_code == 201:
            assert answer["Location"] == said["url"]
        else:
            assert answer["Content-Type"] == "application/problem+json"
            assert said["detail"]
            assert (said["article"] is not None) == said["code"].startswith("article-")
    assert tuple(found) == rows()[scope]


def test_the_table_names_every_act():
    assert set(rows()) == scopes()
    assert TABLE.strip().splitlines()[0].split() == ["act", *ROLES]


def test_every_address_of_the_api_is_a_noun_or_an_act():
    names = {route.name.removeprefix("api:") for route in routes() if route.name.startswith("api:")}
    acts = {scope.replace("/", "-") for scope in scopes() if "/" in scope}
    assert names == {"root", "openapi", "nowhere", *NOUNS, *(f"{name}-one" for name in NOUNS), *acts}


def test_a_refusal_says_its_article(town, signed_in):
    answer = posted(signed_in["elsewhere"], f"{ROOT}decisions/{town.open.pk}/ballots/", {"choice": "yes"})
    problem = answer.json()
    assert (problem["status"], problem["article"], problem["code"]) == (403, 3, "article-3")
    assert problem["type"].endswith(reverse("article", args=[3]))


def test_a_form_from_elsewhere_is_refused(town):
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.cast.ana)
    assert posted(client, f"{ROOT}decisions/{town.open.pk}/ballots/", {"choice": "yes"}).status_code == 403


# ---- tokens ----


def token(citizen: Citizen, *may: str) -> str:
    ends = now() + timedelta(days=30)
    return Token.objects.make(by=citizen, name="A script", scopes=may, expires_at=ends)[1]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_does_what_it_may_and_nothing_else(town):
    ana, where = town.cast.ana, f"{ROOT}decisions/{town.open.pk}/ballots/"
    secret = token(ana, "decisions/ballots")
    outside = Client(enforce_csrf_checks=True)  # a token is sent by no form: it needs none of a form's
    assert posted(outside, where, {"choice": "no"}, **bearer(secret)).status_code == 201
    assert Ballot.objects.get(decision=town.open, voter=ana).choice == "no"
    refused = posted(Client(), f"{ROOT}recalls/{town.recall.pk}/signatures/", {}, **bearer(secret))
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_scope")
    got(Client(), f"{ROOT}proposals/{town.draft.pk}/", 404, **bearer(secret))
    got(Client(), f"{ROOT}proposals/{town.draft.pk}/", **bearer(token(ana, "read")))
    kept = Token.objects.get(citizen=ana, scopes=["decisions/ballots"])
    assert kept.used_at is not None
    assert secret not in str(Token.objects.values())
    kept.revoke(by=ana)
    gone = posted(Client(), where, {"choice": "yes"}, **bearer(secret))
    assert gone.status_code == 401
    assert gone["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("secret", ["", "confed_nonsense", "\xff", "x" * 5000])
def test_a_token_that_never_was(town, secret):
    assert Client().get(ROOT, headers=bearer(secret)).status_code == 401


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE api_token SET scopes = '{decisions/ballots}' WHERE id = %s", "stands as it was made"),
        ("UPDATE api_token SET expires_at = expires_at + interval '1 day' WHERE id = %s", "stands as it was made"),
        ("UPDATE api_token SET citizen_id = citizen_id + 1 WHERE id = %s", "stands as it was made"),
        ("DELETE FROM api_token WHERE id = %s", "is revoked"),
    ],
)
def test_a_token_grows_by_no_statement(town, as_owner, statement, said):
    """The application may not; and where the owner tries, the table itself refuses."""
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement, [town.token.pk])
    with pytest.raises(DatabaseError, match=said), transaction.atomic(), as_owner() as cursor:
        cursor.execute(statement, [town.token.pk])


def test_a_token_that_was_revoked_stays_so(town):
    token(town.cast.chen, "read")
    mine = Token.objects.get(citizen=town.cast.chen)
    with pytest.raises(Refusal, match="own person"):
        mine.revoke(by=town.cast.ana)
    mine.revoke(by=town.cast.chen)
    with pytest.raises(DatabaseError, match="stays so"), transaction.atomic():
        Token.objects.filter(pk=mine.pk).update(revoked_at=None)


def test_a_token_ends_within_a_year(town):
    for days in (0, 366):
        with pytest.raises(Refusal):
            Token.objects.make(by=town.cast.ana, name="x", scopes=[], expires_at=now() + timedelta(days=days))
    with pytest.raises(DatabaseError, match="token_ends"), transaction.atomic():
        Token.objects.create(
            citizen=town.cast.ana, name="x", digest="0" * 64, scopes=[], expires_at=now() + timedelta(days=400)
        )


def test_the_same_key_is_done_once(town, signed_in):
    where, body = f"{ROOT}proposals/", sent(town)["proposals"][1]
    client = signed_in["citizen"]
    first = posted(client, where, body, **{"Idempotency-Key": "a"})
    again = posted(client, where, body, **{"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Location"] == first["Location"]
    assert again["Idempotent-Replayed"] == "true"
    other = posted(client, where, body | {"title": "Another"}, **{"Idempotency-Key": "a"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert posted(client, where, body, **{"Idempotency-Key": "b"}).json()["id"] != first.json()["id"]
    assert posted(signed_in["delegate"], where, body, **{"Idempotency-Key": "a"}).json()["id"] != first.json()["id"]


def test_a_refusal_keeps_no_key(town, signed_in):
    where = f"{ROOT}decisions/{town.coming.pk}/ballots/"
    assert posted(signed_in["citizen"], where, {"choice": "yes"}, **{"Idempotency-Key": "c"}).status_code == 409
    assert not KeptAnswer.objects.filter(key="c").exists()


def test_too_many_at_once_wait(town, signed_in, settings):
    settings.API_RATES = {"address": 100, "person": 2, "acts": 1}
    where = f"{ROOT}decisions/{town.coming.pk}/ballots/"
    assert posted(signed_in["citizen"], where, {"choice": "yes"}).status_code == 409
    full = posted(signed_in["citizen"], where, {"choice": "yes"})
    assert (full.status_code, full.json()["code"]) == (429, "throttled")
    assert 0 < int(full["Retry-After"]) <= 61
    assert Client().get(ROOT).status_code == 200


# ---- pages ----


def test_a_token_is_made_shown_once_and_revoked_on_its_page(town, signed_in):
    client, where = signed_in["newcomer"], reverse("tokens")
    once = {"once": "12345678-1234-5678-1234-567812345678"}
    body = {"name": "My clock", "days": "30", "scopes": ["read", "goods"], **once}
    page = client.post(where, body)
    made = Token.objects.get(name="My clock")
    secret = page.context["secret"]
    assert Token.objects.of(secret, now()) == made
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.post(where, body).status_code == 302
    assert secret not in client.get(where).content.decode()
    assert Token.objects.filter(name="My clock").count() == 1
    ending = reverse("token-revocation", args=[made.pk])
    assert signed_in["citizen"].get(ending).status_code == 404
    assert client.post(ending, {}).status_code == 302
    assert Token.objects.of(secret, now()) is None
    assert client.post(ending, {}).status_code == 409


def test_the_guide_names_every_noun_and_act(town):
    page = Client().get(reverse("api-guide")).content.decode()
    assert all(f'id="noun-{name}"' in page for name in NOUNS)
    assert all(f"<code>{scope}</code>" in page for scope in scopes())


# ---- the description ----


def test_the_description_is_complete_and_without_warnings():
    from drf_spectacular.drainage import GENERATOR_STATS

    description.cache_clear()
    GENERATOR_STATS.reset()
    whole = description()
    assert not GENERATOR_STATS._warn_cache, GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache, GENERATOR_STATS._error_cache
    assert whole["openapi"].startswith("3.1")
    bare = [
        f"{name}.{field}"
        for name, schema in whole["components"]["schemas"].items()
        for field, what in schema.get("properties", {}).items()
        if not (what.get("description") or "$ref" in what)
    ]
    assert not bare, f"these are not described: {bare}"
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], path
            assert {"401", "422", "429"} <= set(operation["responses"]), (path, method)


def test_what_is_read_is_as_described(town):
    """Each list against its schema, by a validator of JSON Schema that knows nothing of this house."""
    from jsonschema import Draft202012Validator

    whole = got(Client(), f"{ROOT}openapi.json")
    for name in NOUNS:
        schema = whole["paths"][f"{ROOT}{name}/"]["get"]["responses"]["200"]["content"][JSON]["schema"]
        validator = Draft202012Validator({**schema, "components": whole["components"]})
        links = ",".join(NOUNS[name].links)
        for query in ("?size=20", f"?size=20&expand={links}" if links else "?size=3"):
            wrong = [error.message[:300] for error in validator.iter_errors(got(Client(), f"{ROOT}{name}/{query}"))]
            assert not wrong, (name, wrong[:3])
