"""The pages of mandates: what everyone reads, what a citizen drafts, and what the pages refuse."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Proposal
from mandates.models import Clause, Ending, Mandate, Narrowing
from tests.cast import DAY, Cast, carry, travel_to


def sheet(cast: Cast, **other: object) -> dict[str, object]:
    """A question about a mandate as a browser sends it."""
    today = now().date()
    return {
        "once": str(uuid4()),
        "step": "show",
        "looked_for": "Bilal",
        "confederation": cast.comarca.slug,
        "valid_from": today.isoformat(),
        "valid_until": (today + 100 * DAY).isoformat(),
        "reasons": "Somebody has to go.",
        "clauses-TOTAL_FORMS": "1",
        "clauses-INITIAL_FORMS": "0",
        "clauses-0-policy": str(cast.policy(cast.abiego).pk),
        "clauses-0-power": "procure",
        "clauses-0-instruction": "Buy flour",
        "clauses-0-limit": "100",
        "clauses-0-unit": "kg",
        "clauses-0-place": "",
    } | other


@pytest.fixture
def new(cast: Cast) -> str:
    return reverse("mandate-new", args=[cast.abiego.slug])


# ---- reading ----


def test_everyone_reads_where_the_authority_of_a_mandate_comes_from(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    page = client.get(mandate.get_absolute_url()).content.decode()
    assert "In force" in page
    for step in ("citizens of", f"Decision {mandate.decision.pk}", "Bread", "Clause 1: procure", "acts at the council"):
        assert step in page
    assert "0 of 100 kg used" in page
    assert "May not decide policy" in page


def test_an_ended_mandate_says_how_and_when_and_its_chain_is_cut(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    mandate.resign(by=cast.bilal, reason="I am moving to the sea.")
    page = client.get(mandate.get_absolute_url()).content.decode()
    assert "Resigned" in page
    assert "I am moving to the sea." in page
    assert 'class="broken"' in page


def test_a_mandate_before_the_assembly_binds_nobody_yet(client, cast):
    mandate = cast.propose_mandate(cast.abiego, cast.bilal)
    page = client.get(mandate.get_absolute_url()).content.decode()
    assert "Before the assembly" in page
    assert "Not put to the vote" in page
    assert "would act at the council" in page
    assert "acts at the council" not in page


def test_the_list_is_searched_by_delegate_assembly_confederation_and_state(client, cast):
    bilal, chen = cast.mandate(cast.abiego, cast.bilal), cast.mandate(cast.loarre, cast.chen)
    chen.resign(by=cast.chen)
    address = reverse("mandates")

    def shown(**query: str) -> set[Mandate]:
        return set(client.get(address, query).context["page_obj"])

    assert shown() == {bilal, chen}
    assert shown(q="bil") == {bilal}
    assert shown(assembly="loarre") == {chen}
    assert shown(state="in-force") == {bilal}
    assert shown(state="ended") == {chen}
    assert shown(confederation=cast.region.slug) == set()
    assert "No mandate is like that." in client.get(address, {"q": "nobody"}).content.decode()


@pytest.mark.parametrize(
    "query", [{"state": "x"}, {"confederation": "nowhere"}, {"q": "\x00"}, {"assembly": "\x00"}, {"q": "x" * 101}]
)
def test_a_search_that_makes_no_sense_is_said_to_be_so(client, cast, query):
    assert client.get(reverse("mandates"), query).status_code == 422


@pytest.mark.parametrize("page", ["0", "99", "x", "1e9", "-1", "\x00"])
def test_a_page_of_the_list_that_is_not_there_is_not_found(client, cast, page):
    assert client.get(reverse("mandates"), {"page": page}).status_code == 404


def test_the_list_takes_as_many_questions_for_one_mandate_as_for_many(client, cast, django_assert_max_num_queries):
    for _ in range(3):
        cast.propose_mandate(cast.abiego, cast.bilal)
        cast.propose_mandate(cast.loarre, cast.chen)
    with django_assert_max_num_queries(5):
        assert len(client.get(reverse("mandates")).context["page_obj"]) == 6


def test_a_draft_of_somebody_else_cannot_be_known_of(client, cast):
    at = now()
    draft = Proposal.objects.draft(cast.abiego, "Mandate", "Bilal, soon.", by=cast.ana, effect="question")
    mandate = Mandate.objects.create(
        assembly=cast.abiego,
        delegate=cast.bilal,
        citizenship=cast.bilal.citizenship(at),
        confederation_id=cast.comarca.pk,
        proposal=draft,
        valid_from=at,
        valid_until=at + DAY,
    )
    assert client.get(mandate.get_absolute_url()).status_code == 404
    client.force_login(cast.bilal)
    assert client.get(mandate.get_absolute_url()).status_code == 404
    client.force_login(cast.ana)
    assert client.get(mandate.get_absolute_url()).status_code == 200


# ---- drafting ----


def test_the_text_is_shown_first_and_offered_as_it_was_shown(client, cast, new):
    client.force_login(cast.ana)
    filled = sheet(cast)
    shown = client.post(new, filled)
    assert shown.status_code == 200
    assert "Buy flour" in shown.context["form"].shown.text
    assert not Mandate.objects.exists()

    seen = filled | {"step": "offer", "seen": shown.context["form"].digest}
    offered = client.post(new, seen)
    mandate = Mandate.objects.get()
    assert offered.status_code == 302
    assert offered.url == mandate.proposal.get_absolute_url()
    assert mandate.delegate == cast.bilal
    assert mandate.proposal.text == shown.context["form"].shown.text
    assert mandate.clauses.get().limit == Decimal(100)

    again = client.post(new, seen)
    assert again.url == offered.url
    assert Mandate.objects.count() == 1


def test_a_text_that_was_changed_since_it_was_shown_is_shown_again(client, cast, new):
    client.force_login(cast.ana)
    filled = sheet(cast)
    seen = client.post(new, filled).context["form"].digest
    changed = client.post(new, filled | {"step": "offer", "seen": seen, "clauses-0-limit": "900"})
    assert changed.status_code == 200
    assert "900 kg" in changed.context["form"].shown.text
    assert not Mandate.objects.exists()


def test_rows_of_clauses_come_and_go_without_javascript(client, cast, new):
    client.force_login(cast.ana)
    more = client.post(new, sheet(cast, step="add-clause"))
    assert more.status_code == 200
    assert len(more.context["clauses"]) == 2
    assert "Buy flour" in more.content.decode()
    assert "There is a problem" not in more.content.decode()
    two = {"clauses-TOTAL_FORMS": "2", "clauses-1-instruction": "Grind it"}
    fewer = client.post(new, sheet(cast, step="remove-clause-0", **two))
    assert len(fewer.context["clauses"]) == 1
    assert "Grind it" in fewer.content.decode()
    assert "Buy flour" not in fewer.content.decode()


def test_a_delegate_is_looked_for_among_the_citizens_of_the_assembly_alone(client, cast, new):
    client.force_login(cast.ana)
    found = client.post(new, sheet(cast, step="find", looked_for="bila")).context["form"]
    assert [label for _pk, label in found.fields["delegate"].choices] == ["Bilal"]
    nobody = client.post(new, sheet(cast, step="find", looked_for="Chen"))
    assert "No citizen of this assembly is called that." in nobody.content.decode()
    crafted = client.post(new, sheet(cast, looked_for="", delegate=str(cast.chen.pk)))
    assert crafted.status_code == 422


@pytest.mark.parametrize(
    ("typed", "article"),
    [
        ({"clauses-0-power": "build"}, 9),
        ({"valid_until": date(2199, 1, 1).isoformat()}, 9),
        ({"valid_until": date(2001, 1, 1).isoformat()}, 4),
    ],
)
def test_what_the_charter_does_not_allow_is_refused_beside_the_form(client, cast, new, typed, article):
    client.force_login(cast.ana)
    answer = client.post(new, sheet(cast, **typed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Article {article}" in page
    assert "Buy flour" in page
    assert not Mandate.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"clauses-0-limit": "NaN"},
        {"clauses-0-limit": "Infinity"},
        {"clauses-0-limit": "1e400"},
        {"clauses-0-limit": "-1"},
        {"clauses-0-limit": "0"},
        {"clauses-0-limit": "9" * 40},
        {"clauses-0-limit": "5", "clauses-0-unit": ""},
        {"clauses-0-limit": "", "clauses-0-unit": "kg"},
        {"clauses-0-policy": "999999999999999999999999"},
        {"clauses-0-policy": "x"},
        {"clauses-0-power": "rule"},
        {"clauses-0-place": "Atlantis"},
        {"clauses-0-place": "\x00"},
        {"clauses-0-instruction": "\x00"},
        {"clauses-0-instruction": " "},
        {"clauses-TOTAL_FORMS": "9999999"},
        {"clauses-TOTAL_FORMS": "x"},
        {"clauses-TOTAL_FORMS": "0"},
        {"valid_until": "9999-12-31"},
        {"valid_until": "0001-01-01"},
        {"valid_until": "tomorrow"},
        {"valid_from": ""},
        {"confederation": "\x00"},
        {"confederation": "nowhere"},
        {"delegate": "9" * 30, "looked_for": ""},
        {"delegate": "\x00"},
        {"looked_for": "\x00"},
        {"reasons": "x" * 6000},
        {"once": "not a number at all"},
    ],
)
def test_nonsense_is_answered_with_a_sentence(client, cast, new, typed):
    client.force_login(cast.ana)
    answer = client.post(new, sheet(cast, **typed))
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode() or 'class="wrong"' in answer.content.decode()
    assert not Mandate.objects.exists()


def test_only_citizens_of_the_assembly_draft_its_mandates(client, cast, new):
    assert client.get(new).url.startswith(reverse("account_login"))
    for outsider in (cast.chen, cast.stranger, cast.technician):
        client.force_login(outsider)
        refused = client.post(new, sheet(cast))
        assert refused.status_code == 403
        assert "Article 4" in refused.content.decode()
    client.force_login(cast.ana)
    assert client.get(new).status_code == 200


# ---- narrowing, withdrawing, laying down ----


def test_a_citizen_proposes_a_lower_limit_and_cannot_propose_a_higher_one(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    clause = mandate.clauses.get()
    address = reverse("narrowing-new", args=[mandate.pk])
    client.force_login(cast.ana)
    typed = {"step": "show", "reasons": "Less is enough.", f"limit_{clause.pk}": "40"}
    shown = client.post(address, typed)
    assert "40 kg" in shown.context["form"].shown.text
    client.post(address, typed | {"step": "offer", "seen": shown.context["form"].digest})
    carry(Narrowing.objects.get().proposal)
    assert Clause.objects.with_limit(now()).get().limit_now == Decimal(40)
    assert "narrowed from 100 kg" in client.get(mandate.get_absolute_url()).content.decode()

    wider = client.post(address, typed | {f"limit_{clause.pk}": "90"})
    assert wider.status_code == 422
    assert "Article 5" in wider.content.decode()
    for nonsense in ("NaN", "-3", "1e400", "\x00"):
        assert client.post(address, typed | {f"limit_{clause.pk}": nonsense}).status_code == 422


def test_a_mandate_is_withdrawn_by_its_own_assembly_alone(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    address = reverse("narrowing-new", args=[mandate.pk])
    client.force_login(cast.chen)
    assert client.get(address).status_code == 403
    client.force_login(cast.ana)
    typed = {"step": "show", "reasons": "Enough.", "withdraws": "on"}
    seen = client.post(address, typed).context["form"].digest
    client.post(address, typed | {"step": "offer", "seen": seen})
    carry(Narrowing.objects.get().proposal)
    assert not mandate.is_in_force(now())
    assert client.get(address).status_code == 409
    assert "Withdrawn" in client.get(mandate.get_absolute_url()).content.decode()


def test_laying_a_mandate_down_is_asked_once_more_and_done_once(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    address = reverse("resignation", args=[mandate.pk])
    client.force_login(cast.ana)
    assert client.post(address, {"reason": "He should."}).status_code == 403
    client.force_login(cast.bilal)
    assert "cannot be undone" in client.get(address).content.decode()
    assert mandate.is_in_force(now())
    typed = {"reason": "I am moving.", "once": str(uuid4())}
    assert client.post(address, typed).url == mandate.get_absolute_url()
    assert client.post(address, typed).url == mandate.get_absolute_url()
    assert Ending.objects.get().kind == "resigned"
    late = client.post(address, {"reason": "Again."})
    assert late.status_code == 409
    assert "Again." in late.content.decode()


def test_an_expired_mandate_says_so_though_no_worker_has_run(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    travel_to(mandate.valid_until + timedelta(minutes=1))
    assert not Ending.objects.exists()
    page = client.get(mandate.get_absolute_url()).content.decode()
    assert "Expired" in page
    assert "In force" not in page
