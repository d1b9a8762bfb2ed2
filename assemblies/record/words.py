"""The record's own words for people: what a kind of entry means, and what a fact in it is called.

Each floor adds its own when it is ready; a kind or a fact that nobody named is shown as it stands in the entry.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Any] = {
    "assembly.founded": _("The assembly was founded"),
    "citizenship.begun": _("A citizen was admitted"),
    "citizenship.ended": _("A citizenship ended"),
    "roll.imported": _("A roll was entered"),
    "proposal.offered": _("A proposal was laid before the assembly"),
    "proposal.withdrawn": _("A proposal was withdrawn"),
    "decision.called": _("A vote was called"),
    "decision.opened": _("A vote opened"),
    "decision.closed": _("A vote was counted"),
    "decision.counted": _("The count of a vote among options"),
    "papers.printed": _("Ballot papers were printed"),
    "paper.read": _("A teller read a ballot paper"),
    "hands.counted": _("A teller counted hands"),
    "roll.marked": _("Somebody was marked as voting by hand"),
    "roll.mark_withdrawn": _("A mark on the roll of a vote was withdrawn"),
    "policy.adopted": _("A policy was adopted"),
    "policy.repealed": _("A policy was repealed"),
    "office.drawn": _("An office was drawn by lot"),
    "office.laid_down": _("An office was laid down"),
    "roll.hall_marked": _("Those in the hall were marked as voting by hand"),
    "decision.ended": _("A vote in session was closed"),
    "session.called": _("A session was called"),
    "session.rescheduled": _("A session was moved"),
    "session.cancelled": _("A session was called off"),
    "session.opened": _("A session was opened"),
    "session.closed": _("A session was closed"),
    "session.taken_over": _("A session was taken over"),
    "item.placed": _("A point was put on an agenda"),
    "item.started": _("A point was begun"),
    "item.ended": _("A point was ended"),
    "attendance.begun": _("Somebody came into the hall"),
    "attendance.ended": _("Somebody left the hall"),
    "turn.asked": _("A hand went up"),
    "turn.called": _("A speaker was called"),
    "turn.started": _("A speaker began"),
    "turn.ended": _("A speaker ended"),
    "turn.withdrawn": _("A hand was taken down"),
    "motion.moved": _("Something was moved in a session"),
    "motion.answered": _("A point of order was answered"),
    "motion.withdrawn": _("A motion was taken back"),
    "hands.shown": _("Hands were counted on a motion"),
    "minutes.noted": _("The minute-taker wrote beside the minutes"),
    "minutes.adopted": _("Minutes were adopted"),
    "record.resumed": _("The record was resumed after a restore"),
}

FACTS: dict[str, Any] = {
    "abstain": _("Abstained"),
    "agenda": _("Agenda"),
    "answer": _("Answer"),
    "ballots": _("Commitments to the votes"),
    "begins_at": _("Begins"),
    "by": _("By"),
    "channel": _("Channel"),
    "chosen": _("Chosen"),
    "citizen": _("Citizen"),
    "citizens": _("Citizens"),
    "closes_at": _("Closes"),
    "decision": _("Decision"),
    "effect": _("Effect"),
    "elected": _("Numbers of the options chosen"),
    "electorate": _("Electorate"),
    "entered": _("Entered"),
    "ends_at": _("Ends"),
    "entered_late": _("Entered late"),
    "entries": _("Entries before it"),
    "explanation": _("Explanation"),
    "how": _("How they were found"),
    "item": _("Point of the agenda"),
    "lost_checkpoint": _("The checkpoint that was lost"),
    "hands_voters": _("Voted by hand"),
    "method": _("How it is counted"),
    "marked": _("People marked"),
    "motion": _("Motion"),
    "mover": _("Moved by"),
    "most": _("Most approvals on a ballot"),
    "name": _("Name"),
    "no": _("Against"),
    "number": _("Number"),
    "office": _("Office"),
    "options": _("Options"),
    "opens_at": _("Opens"),
    "outcome": _("Outcome"),
    "paper_voters": _("Voted on paper"),
    "papers": _("Papers"),
    "place": _("Place"),
    "policy": _("Policy"),
    "present": _("In the hall"),
    "proposal": _("Proposal"),
    "proposals": _("Proposals"),
    "quorum_number": _("Quorum, in people"),
    "quorum_per_mille": _("Quorum, in thousandths of the roll"),
    "reason": _("Reason"),
    "rule": _("Rule"),
    "seats": _("How many are chosen"),
    "roll": _("On the roll"),
    "said_at": _("When it happened, entered late"),
    "session": _("Session"),
    "sha256": _("Digest"),
    "seed": _("Seed of the lot"),
    "text": _("Text"),
    "threshold": _("Majority"),
    "title": _("Title"),
    "until": _("Until"),
    "voters": _("Voted"),
    "yes": _("In favour"),
}


def add(kinds: dict[str, Any], facts: dict[str, Any]) -> None:
    """The words of a floor above."""
    KINDS.update(kinds)
    FACTS.update(facts)


def kind_in_words(kind: str) -> str:
    return str(KINDS.get(kind) or kind.replace(".", ": ").replace("_", " ").capitalize())


def fact_in_words(field: str) -> str:
    return str(FACTS.get(field) or field.replace("_", " ").capitalize())
