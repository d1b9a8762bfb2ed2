"""The record's own words for people: what a kind of entry means, and what a fact in it is called.

Each floor adds its own when it is ready; a kind or a fact that nobody named is shown as it stands in the entry.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Any] = {
    "account.put_back_in_use": _("An account was put back in use"),
    "account.put_out_of_use": _("An account was put out of use"),
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
    "papers.closed": _("The papers of a secret vote were closed, and the key that signed them destroyed"),
    "papers.printed": _("Ballot papers were printed"),
    "paper.read": _("A teller read a ballot paper"),
    "hands.counted": _("A teller counted hands"),
    "roll.marked": _("Somebody was marked as voting by hand"),
    "roll.mark_withdrawn": _("A mark on the roll of a vote was withdrawn"),
    "policy.adopted": _("A policy was adopted"),
    "policy.repealed": _("A policy was repealed"),
    "willingness.declared": _("Somebody stands ready for an office"),
    "willingness.withdrawn": _("Somebody no longer stands ready for an office"),
    "drawing.announced": _("A lot for an office was announced"),
    "office.drawn": _("An office was drawn by lot"),
    "office.laid_down": _("An office was laid down"),
    "record.resumed": _("The record was resumed after a restore"),
}

FACTS: dict[str, Any] = {
    "abstain": _("Abstained"),
    "bundle_sha256": _("Program in the browser (SHA-256)"),
    "envelopes": _("Ballots"),
    "envelopes_root": _("Root over the ballots"),
    "hands_abstain": _("Abstained, counted by the tellers"),
    "hands_no": _("Against, counted by the tellers"),
    "hands_papers": _("Papers, as both tellers read them"),
    "hands_yes": _("In favour, counted by the tellers"),
    "issuer_fingerprint": _("Key of the papers (SHA-256)"),
    "issuer_key": _("Key of the papers"),
    "papers_until": _("Papers until"),
    "refused": _("Refused"),
    "roll_root": _("Root over the roll"),
    "sealed_abstain": _("Abstained, by sealed paper"),
    "sealed_no": _("Against, by sealed paper"),
    "sealed_voters": _("Voted by sealed paper"),
    "sealed_yes": _("In favour, by sealed paper"),
    "secret": _("Secret"),
    "takers_root": _("Root over those who took a paper"),
    "urn_from": _("Urn from"),
    "by_all": _("Drawn from the whole roll"),
    "ballots": _("Commitments to the votes"),
    "by": _("By"),
    "channel": _("Channel"),
    "chosen": _("Chosen"),
    "citizen": _("Citizen"),
    "citizens": _("Citizens"),
    "closes_at": _("Closes"),
    "decision": _("Decision"),
    "drawing": _("Lot"),
    "drawn_from": _("How many it is drawn from"),
    "effect": _("Effect"),
    "elected": _("Numbers of the options chosen"),
    "electorate": _("Electorate"),
    "entered": _("Entered"),
    "entries": _("Entries before it"),
    "explanation": _("Explanation"),
    "list_sha256": _("SHA-256 of the list"),
    "lost_checkpoint": _("The checkpoint that was lost"),
    "hands_voters": _("Voted by hand"),
    "method": _("How it is counted"),
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
    "policy": _("Policy"),
    "proposal": _("Proposal"),
    "quorum_number": _("Quorum, in people"),
    "quorum_per_mille": _("Quorum, in thousandths of the roll"),
    "reason": _("Reason"),
    "rule": _("Rule"),
    "seats": _("How many are chosen"),
    "seed": _("Seed of the lot"),
    "in_force_from": _("In force from"),
    "text": _("Text"),
    "threshold": _("Majority"),
    "title": _("Title"),
    "until": _("Until"),
    "voters": _("Voted"),
    "without_a_lot": _("Seats without a lot"),
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
