"""The pages of recalls: opened by a citizen, answered by the delegate, signed until it goes to the vote by itself."""

from uuid import uuid4

import pytest
from django.urls import reverse

from assemblies.clock import now
from mandates.models import Recall, Signature, Statement
from tests.cast import Cast, facilitator, finish, recall_carried, travel_to, vote


@pytest.fixture
def mandate(cast: Cast):
    return cast.mandate(cast.abiego, cast.bilal)


@pytest.fixture
def recall(cast: Cast, mandate) -> Recall:
    return mandate.open_recall(by=cast.ana, grounds="The flour never came.")


def test_a_citizen_opens_a_recall_once(client, cast, mandate):
    client.force_login(cast.ana)
    address = reverse("recall-new", args=[mandate.pk])
    assert "cannot be taken back" in client.get(address).content.decode()
    assert client.post(address, {"grounds": " "}).status_code == 422
    typed = {"grounds": "The flour never came.", "once": str(uuid4())}
    opened = client.post(address, typed)
    recall = Recall.objects.get()
    assert opened.url == client.post(address, typed).url == recall.get_absolute_url()
    assert Recall.objects.count() == 1
    assert client.get(address).url == recall.get_absolute_url()
    second = client.post(address, {"grounds": "And the bread was burnt."})
    assert second.status_code == 409
    assert "And the bread was burnt." in second.content.decode()


def test_a_stranger_cannot_open_one_and_whoever_is_signed_out_is_sent_to_sign_in(client, cast, mandate):
    address = reverse("recall-new", args=[mandate.pk])
    assert client.post(address, {"grounds": "x"}).url.startswith(reverse("account_login"))
    client.force_login(cast.chen)
    refused = client.post(address, {"grounds": "x"})
    assert refused.status_code == 403
    assert "Article 7" in refused.content.decode()
    assert not Recall.objects.exists()


def test_signatures_put_it_to_the_vote_and_the_page_leads_there(client, cast, recall):
    address = reverse("signatures", args=[recall.pk])
    for neighbour in cast.neighbours(cast.abiego, recall.needed - 1):
        client.force_login(neighbour)
        assert client.post(address).url == recall.get_absolute_url()
        assert client.post(address).url == recall.get_absolute_url()
    assert recall.signatures.count() == recall.needed
    page = client.get(recall.get_absolute_url()).content.decode()
    assert recall.decision.get_absolute_url() in page
    assert "Put to the vote" in page
    client.force_login(cast.neighbours(cast.abiego, recall.needed)[-1])
    late = client.post(address)
    assert late.status_code == 409
    assert "no longer gathers signatures" in late.content.decode()

    vote(recall.decision)
    finish(recall.decision)
    assert "Carried: the mandate has ended" in client.get(recall.get_absolute_url()).content.decode()


def test_who_signed_is_shown_to_citizens_of_that_assembly_alone(client, cast, recall):
    signer = cast.neighbours(cast.abiego, 1)[0]
    recall.sign(by=signer)
    address = reverse("signatures", args=[recall.pk])
    for outsider in (None, cast.chen, cast.technician):
        if outsider:
            client.force_login(outsider)
            assert client.get(address).status_code == 403
        page = client.get(recall.get_absolute_url()).content.decode()
        assert "2 of 3 signatures needed" in page
        assert signer.name not in page
    client.force_login(cast.bilal)
    assert signer.name in client.get(recall.get_absolute_url()).content.decode()
    assert signer.name in client.get(address).content.decode()
    assert signer.name not in client.get(address, {"q": "Ana"}).content.decode()


def test_outsiders_cannot_sign(client, cast, recall):
    address = reverse("signatures", args=[recall.pk])
    assert client.post(address).url.startswith(reverse("account_login"))
    for outsider in (cast.chen, cast.stranger, cast.technician):
        client.force_login(outsider)
        refused = client.post(address)
        assert refused.status_code == 403
        assert "Article 7" in refused.content.decode()
    assert Signature.objects.count() == 1


def test_the_delegate_is_heard_and_nobody_speaks_in_their_place(client, cast, recall):
    address = reverse("statements", args=[recall.pk])
    assert client.post(address, {"text": "x"}).url.startswith(reverse("account_login"))
    client.force_login(cast.ana)
    assert client.post(address, {"text": "I am Bilal."}).status_code == 403
    client.force_login(cast.bilal)
    assert client.get(address).url == recall.get_absolute_url()
    assert client.post(address, {"text": ""}).status_code == 422
    typed = {"text": "The miller was ill.", "once": str(uuid4())}
    client.post(address, typed)
    client.post(address, typed)
    assert Statement.objects.count() == 1
    page = client.get(recall.get_absolute_url()).content.decode()
    assert page.index("The flour never came.") < page.index("The miller was ill.")


def test_a_recall_that_is_over_is_answered_no_more(client, cast, mandate):
    recall = recall_carried(mandate)
    client.force_login(cast.bilal)
    late = client.post(reverse("statements", args=[recall.pk]), {"text": "But listen."})
    assert late.status_code == 409
    assert "This recall is over" in late.content.decode()


def test_a_recall_that_found_too_few_says_so(client, cast, recall):
    travel_to(recall.lapses_at)
    page = client.get(recall.get_absolute_url()).content.decode()
    assert "Too few signatures" in page
    client.force_login(cast.neighbours(cast.abiego, 1)[0])
    assert client.post(reverse("signatures", args=[recall.pk])).status_code == 409


def test_the_list_shows_each_in_its_phase(client, cast, recall, django_assert_max_num_queries):
    other = cast.mandate(cast.loarre, cast.chen)
    over = recall_carried(other)
    address = reverse("recalls")
    with django_assert_max_num_queries(5):
        assert set(client.get(address).context["page_obj"]) == {recall, over}
    assert set(client.get(address, {"state": "under-way"}).context["page_obj"]) == {recall}
    assert set(client.get(address, {"state": "over"}).context["page_obj"]) == {over}
    assert set(client.get(address, {"q": "chen"}).context["page_obj"]) == {over}
    assert client.get(address, {"state": "x"}).status_code == 422


@pytest.mark.parametrize("name", ["recall", "signatures", "statements"])
def test_a_recall_that_is_not_there_is_not_found(client, cast, name):
    client.force_login(cast.ana)
    assert client.get(reverse(name, args=[999999999999999999])).status_code == 404


def test_phases_of_the_list_are_those_of_the_recall(cast, recall):
    for one in Recall.objects.with_phase(now()):
        assert one.phase_now == one.phase(now())


def test_no_facilitator_is_asked_to_put_a_recall_to_the_vote(client, cast, recall):
    other = cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    client.force_login(facilitator(cast.abiego))
    desk = client.get(reverse("assembly-desk", args=[cast.abiego.slug])).content.decode()
    assert reverse("decision-new", args=[other.pk]) in desk
    assert reverse("decision-new", args=[recall.proposal_id]) not in desk
    assert "Put to the vote by its signatures" in desk
    page = client.get(recall.proposal.get_absolute_url()).content.decode()
    assert reverse("decision-new", args=[recall.proposal_id]) not in page
    assert "Its signatures put it to the vote" in page
    forced = client.post(reverse("decision-new", args=[recall.proposal_id]), {})
    assert forced.status_code in (403, 422)
    assert recall.proposal.decision is None
