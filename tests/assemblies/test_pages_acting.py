"""What is done on the pages of floor 1: each act, its refusal beside it, and that sending twice is harmless."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import (
    Application,
    Ballot,
    Choice,
    Citizen,
    Citizenship,
    Decision,
    Entry,
    Option,
    Proposal,
    RollImport,
    admit,
    apply,
)
from assemblies.refusal import Refusal
from tests.cast import DAY, call, carry, finish, travel_to, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def home_of(cast, client):
    def enter(citizen):
        client.force_login(citizen)
        return client

    return enter


def text(response) -> str:
    return response.content.decode()


# ---- proposals ----

NEW = "/assemblies/abiego/proposals/new/"
WELL = {"title": "A well", "text": "A well is dug\r\nby the mill."}


def test_a_citizen_writes_a_draft_offers_it_and_takes_it_back(cast, home_of):
    home = home_of(cast.ana)
    draft = Proposal.objects.get(pk=home.post(NEW, WELL).url.split("/")[-2])
    assert draft.offered_at is None
    assert draft.text == "A well is dug\nby the mill."
    home.post(reverse("proposal-edit", args=[draft.pk]), WELL | {"title": "A deep well"})
    assert "Offer it to the assembly?" in text(home.get(reverse("proposal-offer", args=[draft.pk])))
    assert home.post(reverse("proposal-offer", args=[draft.pk])).url == draft.get_absolute_url()
    draft.refresh_from_db()
    assert (draft.title, draft.phase(now())) == ("A deep well", Proposal.Phase.WAITING)
    home.post(reverse("proposal-withdrawal", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.phase(now()) == Proposal.Phase.WITHDRAWN


def test_a_draft_sent_twice_is_one(cast, home_of):
    home = home_of(cast.ana)
    assert home.post(NEW, WELL).url == home.post(NEW, WELL).url


def test_a_draft_is_deleted_by_its_author_and_leaves_no_trace(cast, home_of):
    home = home_of(cast.ana)
    draft = Proposal.objects.get(pk=home.post(NEW, WELL).url.split("/")[-2])
    address, entries = reverse("proposal-removal", args=[draft.pk]), Entry.objects.count()
    assert address in text(home.get(draft.get_absolute_url()))
    assert "It cannot be brought back." in text(home.get(address))
    assert home_of(cast.bilal).post(address).status_code == 404
    with pytest.raises(Refusal):
        draft.discard(by=cast.bilal)
    assert home_of(cast.ana).post(address).url == cast.abiego.get_absolute_url()
    assert not Proposal.objects.filter(pk=draft.pk).exists()
    assert home.post(address).status_code == 404
    assert Entry.objects.count() == entries


def test_a_draft_with_options_is_deleted_with_them_and_one_that_something_rests_on_stays(cast, home_of):
    choice = Proposal.objects.draft_choice(
        cast.abiego, "Trees", "Which?", by=cast.ana, options=[Choice("Fig", ""), Choice("Olive", "")], method="irv"
    )
    assert home_of(cast.ana).post(reverse("proposal-removal", args=[choice.pk])).status_code == 302
    assert not Option.objects.filter(title="Fig").exists()
    mandate = cast.propose_mandate(cast.abiego, cast.bilal)
    home = home_of(mandate.proposal.author)
    refused = home.post(reverse("proposal-removal", args=[mandate.proposal_id]))
    assert refused.status_code == 409
    assert "What was offered stays on record" in text(refused)
    question = Proposal.objects.draft(cast.abiego, "A farm", "A farm is asked for.", by=cast.ana, effect="question")
    connection.cursor().execute(
        "INSERT INTO mandates_narrowing (mandate_id, proposal_id, withdraws) VALUES (%s, %s, true)",
        [cast.mandate(cast.abiego, cast.bilal).pk, question.pk],
    )
    resting = home_of(cast.ana).post(reverse("proposal-removal", args=[question.pk]))
    assert resting.status_code == 409
    assert "Something else rests on this draft" in text(resting)


def test_a_stranger_is_refused_by_article_1_and_loses_nothing_typed(cast, home_of):
    response = home_of(cast.chen).post(NEW, WELL)
    assert response.status_code == 403
    page = text(response)
    assert "Only citizens of Abiego lay proposals before it." in page
    assert '<a href="/articles/1/">Article 1</a>' in page
    assert "A well is dug" in page
    assert not Proposal.objects.filter(title="A well").exists()


def test_an_empty_proposal_is_sent_back(cast, home_of):
    response = home_of(cast.ana).post(NEW, {"title": "A well", "text": "  "})
    assert response.status_code == 422
    assert 'value="A well"' in text(response)


def test_what_was_offered_is_not_changed_offered_again_or_withdrawn_by_another(cast, home_of):
    proposal = cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    home = home_of(cast.ana)
    assert home.post(reverse("proposal-edit", args=[proposal.pk]), WELL).status_code == 403
    assert home.post(reverse("proposal-offer", args=[proposal.pk])).status_code == 409
    assert home_of(cast.bilal).post(reverse("proposal-withdrawal", args=[proposal.pk])).status_code == 403
    proposal.refresh_from_db()
    assert (proposal.text, proposal.withdrawn_at) == ("A well is dug.", None)


def test_an_amendment_starts_from_the_text_in_force(cast, home_of):
    policy = cast.policy(cast.abiego)
    address = f"{NEW}?effect=amendment&policy={policy.pk}"
    home = home_of(cast.ana)
    assert "The oven of Abiego is common to all." in text(home.get(address))
    assert "Bread" in text(home.get(f"{NEW}?effect=amendment"))
    made = home.post(address, {"title": "Bread", "text": "The oven is lit daily."})
    proposal = Proposal.objects.get(pk=made.url.split("/")[-2])
    assert (proposal.effect, proposal.policy) == ("amendment", policy)


def test_the_policy_of_another_assembly_is_not_there_to_be_changed(cast, home_of):
    foreign = cast.policy(cast.loarre)
    assert home_of(cast.ana).get(f"{NEW}?effect=repeal&policy={foreign.pk}").status_code == 404
    assert home_of(cast.ana).post(f"{NEW}?effect=repeal&policy={foreign.pk}", {"title": "No"}).status_code == 404


def orders(**other) -> dict:
    return {
        "title": "New standing orders",
        "quorum_per_cent": "33.3",
        "quorum_number": "4",
        "majority": "two-thirds",
        "majority_for_orders": "two-thirds",
        "deliberation_number": "36",
        "deliberation_unit": "hours",
        "notice_number": "1",
        "notice_unit": "days",
        "voting_period_number": "2",
        "voting_period_unit": "days",
        "admitting_office": "registrar",
        "office_term_number": "180",
        "office_term_unit": "days",
        **other,
    }


def test_new_standing_orders_are_read_over_before_they_are_offered(cast, home_of):
    home, address = home_of(cast.ana), f"{NEW}?effect=orders"
    assert 'value="20"' in text(home.get(address))
    page = text(home.post(address, orders()))
    assert "Quorum: 33.3 per cent of the roll, and at least 4 voters." in page
    assert not Proposal.objects.filter(effect="orders").exists()
    first, second = (home.post(address, orders(offer="1")).url for _ in range(2))
    assert first == second
    proposal = Proposal.objects.get(effect="orders")
    assert proposal.standing_orders.deliberation == timedelta(hours=36)
    assert proposal.standing_orders.quorum_per_mille == 333
    carry(proposal)
    assert cast.abiego.orders(now()).admitting_office == "registrar"


@pytest.mark.parametrize(
    "wrong",
    [
        {"deliberation_number": "0"},
        {"voting_period_unit": "fortnights"},
        {"quorum_per_cent": "101"},
        {"quorum_per_cent": "nan"},
        {"office_term_number": "9" * 30},
        {"office_term_number": "100000"},
        {"majority": "consensus"},
        {"admitting_office": "mayor"},
    ],
)
def test_standing_orders_out_of_bounds_are_sent_back(cast, home_of, wrong):
    response = home_of(cast.ana).post(f"{NEW}?effect=orders", orders(offer="1", **wrong))
    assert response.status_code == 422
    assert not Proposal.objects.filter(effect="orders").exists()


# ---- decisions ----


def typed(moment) -> str:
    """A moment as it is typed in Abiego."""
    return f"{moment.astimezone(ZoneInfo('Europe/Madrid')):%Y-%m-%dT%H:%M}"


def schedule(opens, closes) -> dict:
    return {"opens_at": typed(opens), "closes_at": typed(closes)}


def test_a_facilitator_calls_the_vote_on_the_clocks_of_the_assembly(cast, home_of):
    proposal = cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    address = reverse("decision-new", args=[proposal.pk])
    home = home_of(cast.facilitator(cast.abiego))
    assert "Put this to the vote?" in text(home.get(address))
    opens = (now() + timedelta(days=20)).replace(second=0, microsecond=0)
    assert home.post(address, schedule(opens, opens + 3 * DAY)).status_code == 302
    decision = Decision.objects.get(proposal=proposal)
    assert (decision.opens_at, decision.closes_at) == (opens, opens + 3 * DAY)
    assert home.post(address, schedule(opens, opens + 3 * DAY)).status_code == 409
    assert Decision.objects.filter(proposal=proposal).count() == 1


def test_what_the_form_offers_beforehand_is_accepted(cast, home_of):
    proposal = cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    address = reverse("decision-new", args=[proposal.pk])
    home = home_of(cast.facilitator(cast.abiego))
    form = home.get(address).context["form"]
    offered = {name: typed(form[name].value()) for name in form.fields}
    assert home.post(address, offered).status_code == 302


def test_nobody_else_calls_a_vote_and_no_vote_opens_too_early(cast, home_of):
    proposal = cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    address, at = reverse("decision-new", args=[proposal.pk]), now()
    fit = schedule(at + 20 * DAY, at + 23 * DAY)
    assert home_of(cast.ana).post(address, fit).status_code == 403
    assert home_of(cast.facilitator(cast.loarre)).post(address, fit).status_code == 403
    assert home_of(cast.technician).post(address, fit).status_code == 403
    home = home_of(cast.facilitator(cast.abiego))
    early = home.post(address, schedule(at + DAY, at + 9 * DAY))
    assert early.status_code == 422
    assert "Article 20" in text(early)
    assert home.post(address, schedule(at + 20 * DAY, at + 20 * DAY + timedelta(hours=1))).status_code == 409
    for wrong in ("", "soon", "9999-12-31T23:59", "0001-01-01T00:00", "2026-02-30T10:00", "\x00"):
        assert home.post(address, {"opens_at": wrong, "closes_at": wrong}).status_code == 422
    assert not Decision.objects.filter(proposal=proposal).exists()


@pytest.fixture
def decision(cast):
    called = call(cast.abiego.propose("A well", "A well is dug.", by=cast.ana))
    travel_to(called.opens_at)
    return called


def test_a_citizen_votes_and_changes_the_vote(cast, home_of, decision):
    home, address = home_of(cast.ana), reverse("ballot", args=[decision.pk])
    page = text(home.get(decision.get_absolute_url()))
    assert "checked" not in page.split('<fieldset class="choices">')[1].split("</fieldset>")[0]
    assert home.post(address, {"choice": "yes"}).url == decision.get_absolute_url()
    assert "You voted in favour." in text(home.get(decision.get_absolute_url()))
    home.post(address, {"choice": "no"})
    home.post(address, {"choice": "no"})
    assert [ballot.choice for ballot in Ballot.objects.filter(decision=decision)] == ["no"]
    finish(decision)
    page = text(home.get(decision.get_absolute_url()))
    assert "You voted against." in page
    closed = home.post(address, {"choice": "yes"})
    assert closed.status_code == 409
    assert "This vote is closed" in text(closed)


def test_htmx_gets_the_same_part_alone(cast, home_of, decision):
    home, address = home_of(cast.ana), reverse("ballot", args=[decision.pk])
    response = home.post(address, {"choice": "abstain"}, headers={"HX-Request": "true"})
    page = text(response)
    assert response.status_code == 200
    assert page.strip().startswith("<section")
    assert 'id="voting"' in page
    assert "You abstained." in page
    wrong = home.post(address, {"choice": "maybe"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert "Choose in favour, against, or abstain." in text(wrong)


def test_an_expired_session_is_sent_to_sign_in_and_back_to_the_decision(client, cast, decision):
    address = reverse("ballot", args=[decision.pk])
    assert client.post(address, {"choice": "yes"}).url == f"{reverse('account_login')}?next={address}"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{decision.get_absolute_url()}"}
    response = client.post(address, {"choice": "yes"}, headers=headers)
    assert response.headers["HX-Redirect"] == f"{reverse('account_login')}?next={decision.get_absolute_url()}"
    client.force_login(cast.ana)
    assert client.get(address).url == decision.get_absolute_url()


def test_those_of_elsewhere_are_refused_with_the_article(cast, home_of, decision):
    address = reverse("ballot", args=[decision.pk])
    for person in (cast.chen, cast.stranger, cast.technician):
        response = home_of(person).post(address, {"choice": "yes"})
        assert response.status_code == 403
        assert "/articles/3/" in text(response)
    assert not decision.ballots.exists()


@pytest.mark.parametrize("choice", ["", "maybe", "YES", "\x00", "x" * 5000])
def test_no_other_choice_is_taken(cast, home_of, decision, choice):
    assert home_of(cast.ana).post(reverse("ballot", args=[decision.pk]), {"choice": choice}).status_code == 422


def test_a_vote_in_what_was_never_called_is_not_found(cast, home_of):
    for number in (999_999, 10**17):
        assert home_of(cast.ana).post(reverse("ballot", args=[number]), {"choice": "yes"}).status_code == 404


def test_a_vote_that_is_due_is_opened_by_whoever_votes_first(cast, home_of):
    called = call(cast.abiego.propose("A mill", "A mill is built.", by=cast.ana))
    address = reverse("ballot", args=[called.pk])
    early = home_of(cast.ana).post(address, {"choice": "yes"})
    assert early.status_code == 409
    assert "This vote has not opened yet." in text(early)
    travel_to(called.opens_at)
    assert home_of(cast.ana).post(address, {"choice": "yes"}).status_code == 302
    called.refresh_from_db()
    assert called.opened_at is not None
    assert [ballot.choice for ballot in called.ballots.all()] == ["yes"]


def test_an_account_put_out_of_use_votes_no_more_though_its_session_stands(cast, home_of, decision):
    home, address = home_of(cast.ana), reverse("ballot", args=[decision.pk])
    assert home.post(address, {"choice": "yes"}).url == decision.get_absolute_url()
    cast.ana.put_out_of_use(by=cast.technician, reason="Her password was stolen.")
    assert home.post(address, {"choice": "no"}).url == f"{reverse('account_login')}?next={address}"
    assert [ballot.choice for ballot in decision.ballots.all()] == ["yes"]


# ---- the roll ----


def test_a_resident_applies_and_is_admitted(cast, home_of):
    address = "/assemblies/abiego/applications/new/"
    made = home_of(cast.stranger).post(address, {"statement": "By the mill"})
    assert home_of(cast.stranger).post(address, {"statement": "By the mill"}).status_code == 409
    home = home_of(cast.facilitator(cast.abiego))
    assert home.post(made.url, {"answer": "admit"}).status_code == 302
    assert cast.stranger.is_citizen_of(cast.abiego, now())
    assert home.post(made.url, {"answer": "admit"}).status_code == 409
    assert Citizenship.objects.filter(citizen=cast.stranger).count() == 1


def test_declining_needs_a_reason(cast, home_of):
    application = apply(cast.stranger, cast.abiego, "By the mill")
    home, address = home_of(cast.facilitator(cast.abiego)), reverse("application", args=[application.pk])
    assert home.post(address, {"answer": "decline", "reason": " "}).status_code == 422
    home.post(address, {"answer": "decline", "reason": "There is no mill here."})
    assert "There is no mill here." in text(home_of(cast.stranger).get(address))


def test_an_applicant_does_not_admit_themselves(cast, home_of):
    application = apply(cast.stranger, cast.abiego, "By the mill")
    response = home_of(cast.stranger).post(reverse("application", args=[application.pk]), {"answer": "admit"})
    assert response.status_code == 403
    assert Application.objects.get(pk=application.pk).answered_at is None


def test_to_move_is_to_leave(cast, home_of):
    application = apply(cast.chen, cast.abiego, "I moved in with Ana")
    home = home_of(cast.facilitator(cast.abiego))
    assert "Loarre" in text(home.get(reverse("application", args=[application.pk])))
    home.post(reverse("application", args=[application.pk]), {"answer": "admit"})
    assert cast.chen.citizenship(now()).assembly == cast.abiego


def test_a_citizen_gives_up_citizenship_and_the_office_ends_one(cast, home_of):
    ana, bilal = (Citizenship.objects.get(citizen=citizen) for citizen in (cast.ana, cast.bilal))
    own, other = (reverse("citizenship-ending", args=[one.pk]) for one in (ana, bilal))
    assert home_of(cast.ana).get(other).status_code == 404
    assert "Give up your citizenship" in text(home_of(cast.ana).get(own))
    assert home_of(cast.ana).post(own).status_code == 302
    assert home_of(cast.ana).post(own).status_code == 409
    home = home_of(cast.facilitator(cast.abiego))
    assert home.post(other).status_code == 422
    assert home.post(other, {"reason": "died"}).status_code == 302
    ana.refresh_from_db(), bilal.refresh_from_db()
    assert (ana.end_reason, bilal.end_reason) == ("left", "died")


def test_an_office_is_laid_down_by_its_holder_alone(cast, home_of):
    holder = cast.facilitator(cast.abiego)
    address = reverse("office-ending", args=[holder.offices.in_force(now()).get().pk])
    assert home_of(cast.ana).post(address).status_code == 404
    assert home_of(holder).post(address).status_code == 302
    assert not holder.offices.in_force(now()).exists()


# ---- rolls from files ----

LIST = "email,name\nnew@people.example,New One\nana@people.example,Ana\nnot an address,X\nchen@people.example,Chen\n"


def upload(home, content: bytes | str, name: str = "roll.csv"):
    data = content.encode() if isinstance(content, str) else content
    return home.post("/assemblies/abiego/imports/new/", {"file": SimpleUploadedFile(name, data)})


def test_a_roll_is_looked_at_then_entered_with_its_progress_shown(cast, home_of):
    home = home_of(cast.facilitator(cast.abiego))
    made = upload(home, LIST)
    page = text(home.get(made.url))
    assert "Already a citizen here." in page
    assert "This is not an e-mail address." in page
    assert not Citizen.objects.filter(email="new@people.example").exists()
    assert home.post(made.url).status_code == 302
    assert home.post(made.url).status_code == 409
    progress = text(home.get(f"{made.url}progress/", headers={"HX-Request": "true"}))
    assert "0 of 1 done." in progress
    assert 'hx-trigger="every 2s"' in progress
    assert not RollImport.objects.get().enter_some()
    assert "Entered" in text(home.get(made.url))
    assert Citizen.objects.get(email="new@people.example").is_citizen_of(cast.abiego, now())


def test_a_line_refused_midway_is_reported_and_does_not_hold_up_the_rest(cast, home_of):
    home = home_of(cast.facilitator(cast.abiego))
    made = upload(home, "email,name\none@people.example,One\ntwo@people.example,Two\nthree@people.example,Three\n")
    home.post(made.url)
    roll_import = RollImport.objects.get()
    moved = Citizen.objects.create_user("two@people.example", None, name="Two")
    admit(moved, cast.loarre, by=cast.facilitator(cast.loarre))
    assert not roll_import.enter_some()
    assert (roll_import.done, roll_import.count("refused"), roll_import.count("admit")) == (3, 1, 2)
    assert "A citizen of another assembly" in text(home.get(made.url))
    assert Citizen.objects.get(email="three@people.example").is_citizen_of(cast.abiego, now())
    assert moved.citizenship(now()).assembly == cast.loarre


def test_an_import_whose_keeper_lost_the_office_ends_and_enters_nobody(cast, home_of):
    keeper = cast.facilitator(cast.abiego)
    home = home_of(keeper)
    made = upload(home, "email,name\none@people.example,One\ntwo@people.example,Two\n")
    home.post(made.url)
    for office in keeper.offices.in_force(now()):
        office.lay_down(by=keeper)
    roll_import = RollImport.objects.get()
    assert not roll_import.enter_some(most=1) or not roll_import.enter_some()
    assert roll_import.finished_at is not None
    assert roll_import.count("refused") == 2
    assert not Citizen.objects.filter(
        email__in=["one@people.example", "two@people.example"], citizenships__isnull=False
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"name\nAna\n", "no column named email"),
        ("email,name\nn@p.example,Núria\n".encode("latin-1"), "not UTF-8"),
        (b"email,name\na@p.example,\x00\n", "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
        (b'email,name\n"a@p.example,' + b"x" * 200_000, "cannot be read"),
        (b"email,name\n" + b"a@p.example,A\n" * 20_001, "too long"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_roll_is_sent_back_with_the_reason(cast, home_of, content, said):
    response = upload(home_of(cast.facilitator(cast.abiego)), content)
    assert response.status_code == 422
    assert said in text(response)
    assert not RollImport.objects.exists()


def test_a_roll_saved_by_a_spreadsheet_is_read(cast, home_of):
    home = home_of(cast.facilitator(cast.abiego))
    for content in (
        "\ufeffName;E-mail\r\nNúria;nuria@p.example\r\n".encode(),
        "name,email\nNúria,nuria@p.example\n".encode("utf-16"),
    ):
        page = text(home.get(upload(home, content).url))
        assert "Núria" in page
        assert "To be entered" in page


def test_imports_are_for_the_office_that_keeps_the_roll(cast, home_of):
    made = upload(home_of(cast.facilitator(cast.abiego)), LIST)
    for person in (cast.ana, cast.facilitator(cast.loarre), cast.technician):
        home = home_of(person)
        assert upload(home, LIST).status_code == 404
        assert home.get(made.url).status_code == 404
        assert home.post(made.url).status_code == 404
        assert home.get("/assemblies/abiego/imports/").status_code == 404


# ---- the town hall ----


def test_a_person_keeps_a_name_and_a_time_zone(cast, home_of):
    home = home_of(cast.ana)
    home.post("/account/me/", {"name": "Ana Buil"})
    assert Citizen.objects.get(pk=cast.ana.pk).name == "Ana Buil"
    assert home.post("/account/me/", {"name": ""}).status_code == 422
    home.post("/account/me/", {"zone": "Asia/Tokyo"})
    assert home.session["time_zone"] == "Asia/Tokyo"
    assert home.post("/account/me/", {"zone": "Mars/Olympus"}).status_code == 422
    home.post("/account/me/", {"zone": ""})
    assert home.get("/account/me/").status_code == 200
    assert home.session["time_zone"] == "Europe/Madrid"


def test_appearance_is_a_cookie_and_leads_nowhere_else(client, cast):
    response = client.post("/appearance/", {"appearance": "dark", "next": "/policies/"})
    assert response.url == "/policies/"
    assert response.cookies["appearance"].value == "dark"
    assert 'data-theme="dark"' in text(client.get("/policies/"))
    assert client.post("/appearance/", {"appearance": "auto", "next": "//evil.example/"}).url == "/"
    assert client.post("/appearance/", {"appearance": "pink"}).status_code == 400
    assert client.get("/appearance/").status_code == 405


def test_the_outbox_is_there_in_a_demo_alone(client, cast, settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path
    assert client.get("/outbox/").status_code == 404
    settings.DEMO = True
    assert "No letter is found" in text(client.get("/outbox/"))
    letter = tmp_path / "20260101T000000000000-abcd1234.eml"
    letter.write_text("From: a@a.example\nTo: ana@people.example\nSubject: Vote\n\nCome.\n")
    assert "Vote" in text(client.get("/outbox/", {"q": "ANA@"}))
    assert "No letter is found" in text(client.get("/outbox/", {"q": "bilal"}))
    assert "Come." in text(client.get(f"/outbox/{letter.name}/"))
    for name in ("..%2f..%2fetc%2fpasswd", ".x.eml", "%00.eml", "nothing.eml"):
        assert client.get(f"/outbox/{name}/").status_code == 404
    settings.DEMO = False
    assert client.get(f"/outbox/{letter.name}/").status_code == 404


def test_the_health_page_is_for_the_technician(client, cast, home_of):
    assert client.get("/technician/health/").status_code == 302
    assert home_of(cast.ana).get("/technician/health/").status_code == 404
    assert "How the installation is" in text(home_of(cast.technician).get("/technician/health/"))


def test_the_vote_of_the_first_page_is_the_readers_own(cast, home_of):
    decision = call(cast.abiego.propose("A well", "A well is dug.", by=cast.ana))
    travel_to(decision.opens_at)
    vote(decision, yes=1)
    assert "Your vote is asked in" in text(home_of(cast.ana).get("/"))
    assert "You are on no roll yet." in text(home_of(cast.stranger).get("/"))
