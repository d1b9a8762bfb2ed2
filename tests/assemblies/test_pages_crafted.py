"""A crafted request gets 4xx and a sentence, never 500; and the technician's pages change nothing of power."""

from itertools import product

import pytest
from django.contrib import admin
from django.urls import reverse

from assemblies.models import Ballot, Citizen, Letter

pytestmark = pytest.mark.django_db

HUGE = "9" * 30
LISTS = ["/assemblies/", "/proposals/", "/policies/", "/letters/", "/assemblies/abiego/roll/"]
QUERIES = [
    "page=0",
    "page=-1",
    "page=x",
    f"page={HUGE}",
    "page=9999",
    "page=%00",
    "page=" + "9" * 5000,
    "q=%00",
    "q=" + "x" * 5000,
]


@pytest.mark.parametrize(("address", "query"), list(product(LISTS, QUERIES)))
def test_a_list_asked_for_nonsense_says_so(client, cast, address, query):
    client.force_login(cast.ana)
    assert client.get(f"{address}?{query}").status_code in (404, 422)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/proposals/?phase=nonsense", 422),
        ("/proposals/?assembly=nowhere", 422),
        ("/proposals/?assembly=%00", 422),
        ("/policies/?state=%00", 422),
        ("/policies/?assembly=" + "x" * 500, 422),
        ("/assemblies/%00/", 404),
        ("/assemblies/..%2f..%2f/", 404),
        ("/assemblies/" + "x" * 500 + "/", 404),
        ("/assemblies/abiego'--/", 404),
        (f"/proposals/{HUGE}/", 404),
        ("/proposals/999999999999999999/", 404),
        ("/proposals/0/", 404),
        ("/proposals/-1/", 404),
        ("/proposals/x/", 404),
        (f"/decisions/{HUGE}/", 404),
        ("/decisions/999999999999999999/", 404),
        ("/policies/999999999999999999/", 404),
        ("/letters/999999999999999999/", 404),
        ("/applications/999999999999999999/", 404),
        ("/citizenships/999999999999999999/ending/", 404),
        ("/imports/999999999999999999/", 404),
        ("/offices/999999999999999999/ending/", 404),
        (f"/articles/{HUGE}/", 404),
        ("/assemblies/abiego/proposals/new/?effect=%00", 404),
        ("/assemblies/abiego/proposals/new/?effect=question", 404),
        ("/assemblies/abiego/proposals/new/?effect=repeal&policy=x", 404),
        ("/assemblies/abiego/proposals/new/?effect=repeal&policy=%00", 404),
        (f"/assemblies/abiego/proposals/new/?effect=repeal&policy={HUGE}", 404),
        ("/assemblies/abiego/proposals/new/?effect=repeal&policy=²", 404),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_in_words(client, cast, address, status):
    client.force_login(cast.ana)
    response = client.get(address)
    assert response.status_code == status
    assert "<h1>" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("at=yesterday", 422),
        ("at=2026-13-01", 422),
        ("at=%00", 422),
        ("at=9999-12-31", 200),
        ("at=0001-01-01", 200),
        ("old=x&new=1", 422),
        (f"old={HUGE}&new=1", 422),
        ("old=1", 404),
        ("old=0&new=1", 422),
        ("old=1&new=1", 200),
    ],
)
def test_days_and_versions_of_a_policy(client, cast, query, status):
    assert client.get(f"{cast.policy(cast.abiego).get_absolute_url()}?{query}").status_code == status


@pytest.mark.parametrize("field", ["title", "text"])
def test_a_null_byte_in_a_form_is_sent_back(client, cast, field):
    client.force_login(cast.ana)
    data = {"title": "A well", "text": "A well is dug."} | {field: "a\x00b"}
    assert client.post("/assemblies/abiego/proposals/new/", data).status_code == 422


def test_a_form_without_its_token_is_refused(cast):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.ana)
    assert strict.post("/assemblies/abiego/proposals/new/", {"title": "A", "text": "B"}).status_code == 403


# ---- the technician's pages ----


def test_the_technician_signs_in_where_everyone_does(client, cast):
    assert client.get("/technician/").url.startswith("/technician/login/")
    assert client.get("/technician/login/").url.startswith(reverse("account_login"))
    client.force_login(cast.ana)
    assert client.get("/technician/", follow=True).status_code == 403


def test_every_page_of_the_technician_opens_and_none_changes_anything(client, cast):
    client.force_login(cast.technician)
    assert client.get("/technician/").status_code == 200
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{name}_changelist")).status_code == 200, name
        assert client.get(reverse(f"{name}_add")).status_code == 403, name
        row = model_admin.get_queryset(client.get("/technician/").wsgi_request).first()
        if row is None:
            continue
        change, delete = (reverse(f"{name}_{word}", args=[row.pk]) for word in ("change", "delete"))
        assert client.get(change).status_code == 200, name
        assert client.post(delete, {"post": "yes"}).status_code == 403, name
        if model is not Citizen:
            assert client.post(change, {}).status_code == 403, name


def test_the_technician_may_put_an_account_out_of_use_and_nothing_more(client, cast):
    client.force_login(cast.technician)
    change = reverse("admin:assemblies_citizen_change", args=[cast.ana.pk])
    crafted = {"name": "Somebody", "email": "other@p.example", "is_staff": "on", "is_superuser": "on"}
    client.post(change, crafted | {"reason": "The password was stolen."})
    ana = Citizen.objects.get(pk=cast.ana.pk)
    assert (ana.is_active, ana.name, ana.email, ana.is_staff) == (False, "Ana", cast.ana.email, False)
    client.post(change, {"is_active": "on", "reason": "She has a new one."})
    assert Citizen.objects.get(pk=cast.ana.pk).is_active
    assert "password" not in client.get(change).content.decode().split("<form", 2)[-1].split("</form>")[0]


def test_ballots_letters_and_addresses_are_not_there(cast):
    registered = {model._meta.label for model in admin.site._registry}
    assert Ballot._meta.label not in registered
    assert Letter._meta.label not in registered
    assert not registered & {"account.EmailAddress", "account.EmailConfirmation", "auth.Group"}
