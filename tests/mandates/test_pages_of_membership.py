"""The pages by which citizens have their assembly join a confederation or leave it."""

from django.urls import reverse

from assemblies.clock import now
from mandates.models import Accession, Confederation, Departure
from tests.cast import accession, carry


def other(cast) -> Confederation:
    return Confederation.objects.found("Somontano", by=cast.ana, powers=["convene", "inform"], text="We meet.")


def test_joining_shows_the_charter_before_it_is_offered(client, cast):
    confederation = other(cast)
    address = reverse("accession-new", args=[cast.abiego.slug])
    client.force_login(cast.ana)
    assert "Somontano" in client.get(address).content.decode()
    typed = {"step": "show", "confederation": confederation.slug, "reasons": "They are next door."}
    shown = client.post(address, typed).context["form"]
    assert "We meet." in shown.shown.text
    assert not Accession.objects.filter(confederation=confederation).exists()
    offered = client.post(address, typed | {"step": "offer", "seen": shown.digest})
    joining = Accession.objects.get(confederation=confederation)
    assert offered.url == joining.proposal.get_absolute_url()
    carry(joining.proposal)
    assert confederation.members(now()).get() == cast.abiego


def test_leaving_is_proposed_by_its_own_citizens_alone(client, cast):
    membership = accession(cast.abiego, cast.comarca)
    address = reverse("departure-new", args=[membership.pk])
    assert client.get(address).url.startswith(reverse("account_login"))
    client.force_login(cast.chen)
    refused = client.get(address)
    assert refused.status_code == 403
    assert "Article 12" in refused.content.decode()
    client.force_login(cast.ana)
    typed = {"step": "show", "reasons": "We manage alone."}
    shown = client.post(address, typed).context["form"]
    client.post(address, typed | {"step": "offer", "seen": shown.digest})
    carry(Departure.objects.get().proposal)
    assert not cast.comarca.has(cast.abiego, now())
    assert client.get(address).status_code == 409


def test_what_one_belongs_to_is_not_on_offer_and_strangers_ask_nothing(client, cast):
    address = reverse("accession-new", args=[cast.abiego.slug])
    client.force_login(cast.ana)
    assert client.post(address, {"confederation": cast.comarca.slug}).status_code == 422
    assert client.post(address, {"confederation": "\x00"}).status_code == 422
    assert client.post(address, {}).status_code == 422
    client.force_login(cast.stranger)
    assert client.get(address).status_code == 403
    assert client.get(reverse("accession-new", args=["nowhere"])).status_code == 404
