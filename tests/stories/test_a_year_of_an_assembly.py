"""A year of Abiego: bread, a mill, a delegate sent, bound, narrowed and recalled, and everyone's roll growing older."""

from decimal import Decimal

import pytest

from assemblies.clock import now
from assemblies.models import Drawing, Entry, Letter, Office, Rules, apply
from assemblies.refusal import Refusal
from assemblies.sweeps import run_all
from assemblies.tasks import closing
from mandates.models import Mandate
from tests.cast import (
    DAY,
    Cast,
    call,
    carry,
    checkpointed,
    clock,
    decide,
    facilitator,
    finish,
    lose,
    policy_of,
    travel_to,
    vote,
)


def refused(article: int):
    return pytest.raises(Refusal, check=lambda refusal: refusal.article == article)


def test_a_year_of_an_assembly(cast: Cast):
    began = now()
    abiego, ana, bilal = cast.abiego, cast.ana, cast.bilal

    # January: Ana proposes a mill. The first vote is short of its quorum, the second loses, the third is another text.
    mill = abiego.propose("The mill", "The mill is common, and grinds on Mondays.", by=ana)
    assert decide(mill, 1).outcome == "quorum_missed"
    lose(mill)
    with refused(1):
        mill.revise(by=ana, title="The mill", text="The mill is common, and grinds on any day.")
    better = abiego.propose("The mill", "The mill is common, and grinds on any day.", by=ana)
    (decision,) = carry(better, close=False)
    assert abiego.policies.filter(title="The mill").count() == 0
    closing.run()  # the workers wake, and draw it
    the_mill = policy_of(decision)
    assert the_mill.version(now()).text == "The mill is common, and grinds on any day."

    # February: somebody comes to live here, and votes in what opens from then on.
    running = call(abiego.propose("Snow", "Everyone clears their own doorstep.", by=bilal))
    travel_to(running.opens_at)
    running.open()
    apply(cast.stranger, abiego, "I live by the mill.").admit(by=facilitator(abiego))
    with refused(3):
        running.cast(by=cast.stranger, choice="yes")
    vote(running)
    finish(running)
    assert (running.electorate, abiego.citizens(now()).count()) == (10, 11)

    # March: flour for the ovens needs the neighbours. Bilal is sent to the council of the comarca, and Chen by Loarre.
    ours = cast.propose_mandate(
        abiego, bilal, cast.terms(abiego, limit=Decimal(300)), cast.terms(abiego, power="inform", limit=None, unit="")
    )
    with refused(8):
        cast.task(ours)
    carry(ours.proposal)
    theirs = cast.mandate(cast.loarre, cast.chen)
    assert {seat.delegate for seat in cast.comarca.seats(now())} == {bilal, cast.chen}

    # April: they buy flour together, each within what their own assembly has said.
    task = cast.task(ours, 200)
    task.attach(by=cast.chen, clause=theirs.clauses.get(), quantity=Decimal(100))
    our_part, their_part = task.attachments.all()
    our_part.log_action(by=bilal, what="Bought 150 kg in Huesca", quantity=Decimal(150))
    their_part.log_action(by=cast.chen, what="Fetched 60 kg", quantity=Decimal(60))
    with refused(6):
        their_part.log_action(by=cast.chen, what="And 60 more", quantity=Decimal(60))
    with refused(10):
        our_part.log_action(by=cast.chen, what="In Abiego's name", quantity=Decimal(1))

    # May: Abiego finds it too much and lowers the limit, below what is left to use.
    flour = ours.clauses.first()
    carry(ours.propose_narrowing(by=ana, reasons="The harvest is near.", limits={flour: Decimal(160)}).proposal)
    with refused(6):
        our_part.log_action(by=bilal, what="Bought 11 kg", quantity=Decimal(11))
    our_part.log_action(by=bilal, what="Bought 10 kg", quantity=Decimal(10))
    with refused(5):
        ours.propose_narrowing(by=ana, reasons="We were wrong.", limits={flour: Decimal(300)})

    # June: the flour is bad. One recall finds too few signatures; the next puts itself to the vote, and carries.
    weak = ours.open_recall(by=cast.stranger, grounds="His hat.")
    travel_to(weak.lapses_at)
    assert weak.phase(now()) == "lapsed"
    strong = ours.open_recall(by=ana, grounds="There are stones in the flour.")
    for neighbour in cast.neighbours(abiego, 3):
        strong.sign(by=neighbour)
    assert strong.needed == 4
    strong.answer(by=bilal, text="The miller of Huesca is to blame.")
    vote(strong.decision, 4, 2)
    assert ours.is_in_force(now())
    finish(strong.decision, close=False)

    # The workers sleep. Bilal's desk is empty all the same; Chen works on.
    assert not ours.is_in_force(now())
    with refused(8):
        our_part.log_action(by=bilal, what="One last sack", quantity=Decimal(1))
    assert task.is_standing(now())
    assert [seat.delegate for seat in cast.comarca.seats(now())] == [cast.chen]
    run_all()
    assert ours.ending.kind == "recalled"
    assert ours.ending.effective_at == strong.decision.closes_at
    assert Letter.objects.filter(citizen=bilal, about__startswith="mandate-ended/").exists()

    # September: Chen's term runs out by itself, and the task stops with it.
    clock.at(theirs.valid_until)
    since, why = task.stopped(now())
    assert since == theirs.valid_until
    assert {words for _attachment, words in why} == {"recalled", "expired"}

    # October: the assembly gives itself stricter orders, and decides its next question by them.
    carry(abiego.propose_orders(Rules(quorum_per_mille=500, majority="two-thirds", deliberation=3 * DAY), by=ana))
    wine = decide(abiego.propose("Wine", "The cellar is common.", by=ana), 3, 2, 1)
    assert (wine.threshold, wine.outcome) == ("two-thirds", "lost")

    # December: the facilitators' term is over, and the lot falls anew.
    clock.at(began + 400 * DAY)
    assert not Office.objects.in_force(now()).filter(assembly=abiego).exists()
    run_all()
    assert Drawing.objects.pending().get(assembly=abiego).pool, "announced, and its seed is not there yet"
    checkpointed(abiego)
    run_all()
    assert Office.objects.in_force(now()).filter(assembly=abiego, kind="facilitator").count() == 2

    # The year stands in the record, and what was in force on any of its days can still be asked.
    kinds = set(Entry.objects.filter(log=abiego.log_id).values_list("kind", flat=True))
    assert {
        "proposal.offered",
        "decision.closed",
        "policy.adopted",
        "citizenship.begun",
        "mandate.proposed",
        "mandate.narrowing_proposed",
        "recall.opened",
        "recall.signed",
        "recall.put_to_vote",
        "recall.answered",
        "mandate.recalled",
        "office.drawn",
    } <= kinds
    assert set(Mandate.objects.in_force(our_part.attached_at)) == {ours, theirs}
    assert not Mandate.objects.in_force(now()).exists()
    assert the_mill in abiego.policies_in_force(now())
