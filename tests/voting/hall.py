"""What the stories of voting share: an election from its call to its close, tellers, and ranked questions."""

from __future__ import annotations

from assemblies.clock import now
from assemblies.models import Assembly, Choice, Citizen, Decision, Method, Office, Proposal
from mandates.models import Election, Poll
from tests.cast import DAY, Cast, citizen_of, drawn, facilitator, travel_to

TREES = ("Almond", "Fig", "Olive", "Plum", "Quince")


def tellers(assembly: Assembly) -> list[Citizen]:
    """The two tellers of that assembly, drawn when there are none."""
    drawn(assembly, Office.Kind.TELLER)
    held = Office.objects.in_force(now()).filter(assembly=assembly, kind=Office.Kind.TELLER)
    return [office.citizen for office in held.select_related("citizen").order_by("pk")]


def replaced(teller: Citizen, assembly: Assembly) -> list[Citizen]:
    """The tellers, once the lot has put somebody else in that one's place: it may fall on the same person again."""
    while teller in tellers(assembly):
        teller.offices.in_force(now()).get(assembly=assembly, kind=Office.Kind.TELLER).lay_down(by=teller)
    return tellers(assembly)


def ask(assembly: Assembly, method: str = Method.SCOTTISH_STV, titles=TREES, *, seats: int = 1, **other) -> Proposal:
    """A question with options, laid before that assembly."""
    author = citizen_of(assembly)
    proposal = Proposal.objects.draft_choice(
        assembly,
        "Which trees along the road",
        "They are planted in November.",
        by=author,
        options=[Choice(title, f"{title} trees.") for title in titles],
        method=method,
        seats=seats,
        **other,
    )
    proposal.offer(by=author)
    return proposal


def called(proposal: Proposal) -> Decision:
    """Put to the vote, and open."""
    decision = proposal.put_to_vote(by=facilitator(proposal.assembly))
    travel_to(decision.opens_at)
    decision.open()
    return decision


def rank(decision: Decision, *rankings: list[int]) -> None:
    """So many citizens, those longest on the roll, rank like this, one ranking each."""
    travel_to(decision.opens_at)
    for voter, ranking in zip(decision.electors().order_by("pk"), rankings, strict=False):
        decision.cast(by=voter, ranking=ranking)


def call_election(cast: Cast, assembly: Assembly | None = None, *, seats: int = 1, **other) -> Election:
    assembly = assembly or cast.abiego
    at = now()
    terms = {
        "by": citizen_of(assembly),
        "confederation": cast.comarca,
        "clauses": [cast.terms(assembly)],
        "valid_from": at + 20 * DAY,
        "valid_until": at + 200 * DAY,
        "stand_until": at + 7 * DAY,
        "seats": seats,
    }
    return Election.objects.call(assembly, **terms | other)


def put(election: Election, *standing: Citizen) -> Poll:
    """Those stand, the time to stand runs out, and a facilitator puts both questions to the vote."""
    for candidate in standing:
        election.stand(by=candidate, statement=f"{candidate.name} bakes.")
    travel_to(election.stand_until)
    return election.put_to_vote(by=facilitator(election.assembly))


def places(poll: Poll, *names: str) -> list[int]:
    """The numbers that those candidates have on the ballot."""
    by_name = {option.title: option.number for option in poll.ranking.options.all()}
    return [by_name[name] for name in names]


def elect(poll: Poll, rankings: list[list[int]], *, yes: int = 3, no: int = 0, close: bool = True) -> None:
    """Both questions voted on and, unless the workers sleep, counted."""
    ranking, question = poll.ranking.decision, poll.question.decision
    rank(ranking, *rankings)
    voters = iter(question.electors().order_by("pk"))
    for choice, n in (("yes", yes), ("no", no)):
        for _ in range(n):
            question.cast(by=next(voters), choice=choice)
    travel_to(ranking.closes_at)
    if close:
        ranking.close()
        question.close()
