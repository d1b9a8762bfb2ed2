"""A proposal with nine amendments, three of them in conflict, from its offering to a consolidated policy."""

import hashlib

from assemblies.clock import now
from assemblies.consolidation import settle
from assemblies.models import Amendment, Decision, Entry, ProposalVersion, Reading, Rules, SendingBack, Support
from tests.cast import DAY, Cast, call, carry, clock, facilitator, finish, policy_of, vote
from tests.constitution.bench import refused

OVEN = """# The oven

The oven of the village is common.

## Wood

Each house brings four bundles of wood in a year, cut in the common forest.

## Days

The oven is hot on Tuesday and on Friday.

## Keys

The key hangs in the house of whoever baked last."""

THE_ROAD = Rules(cosigners=2, two_readings=True, reconsideration=2 * DAY)


def move(cast: Cast, version: ProposalVersion, mover: int, kind: str, article: int, text: str = "") -> Amendment:
    by = cast.neighbours(cast.abiego, 9)[mover % 6]
    return Amendment.objects.move(version, by=by, kind=kind, article=article, text=text, reasons="So it is fairer.")


def test_from_an_idea_to_a_consolidated_policy(cast: Cast):
    abiego, ana, leads = cast.abiego, cast.ana, facilitator(cast.abiego)
    carry(abiego.propose_orders(THE_ROAD, by=ana))
    proposal = abiego.propose("The oven", OVEN, by=ana)
    first = proposal.versions.get()
    assert (first.number, first.text, first.written_at) == (1, OVEN, proposal.offered_at)

    # Nobody takes it up before two have co-signed it.
    with refused(20):
        Reading.objects.hold(first, 1, by=leads)
    for neighbour in cast.neighbours(abiego, 2):
        Support.objects.give(first, by=neighbour)
    with refused(20):
        move(cast, first, 0, "strike", 4)  # before the first reading
    Reading.objects.hold(first, 1, by=leads)

    wood = "## Wood\n\nEach house brings {} bundles of wood in a year, cut in {}."
    moved = [
        move(cast, first, 0, "change", 2, wood.format("two", "the common forest")),
        move(cast, first, 1, "change", 2, wood.format("six", "the common forest")),
        move(cast, first, 2, "strike", 2),
        move(cast, first, 3, "change", 2, wood.format("four", "the forest of the river")),
        move(cast, first, 4, "change", 3, "## Days\n\nThe oven is hot on Tuesday and on Saturday."),
        move(cast, first, 5, "insert", 3, "## Ashes\n\nThe ashes go to the gardens."),
        move(cast, first, 0, "change", 1, "# The oven\n\nThe oven of the village is common to all."),
        move(cast, first, 1, "strike", 4),
        move(cast, first, 2, "insert", 4, "## Guests\n\nGuests bake for nothing."),
    ]
    moved[6].accept(by=ana)
    assert not any(one.accepted_at for one in moved[:6])
    moved[8].withdraw(by=moved[8].mover)

    # The second reading puts the rest in order: what goes furthest comes first, article by article.
    Reading.objects.hold(first, 2, by=leads)
    listed = first.listed()
    assert [one.number for one in listed] == [7, 3, 4, 1, 2, 5, 6, 8]
    assert [one.place for one in listed] == list(range(1, 9))
    assert [bool(one.question) for one in listed] == [False] + 7 * [True]
    with refused(20):
        move(cast, first, 3, "strike", 1)
    with refused(20):
        call(proposal)

    # The assembly decides each: not to strike the wood out; two bundles and six both find a majority, and the first
    # of the list stands.
    decisions = Amendment.objects.call_votes(first, by=leads)
    assert all(decision.opens_at >= moved[0].moved_at + 7 * DAY for decision in decisions)
    against = {3, 8}
    for amendment, decision in zip(listed[1:], decisions, strict=True):
        no = amendment.number in against
        vote(Decision.objects.get(pk=decision.pk), yes=0 if no else 3, no=3 if no else 0)
    for decision in decisions:
        finish(decision)
    with refused(20):
        call(proposal)

    shown = first.settled()
    assert [change.number for change in shown.stands] == [7, 4, 1, 5, 6]
    assert {change.number: rival.number for change, rival in shown.falls.items() if rival} == {2: 1}
    second = ProposalVersion.objects.consolidate(proposal, by=leads)
    assert (
        second.text == shown.text == settle(OVEN, [one.change for one in listed if one.number in {7, 4, 1, 5, 6}]).text
    )
    assert "brings two bundles of wood in a year, cut in the forest of the river." in second.text
    assert "## Ashes" in second.text
    assert "## Guests" not in second.text

    # It lies open for two days, and is adopted as it was shown.
    with refused(20):
        call(proposal, opens_at=now() + DAY)
    proposal.refresh_from_db()
    assert proposal.text == second.text
    decision = call(proposal)
    assert decision.opens_at >= second.written_at + 2 * DAY
    assert decision.version == second
    vote(decision)
    finish(decision)
    adopted = policy_of(decision).versions.get()
    assert adopted.text == second.text
    digest = hashlib.sha256(adopted.text.encode()).hexdigest()
    called = Entry.objects.about(decision).get(kind="decision.called")
    assert digest in bytes(called.body).decode()
    assert [version.text for version in proposal.versions.order_by("number")] == [OVEN, second.text]


def test_another_text_by_its_author_begins_the_road_anew(cast: Cast):
    carry(cast.abiego.propose_orders(THE_ROAD, by=cast.ana))
    leads = facilitator(cast.abiego)
    proposal = cast.abiego.propose("The oven", OVEN, by=cast.ana)
    first = proposal.versions.get()
    for neighbour in cast.neighbours(cast.abiego, 2):
        Support.objects.give(first, by=neighbour)
    Reading.objects.hold(first, 1, by=leads)
    clock.travel(6 * DAY)
    second = ProposalVersion.objects.write(proposal, f"{OVEN}\n\nIt is swept.", by=cast.ana, reasons="Ashes.")
    with refused(20):
        Support.objects.give(first, by=cast.bilal)
    with refused(20):
        Reading.objects.hold(second, 1, by=leads)
    for neighbour in cast.neighbours(cast.abiego, 2):
        Support.objects.give(second, by=neighbour)
    Reading.objects.hold(second, 1, by=leads)
    Reading.objects.hold(second, 2, by=leads)
    with refused(20):
        call(proposal, opens_at=now() + 3 * DAY)
    assert call(proposal).opens_at >= second.written_at + 7 * DAY


def test_what_was_sent_back_comes_again_in_another_version(cast: Cast):
    leads = facilitator(cast.abiego)
    proposal = cast.abiego.propose("The oven", OVEN, by=cast.ana)
    first = proposal.versions.get()
    amendment = move(cast, first, 0, "strike", 4)
    Reading.objects.hold(first, 2, by=leads)
    question = Amendment.objects.get(pk=amendment.pk).question
    SendingBack.objects.send(first, by=leads, reason="Say who sweeps.")
    with refused(20):
        call(proposal)
    second = ProposalVersion.objects.write(proposal, f"{OVEN} They sweep it.", by=cast.ana)
    question.refresh_from_db()
    assert question.withdrawn_at
    assert Amendment.objects.get(pk=amendment.pk).state(newest=False) == "lapsed"
    assert call(proposal).version == second


def test_one_proposal_is_merged_into_another(cast: Cast):
    one = cast.abiego.propose("The oven", OVEN, by=cast.ana)
    other = cast.abiego.propose("Oven and mill", OVEN, by=cast.bilal)
    one.withdraw(by=cast.ana, into=other)
    assert (one.merged_into, one.phase(now())) == (other, "withdrawn")
    assert Entry.objects.about(one).filter(kind="proposal.merged").exists()


def test_an_assembly_that_asks_for_nothing_decides_as_before(cast: Cast):
    proposal = cast.abiego.propose("The oven", OVEN, by=cast.ana)
    (decision,) = carry(proposal)
    assert decision.version == proposal.versions.get()
    assert policy_of(decision).versions.get().text == OVEN
