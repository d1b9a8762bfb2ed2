"""`manage.py demo` on a part of the region: what stands afterwards, and that it is done once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.models import Q
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import (
    Application,
    Assembly,
    Ballot,
    Citizen,
    Citizenship,
    Count,
    Decision,
    Entry,
    Letter,
    Office,
    PolicyVersion,
    Proposal,
    StandingOrders,
    Study,
)
from assemblies.record.sequencer import sequencer
from assemblies.refusal import Refusal
from assemblies.sweeps import REGISTRY
from commons.models import Allotment, Need, Plan, Receipt
from confederation.demo import signins
from confederation.demo.clock import MovedClock
from confederation.demo.territory import AYERBE, LOARRE, PLAINS, RIGLOS, comarcas, municipalities, rows
from councils.models import Action, Council, Task
from councils.models.task import used
from mandates.models import Accession, Clause, Confederation, Election, Mandate, Recall

SOME = 24  # municipalities: seconds instead of a minute
THREE = (LOARRE, AYERBE, RIGLOS)


def load(most: int = SOME) -> str:
    out = StringIO()
    call_command("demo", municipalities=most, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The demo, loaded once for this module inside a transaction that is undone after it."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr("django.conf.settings.DEMO", True)
        outer = transaction.atomic()
        outer.__enter__()
        try:
            yield load()
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture
def demo(loaded, db) -> str:
    return loaded


def assembly(code: str) -> Assembly:
    return Assembly.objects.get(code=code)


# ---- the place ----


def test_every_municipality_of_the_region_is_there_with_its_neighbours_and_its_shape():
    assert len(municipalities()) == 731
    assert len(comarcas()) == 33
    codes = {place.code for place in municipalities()}
    assert all(row["ine_a"] in codes and row["ine_b"] in codes for row in rows("neighbours.csv"))


def test_the_three_villages_share_borders_and_a_comarca():
    pairs = {frozenset(row.values()) for row in rows("neighbours.csv")}
    assert all(frozenset(pair) in pairs for pair in ((LOARRE, AYERBE), (AYERBE, RIGLOS), (LOARRE, RIGLOS)))
    assert len({place.comarca for place in municipalities() if place.code in THREE}) == 1


def test_each_municipality_has_an_assembly_of_at_least_three_founded_a_year_ago(demo):
    assert Assembly.objects.founded().count() == SOME
    year_ago = now() - timedelta(days=365)
    assert all(a.citizens(now()).count() >= 3 and a.founded_at < year_ago for a in Assembly.objects.all())
    assert all(assembly(code).citizens(now()).count() >= 150 for code in THREE)
    assert assembly(RIGLOS).name == "Las Peñas de Riglos"


def test_every_assembly_joined_by_its_own_decision(demo):
    at = now()
    for town in Assembly.objects.all():
        accession = Accession.objects.in_force(at).get(assembly=town)
        assert accession.proposal.decision.carried
    assert Confederation.objects.get(slug="aragon").territory(at).count() == SOME


def test_the_wider_council_has_fewer_powers_and_shorter_terms(demo):
    wide = Confederation.objects.get(slug="aragon")
    for part in wide.parts.all():
        assert set(wide.charter.powers) < set(part.charter.powers)
        assert wide.charter.longest_term <= part.charter.longest_term


# ---- how it was made ----


def test_the_clock_is_as_it_was_and_nothing_is_dated_after_today(demo):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM assemblies_clock")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "confederation_app"
    assert not Entry.objects.filter(Q(at__gt=now()) | Q(recorded_at__gt=now())).exists()


def test_each_log_was_written_in_the_order_in_which_things_happened(demo):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (PARTITION BY log_id ORDER BY id) AS back"
            " FROM assemblies_entry) e WHERE back"
        )
        assert cursor.fetchone() == (0,)


def test_nothing_is_left_that_a_commit_would_refuse(demo):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_while_it_is_told_acts_have_the_rights_of_the_application_alone(db):
    with MovedClock() as clock:
        clock.begin(now() - timedelta(days=3))
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE assemblies_clock SET shift = '0'")


def test_nothing_waits_for_the_worker_but_the_record(demo):
    at = now()
    waiting = {name: sweep.due(at).count() for name, sweep in REGISTRY.items() if sweep is not sequencer}
    assert not any(waiting.values()), waiting


def test_no_letter_waits_to_be_sent_and_citizens_of_the_three_find_recent_ones(demo):
    assert not Letter.objects.filter(sent_at=None).exists()
    ana = Citizen.objects.get(email=signins.CITIZEN)
    assert ana.letters.exists()
    assert all(letter.written_at <= letter.sent_at for letter in ana.letters.all())


def test_everyone_is_invented_and_nobody_else_can_sign_in(demo):
    assert not Citizen.objects.exclude(email__endswith=".example").exists()
    able = {citizen.email for citizen in Citizen.objects.all() if citizen.has_usable_password()}
    assert able == {email for _role, email, _password in signins.SIGNINS}


# ---- the year ----


def test_decisions_ended_in_every_way_they_can(demo):
    outcomes = set(Decision.objects.filter(assembly__code__in=THREE).values_list("outcome", flat=True))
    assert outcomes == {*Decision.Outcome.values, None}


def test_what_missed_its_quorum_was_called_again_and_carried(demo):
    for code in (LOARRE, RIGLOS):
        again = Proposal.objects.filter(assembly__code=code, decisions__outcome="quorum_missed").get()
        assert [d.outcome for d in again.decisions.order_by("pk")] == ["quorum_missed", "carried"]


def test_policies_were_amended_and_repealed_and_orders_changed(demo):
    assert PolicyVersion.objects.filter(number=2, repeals=False).exists()
    assert PolicyVersion.objects.filter(repeals=True).exists()
    ayerbe = assembly(AYERBE)
    assert StandingOrders.objects.filter(assembly=ayerbe).count() == 2
    assert ayerbe.orders(now()).admitting_office == "registrar"


def test_one_text_was_adopted_by_several_assemblies_as_it_stands(demo):
    adopted = PolicyVersion.objects.filter(policy__title="A fire-break along the Sierra")
    assert adopted.count() >= 4
    assert adopted.values("text").distinct().count() == 1


def test_votes_are_open_in_each_of_the_three_with_and_without_quorum(demo):
    at = now()
    reached = set()
    for code in THREE:
        decision = Decision.objects.open(at).exclude(proposal__effect="question").get(assembly__code=code)
        assert decision.quorum is not None
        reached.add(decision.turnout() * 1000 >= decision.quorum_per_mille * decision.electorate)
        assert decision.turnout() > 0
    assert reached == {True, False}


def test_more_is_coming_a_vote_in_two_days_proposals_and_drafts(demo):
    at = now()
    coming = Decision.objects.coming(at).filter(assembly__code=LOARRE).get()
    assert timedelta(days=1) < coming.opens_at - at < timedelta(days=3)
    for code in THREE:
        assert Proposal.objects.waiting().filter(assembly__code=code, effect="policy").exists()
        assert Proposal.objects.filter(assembly__code=code, offered_at=None).exists()
    assert Proposal.objects.filter(withdrawn_at__isnull=False).exists()


def test_one_proposal_is_studied_and_a_circle_of_six_has_met_over_it(demo):
    study = Study.objects.get()
    assert study.proposal in Proposal.objects.waiting()
    assert len(study.said()) == 7
    (circle,) = study.circles.with_people()
    assert (circle.people, circle.next > now()) == (6, True)
    assert not circle.notes.get().is_of_few


def test_people_came_moved_and_were_declined(demo):
    loarre = assembly(LOARRE)
    assert set(Application.objects.filter(assembly=loarre).values_list("admitted", flat=True)) == {True, False, None}
    moved = Citizenship.objects.get(end_reason="moved")
    assert moved.citizen.citizenship(now()).assembly == loarre


def test_offices_were_drawn_again_when_their_term_ended(demo):
    for code in THREE:
        terms = Office.objects.filter(assembly__code=code, kind="facilitator")
        assert terms.filter(valid_until__lte=now()).exists()
        assert terms.in_force(now()).count() == 2


def test_mandates_end_in_every_way_and_one_expires_tomorrow(demo):
    at = now()
    kinds = set(Mandate.objects.exclude(ending=None).values_list("ending__kind", flat=True))
    assert {"expired", "recalled", "resigned"} <= kinds
    tomorrow = Mandate.objects.in_force(at).filter(valid_until__lt=at + timedelta(days=1))
    assert tomorrow.count() == 1
    wide = Council.objects.get(slug="aragon")
    assert len(wide.seats(at)) >= 2


def test_recalls_lapsed_carried_are_voted_on_and_gather_signatures(demo):
    at = now()
    phases = {recall.phase(at): recall for recall in Recall.objects.all()}
    assert set(phases) == {"lapsed", "carried", "voting", "gathering"}
    assert phases["gathering"].statements.exists()
    assert phases["gathering"].needed - phases["gathering"].signatures.count() == 2
    assert phases["voting"].decision.turnout() > 0


def test_tasks_rest_on_the_clauses_of_several_and_some_have_stopped(demo):
    at = now()
    assert max(task.attachments.count() for task in Task.objects.all()) >= 5
    stopped = [task for task in Task.objects.all() if not task.is_standing(at)]
    assert {str(why) for task in stopped for _a, why in task.stopped(at)[1]} >= {"expired", "resigned", "recalled"}


def test_twenty_actions_and_more_stay_within_their_limits_and_one_limit_is_nearly_used(demo):
    assert Action.objects.filter(quantity__isnull=False).count() >= 20
    at = now()
    shares = [used(clause) / clause.limit_at(at) for clause in Clause.objects.filter(limit__isnull=False)]
    assert max(shares) <= 1
    assert sum(share > Decimal("0.9") for share in shares) >= 2
    narrowed = Clause.objects.filter(narrowings__isnull=False).get()
    assert used(narrowed) <= narrowed.limit_at(at) < narrowed.limit


# ---- who signs in ----


def guest(email: str) -> Citizen:
    assert EmailAddress.objects.get(email=email).verified
    citizen = authenticate(username=email, password=signins.PASSWORD)
    assert isinstance(citizen, Citizen)
    return citizen


def test_each_of_them_signs_in_on_the_sign_in_page(demo, client):
    for _role, email, password in signins.SIGNINS:
        answer = client.post(reverse("account_login"), {"login": email, "password": password})
        assert (answer.status_code, answer["location"]) == (302, reverse("home"))
        assert client.session["_auth_user_id"] == str(Citizen.objects.get(email=email).pk)
        client.logout()


def test_the_citizen_can_vote_in_the_open_decision(demo):
    ana = guest(signins.CITIZEN)
    decision = Decision.objects.open(now()).exclude(proposal__effect="question").get(assembly__code=LOARRE)
    assert decision.ballot_of(ana) is None
    decision.cast(by=ana, choice=Ballot.Choice.YES)
    assert Proposal.objects.filter(author=ana, offered_at=None).exists()


def test_the_citizen_can_stand_in_one_election_and_rank_in_another(demo):
    ana, at = guest(signins.CITIZEN), now()
    phases = {election.phase(at): election for election in Election.objects.all()}
    assert set(phases) == {"standing", "voting", "elected"}
    phases["standing"].stand(by=ana, statement="I live by the road.")
    ranking, question = phases["voting"].poll.decisions
    assert ranking.ballot_of(ana) is None
    ranking.cast(by=ana, ranking=[2, 1])
    question.cast(by=ana, choice=Ballot.Choice.YES)


def test_an_election_was_counted_stage_by_stage_and_its_delegates_are_in_force(demo):
    election = next(one for one in Election.objects.all() if one.phase(now()) == "elected")
    assert len(election.poll.count.result["stages"]) >= 3
    assert len(election.poll.standby()) == 3
    assert Mandate.objects.in_force(now()).filter(candidacy__election=election).count() == 2


def test_works_were_chosen_by_approval(demo):
    count = Count.objects.get(rule="approval")
    assert len(count.elected) == 3
    assert count.again().as_dict() == count.result


def test_one_vote_was_taken_by_every_channel_and_two_tellers_agreed_after_a_correction(demo):
    decision = Decision.objects.get(proposal__title="A warm hall on three afternoons")
    assert {channel: found["voters"] for channel, found in decision.channels.items()} == {
        "device": 74,
        "paper": 15,
        "hands": 29,
    }
    assert decision.hand_counts.exclude(reason="").exists()
    assert decision.carried


def test_two_citizens_of_the_same_assembly_put_the_recall_to_the_vote(demo):
    recall = next(r for r in Recall.objects.all() if r.phase(now()) == "gathering")
    recall.sign(by=guest(signins.CITIZEN))
    assert recall.decision is None
    recall.sign(by=guest(signins.NEIGHBOUR))
    assert recall.decision is not None


def test_the_delegate_logs_an_action_and_is_refused_beyond_the_limit(demo):
    marta, at = guest(signins.DELEGATE), now()
    wood = Task.objects.get(title="Dry oak for the winter").attachments.get(clause__mandate__delegate=marta)
    assert {task.is_standing(at) for task in Task.objects.filter(attachments__clause__mandate__delegate=marta)} == {
        True
    }
    with pytest.raises(Refusal) as refusal:
        wood.log_action(by=marta, what="One lorry more.", quantity=Decimal(9))
    assert refusal.value.article == 6
    wood.log_action(by=marta, what="The last cart.", quantity=Decimal(2))


def test_the_facilitator_holds_the_office_and_is_none_of_the_others(demo):
    facilitator = guest(signins.FACILITATOR)
    assert facilitator.holds("facilitator", assembly(LOARRE), now())
    for email in (signins.CITIZEN, signins.NEIGHBOUR, signins.DELEGATE):
        assert not guest(email).holds("facilitator", assembly(LOARRE), now())


def test_the_technician_is_a_citizen_of_nowhere(demo):
    technician = guest(signins.TECHNICIAN)
    assert technician.is_superuser
    assert technician.is_staff
    assert technician.citizenship(now()) is None


# ---- once ----


def test_loading_again_changes_nothing(demo, settings):
    settings.DEMO = True
    before = Entry.objects.count(), Citizen.objects.count()
    assert "there already" in load()
    assert before == (Entry.objects.count(), Citizen.objects.count())


def test_it_says_how_far_it_has_come_line_by_line(demo):
    assert f"{SOME} assemblies founded" in demo
    assert "\r" not in demo


def test_a_season_of_wheat_is_planned_for_the_comarca_and_for_the_whole_region(demo):
    at = now()
    council = {plan.pk: plan.task.council for plan in Plan.objects.standing(at).select_related("task__council")}
    assert {one.slug for one in council.values()} == {"hoya-de-huesca", "aragon"}
    (whole,) = (pk for pk, one in council.items() if one.slug == "aragon")
    allotments = list(Allotment.objects.counting(at).filter(plan=whole).related())
    assert {one.giver.code for one in allotments} <= set(PLAINS)
    assert {one.receiver.code for one in allotments}.isdisjoint(PLAINS)
    assert Receipt.objects.filter(delivery__allotment__plan=whole).exists()
    for need in Need.objects.standing(at).filter(good__name="wheat").select_related("assembly"):
        assert need.essential == 35 * need.assembly.population
