"""What is held on a person is in one table, is given to them whole, and goes when they ask."""

import json

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Ballot, Citizen, Disclosure, Entry, Letter, RollImport, admit, apply
from assemblies.models.entry import address
from assemblies.record.export import lines_of
from assemblies.record.sequencer import sequencer
from assemblies.record.verify_record import verify
from assemblies.refusal import Refusal
from confederation.api.models import Token
from confederation.held import BESIDE, CHECKS_ON_SECRETS, REASONS, all_about, erase, held
from tests.cast import DAY, Cast, call, person, travel_to
from tests.constitution.bench import refused, sql
from tests.plumbing.browser import password_given

pytestmark = pytest.mark.django_db


def own(model: type[models.Model]) -> bool:
    return not model._meta.proxy and model is not Citizen


def links() -> set[str]:
    """Every field that points at a citizen, whichever way."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if own(model)
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.related_model is Citizen
    }


def test_every_field_that_points_at_a_citizen_is_in_the_table():
    told = [link for reason in REASONS for link in reason.links.split()]
    assert len(told) == len(set(told)), "one reason for each"
    assert links() - set(told) == set(), "say in confederation/held.py why this is held, and how long"
    assert set(told) - links() == {"assemblies.Citizen"}, "the table tells of what is not there"


def test_every_address_and_what_hangs_on_what_goes_with_a_person_is_told_of():
    known = {one.model for one in held()} | {apps.get_model(label) for label, _why, _until in BESIDE}
    persons = {one.model for one in held() if one.reason.name in ("account", "programs")} - {Citizen}
    for model in filter(own, apps.get_models()):
        kinds = {type(field) for field in model._meta.local_fields}
        points = {field.related_model for field in model._meta.local_fields}
        if kinds & {models.EmailField, models.GenericIPAddressField} or points & persons:
            assert model in known, f"{model._meta.label} holds something of a person"


def test_the_page_names_every_field_of_every_row():
    page = Client().get(reverse("kept")).content.decode()
    for one in held():
        assert one.noun in page
        for words in one.fields:
            assert words in page, f"{one.model._meta.label}: {words}"


def test_a_secret_is_a_field_that_is_there():
    for label, name in CHECKS_ON_SECRETS:
        try:
            apps.get_model(label)._meta.get_field(name)
        except FieldDoesNotExist:
            pytest.fail(f"{label}.{name}")


def test_one_is_given_all_that_is_held_on_oneself_and_nothing_of_others(cast: Cast):
    decision = call(cast.abiego.propose("Bread", "The oven is common.", by=cast.ana))
    travel_to(decision.opens_at)
    decision.cast(by=cast.ana, choice="yes")
    cast.abiego.propose("Salt", "Salt is common.", by=cast.bilal)
    Letter.objects.write([cast.ana], about="a", subject="A vote", body="Vote.")
    client = Client()
    client.force_login(cast.ana)
    password_given(client)
    answer = client.get(reverse("own-data"))
    assert answer["Content-Disposition"].startswith("attachment")
    found = json.loads(answer.content)["held"]
    assert found["account"]["assemblies.Citizen"][0]["email"] == cast.ana.email
    assert [row["title"] for row in found["said"]["assemblies.Proposal.author"]] == ["Bread"]
    assert found["votes"]["assemblies.Ballot.voter"][0]["choice"] == "yes"
    assert found["letters"]["assemblies.Letter.citizen"][-1]["body"] == "Vote."
    text = answer.content.decode()
    assert cast.bilal.email not in text
    assert "password" not in text


def test_every_row_of_everyone_can_be_given(town):
    """Also of delegates, tellers and registrars: no value is there that cannot be written down."""
    for citizen in Citizen.objects.all():
        text = json.dumps(all_about(citizen))
        others = Citizen.objects.exclude(pk=citizen.pk).values_list("email", flat=True)
        assert not [email for email in others if f'"{email}"' in text]


def test_a_file_is_given_to_nobody_who_has_not_just_given_their_password(cast: Cast):
    client = Client()
    client.force_login(cast.ana)
    assert client.get(reverse("own-data")).status_code == 302


# ---- erasure ----


def left(cast: Cast) -> Citizen:
    """Ana, who has voted and proposed and written, and has given up her citizenship."""
    ana = cast.ana
    decision = call(cast.abiego.propose("Bread", "The oven is common.", by=ana))
    cast.mandate(cast.abiego, ana)
    travel_to(max(decision.opens_at, now()))
    if decision.closed_at is None and now() < decision.closes_at:
        decision.cast(by=ana, choice="yes")
    cast.abiego.propose("Draft", "Mine.", by=ana)
    Letter.objects.write([ana], about="a", subject="A vote", body="Vote.")
    Token.objects.make(by=ana, name="A clock", scopes=["read"], expires_at=now() + 30 * DAY)
    ana.citizenship(now()).end(by=ana, reason="left")
    RollImport.look_at(cast.abiego, f"email,name\n{ana.email},Ana Buil\n", by=cast.facilitator(cast.abiego))
    return ana


def test_who_asks_is_erased_and_the_record_still_verifies(cast: Cast):
    ana = left(cast)
    name, email, before = ana.name, ana.email, Entry.objects.count()
    ballots = Ballot.objects.filter(voter=ana).count()
    erase(ana, by=ana)
    gone = Citizen.objects.get(pk=ana.pk)
    assert (gone.name, gone.email, gone.is_active) == ("", f"{ana.pk}@erased.invalid", False)
    assert not gone.has_usable_password()
    assert not Disclosure.objects.filter(person=ana).exists()
    assert not Disclosure.objects.filter(value=name).exists()
    assert not RollImport.objects.filter(report__icontains=email).exists()
    assert not Token.objects.in_force(now()).filter(citizen=ana).exists()
    assert set(Letter.objects.filter(citizen=ana).values_list("body", flat=True)) == {""}
    assert Ballot.objects.filter(voter=ana).count() == ballots
    assert email not in json.dumps(all_about(gone))
    assert Entry.objects.count() == before + 1
    assert Entry.objects.get(kind="account.erased").subject == address(ana)
    sequencer.run()
    assert verify([line.encode() for line in lines_of(cast.abiego.log)])
    entry = Entry.objects.filter(kind="proposal.offered").earliest("pk")
    assert Client().get(f"/record/entries/{entry.pk}/").status_code == 200


def test_nobody_is_erased_who_stands_on_a_roll_or_by_somebody_else(cast: Cast):
    with pytest.raises(Refusal, match="Give up your citizenship first"):
        erase(cast.ana, by=cast.ana)
    for other in (cast.ana, cast.technician, cast.facilitator(cast.abiego)):
        with pytest.raises(Refusal, match="nobody else"):
            erase(cast.stranger, by=other)
    erase(cast.stranger, by=cast.stranger)


def test_nobody_comes_back_from_an_erasure(cast: Cast):
    gone, facilitator = person("Eva"), cast.facilitator(cast.abiego)
    apply(gone, cast.abiego, "By the mill.")
    erase(gone, by=gone)
    assert not cast.abiego.applications.waiting().filter(citizen=gone).exists()
    assert cast.abiego.applications.get(citizen=gone).statement == ""
    with refused(17):
        gone.put_back_in_use(by=cast.technician, reason="They ask for it.")
    with refused(17):
        sql("UPDATE assemblies_citizen SET name = 'Ana' WHERE id = %s", [gone.pk])
    with refused(2):
        admit(gone, cast.abiego, by=facilitator)
    with refused("42501"):
        sql("DELETE FROM assemblies_erasure")
    assert Letter.objects.write([gone], about="b", subject="S", body="B") == 0


def test_a_waiting_application_is_still_nobody_elses_to_empty(cast: Cast):
    application = apply(person("Eva"), cast.abiego, "By the mill.")
    with refused(3):
        sql("UPDATE assemblies_application SET statement = '' WHERE id = %s", [application.pk])


def test_a_line_of_a_roll_file_is_emptied_and_never_changed(cast: Cast):
    file = RollImport.look_at(cast.abiego, "email,name\na@b.example,A\n", by=cast.facilitator(cast.abiego))
    for email, name in (("c@d.example", "A"), ("a@b.example", ""), ("", "A")):
        file.report[0] |= {"email": email, "name": name}
        with refused(3):
            file.save(update_fields=["report"])
    RollImport.objects.forget("A@B.example")
    file.refresh_from_db()
    assert (file.report[0]["email"], file.report[0]["name"]) == ("", "")
    file.confirm(by=cast.facilitator(cast.abiego))
    assert file.enter_some() is False
    assert not Citizen.objects.filter(email="").exists()


def test_the_page_erases_and_signs_out(cast: Cast):
    client = Client()
    client.force_login(cast.stranger)
    password_given(client)
    where = reverse("own-erasure")
    assert client.get(where).status_code == 200
    assert client.post(where, {}).status_code == 422
    assert client.post(where, {"sure": "on"}).status_code == 302
    assert client.get(reverse("account")).status_code == 302
    cast.stranger.refresh_from_db()
    assert cast.stranger.erased
