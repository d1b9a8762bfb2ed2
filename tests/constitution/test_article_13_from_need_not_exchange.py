"""Article 13: no price, debt, credit or balance; need is the measure; what is essential at home comes first; giving
stays within a mandate."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

from django.apps import apps
from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Proposal
from commons.models import Allotment, Need, Plan, Receipt, StatementImport, Surplus, send
from commons.tasks import plans
from councils.models import Council
from mandates.models import Mandate
from tests.cast import DAY, Cast, carry, citizen_of, recall_carried, travel_to
from tests.commons import market
from tests.constitution.bench import (
    Attempt,
    Staged,
    everything_holds,
    insert,
    kept,
    refused,
    sql,
    tried_together,
    twisted,
)


def fresh(cast: Cast, assembly=None, text: str = "Shall we?", effect: str = "question") -> Proposal:
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "A question", text, by=citizen_of(assembly), effect=effect)


def offer(question: int) -> None:
    found = Proposal.objects.get(pk=question)
    found.offer(by=found.author)


def on(key: str, **other):
    return lambda cast, row: {
        key: row[key] | {name: value(cast, row) if callable(value) else value for name, value in other.items()}
    }


# ---- what is said ----


def sayings(cast: Cast) -> Staged:
    """Ana may speak for barley and sheep at Abiego's farm; nothing has been said yet."""
    stewardship = market.steward(cast, market.farm(cast), goods=[market.barley(cast), market.sheep(cast)])
    text = "Abiego needs 400 kg of barley; 300 kg of it is essential. Bread."
    said = {
        "assembly_id": cast.abiego.pk,
        "good_id": market.barley(cast).pk,
        "quantity": Decimal(400),
        "begins": market.today(),
        "ends": market.today() + market.SEASON,
        "reason": "Bread",
        "proposal_id": None,
        "stewardship_id": stewardship.pk,
        "by_id": cast.ana.pk,
    }
    asked = {"stewardship_id": None, "by_id": None, "proposal_id": fresh(cast, text=text).pk}
    return {
        "stewardship": stewardship,
        "need": said | {"essential": Decimal(300)},
        "surplus": said,
        "asked": said | asked | {"essential": Decimal(300)},
        "asked_surplus": said | asked,
    }


def need(row: Staged) -> None:
    insert("commons_need", row["need"])


def surplus(row: Staged) -> None:
    insert("commons_surplus", row["surplus"])


def ask(row: Staged) -> None:
    insert("commons_need", row["asked"])
    offer(row["asked"]["proposal_id"])


def of_loarre(cast: Cast, row: Staged) -> int:
    return fresh(cast, cast.loarre, "Abiego needs 400 kg of barley; 300 kg. Bread.").pk


def silent(cast: Cast, row: Staged) -> int:
    return fresh(cast, text="Something about nothing.").pk


def decided(cast: Cast, row: Staged) -> Staged:
    """The assembly has said it itself."""
    market.needed(cast, cast.abiego, 100)
    market.to_give(cast, cast.abiego, 100)
    return {}


def discharged(cast: Cast, row: Staged) -> Staged:
    carry(row["stewardship"].propose_discharge(by=cast.bilal, reasons="No.").proposal, close=False)
    return {}


SAID = [
    *twisted(
        sayings,
        need,
        say_a_need_as_a_neighbour=(13, on("need", by_id=lambda c, r: c.bilal.pk)),
        say_a_need_as_a_technician=(13, on("need", by_id=lambda c, r: c.technician.pk)),
        say_a_need_for_another_assembly=(13, on("need", assembly_id=lambda c, r: c.loarre.pk)),
        say_a_need_of_a_good_outside_the_remit=(13, on("need", good_id=lambda c, r: market.hours(c).pk)),
        say_a_need_after_a_discharge_that_nobody_noted=(13, discharged),
        say_a_need_over_the_assemblys_own=(13, decided),
        need_half_a_sheep=(13, on("need", good_id=lambda c, r: market.sheep(c).pk, quantity=Decimal("3.5"))),
        need_half_an_essential_sheep=(
            13,
            on("need", good_id=lambda c, r: market.sheep(c).pk, quantity=Decimal(3), essential=Decimal("0.5")),
        ),
        need_it_until_before_it_begins=("need_time", on("need", ends=lambda c, r: r["need"]["begins"])),
        need_less_than_nothing=("need_essential_within", on("need", quantity=Decimal(-5), essential=Decimal(-5))),
        need_more_than_is_needed=("need_essential_within", on("need", essential=Decimal(500))),
        say_what_is_essential_without_a_reason=("need_essential_says_why", on("need", reason="")),
        say_a_need_both_ways=("need_one_way", on("need", proposal_id=lambda c, r: r["asked"]["proposal_id"])),
    ),
    *twisted(
        sayings,
        surplus,
        offer_what_is_anothers=(13, on("surplus", assembly_id=lambda c, r: c.loarre.pk)),
        offer_as_a_neighbour=(13, on("surplus", by_id=lambda c, r: c.bilal.pk)),
        offer_over_the_assemblys_own_word=(13, decided),
        offer_half_a_sheep=(13, on("surplus", good_id=lambda c, r: market.sheep(c).pk, quantity=Decimal("0.5"))),
        offer_it_until_before_it_begins=("surplus_time", on("surplus", ends=lambda c, r: r["surplus"]["begins"])),
        offer_less_than_nothing=("surplus_quantity", on("surplus", quantity=Decimal(-5))),
        offer_both_ways=("surplus_one_way", on("surplus", proposal_id=lambda c, r: r["asked"]["proposal_id"])),
    ),
    *twisted(
        sayings,
        ask,
        say_a_need_by_the_question_of_another=(13, on("asked", proposal_id=of_loarre)),
        say_a_need_that_the_question_does_not_name=(13, on("asked", proposal_id=silent)),
        say_a_larger_need_than_was_read=(13, on("asked", quantity=Decimal(4000))),
        say_more_essential_than_was_read=(13, on("asked", essential=Decimal(350))),
    ),
    Attempt(
        "offer by the question of another",
        13,
        sayings,
        lambda cast, s: insert("commons_surplus", s["asked_surplus"] | {"proposal_id": of_loarre(cast, s)}),
        lambda cast, s: insert("commons_surplus", s["asked_surplus"]),
    ),
    Attempt(
        "say a need one may not speak for",
        13,
        sayings,
        lambda cast, s: say(cast, cast.bilal),
        lambda cast, s: say(cast, cast.ana),
    ),
]


def say(cast: Cast, by) -> Need:
    return Need.objects.state(
        cast.abiego,
        market.barley(cast),
        Decimal(10),
        by=by,
        begins=market.today(),
        ends=market.today() + DAY,
        essential=Decimal(0),
        reason="",
    )


# ---- a file ----


def a_file(cast: Cast) -> Staged:
    market.ana_speaks(cast)
    return {"file": StatementImport.look_at(cast.abiego, market.LINES, by=cast.ana)}


def another_line(cast: Cast, s: Staged) -> None:
    sql("UPDATE commons_statementimport SET report = jsonb_set(report, '{0,quantity}', '\"9 t\"')")


FILES = [
    Attempt(
        "say another line than was looked at", 13, a_file, another_line, lambda cast, s: s["file"].enter(by=cast.ana)
    ),
    Attempt(
        "say the file of a steward for another assembly",
        13,
        a_file,
        lambda cast, s: sql("UPDATE commons_statementimport SET assembly_id = %s", [cast.loarre.pk]),
        lambda cast, s: s["file"].enter(by=cast.ana),
    ),
    Attempt(
        "say the file of somebody else",
        13,
        a_file,
        lambda cast, s: s["file"].enter(by=cast.bilal),
        lambda cast, s: s["file"].enter(by=cast.ana),
    ),
    Attempt(
        "say a file twice",
        13,
        a_file,
        lambda cast, s: (s["file"].enter(by=cast.ana), s["file"].enter(by=cast.ana)),
        lambda cast, s: s["file"].enter(by=cast.ana),
    ),
    Attempt(
        "bring in what somebody else may say",
        13,
        a_file,
        lambda cast, s: StatementImport.look_at(cast.abiego, market.LINES, by=cast.bilal),
        lambda cast, s: StatementImport.look_at(cast.abiego, market.LINES, by=cast.ana),
    ),
]

# ---- a plan ----


def halted(cast: Cast, row: Staged) -> Staged:
    """Abiego halts its part of the task; nobody has counted the vote yet."""
    task = row["task"] if "task" in row else row["allotment"].plan.task
    market.halted(task, cast.abiego, cast.ana)
    return {}


def a_task(cast: Cast) -> Staged:
    task = market.valley(cast)
    waiting = market.asked(cast, task)
    return {
        "task": task,
        "plan": {
            "task_id": task.pk,
            "good_id": market.barley(cast).pk,
            "begins": market.today(),
            "ends": market.today() + market.SEASON,
            "by_id": cast.bilal.pk,
            "failure": "",
            "step": 0,
            "steps": 0,
            "findings": "{}",
        },
        "waiting": waiting,
    }


def plan(row: Staged) -> None:
    insert("commons_plan", row["plan"])


def of_flour(cast: Cast, row: Staged) -> int:
    return cast.task(cast.mandate(cast.abiego, cast.bilal)).pk


def finished(row: Staged) -> None:
    sql("UPDATE commons_plan SET finished_at = civic_now() WHERE id = %s", [row["waiting"].pk])


def cancelled(by: int, row: Staged) -> None:
    sql(
        "UPDATE commons_plan SET cancelled_at = civic_now(), cancelled_by_id = %s WHERE id = %s",
        [by, row["waiting"].pk],
    )


def gone_ahead(cast: Cast, row: Staged) -> None:
    finished(row)
    travel_to(now() + 4 * DAY)
    cancelled(cast.bilal.pk, row)


PLANS = [
    *twisted(
        a_task,
        plan,
        plan_under_a_task_that_does_not_distribute=(6, on("plan", task_id=of_flour)),
        plan_as_one_who_is_no_delegate=(6, on("plan", by_id=lambda c, r: c.ana.pk)),
        plan_as_a_delegate_of_another=(6, on("plan", by_id=lambda c, r: c.chen.pk)),
        plan_as_a_technician=(6, on("plan", by_id=lambda c, r: c.technician.pk)),
        plan_for_a_part_that_is_halted=(10, halted),
        bring_a_plan_that_is_finished=(13, on("plan", finished_at=lambda c, r: now())),
        plan_until_before_it_begins=("plan_time", on("plan", ends=lambda c, r: r["plan"]["begins"])),
    ),
    Attempt(
        "plan for another good than was asked",
        13,
        a_task,
        lambda cast, s: sql("UPDATE commons_plan SET good_id = %s", [market.hours(cast).pk]),
        lambda cast, s: finished(s),
    ),
    Attempt(
        "change what was worked out",
        13,
        a_task,
        lambda cast, s: (finished(s), sql("UPDATE commons_plan SET findings = '{\"places\": {}}'")),
        lambda cast, s: finished(s),
    ),
    Attempt(
        "cancel a plan as somebody else",
        6,
        a_task,
        lambda cast, s: cancelled(cast.ana.pk, s),
        lambda cast, s: cancelled(cast.bilal.pk, s),
    ),
    Attempt(
        "cancel a plan of others after a halt of one's own part",
        10,
        a_task,
        lambda cast, s: (halted(cast, s), cancelled(cast.bilal.pk, s)),
        lambda cast, s: cancelled(cast.bilal.pk, s),
    ),
    Attempt(
        "ask for a plan by the act after a halt",
        10,
        a_task,
        lambda cast, s: (halted(cast, s), market.asked(cast, s["task"], cast.bilal)),
        lambda cast, s: market.asked(cast, s["task"], cast.bilal),
    ),
    Attempt(
        "cancel a plan that has gone ahead",
        13,
        a_task,
        gone_ahead,
        lambda cast, s: (finished(s), cancelled(cast.bilal.pk, s)),
    ),
    Attempt(
        "cancel a plan as nobody",
        "plan_cancelled_by_somebody",
        a_task,
        lambda cast, s: sql("UPDATE commons_plan SET cancelled_by_id = %s", [cast.bilal.pk]),
        lambda cast, s: cancelled(cast.bilal.pk, s),
    ),
    Attempt(
        "ask for a plan as a citizen",
        6,
        a_task,
        lambda cast, s: market.asked(cast, s["task"], cast.ana),
        lambda cast, s: market.asked(cast, s["task"], cast.bilal),
    ),
    Attempt(
        "cancel a plan that others asked for",
        6,
        a_task,
        lambda cast, s: s["waiting"].cancel(by=cast.ana),
        lambda cast, s: s["waiting"].cancel(by=cast.bilal),
    ),
]

# ---- an allotment ----


def an_allotment(cast: Cast) -> Staged:
    """Abiego has 600 kg, and needs 100 of it to live; Loarre needs 400. Bilal may share up to 500."""
    market.sheep(cast)
    said = [
        market.proposed_surplus(cast, cast.abiego, 600),
        market.proposed_need(cast, cast.abiego, 100, 100),
        market.proposed_need(cast, cast.loarre, 400, 300),
        market.proposed_surplus(cast, cast.sietamo, 50),
        market.proposed_surplus(cast, cast.abiego, 9, good=market.sheep(cast)),
        market.proposed_need(cast, cast.loarre, 9, good=market.sheep(cast)),
    ]
    mandate = market.proposed_distributor(
        cast, cast.abiego, cast.bilal, 500, instruction="Share our barley and sheep with those who need them"
    )
    herd = market.proposed_distributor(
        cast, cast.abiego, cast.ana, None, instruction="Share our barley and sheep with those who need them"
    )
    mute = market.proposed_distributor(cast, cast.sietamo, cast.dolores, 500, instruction="Share what we have")
    theirs = market.proposed_distributor(cast, cast.loarre, cast.chen, 500)
    carry(*(one.proposal for one in (*said, mandate, herd, mute, theirs)))
    task = market.sharing_task(cast, mandate, 500)
    for other, quantity in ((mute, 500), (theirs, 500), (herd, None)):
        task.attach(by=other.delegate, clause=other.clauses.get(), quantity=Decimal(quantity) if quantity else None)
    waiting = market.asked(cast, task)
    return {
        "mandate": mandate,
        "task": task,
        "surplus": said[0],
        "own": said[1],
        "need": said[2],
        "theirs": said[3],
        "flock": said[4],
        "mutton": said[5],
        "plan": waiting,
        "herd": market.asked(cast, task, good=market.sheep(cast)),
        "mute": task.attachments.get(clause__mandate=mute),
        "free": task.attachments.get(clause__mandate=herd),
        "allotment": {
            "plan_id": waiting.pk,
            "attachment_id": task.attachments.get(clause__mandate=mandate).pk,
            "surplus_id": said[0].pk,
            "need_id": said[2].pk,
            "quantity": Decimal(400),
        },
        "finishes": True,
    }


def a_narrow_clause(cast: Cast) -> Staged:
    """Abiego has 600 kg, Loarre needs 400; Bilal may share 300."""
    said = [market.proposed_surplus(cast, cast.abiego, 600), market.proposed_need(cast, cast.loarre, 400, 300)]
    mandate = market.proposed_distributor(cast, cast.abiego, cast.bilal, 300)
    carry(*(one.proposal for one in (*said, mandate)))
    return {"plan": market.asked(cast, market.sharing_task(cast, mandate, 300))}


def allot(row: Staged) -> None:
    insert("commons_allotment", row["allotment"])
    if row["finishes"]:
        sql("UPDATE commons_plan SET finished_at = civic_now() WHERE finished_at IS NULL")
    everything_holds()


def recalled(cast: Cast, row: Staged) -> Staged:
    recall_carried(row["mandate"], close=False)
    return {}


def inflated(cast: Cast, row: Staged) -> Staged:
    """Loarre says afterwards that it needs ten times as much."""
    later = market.needed(cast, cast.loarre, 4000, 3000)
    return on("allotment", need_id=later.pk, quantity=Decimal(450))(cast, row)


def promised_twice(cast: Cast, row: Staged) -> Staged:
    """Another plan has given Loarre all it needs already."""
    other = market.asked(cast, row["task"])
    market.settled(other, (cast.abiego, cast.loarre, 400))
    return on("allotment", attachment_id=row["free"].pk, quantity=Decimal(50))(cast, row)


def logged_away(cast: Cast, row: Staged) -> Staged:
    row["task"].attachments.get(clause__mandate=row["mandate"]).log_action(
        by=cast.bilal, what="Gave it to the hens", quantity=Decimal(200)
    )
    return {}


def to_an_outsider(cast: Cast, row: Staged) -> Staged:
    from tests.cast import found

    nueno = found("Nueno", "nueno", 4)
    need = market.needed(cast, nueno, 400)
    return on("allotment", plan_id=market.asked(cast, row["task"]).pk, need_id=need.pk)(cast, row)


def another_tasks_clause(cast: Cast, row: Staged) -> Staged:
    other = Council.objects.get(pk=cast.comarca.pk).attach_task(
        by=cast.bilal,
        title="Another",
        purpose="",
        clauses=[row["mandate"].clauses.get()],
        unit="kg",
        quantities={row["mandate"].clauses.get(): Decimal(10)},
    )
    return on("allotment", attachment_id=other.attachments.get().pk)(cast, row)


def finished_already(cast: Cast, row: Staged) -> Staged:
    sql("UPDATE commons_plan SET finished_at = civic_now() WHERE id = %s", [row["plan"].pk])
    return {}


ALLOTMENTS = [
    *twisted(
        an_allotment,
        allot,
        allot_beyond_a_limit_that_was_used_up=(6, logged_away),
        allot_through_the_clause_of_another_task=(6, another_tasks_clause),
        allot_after_a_recall_that_nobody_noted=(8, recalled),
        allot_what_a_halt_holds_back=(10, halted),
        allot_by_a_need_inflated_after_the_plan=(13, inflated),
        allot_what_is_essential_at_home=(
            13,
            lambda c, r: on("allotment", attachment_id=r["free"].pk, quantity=Decimal(501))(c, r),
        ),
        give_a_place_more_than_it_needs=(
            13,
            lambda c, r: on("allotment", attachment_id=r["free"].pk, quantity=Decimal(401))(c, r),
        ),
        give_a_place_twice_what_it_needs=(13, promised_twice),
        allot_what_another_assembly_has=(13, lambda c, r: on("allotment", surplus_id=r["theirs"].pk)(c, r)),
        allot_to_the_giver_itself=(13, lambda c, r: on("allotment", need_id=r["own"].pk)(c, r)),
        allot_sheep_under_a_plan_for_barley=(13, lambda c, r: on("allotment", surplus_id=r["flock"].pk)(c, r)),
        allot_through_a_clause_that_does_not_name_the_good=(
            13,
            lambda c, r: on("allotment", attachment_id=r["mute"].pk)(c, r),
        ),
        allot_to_an_assembly_outside_the_confederation=(6, to_an_outsider),
        allot_to_a_plan_that_is_finished=(13, finished_already),
        write_half_a_plan_down=(13, lambda c, r: {"finishes": False}),
        allot_nothing=("allotment_quantity", on("allotment", quantity=Decimal(0))),
        allot_the_same_twice=(
            "allotment_once",
            lambda c, r: (halves(r), on("allotment", quantity=Decimal(200))(c, r))[1],
        ),
        allot_half_a_sheep=(
            13,
            lambda c, r: {
                "allotment": {
                    "plan_id": r["herd"].pk,
                    "attachment_id": r["free"].pk,
                    "surplus_id": r["flock"].pk,
                    "need_id": r["mutton"].pk,
                    "quantity": Decimal("0.5"),
                }
            },
        ),
        count_sheep_against_a_limit_in_kilograms=(
            6,
            lambda c, r: {
                "allotment": r["allotment"]
                | {
                    "plan_id": r["herd"].pk,
                    "surplus_id": r["flock"].pk,
                    "need_id": r["mutton"].pk,
                    "quantity": Decimal(1),
                }
            },
        ),
    ),
    Attempt(
        "settle a plan that gives more than is needed",
        13,
        an_allotment,
        lambda cast, s: market.settled(s["plan"], (cast.abiego, cast.loarre, 401)),
        lambda cast, s: market.settled(s["plan"], (cast.abiego, cast.loarre, 400)),
    ),
    Attempt(
        "settle a plan beyond the limit of a clause",
        13,
        a_narrow_clause,
        lambda cast, s: market.settled(s["plan"], (cast.abiego, cast.loarre, 301)),
        lambda cast, s: market.settled(s["plan"], (cast.abiego, cast.loarre, 300)),
    ),
    Attempt(
        "use up in the log what a plan has promised",
        6,
        an_allotment,
        lambda cast, s: (allot(s), log(cast, s, 101)),
        lambda cast, s: (allot(s), log(cast, s, 100)),
    ),
]


def halves(row: Staged) -> None:
    insert("commons_allotment", row["allotment"] | {"quantity": Decimal(100)})


def log(cast: Cast, s: Staged, quantity: int) -> None:
    attachment = s["task"].attachments.get(clause__mandate=s["mandate"])
    attachment.log_action(by=cast.bilal, what="Gave", quantity=Decimal(quantity))


# ---- a load ----


def a_load(cast: Cast) -> Staged:
    """400 kg from Abiego to Loarre; the plan has gone ahead. Ana keeps the farm."""
    market.sheep(cast)
    stewardship = market.steward(cast, market.farm(cast))
    task = market.valley(cast)
    waiting = market.settled(market.asked(cast, task), (cast.abiego, cast.loarre, 400))
    early = market.settled(market.asked(cast, task), (cast.abiego, cast.sietamo, 200))
    market.gone_ahead(waiting)
    everything_holds()
    allotment = waiting.allotments.related().get()
    load = send(allotment, by=cast.ana, quantity=Decimal(100))
    driven = send(allotment, by=cast.ana, quantity=Decimal(50), driver=cast.bilal)
    return {
        "stewardship": stewardship,
        "allotment": allotment,
        "early": early,
        "load": load,
        "driven": driven,
        "mandate": Mandate.objects.get(delegate=cast.bilal),
        "delivery": {
            "allotment_id": allotment.pk,
            "by_id": cast.ana.pk,
            "driver_id": None,
            "quantity": Decimal(200),
            "note": "",
        },
        "carriage": {
            "delivery_id": load.pk,
            "by_id": cast.ana.pk,
            "quantity": Decimal(100),
            "condition": "good",
        },
        "receipt": {
            "delivery_id": load.pk,
            "by_id": cast.chen.pk,
            "quantity": Decimal(90),
            "condition": "good",
            "note": "",
        },
    }


def halted_for_a_while(cast: Cast, row: Staged) -> Staged:
    halt = market.halted(row["allotment"].plan.task, cast.abiego, cast.ana)
    carry(halt.propose_resumption(by=cast.ana).proposal)
    return {}


def deliver(row: Staged) -> None:
    insert("commons_delivery", row["delivery"])


def take_on(row: Staged) -> None:
    insert("commons_carriage", row["carriage"])


def receive(row: Staged) -> None:
    insert("commons_receipt", row["receipt"])


LOADS = [
    *twisted(
        a_load,
        deliver,
        send_a_load_as_a_stranger=(13, on("delivery", by_id=lambda c, r: c.stranger.pk)),
        send_a_load_as_a_neighbour=(13, on("delivery", by_id=lambda c, r: citizen_of(c.abiego).pk)),
        send_a_load_as_its_receiver=(13, on("delivery", by_id=lambda c, r: c.chen.pk)),
        send_a_load_as_a_technician=(13, on("delivery", by_id=lambda c, r: c.technician.pk)),
        send_more_than_was_allotted=(13, on("delivery", quantity=Decimal(251))),
        send_nothing=("delivery_quantity", on("delivery", quantity=Decimal(0))),
        send_after_a_recall_that_nobody_noted=(8, recalled),
        send_after_a_halt_that_nobody_counted=(10, halted),
        send_what_was_promised_before_a_halt_that_has_ended=(10, halted_for_a_while),
    ),
    *twisted(
        a_load,
        take_on,
        take_a_load_on_as_a_stranger=(13, on("carriage", by_id=lambda c, r: c.stranger.pk)),
        take_a_load_on_for_its_driver=(13, lambda c, r: on("carriage", delivery_id=r["driven"].pk)(c, r)),
        take_more_on_than_was_sent=(13, on("carriage", quantity=Decimal(101))),
        take_less_than_nothing_on=("carriage_quantity", on("carriage", quantity=Decimal(-1))),
        take_a_load_on_twice=(13, lambda c, r: (take_on(r), {})[1]),
        take_it_on_in_no_condition=("carriage_condition", on("carriage", condition="paid")),
    ),
    *twisted(
        a_load,
        receive,
        receive_a_load_as_a_stranger=(13, on("receipt", by_id=lambda c, r: c.stranger.pk)),
        receive_a_load_for_another_assembly=(13, on("receipt", by_id=lambda c, r: c.dolores.pk)),
        receive_a_load_as_its_sender=(13, on("receipt", by_id=lambda c, r: c.ana.pk)),
        receive_a_load_as_a_technician=(13, on("receipt", by_id=lambda c, r: c.technician.pk)),
        receive_more_than_was_sent=(13, on("receipt", quantity=Decimal(101))),
        receive_less_than_nothing=("receipt_quantity", on("receipt", quantity=Decimal(-1))),
        receive_in_no_condition=("receipt_condition", on("receipt", condition="paid")),
        receive_a_load_twice=(13, lambda c, r: (receive(r), {})[1]),
    ),
    Attempt(
        "send a load as somebody else",
        13,
        a_load,
        lambda cast, s: send(s["allotment"], by=cast.chen, quantity=Decimal(1)),
        lambda cast, s: send(s["allotment"], by=cast.bilal, quantity=Decimal(1)),
    ),
    Attempt(
        "send a load by the act after a halt",
        10,
        a_load,
        lambda cast, s: (halted(cast, s), send(s["allotment"], by=cast.bilal, quantity=Decimal(1))),
        lambda cast, s: send(s["allotment"], by=cast.bilal, quantity=Decimal(1)),
    ),
    Attempt(
        "receive a load at its own farm",
        13,
        a_load,
        lambda cast, s: s["load"].receive(by=cast.ana, quantity=Decimal(100)),
        lambda cast, s: s["load"].receive(by=cast.chen, quantity=Decimal(100)),
    ),
    Attempt(
        "drive somebody else's load",
        13,
        a_load,
        lambda cast, s: s["driven"].carry(by=cast.ana, quantity=Decimal(50)),
        lambda cast, s: s["driven"].carry(by=cast.bilal, quantity=Decimal(50)),
    ),
]


def too_early(cast: Cast) -> Staged:
    """A plan worked out just now, of sheep, through a clause without a limit."""
    flock = market.sheep(cast)
    said = [
        market.proposed_surplus(cast, cast.abiego, 9, good=flock),
        market.proposed_need(cast, cast.loarre, 9, good=flock),
    ]
    mandate = market.proposed_distributor(cast, cast.abiego, cast.bilal, None, instruction="Share our sheep")
    carry(*(one.proposal for one in (*said, mandate)))
    plan = market.settled(
        market.asked(cast, market.sharing_task(cast, mandate, None), good=flock), (cast.abiego, cast.loarre, 9)
    )
    everything_holds()
    row = {
        "allotment_id": plan.allotments.get().pk,
        "by_id": cast.bilal.pk,
        "driver_id": None,
        "quantity": Decimal(4),
        "note": "",
    }
    return {"delivery": row, "plan": plan, "allotment": plan.allotments.related().get()}


def in_time(deed):
    return lambda cast, s: (market.gone_ahead(s["plan"]), deed(cast, s))


def driven(cast: Cast, s: Staged, quantity: str, what: str) -> None:
    """Half a sheep is said to be taken on, or to have arrived."""
    load = send(s["allotment"], by=cast.bilal, quantity=Decimal(4))
    by = cast.bilal if what == "carriage" else cast.chen
    row = {"delivery_id": load.pk, "by_id": by.pk, "quantity": Decimal(quantity), "condition": "good"}
    insert(f"commons_{what}", row | ({"note": ""} if what == "receipt" else {}))


EARLY = [
    Attempt(
        "send a load while assemblies look at the plan",
        13,
        too_early,
        lambda cast, s: deliver(s),
        in_time(lambda cast, s: deliver(s)),
    ),
    Attempt(
        "send a load by its page before its time",
        13,
        too_early,
        lambda cast, s: send(s["allotment"], by=cast.bilal, quantity=Decimal(4)),
        in_time(lambda cast, s: send(s["allotment"], by=cast.bilal, quantity=Decimal(4))),
    ),
    Attempt(
        "send half a sheep",
        13,
        too_early,
        in_time(lambda cast, s: deliver({"delivery": s["delivery"] | {"quantity": Decimal("0.5")}})),
        in_time(lambda cast, s: deliver(s)),
    ),
    Attempt(
        "take half a sheep on",
        13,
        too_early,
        in_time(lambda cast, s: driven(cast, s, "0.5", "carriage")),
        in_time(lambda cast, s: driven(cast, s, "4", "carriage")),
    ),
    Attempt(
        "receive half a sheep",
        13,
        too_early,
        in_time(lambda cast, s: driven(cast, s, "0.5", "receipt")),
        in_time(lambda cast, s: driven(cast, s, "3", "receipt")),
    ),
]

# ---- what was said stays ----


def a_said_load(cast: Cast) -> None:
    s = a_load(cast)
    take_on(s)
    receive(s)


KEPT = [
    *kept("commons_need", 13, lambda cast: need(sayings(cast))),
    *kept("commons_surplus", 13, lambda cast: surplus(sayings(cast))),
    *kept("commons_plan", 13, a_task, updates=True),
    *kept("commons_allotment", 13, lambda cast: allot(an_allotment(cast))),
    *kept("commons_delivery", 13, a_load),
    *kept("commons_carriage", 13, a_said_load),
    *kept("commons_receipt", 13, a_said_load),
    *kept("commons_statementimport", 13, a_file, updates=True),
]

ATTEMPTS = [*SAID, *FILES, *PLANS, *ALLOTMENTS, *LOADS, *EARLY, *KEPT]

test_attempt = tried_together(ATTEMPTS)

# ---- nothing is paid ----

MONEY = re.compile(
    r"\b(?:price|prices|cost|costs|credit|credits|debit|debt|debts|balance|balances|currency|money|invoice|invoices"
    r"|payment|payments|paid|pay|sell|sold|buy|trade|exchange|exchanges|exchange rate|net|owed|interest)\b",
    re.IGNORECASE,
)
# The few places where a word is there to say that the thing is not.
SAID_TO_BE_ABSENT = re.compile(
    r"nothing is paid|exchange\s+agreements are left out|None asks for a price",
    re.IGNORECASE,
)
ROOT = Path(__file__).resolve().parent.parent.parent


def words_of(text: str) -> list[str]:
    return MONEY.findall(SAID_TO_BE_ABSENT.sub("", text))


def test_no_table_column_or_choice_of_the_commons_knows_a_price(cast: Cast):
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.app_label == "commons"]
    assert len(tables) > 15
    columns = sql(
        "SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE table_name = ANY(%s)", [tables]
    )
    for (name,) in columns:
        assert not words_of(name.replace("_", " ")), name
    for model in apps.get_models():
        if model._meta.app_label == "commons":
            for field in model._meta.get_fields():
                choices = " ".join(str(label) for _value, label in getattr(field, "choices", None) or [])
                assert not words_of(f"{field.name.replace('_', ' ')} {choices}"), field


def test_no_word_of_the_commons_speaks_of_paying():
    texts = [
        *(path for path in (ROOT / "commons").rglob("*.py") if "sharing" not in path.parts),
        *(ROOT / "templates/commons").glob("*.html"),
    ]
    assert len(texts) > 50
    for path in texts:
        assert not words_of(path.read_text()), path


def test_no_page_or_file_of_the_commons_speaks_of_paying(cast: Cast):
    s = a_load(cast)
    receive(s)
    pages = [
        *(reverse(name) for name in ("commons", "goods", "enterprises", "plans", "statements-csv", "loads-csv")),
        f"{reverse('interdependence')}?good={market.barley(cast).pk}",
        reverse("flows-json"),
        reverse("commons-with", args=[cast.abiego.slug, cast.loarre.slug]),
        reverse("assembly-commons", args=[cast.abiego.slug]),
        s["load"].get_absolute_url(),
        s["allotment"].get_absolute_url(),
        s["allotment"].plan.get_absolute_url(),
    ]
    for address in pages:
        answer = Client().get(address)
        assert answer.status_code == 200, address
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        main = re.search(r"<main.*?</main>", body.decode(), re.S)
        assert not words_of(re.sub(r"<[^>]+>", " ", main[0] if main else body.decode())), address


def test_what_two_gave_each_other_is_shown_both_ways_and_never_subtracted(cast: Cast):
    s = a_load(cast)
    receive(s)
    for one, other in ((cast.abiego, cast.loarre), (cast.loarre, cast.abiego)):
        answer = Client().get(reverse("commons-with", args=[one.slug, other.slug]))
        gave, got = answer.context["gave"], answer.context["got"]
        assert [flow.quantity for flow in (*gave, *got)] == [90]
        assert bool(gave) == (one == cast.abiego)
        assert b"-90" not in answer.content


def test_the_file_for_other_programs_has_intents_commitments_and_events_and_no_claim(cast: Cast):
    s = a_load(cast)
    receive(s)
    graph = json.loads(Client().get(reverse("flows-json")).content)["@graph"]
    assert {one["@type"] for one in graph} == {"Organization", "Intent", "Commitment", "EconomicEvent"}
    (load,) = [one for one in graph if one["@id"] == f"urn:load:{s['load'].pk}:received"]
    assert load["resourceQuantity"] == {"hasNumericalValue": "90", "hasUnit": "om2:kilogram"}


# ---- what falls short is needed still ----


def test_a_need_inflated_after_the_plan_changes_nothing_of_it(cast: Cast):
    plan = market.settled(market.asked(cast, market.valley(cast)), (cast.abiego, cast.loarre, 400))
    before = list(Allotment.objects.values_list("pk", "quantity"))
    market.needed(cast, cast.loarre, 40_000, 30_000)
    plan.refresh_from_db()
    assert list(Allotment.objects.values_list("pk", "quantity")) == before
    assert plan.allotments.related().get().need.quantity == 400


def test_a_plan_asked_before_a_need_was_inflated_goes_by_what_was_said_then(cast: Cast):
    plan = market.asked(cast, market.valley(cast))
    market.needed(cast, cast.loarre, 40_000, 30_000)
    plans.run()
    got = {one.receiver: one.quantity for one in plan.allotments.related()}
    assert sum(got.values()) == 600
    assert got[cast.sietamo] >= 200


def test_what_one_plan_promised_another_does_not_give_again(cast: Cast):
    task = market.valley(cast)
    market.asked(cast, task)
    market.asked(cast, task)
    assert plans.run() == 2
    assert sum(Allotment.objects.values_list("quantity", flat=True)) == 600
    at = now()
    assert Surplus.objects.with_left(at, at).get().left_now == 0


def test_a_halt_takes_its_part_out_of_the_plan_and_what_is_on_its_way_arrives(cast: Cast):
    s = a_load(cast)
    allotment, other = s["allotment"], s["early"]
    open_before = market.still_open(cast.loarre)
    halt = market.halted(allotment.plan.task, cast.abiego, cast.ana)
    at = now()
    assert not Allotment.objects.counting(at).exists()
    assert market.still_open(cast.loarre) == open_before + 400 - 150, (
        "what is on its way is expected, the rest is open again"
    )
    assert list(other.halts(at)) == [halt]
    assert s["load"].receive(by=cast.chen, quantity=Decimal(100)).quantity == 100
    # Once it goes on, nothing comes back by itself: what was freed may be promised to somebody else.
    carry(halt.propose_resumption(by=cast.ana).proposal)
    assert not Allotment.objects.counting(now()).exists()
    anew = market.settled(market.asked(cast, allotment.plan.task, cast.bilal), (cast.abiego, cast.loarre, 250))
    assert anew.allotments.get().counts(now())
    assert not anew.halts(now()).exists()


def test_a_halt_while_a_plan_is_worked_out_leaves_the_others_their_plan(cast: Cast):
    s = an_allotment(cast)
    market.halted(s["task"], cast.abiego, cast.ana)
    assert s["plan"].work_out()
    assert not s["plan"].allotments.exists(), "Abiego alone had some to give"


def test_a_cancelled_plan_gives_back_what_it_had_promised(cast: Cast):
    task = market.valley(cast)
    plan = market.settled(market.asked(cast, task), (cast.abiego, cast.loarre, 400))
    plan.cancel(by=cast.bilal)
    at = now()
    assert Surplus.objects.with_left(at, at).get().left_now == 600
    assert not Allotment.objects.counting(at).exists()
    with refused(8):
        market.sent(cast, plan.allotments.related().get())
    assert Plan.objects.standing(at).count() == 0
    assert not Receipt.objects.exists()
