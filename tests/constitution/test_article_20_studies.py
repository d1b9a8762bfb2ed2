"""Article 20: citizens write what a study says, and it is kept; without the minimum of the orders no vote is called."""

from typing import Any

import pytest

from assemblies.clock import now
from assemblies.models import Circle, Proposal, Rules, Study, Subject
from assemblies.refusal import Refusal
from tests.cast import DAY, Cast, admitted, call, carry, clock, facilitator, person, travel_to
from tests.constitution.bench import Attempt, Staged, as_owner, insert, kept, sql, tried, twisted


def written(cast: Cast, text: str = "Whether a well is dug.") -> Study:
    proposal = cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    return Study.objects.write(Subject.of(proposal), part="asked", text=text, by=cast.ana).study


def a_part(cast: Cast) -> Staged:
    return {"study_id": written(cast).pk, "part": "known", "text": "It is dry.", "by_id": cast.ana.pk, "at": now()}


def a_study(cast: Cast) -> Staged:
    proposal = cast.abiego.propose("A pond", "A pond is dug.", by=cast.ana)
    return {
        "assembly_id": cast.abiego.pk,
        "proposal_id": proposal.pk,
        "policy_id": None,
        "office": "",
        "begun_by_id": cast.ana.pk,
        "begun_at": now(),
    }


def an_office(cast: Cast) -> Staged:
    Study.objects.write(Subject(cast.abiego, office="teller"), part="asked", text="Who counts?", by=cast.ana)
    return a_study(cast) | {"proposal_id": None, "office": "teller"}


def draft(cast: Cast) -> Proposal:
    return Proposal.objects.draft(cast.abiego, "A mill", "A mill.", by=cast.ana, effect="policy")


def opened(cast: Cast) -> Study:
    study = written(cast)
    decision = call(study.proposal)
    travel_to(decision.opens_at)
    return study


def circle(cast: Cast, people: int = 1) -> Circle:
    found = Circle.objects.call(written(cast), by=cast.ana, place="The school", begins_at=now() + DAY)
    for neighbour in cast.neighbours(cast.abiego, people - 1):
        found.join(by=neighbour)
    return found


def a_member(cast: Cast) -> Staged:
    return {"circle_id": circle(cast).pk, "citizen_id": cast.bilal.pk, "joined_at": now(), "left_at": None}


def a_meeting(cast: Cast) -> Staged:
    begins = now() + DAY
    return {"circle_id": circle(cast).pk, "by_id": cast.ana.pk, "place": "The mill", "begins_at": begins, "at": now()}


def a_note(cast: Cast) -> Staged:
    return {"circle_id": circle(cast).pk, "by_id": cast.ana.pk, "text": "We found water.", "people": 1, "at": now()}


def a_circle(cast: Cast) -> Staged:
    return {"study_id": written(cast).pk, "called_by_id": cast.ana.pk, "called_at": now()}


def row(table: str):
    return lambda values: insert(table, values)


def left(cast: Cast) -> Staged:
    found = circle(cast)
    found.leave(by=cast.ana)
    return {"pk": found.members.get().pk, "other": circle(cast).members.get().pk}


def full(cast: Cast) -> Staged:
    """Twelve are in it, and a thirteenth stands at the door."""
    found = circle(cast)
    newcomers = [admitted(person(f"Newcomer {number}"), cast.abiego) for number in range(12)]
    for citizen in newcomers[:11]:
        found.join(by=citizen)
    assert found.members.standing().count() == 12
    return {"circle": found, "thirteenth": newcomers[11], "other": circle(cast)}


def joins(found: Circle, citizen: Any) -> None:
    insert(
        "assemblies_circlemember",
        {"circle_id": found.pk, "citizen_id": citizen.pk, "joined_at": now(), "left_at": None},
    )


ASKED = Rules(study=("asked", "against"))


def strict(cast: Cast) -> Staged:
    """Abiego asks for two parts of a study before any vote."""
    carry(cast.abiego.propose_orders(ASKED, by=cast.ana))
    half = written(cast).proposal
    whole = written(cast)
    Study.objects.write(whole.subject, part="against", text="It costs a spring.", by=cast.bilal)
    clock.travel(9 * DAY)
    return {"half": half, "whole": whole.proposal}


def called_in_sql(cast: Cast, proposal: Proposal) -> None:
    opens = now() + 3 * DAY
    insert(
        "assemblies_decision",
        {
            "assembly_id": cast.abiego.pk,
            "proposal_id": proposal.pk,
            "method": "yes-no",
            "seats": 1,
            "secret": False,
            "called_by_id": facilitator(cast.abiego).pk,
            "called_at": now(),
            "opens_at": opens,
            "closes_at": opens + 3 * DAY,
        },
    )


ATTEMPTS = [
    *kept("assemblies_study", 20, written),
    *kept("assemblies_studypart", 20, written, "text"),
    *kept("assemblies_circle", 20, circle),
    *kept("assemblies_circlemember", 20, circle, updates=True),
    *kept("assemblies_circlemeeting", 20, circle, "place"),
    *kept("assemblies_circlenote", 20, lambda cast: circle(cast).note(by=cast.ana, text="Water."), "text"),
    *twisted(
        a_study,
        row("assemblies_study"),
        begin_a_study_of_another_assembly=(20, lambda cast, s: {"begun_by_id": cast.chen.pk}),
        study_the_draft_of_somebody=(20, lambda cast, s: {"proposal_id": draft(cast).pk}),
        study_a_proposal_of_another_assembly=(
            20,
            lambda cast, s: {"proposal_id": cast.loarre.propose("X", "Y", by=cast.chen).pk},
        ),
        study_a_policy_of_another_assembly=(
            20,
            lambda cast, s: {"proposal_id": None, "policy_id": cast.policy(cast.loarre).pk},
        ),
        study_two_things_at_once=("study_of_one_thing", lambda cast, s: {"policy_id": cast.policy(cast.abiego).pk}),
        study_nothing=("study_of_one_thing", lambda cast, s: {"proposal_id": None}),
        study_an_office_that_is_none=(
            "study_of_one_thing",
            lambda cast, s: {"proposal_id": None, "office": "mayor"},
        ),
    ),
    *twisted(
        a_part,
        row("assemblies_studypart"),
        write_in_the_study_of_another_assembly=(20, lambda cast, s: {"by_id": cast.chen.pk}),
        write_while_it_is_voted_on=(20, lambda cast, s: {"study_id": opened(cast).pk}),
        write_nothing=("study_part_has_words", lambda cast, s: {"text": " \n\t "}),
        write_a_ninth_part=("study_part_known", lambda cast, s: {"part": "verdict"}),
    ),
    *twisted(
        a_circle,
        row("assemblies_circle"),
        call_a_circle_in_another_assembly=(20, lambda cast, s: {"called_by_id": cast.chen.pk}),
    ),
    *twisted(
        a_member,
        row("assemblies_circlemember"),
        join_a_circle_of_another_assembly=(20, lambda cast, s: {"citizen_id": cast.chen.pk}),
        join_twice=("circle_one_place_a_citizen", lambda cast, s: {"citizen_id": cast.ana.pk}),
        join_as_one_who_has_left=(20, lambda cast, s: {"left_at": now()}),
    ),
    *twisted(
        a_meeting,
        row("assemblies_circlemeeting"),
        name_a_meeting_of_a_circle_of_others=(20, lambda cast, s: {"by_id": cast.bilal.pk}),
        name_a_meeting_that_is_over=(20, lambda cast, s: {"begins_at": now() - DAY}),
        meet_nowhere=("circle_meets_somewhere", lambda cast, s: {"place": ""}),
    ),
    *twisted(
        a_note,
        row("assemblies_circlenote"),
        say_what_others_found=(20, lambda cast, s: {"by_id": cast.bilal.pk}),
        bring_back_nothing=("circle_note_has_words", lambda cast, s: {"text": "  "}),
    ),
    Attempt(
        "join a circle of twelve",
        20,
        full,
        lambda cast, s: joins(s["circle"], s["thirteenth"]),
        lambda cast, s: joins(s["other"], s["thirteenth"]),
    ),
    Attempt(
        "join a circle of twelve by its act",
        20,
        full,
        lambda cast, s: s["circle"].join(by=s["thirteenth"]),
        lambda cast, s: s["other"].join(by=s["thirteenth"]),
    ),
    Attempt(
        "come back into a circle by taking one's leave back",
        20,
        left,
        lambda cast, s: sql("UPDATE assemblies_circlemember SET left_at = NULL WHERE id = %(pk)s", s),
        lambda cast, s: sql("UPDATE assemblies_circlemember SET left_at = now() WHERE id = %(other)s", s),
    ),
    Attempt(
        "put somebody else into a circle in one's place, by a slip of the owner",
        20,
        left,
        lambda cast, s: as_owner(
            "UPDATE assemblies_circlemember SET citizen_id = %(someone)s WHERE id = %(other)s",
            s | {"someone": cast.bilal.pk},
        ),
        lambda cast, s: as_owner("UPDATE assemblies_circlemember SET left_at = now() WHERE id = %(other)s", s),
    ),
    Attempt(
        "begin a second study of one office",
        "study_one_an_office",
        an_office,
        lambda cast, s: insert("assemblies_study", s),
        lambda cast, s: insert("assemblies_study", s | {"office": "minute-taker"}),
    ),
    Attempt(
        "call a vote without the minimum of its study",
        20,
        strict,
        lambda cast, s: call(s["half"]),
        lambda cast, s: call(s["whole"]),
    ),
    Attempt(
        "call a vote without the minimum of its study in SQL",
        20,
        strict,
        lambda cast, s: called_in_sql(cast, s["half"]),
        lambda cast, s: called_in_sql(cast, s["whole"]),
    ),
    Attempt(
        "ask in standing orders for a part that no study has",
        "orders_study",
        lambda cast: {},
        lambda cast, s: cast.abiego.propose_orders(Rules(study=("verdict",)), by=cast.ana),
        lambda cast, s: cast.abiego.propose_orders(Rules(study=("asked",)), by=cast.ana),
    ),
]

test_attempt = tried(ATTEMPTS)


def test_a_recall_is_never_held_up_by_what_nobody_wrote(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    carry(cast.abiego.propose_orders(ASKED, by=cast.ana))
    recall = mandate.open_recall(by=cast.ana, grounds="The flour never came.")
    for neighbour in cast.neighbours(cast.abiego, 6):
        if recall.decision is None:
            recall.sign(by=neighbour)
    assert recall.decision is not None


def test_by_default_nothing_is_asked(cast: Cast):
    assert cast.abiego.orders(now()).study == []
    assert call(cast.abiego.propose("A well", "A well is dug.", by=cast.ana)).pk


def test_the_sentence_says_what_is_missing(cast: Cast):
    staged = strict(cast)
    with pytest.raises(Refusal) as caught:
        call(staged["half"])
    assert "the strongest case against it" in str(caught.value)
    assert "what is asked" not in str(caught.value)
