"""Article 3: the electorate of a decision is the citizenships in force when it opens, and it is frozen there."""

from datetime import timedelta

from assemblies.clock import now
from assemblies.models import Application, Citizen, Citizenship, Decision, Office, RollImport, Rules, admit, apply
from assemblies.tasks import enter_rolls
from tests.cast import DAY, MINUTE, Cast, admitted, call, carry, clock, facilitator, finish, person, travel_to, vote
from tests.constitution.bench import (
    Attempt,
    Staged,
    goes_through,
    insert,
    kept,
    nothing,
    refused,
    sql,
    tried,
    twisted,
)


def water(cast: Cast):
    return cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)


# ---- calling a decision ----


def a_call(cast: Cast) -> Staged:
    at = now()
    return {
        "assembly_id": cast.abiego.pk,
        "proposal_id": water(cast).pk,
        "called_by_id": facilitator(cast.abiego).pk,
        "opens_at": at + 7 * DAY + MINUTE,
        "closes_at": at + 9 * DAY + MINUTE,
    }


def write_a_call(row: Staged) -> None:
    insert("assemblies_decision", row)


def expired_office(cast: Cast, row: Staged) -> Staged:
    office = Office.objects.get(citizen=row["called_by_id"], valid_until__gt=now())
    office.lay_down(by=office.citizen)
    return {}


CALLS = twisted(
    a_call,
    write_a_call,
    call_a_vote_in_another_assembly_on_our_text=(
        1,
        lambda cast, row: {"assembly_id": cast.loarre.pk, "called_by_id": facilitator(cast.loarre).pk},
    ),
    call_a_vote_as_a_citizen_without_the_office=(1, lambda cast, row: {"called_by_id": cast.ana.pk}),
    call_a_vote_as_a_facilitator_of_another_assembly=(
        1,
        lambda cast, row: {"called_by_id": facilitator(cast.loarre).pk},
    ),
    call_a_vote_as_nobody=(1, lambda cast, row: {"called_by_id": None}),
    call_a_vote_as_a_technician=(1, lambda cast, row: {"called_by_id": cast.technician.pk}),
    call_a_vote_after_laying_the_office_down=(1, expired_office),
    open_before_the_deliberation_is_over=(20, lambda cast, row: {"opens_at": row["opens_at"] - 2 * MINUTE}),
    open_before_the_notice_is_over=(
        20,
        lambda cast, row: (clock.travel(30 * DAY), {"opens_at": now() + DAY, "closes_at": now() + 9 * DAY})[1],
    ),
    open_in_the_past=(20, lambda cast, row: {"opens_at": now() - DAY}),
    close_before_the_voting_period_is_over=(20, lambda cast, row: {"closes_at": row["closes_at"] - 2 * MINUTE}),
    put_a_vote_off_for_a_year=(
        20,
        lambda cast, row: {"opens_at": now() + 365 * DAY, "closes_at": now() + 370 * DAY},
    ),
    draw_a_vote_out_for_a_year=(20, lambda cast, row: {"closes_at": now() + 365 * DAY}),
    close_before_opening=(20, lambda cast, row: {"closes_at": row["opens_at"] - DAY}),
    write_a_decision_that_has_opened=(
        3,
        lambda cast, row: {
            "opened_at": now(),
            "threshold": "simple",
            "quorum_per_mille": 0,
            "quorum_number": 0,
            "electorate": 1,
        },
    ),
    write_a_decision_that_has_closed=(
        3,
        lambda cast, row: {
            "opened_at": now(),
            "threshold": "simple",
            "quorum_per_mille": 0,
            "quorum_number": 0,
            "electorate": 1,
            "closed_at": now(),
            "yes": 1,
            "no": 0,
            "abstain": 0,
            "outcome": "carried",
        },
    ),
    write_rules_of_ones_own_for_a_decision=(
        "decision_opened_whole",
        lambda cast, row: {"threshold": "simple", "quorum_per_mille": 0, "quorum_number": 0, "electorate": 3},
    ),
    write_an_outcome_beforehand=("decision_closed_whole", lambda cast, row: {"outcome": "carried", "yes": 9}),
)

# ---- opening one ----


def an_opening(cast: Cast) -> Staged:
    decision = call(water(cast))
    travel_to(decision.opens_at)
    return {
        "id": decision.pk,
        "number": decision.pk,
        "opened_at": now(),
        "opens_at": decision.opens_at,
        "closes_at": decision.closes_at,
        "assembly_id": cast.abiego.pk,
        "proposal_id": decision.proposal_id,
        "called_by_id": decision.called_by_id,
        "called_at": decision.called_at,
        "closed_at": None,
    }


def write_an_opening(row: Staged) -> None:
    sql(
        "UPDATE assemblies_decision SET id = %(number)s, opened_at = %(opened_at)s, opens_at = %(opens_at)s,"
        " closes_at = %(closes_at)s, assembly_id = %(assembly_id)s, proposal_id = %(proposal_id)s,"
        " called_by_id = %(called_by_id)s, called_at = %(called_at)s, closed_at = %(closed_at)s WHERE id = %(id)s",
        row,
    )


OPENINGS = twisted(
    an_opening,
    write_an_opening,
    move_the_opening=(3, lambda cast, row: {"opens_at": row["opens_at"] - DAY}),
    move_the_close=(3, lambda cast, row: {"closes_at": row["closes_at"] - DAY}),
    move_the_close_away=(3, lambda cast, row: {"closes_at": row["closes_at"] + 30 * DAY}),
    carry_a_decision_to_another_assembly=(3, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    put_another_text_under_a_decision=(3, lambda cast, row: {"proposal_id": water(cast).pk}),
    say_that_another_called_it=(3, lambda cast, row: {"called_by_id": cast.ana.pk}),
    say_that_it_was_called_earlier=(3, lambda cast, row: {"called_at": row["called_at"] - DAY}),
    give_a_decision_another_number=(3, lambda cast, row: {"number": 10**6}),
    open_and_close_in_one_breath=(3, lambda cast, row: {"closed_at": now()}),
)


def an_open_one(cast: Cast) -> Staged:
    row = an_opening(cast)
    write_an_opening(row)
    vote(Decision.objects.get(pk=row["id"]))
    clock.at(row["closes_at"])
    (rules,) = sql(
        "SELECT opened_at, threshold, quorum_per_mille, quorum_number, electorate"
        " FROM assemblies_decision WHERE id = %(id)s",
        row,
    )
    names = ("opened_at", "threshold", "quorum_per_mille", "quorum_number", "electorate")
    return {"id": row["id"]} | dict(zip(names, rules, strict=True))


def close_under(row: Staged) -> None:
    sql(
        "UPDATE assemblies_decision SET closed_at = civic_now(), opened_at = %(opened_at)s,"
        " threshold = %(threshold)s, quorum_per_mille = %(quorum_per_mille)s, quorum_number = %(quorum_number)s,"
        " electorate = %(electorate)s WHERE id = %(id)s",
        row,
    )
    if row["threshold"] == "simple":
        version = (
            "INSERT INTO assemblies_policyversion (policy_id, number, decision_id, text, repeals, in_force_from)"
            " SELECT y.id, 1, d.id, p.text, false, d.closes_at FROM assemblies_decision d"
            " JOIN assemblies_proposal p ON p.id = d.proposal_id JOIN assemblies_policy y ON y.adopted_by_id = d.id"
            " WHERE d.id = %(id)s"
        )
        policy = (
            "INSERT INTO assemblies_policy (assembly_id, title, adopted_by_id) SELECT d.assembly_id, p.title, d.id"
            " FROM assemblies_decision d JOIN assemblies_proposal p ON p.id = d.proposal_id WHERE d.id = %(id)s"
        )
        sql(policy, row)
        sql(version, row)


FROZEN = twisted(
    an_open_one,
    close_under,
    raise_the_majority_after_the_opening=(3, lambda cast, row: {"threshold": "absolute-of-roll"}),
    raise_the_quorum_after_the_opening=(3, lambda cast, row: {"quorum_per_mille": 1000}),
    raise_the_number_after_the_opening=(3, lambda cast, row: {"quorum_number": 10}),
    grow_the_electorate_after_the_opening=(3, lambda cast, row: {"electorate": 1000}),
    take_the_opening_back=(3, lambda cast, row: {"opened_at": None}),
)

EARLY = [
    Attempt(
        "open before the opening",
        3,
        lambda cast: {"decision": call(water(cast))},
        lambda cast, s: sql("UPDATE assemblies_decision SET opened_at = now() WHERE id = %s", [s["decision"].pk]),
        lambda cast, s: (travel_to(s["decision"].opens_at), s["decision"].open()),
    ),
    Attempt(
        "stuff the box beyond the roll",
        3,
        an_opening,
        lambda cast, row: stuff(cast, row, [cast.chen, cast.dolores, *cast.neighbours(cast.loarre, 6)]),
        lambda cast, row: stuff(cast, row, []),
    ),
]


def stuff(cast: Cast, row: Staged, more: list[Citizen]) -> None:
    """All of the roll, then whoever else, then the close."""
    write_an_opening(row)
    for voter in [*cast.abiego.citizens(row["opens_at"]), *more]:
        insert("assemblies_ballot", {"decision_id": row["id"], "voter_id": voter.pk, "choice": "no"})
    clock.at(row["closes_at"])
    sql("UPDATE assemblies_decision SET closed_at = now() WHERE id = %(id)s", row)


# ---- who votes ----


def a_ballot(cast: Cast) -> Staged:
    row = an_opening(cast)
    write_an_opening(row)
    return {"decision_id": row["id"], "voter_id": cast.ana.pk, "choice": "yes"}


def ended_before(cast: Cast, row: Staged) -> Staged:
    """Ana leaves before another decision opens: she may vote in the one that is open, not in that."""
    other = call(cast.abiego.propose("Land", "The land is common.", by=cast.bilal))
    cast.ana.citizenship(now()).end(by=cast.ana, reason="left")
    travel_to(other.opens_at)
    other.open()
    return {"decision_id": other.pk}


VOTERS = twisted(
    a_ballot,
    lambda row: insert("assemblies_ballot", row),
    vote_as_a_citizen_of_another_assembly=(3, lambda cast, row: {"voter_id": cast.chen.pk}),
    vote_as_a_stranger=(3, lambda cast, row: {"voter_id": cast.stranger.pk}),
    vote_as_a_technician=(3, lambda cast, row: {"voter_id": cast.technician.pk}),
    vote_as_one_admitted_after_the_opening=(
        3,
        lambda cast, row: {"voter_id": admitted(cast.stranger, cast.abiego).pk},
    ),
    vote_as_one_who_left_before_the_opening=(3, ended_before),
    vote_before_the_opening=(3, lambda cast, row: {"decision_id": call(water(cast)).pk}),
)

# ---- the roll ----


def an_admission(cast: Cast) -> Staged:
    return {
        "citizen_id": cast.stranger.pk,
        "assembly_id": cast.abiego.pk,
        "valid_from": now(),
        "valid_until": None,
        "admitted_by_id": facilitator(cast.abiego).pk,
        "end_reason": "",
    }


ADMISSIONS = twisted(
    an_admission,
    lambda row: insert("assemblies_citizenship", row),
    backdate_an_admission_by_a_day=(3, lambda cast, row: {"valid_from": row["valid_from"] - DAY}),
    backdate_an_admission_by_a_year=(3, lambda cast, row: {"valid_from": row["valid_from"] - 365 * DAY}),
    admit_oneself=(3, lambda cast, row: {"admitted_by_id": cast.stranger.pk}),
    admit_without_the_office=(3, lambda cast, row: {"admitted_by_id": cast.ana.pk}),
    admit_with_the_office_of_another_assembly=(3, lambda cast, row: {"admitted_by_id": facilitator(cast.loarre).pk}),
    admit_as_a_technician=(3, lambda cast, row: {"admitted_by_id": cast.technician.pk}),
    admit_as_nobody=(3, lambda cast, row: {"admitted_by_id": None}),
    admit_for_a_day_that_is_over=(3, lambda cast, row: {"valid_until": now() + DAY, "end_reason": "left"}),
)


def an_expulsion(cast: Cast) -> Staged:
    return {"id": cast.ana.citizenship(now()).pk, "ended_by_id": facilitator(cast.abiego).pk, "reason": "died"}


def write_an_expulsion(row: Staged) -> None:
    sql(
        "UPDATE assemblies_citizenship SET valid_until = civic_now(), end_reason = %(reason)s,"
        " ended_by_id = %(ended_by_id)s WHERE id = %(id)s",
        row,
    )


EXPULSIONS = twisted(
    an_expulsion,
    write_an_expulsion,
    strike_a_neighbour_off_the_roll=(3, lambda cast, row: {"ended_by_id": cast.bilal.pk}),
    strike_a_citizen_off_the_roll_of_another_assembly=(
        3,
        lambda cast, row: {"ended_by_id": facilitator(cast.loarre).pk},
    ),
    strike_a_citizen_off_as_a_technician=(3, lambda cast, row: {"ended_by_id": cast.technician.pk}),
    strike_a_citizen_off_as_nobody=(3, lambda cast, row: {"ended_by_id": None}),
)


def applied(cast: Cast) -> Application:
    return apply(cast.stranger, cast.abiego, "I live by the mill.")


def an_answer(cast: Cast) -> Staged:
    application = applied(cast)
    return {
        "id": application.pk,
        "number": application.pk,
        "citizen_id": cast.stranger.pk,
        "assembly_id": cast.abiego.pk,
        "statement": "I live by the mill.",
        "applied_at": application.applied_at,
        "answered_at": now(),
        "answered_by_id": facilitator(cast.abiego).pk,
        "admitted": True,
        "reason": "",
    }


def write_an_answer(row: Staged) -> None:
    sql(
        "UPDATE assemblies_application SET id = %(number)s, citizen_id = %(citizen_id)s,"
        " assembly_id = %(assembly_id)s, statement = %(statement)s, applied_at = %(applied_at)s,"
        " answered_at = %(answered_at)s, answered_by_id = %(answered_by_id)s, admitted = %(admitted)s,"
        " reason = %(reason)s WHERE id = %(id)s",
        row,
    )


ANSWERS = twisted(
    an_answer,
    write_an_answer,
    answer_ones_own_application=(3, lambda cast, row: {"answered_by_id": cast.stranger.pk}),
    answer_without_the_office=(3, lambda cast, row: {"answered_by_id": cast.ana.pk}),
    answer_as_a_technician=(3, lambda cast, row: {"answered_by_id": cast.technician.pk}),
    answer_twice=(3, lambda cast, row: (write_an_answer(row), {"admitted": False})[1]),
    put_another_in_the_applicants_place=(3, lambda cast, row: {"citizen_id": cast.technician.pk}),
    carry_an_application_to_another_assembly=(3, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    rewrite_what_the_applicant_wrote=(3, lambda cast, row: {"statement": "I own the mill."}),
    backdate_an_application=(3, lambda cast, row: {"applied_at": row["applied_at"] - DAY}),
    answer_without_saying_what=("application_answered_whole", lambda cast, row: {"admitted": None}),
)


def an_application(cast: Cast) -> Staged:
    return {
        "citizen_id": cast.stranger.pk,
        "assembly_id": cast.abiego.pk,
        "statement": "I live by the mill.",
        "reason": "",
    }


APPLICATIONS = twisted(
    an_application,
    lambda row: insert("assemblies_application", row),
    make_an_application_that_is_answered=(
        3,
        lambda cast, row: {"answered_at": now(), "answered_by_id": facilitator(cast.abiego).pk, "admitted": True},
    ),
    make_an_application_while_another_waits=(
        "application_one_waiting",
        lambda cast, row: (insert("assemblies_application", row), {})[1],
    ),
)

# ---- by the objects ----

ACTS = [
    Attempt(
        "admit without the office",
        3,
        nothing,
        lambda cast, s: admit(cast.stranger, cast.abiego, by=cast.ana),
        lambda cast, s: admit(cast.stranger, cast.abiego, by=facilitator(cast.abiego)),
    ),
    Attempt(
        "admit with power over the server",
        3,
        nothing,
        lambda cast, s: admit(cast.stranger, cast.abiego, by=cast.technician),
        lambda cast, s: admit(cast.stranger, cast.abiego, by=facilitator(cast.abiego)),
    ),
    Attempt(
        "end a neighbour's citizenship",
        3,
        nothing,
        lambda cast, s: cast.ana.citizenship(now()).end(by=cast.bilal, reason="left"),
        lambda cast, s: cast.ana.citizenship(now()).end(by=cast.ana, reason="left"),
    ),
    Attempt(
        "decline without a reason",
        3,
        nothing,
        lambda cast, s: apply(cast.stranger, cast.abiego, "By the mill.").decline(
            by=facilitator(cast.abiego), reason=" "
        ),
        lambda cast, s: apply(cast.stranger, cast.abiego, "By the mill.").decline(
            by=facilitator(cast.abiego), reason="You live in Ibieca."
        ),
    ),
    Attempt(
        "look at a roll without the office",
        3,
        nothing,
        lambda cast, s: RollImport.look_at(cast.abiego, "email,name\nx@y.example,X\n", by=cast.ana),
        lambda cast, s: RollImport.look_at(cast.abiego, "email,name\nx@y.example,X\n", by=facilitator(cast.abiego)),
    ),
]

# ---- a roll brought in ----


def a_roll(cast: Cast) -> Staged:
    brought = RollImport.look_at(
        cast.abiego, "email,name\nnew@people.example,New\nold@people.example,Old\n", by=facilitator(cast.abiego)
    )
    ((report,),) = sql("SELECT report::text FROM assemblies_rollimport WHERE id = %s", [brought.pk])
    return {
        "id": brought.pk,
        "report": report,
        "by_id": brought.by_id,
        "assembly_id": cast.abiego.pk,
        "confirmed_at": now(),
    }


def confirm(row: Staged) -> None:
    sql(
        "UPDATE assemblies_rollimport SET report = %(report)s, by_id = %(by_id)s, assembly_id = %(assembly_id)s,"
        " confirmed_at = %(confirmed_at)s WHERE id = %(id)s",
        row,
    )


ROLLS = twisted(
    a_roll,
    confirm,
    slip_a_name_into_a_roll=(3, lambda cast, row: {"report": row["report"].replace("New", "Newer")}),
    slip_an_address_into_a_roll=(3, lambda cast, row: {"report": row["report"].replace("new@", "newer@")}),
    say_that_another_brought_the_roll_in=(3, lambda cast, row: {"by_id": cast.ana.pk}),
    carry_a_roll_to_another_assembly=(3, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    confirm_a_roll_again=(3, lambda cast, row: (confirm(row), {"confirmed_at": now() + DAY})[1]),
)

ATTEMPTS = [
    *CALLS,
    *OPENINGS,
    *FROZEN,
    *EARLY,
    *VOTERS,
    *ADMISSIONS,
    *EXPULSIONS,
    *ANSWERS,
    *APPLICATIONS,
    *ROLLS,
    *ACTS,
    *kept("assemblies_application", 3, an_answer, updates=True),
    *kept("assemblies_rollimport", 3, a_roll, updates=True),
]

test_attempt = tried(ATTEMPTS)


def test_who_was_a_citizen_at_the_opening_votes_though_they_have_left_since(cast: Cast):
    decision = call(water(cast))
    travel_to(decision.opens_at)
    decision.open()
    cast.ana.citizenship(now()).end(by=cast.ana, reason="left")
    decision.cast(by=cast.ana, choice="yes")
    decision.refresh_from_db()
    assert decision.electorate == decision.electors().count() == 10


def test_who_comes_after_the_opening_is_not_counted_however_late_it_is_noted(cast: Cast):
    decision = call(water(cast))
    clock.at(decision.opens_at + MINUTE)
    admitted(cast.stranger, cast.abiego)
    cast.bilal.citizenship(now()).end(by=cast.bilal, reason="left")
    decision.open()
    assert decision.electorate == 10
    assert decision.electors().contains(cast.bilal)
    assert not decision.electors().contains(cast.stranger)


def test_the_rules_are_those_in_force_at_the_opening(cast: Cast):
    decision = call(water(cast), closes_at=now() + 30 * DAY)
    travel_to(decision.opens_at)
    decision.open()
    before = (decision.threshold, decision.quorum_per_mille)
    orders = cast.abiego.orders(now())
    rules = {
        f.name: getattr(orders, f.name) for f in orders._meta.fields if f.name not in ("id", "assembly", "proposal")
    }

    stricter = cast.abiego.propose_orders(
        Rules(**rules | {"majority": "absolute-of-roll", "quorum_per_mille": 900}), by=cast.ana
    )
    carry(stricter)
    assert cast.abiego.orders(now()).majority == "absolute-of-roll"
    vote(decision, 3, 1)
    finish(decision)
    assert (decision.threshold, decision.quorum_per_mille) == before
    assert decision.carried
    later = call(cast.abiego.propose("Land", "The land is common.", by=cast.ana))
    travel_to(later.opens_at)
    later.open()
    assert (later.threshold, later.quorum_per_mille) == ("absolute-of-roll", 900)


def test_a_session_cannot_shorten_the_deliberation_with_a_time_zone_of_its_own(cast: Cast):
    """In a zone whose clocks jump a day forward at the right moment, seven days pass in six."""
    row = a_call(cast)
    jump = (now() + 3 * DAY).timetuple().tm_yday - 1
    with refused(20):
        sql(f"SET LOCAL TimeZone = 'AAA0BBB-24,{jump}/0,{(jump + 100) % 365}/0'")
        write_a_call(row | {"opens_at": row["opens_at"] - timedelta(hours=20)})
    with goes_through():
        write_a_call(row)


def test_a_forged_application_makes_nobody_a_citizen(cast: Cast):
    row = an_answer(cast)
    write_an_answer(row)
    assert Application.objects.get(pk=row["id"]).admitted
    assert not cast.stranger.is_citizen_of(cast.abiego, now())


def test_a_worker_handed_a_forged_roll_enters_nobody(cast: Cast):
    """The rows claim to be confirmed, by somebody without the office: each line is admitted by that somebody."""
    for by, expected in ((cast.ana, 0), (facilitator(cast.abiego), 1)):
        forged = RollImport.objects.create(
            assembly=cast.abiego,
            by=by,
            report=[
                {"line": 2, "email": f"forged{by.pk}@people.example", "name": "Forged", "verdict": "admit", "why": ""}
            ],
            confirmed_at=now(),
        )
        enter_rolls()
        assert Citizenship.objects.filter(citizen__email=f"forged{by.pk}@people.example").count() == expected
        assert forged.pk


def test_an_assembly_is_founded_once_and_then_admits_by_its_office(cast: Cast):
    Assembly = type(cast.abiego)  # noqa: N806
    ibieca = Assembly.objects.found("Ibieca", founders=[person(name) for name in ("One", "Two", "Three")])
    row = {"citizen_id": cast.stranger.pk, "assembly_id": ibieca.pk, "admitted_by_id": None, "end_reason": ""}
    with refused(3):
        insert("assemblies_citizenship", row)
    with refused(12):
        sql("UPDATE assemblies_assembly SET founded_at = NULL WHERE id = %s", [ibieca.pk])
    with goes_through():
        insert("assemblies_citizenship", row | {"admitted_by_id": facilitator(ibieca).pk})


def test_nothing_about_work_property_or_rank_stands_in_the_person():
    known = {"id", "password", "last_login", "is_superuser", "email", "name", "is_active", "is_staff", "joined_at"}
    assert {field.name for field in Citizen._meta.concrete_fields} == known
