"""What only shows on connections truly signed in as the application, and when two of them meet.

Each connection here has that role's rights from the start and no other role behind it.
"""

from collections.abc import Callable

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from assemblies.clock import now
from assemblies.models import Decision, Proposal
from mandates.models import Mandate
from tests.cast import DAY, MINUTE, Cast, call, carry, citizen_of, clock, facilitator, person, recall_carried, travel_to
from tests.constitution.bench import PRIVILEGE, who_refused
from tests.constitution.test_article_19_no_superuser import TAMPERING

pytestmark = pytest.mark.django_db(transaction=True)

Connect = Callable[..., psycopg.Connection]
ISOLATIONS = ["REPEATABLE READ", "SERIALIZABLE"]


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    return committed_cast


def refusal(app: psycopg.Connection, statement: str, params=None) -> set[int | str]:
    """Who refused the statement."""
    with pytest.raises(psycopg.Error) as caught:
        app.execute(statement, params)
    app.rollback()
    return who_refused(caught.value)


def in_older_time(app: psycopg.Connection, isolation: str) -> None:
    """Begin a transaction that goes on seeing things as they are now."""
    app.execute(f"BEGIN ISOLATION LEVEL {isolation}")
    app.execute("SELECT count(*) FROM assemblies_ballot")


def test_the_application_cannot_touch_the_house_or_become_anyone_else(app_connection: psycopg.Connection):
    owner = connection.settings_dict["USER"]
    others = {
        "become the owner": f'SET ROLE "{owner}"',
        "sign in as the owner": f'SET SESSION AUTHORIZATION "{owner}"',
        "inherit from the owner": f'GRANT "{owner}" TO {settings.APP_ROLE}',
        "speak with the owner's rights": f'ALTER ROLE "{owner}" PASSWORD NULL',
    }
    for what, statement in (TAMPERING | others).items():
        assert PRIVILEGE in refusal(app_connection, statement), what
    assert app_connection.execute("SELECT current_user, session_user").fetchone() == (settings.APP_ROLE,) * 2
    for role in ("NONE", settings.APP_ROLE):
        app_connection.execute(f"SET ROLE {role}")
        assert app_connection.execute("SELECT current_user").fetchone() == (settings.APP_ROLE,)


def test_the_applications_role_is_nobody_special(app_connection: psycopg.Connection):
    special = app_connection.execute(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert special == (False,)
    assert app_connection.execute(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = current_user"
    ).fetchone() == (0,)
    owned = app_connection.execute(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user"
    ).fetchone()
    assert owned == (0,)


def test_it_sees_the_clock_that_the_owner_moved_and_cannot_move_it(cast: Cast, app_connection: psycopg.Connection):
    clock.travel(10 * DAY)
    (seen,) = app_connection.execute("SELECT civic_now()").fetchone()
    assert abs(seen - now()) < MINUTE
    assert PRIVILEGE in refusal(app_connection, "UPDATE assemblies_clock SET shift = interval '0'")
    assert PRIVILEGE in refusal(app_connection, "DELETE FROM assemblies_clock")


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_tally_cannot_be_taken_from_an_older_snapshot(cast: Cast, connect_as_app: Connect, isolation: str):
    """A transaction that began before the votes were cast would count none of them."""
    decision = call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    travel_to(decision.opens_at)
    decision.open()
    counter = connect_as_app(autocommit=True)
    in_older_time(counter, isolation)
    for voter in cast.neighbours(cast.abiego, 3):
        decision.cast(by=voter, choice="yes")
    clock.at(decision.closes_at)
    assert 19 in refusal(counter, "UPDATE assemblies_decision SET closed_at = now() WHERE id = %s", [decision.pk])
    decision.close()
    decision.refresh_from_db()
    assert (decision.yes, decision.outcome) == (3, "carried")


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_limit_cannot_be_overrun_from_an_older_snapshot(cast: Cast, connect_as_app: Connect, isolation: str):
    attachment = cast.task(cast.mandate(cast.abiego, cast.bilal)).attachments.get()
    late = connect_as_app(autocommit=True)
    log = (
        "INSERT INTO councils_action (task_id, attachment_id, by_id, what, quantity, unit, evidence)"
        " VALUES (%s, %s, %s, 'Bought flour', %s, 'kg', '')"
    )
    row = [attachment.task_id, attachment.pk, cast.bilal.pk]
    in_older_time(late, isolation)
    first = connect_as_app(autocommit=True)
    first.execute(log, [*row, 60])
    assert 19 in refusal(late, log, [*row, 60])
    assert 6 in refusal(late, log, [*row, 60])
    late.execute(log, [*row, 40])


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_recalled_delegate_cannot_act_in_an_older_snapshot(cast: Cast, connect_as_app: Connect, isolation: str):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    attachment = cast.task(mandate).attachments.get()
    late = connect_as_app(autocommit=True)
    log = (
        "INSERT INTO councils_action (task_id, attachment_id, by_id, what, quantity, unit, evidence)"
        " VALUES (%s, %s, %s, 'Bought flour', 10, 'kg', '')"
    )
    row = [attachment.task_id, attachment.pk, cast.bilal.pk]
    in_older_time(late, isolation)
    recall_carried(mandate)
    assert 19 in refusal(late, log, row)
    assert 8 in refusal(late, log, row)


def held(app: psycopg.Connection, statement: str, params=None) -> None:
    """Run it in a transaction that is kept open."""
    app.execute("BEGIN")
    app.execute("SET LOCAL lock_timeout = '200ms'")
    app.execute(statement, params)


def test_a_clause_held_in_an_open_transaction_cannot_outlast_the_offering(cast: Cast, connect_as_app: Connect):
    """Whoever is first holds the question: the clause comes before the offer, or not at all."""
    text = f"Bilal, {cast.comarca}: Buy flour; Hand it out; Bread"
    proposal = Proposal.objects.draft(cast.abiego, "A mandate", text, by=cast.ana, effect="question")
    mandate = Mandate.objects.create(
        assembly=cast.abiego,
        delegate=cast.bilal,
        citizenship=cast.bilal.citizenship(now()),
        confederation_id=cast.comarca.pk,
        proposal=proposal,
        valid_from=now(),
        valid_until=now() + 90 * DAY,
    )
    clause = (
        "INSERT INTO mandates_clause (mandate_id, number, policy_id, power, instruction, unit)"
        " VALUES (%s, %s, %s, 'inform', %s, '')"
    )
    offer = "UPDATE assemblies_proposal SET offered_at = now() WHERE id = %s"
    policy = cast.policy(cast.abiego).pk
    first, second = connect_as_app(autocommit=True), connect_as_app(autocommit=True)
    second.execute("SET lock_timeout = '200ms'")

    held(first, clause, [mandate.pk, 1, policy, "Buy flour"])
    assert "55P03" in refusal(second, offer, [proposal.pk])
    first.execute("COMMIT")

    held(first, offer, [proposal.pk])
    assert "55P03" in refusal(second, clause, [mandate.pk, 2, policy, "Hand it out"])
    first.execute("COMMIT")
    assert 5 in refusal(second, clause, [mandate.pk, 2, policy, "Hand it out"])
    assert mandate.clauses.count() == 1


def test_a_vote_on_its_way_in_is_waited_for_and_counted(cast: Cast, connect_as_app: Connect):
    decision = call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    travel_to(decision.opens_at)
    decision.open()
    voter, counter = connect_as_app(autocommit=True), connect_as_app(autocommit=True)
    vote = "INSERT INTO assemblies_ballot (decision_id, voter_id, choice) VALUES (%s, %s, 'yes')"
    held(voter, vote, [decision.pk, cast.ana.pk])
    clock.at(decision.closes_at)
    counter.execute("SET lock_timeout = '200ms'")
    close = "UPDATE assemblies_decision SET closed_at = now() WHERE id = %s RETURNING yes"
    assert "55P03" in refusal(counter, close, [decision.pk])
    voter.execute("COMMIT")
    assert 2 in refusal(voter, vote, [decision.pk, cast.bilal.pk])
    decision.close()
    assert Decision.objects.get(pk=decision.pk).yes == 1


def test_an_admission_on_its_way_in_is_waited_for_by_the_opening(cast: Cast, connect_as_app: Connect):
    decision = call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    admitting, opening = connect_as_app(autocommit=True), connect_as_app(autocommit=True)
    held(
        admitting,
        "INSERT INTO assemblies_citizenship (citizen_id, assembly_id, admitted_by_id, end_reason)"
        " VALUES (%s, %s, %s, '')",
        [cast.stranger.pk, cast.abiego.pk, facilitator(cast.abiego).pk],
    )
    clock.at(decision.opens_at + MINUTE)
    opening.execute("SET lock_timeout = '200ms'")
    open_ = "UPDATE assemblies_decision SET opened_at = now() WHERE id = %s RETURNING electorate"
    assert "55P03" in refusal(opening, open_, [decision.pk])
    admitting.execute("COMMIT")
    assert opening.execute(open_, [decision.pk]).fetchone() == (11,)
    assert decision.electors().count() == 11
    assert decision.electors().contains(cast.stranger)


def test_a_vote_cannot_be_called_on_what_is_being_withdrawn(cast: Cast, connect_as_app: Connect):
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    author, other = connect_as_app(autocommit=True), connect_as_app(autocommit=True)
    held(author, "UPDATE assemblies_proposal SET withdrawn_at = now() WHERE id = %s", [proposal.pk])
    other.execute("SET lock_timeout = '200ms'")
    at = now()
    called = (
        "INSERT INTO assemblies_decision (assembly_id, proposal_id, called_by_id, opens_at, closes_at)"
        " VALUES (%s, %s, %s, %s, %s)"
    )
    row = [cast.abiego.pk, proposal.pk, facilitator(cast.abiego).pk, at + 8 * DAY, at + 11 * DAY]
    assert "55P03" in refusal(other, called, row)
    author.execute("COMMIT")
    assert 1 in refusal(other, called, row)


def test_nobody_slips_into_an_assembly_as_it_is_founded(cast: Cast, connect_as_app: Connect):
    """Before the founding citizens enter without an office; who waits through it needs one."""
    founding, late = connect_as_app(autocommit=True), connect_as_app(autocommit=True)
    founding.execute("INSERT INTO assemblies_log (origin) VALUES ('assembly/ibieca')")
    (place,) = founding.execute(
        "INSERT INTO assemblies_assembly (name, slug, kind, time_zone, log_id)"
        " SELECT 'Ibieca', 'ibieca', 'village', 'UTC', id FROM assemblies_log WHERE origin = 'assembly/ibieca'"
        " RETURNING id"
    ).fetchone()
    found = "UPDATE assemblies_assembly SET founded_at = now() WHERE id = %s"
    enter = "INSERT INTO assemblies_citizenship (citizen_id, assembly_id, end_reason) VALUES (%s, %s, '')"
    assert 12 in refusal(founding, found, [place])
    for name in ("One", "Two", "Three"):
        founding.execute(enter, [person(name).pk, place])
    assert 12 in refusal(founding, found, [place])
    founding.execute(
        "INSERT INTO assemblies_standingorders (assembly_id, quorum_per_mille, quorum_number, majority,"
        " majority_for_orders, deliberation, notice, voting_period, admitting_office, office_term)"
        " SELECT %s, quorum_per_mille, quorum_number, majority, majority_for_orders, deliberation, notice,"
        " voting_period, admitting_office, office_term FROM assemblies_standingorders WHERE assembly_id = %s",
        [place, cast.abiego.pk],
    )
    held(founding, found, [place])
    late.execute("SET lock_timeout = '200ms'")
    assert "55P03" in refusal(late, enter, [cast.stranger.pk, place])
    founding.execute("COMMIT")
    assert 3 in refusal(late, enter, [cast.stranger.pk, place])


def test_two_questions_cannot_be_hung_on_one_proposal_at_once(cast: Cast, connect_as_app: Connect):
    standing = cast.mandate(cast.abiego, cast.ana)
    proposal = Proposal.objects.draft(
        cast.abiego, "A question", "Shall we?", by=citizen_of(cast.abiego), effect="question"
    )
    first, second = connect_as_app(autocommit=True), connect_as_app(autocommit=True)
    narrow = "INSERT INTO mandates_narrowing (mandate_id, proposal_id, withdraws) VALUES (%s, %s, true)"
    mandate = (
        "INSERT INTO mandates_mandate (assembly_id, delegate_id, citizenship_id, confederation_id, proposal_id,"
        " valid_from, valid_until) VALUES (%s, %s, %s, %s, %s, %s, %s)"
    )
    at = now()
    row = [
        cast.abiego.pk,
        cast.bilal.pk,
        cast.bilal.citizenship(at).pk,
        cast.comarca.pk,
        proposal.pk,
        at,
        at + 90 * DAY,
    ]
    second.execute("SET lock_timeout = '200ms'")
    held(first, narrow, [standing.pk, proposal.pk])
    assert "55P03" in refusal(second, mandate, row)
    first.execute("COMMIT")
    assert 4 in refusal(second, mandate, row)


def test_what_is_whole_at_the_commit_is_asked_at_the_commit(cast: Cast, app_connection: psycopg.Connection):
    """Checks put off to the end of a transaction are not forgotten there."""
    (decision,) = carry(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana), close=False)
    app_connection.execute("BEGIN")
    app_connection.execute("UPDATE assemblies_decision SET closed_at = now() WHERE id = %s", [decision.pk])
    assert 1 in refusal(app_connection, "COMMIT")
    assert Decision.objects.get(pk=decision.pk).closed_at is None
    assert decision.close()
