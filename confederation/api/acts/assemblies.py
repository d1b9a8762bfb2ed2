"""Floor 1: proposals, votes called, and votes cast."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from assemblies import access
from assemblies.models import Assembly, Choice, Citizen, Decision, Method, Option, Proposal
from assemblies.refusal import UNFIT, Refusal

from ..acting import Act, Of, choice, maybe, moment, text
from ..nouns.assemblies import ASSEMBLIES, DECISIONS, PROPOSALS


def assembly(_reader: Citizen, slug: str) -> Any:
    return access.assembly(slug)


def policy(_reader: Citizen, pk: int) -> Any:
    return access.policy(pk)


class OptionForm(serializers.Serializer):
    """One thing to choose."""

    title = text("What it is called.", 200)
    text = maybe("What it would mean.", 10_000)


def _propose(by: Citizen, _key: Any, said: dict[str, Any]) -> Proposal:
    options = [Choice(**option) for option in said.pop("options")]
    offer, place, method = said.pop("offer"), said.pop("assembly"), said.pop("method")
    words = said.pop("title"), said.pop("text")
    if method == Method.YES_NO:
        if options or said["seats"] != 1 or said["most"] is not None:
            raise Refusal(2, _("This question is answered with yes or no: it has no options."), status=UNFIT)
        kind = {name: said[name] for name in ("effect", "policy", "secret")}
        kept = kind["policy"]
        if kept is not None and kept.assembly_id != place.pk:
            raise Refusal(1, _("An assembly changes its own policies alone."))
        proposal = Proposal.objects.draft(place, *words, by=by, **kind)
    else:
        kind = {name: said[name] for name in ("seats", "most", "secret")}
        proposal = Proposal.objects.draft_choice(place, *words, by=by, options=options, method=method, **kind)
    if offer:
        proposal.offer(by=by)
    return proposal


Act(
    "proposals",
    "Draft a proposal, and lay it before the assembly with `offer`. Any of its citizens may. Once it is offered, it"
    " stands as it is.",
    _propose,
    PROPOSALS,
    {
        "assembly": Of(assembly, "Before which assembly, by its slug.", slug=True),
        "title": text("One line that says what would be done.", 200),
        "text": text("Exactly what would hold if it carries, in Markdown.", 50_000),
        "effect": choice(
            ["policy", "amendment", "repeal", "question"],
            "What carries with it. Questions with effects of their own have their own nouns.",
            default="policy",
        ),
        "policy": Of(policy, "The policy that it changes or repeals, by its number.", required=False, default=None),
        "secret": serializers.BooleanField(default=False, help_text="Whether it is voted on in secret."),
        "method": choice(Method.values, "How the assembly answers.", default=Method.YES_NO.value),
        "options": OptionForm(many=True, required=False, default=list, help_text="What there is to choose among."),
        "seats": serializers.IntegerField(min_value=1, max_value=50, default=1, help_text="How many are chosen."),
        "most": serializers.IntegerField(
            min_value=1,
            max_value=50,
            allow_null=True,
            default=None,
            help_text="How many a ballot may approve of at most.",
        ),
        "offer": serializers.BooleanField(default=False, help_text="Whether it is offered at once, and not a draft."),
    },
    example={
        "assembly": "abiego",
        "title": "Benches",
        "text": "Two benches stand under the plane tree.",
        "offer": True,
    },
)


def _offered(by: Citizen, pk: int, _said: dict[str, Any]) -> Proposal:
    found = access.proposal(by, pk)
    found.offer(by=by)
    return found


def _withdrawn(by: Citizen, pk: int, _said: dict[str, Any]) -> Proposal:
    found = access.proposal(by, pk)
    found.withdraw(by=by)
    return found


Act(
    "offers",
    "Lay a draft of one's own before the assembly. It stands as it is from then on.",
    _offered,
    PROPOSALS,
    on=PROPOSALS,
)
Act(
    "withdrawals",
    "Take a proposal of one's own back before it is put to the vote.",
    _withdrawn,
    PROPOSALS,
    on=PROPOSALS,
)


def _revised(by: Citizen, pk: int, said: dict[str, Any]) -> Proposal:
    found = access.proposal(by, pk)
    found.revise(by=by, **said)
    return found


def _options(by: Citizen, pk: int, said: dict[str, Any]) -> Proposal:
    found = access.draft_of_a_choice(by, pk)
    Option.objects.rewrite(found, [Choice(**option) for option in said["options"]], by=by)
    return found


def _removed(by: Citizen, pk: int, _said: dict[str, Any]) -> Assembly:
    found = access.proposal(by, pk)
    found.discard(by=by)
    return found.assembly


Act(
    "revisions",
    "Give a draft of one's own another title and text. What was offered stands as it is.",
    _revised,
    PROPOSALS,
    {
        "title": text("One line that says what would be done.", 200),
        "text": text("Exactly what would hold if it carries, in Markdown.", 50_000),
    },
    on=PROPOSALS,
    example={"title": "Benches", "text": "Three benches stand under the plane tree."},
)
Act(
    "options",
    "Give a draft of one's own other options.",
    _options,
    PROPOSALS,
    {"options": OptionForm(many=True, help_text="What there is to choose among.")},
    on=PROPOSALS,
    example={"options": [{"title": "Fig"}, {"title": "Olive"}]},
)
Act(
    "removals",
    "Remove a draft of one's own, of which nobody knows. The answer is the assembly that it would have gone to.",
    _removed,
    ASSEMBLIES,
    on=PROPOSALS,
)


def _call(by: Citizen, _key: Any, said: dict[str, Any]) -> Decision:
    proposal = said.pop("proposal")
    return proposal.put_to_vote(by=by, **{name: at for name, at in said.items() if at is not None})


WHEN: dict[str, Any] = {"required": False, "allow_null": True, "default": None}

Act(
    "decisions",
    "Call the vote on a proposal; a facilitator of the assembly does. Deliberation and notice come first.",
    _call,
    DECISIONS,
    {
        "proposal": Of(access.proposal, "What is voted on, by its number."),
        "opens_at": moment("When one can vote from; the earliest moment, unless given.", **WHEN),
        "closes_at": moment("Until when; as long as the standing orders say, unless given.", **WHEN),
    },
    example={"proposal": 12},
)


def _cast(by: Citizen, pk: int, said: dict[str, Any]) -> Decision:
    box = access.ballot_box(pk, named=said["choice"] is None)
    box.cast(by=by, **said)
    return box


Act(
    "ballots",
    "Cast a vote, or change it until the close: one a citizen. The answer is the decision and says nothing of the vote."
    " A secret vote is cast with a sealed paper, on its page.",
    _cast,
    DECISIONS,
    {
        "choice": choice(["yes", "no", "abstain"], "The answer to a question of yes or no.", **WHEN),
        "ranking": serializers.ListField(
            child=serializers.IntegerField(min_value=1, max_value=50),
            max_length=50,
            help_text="Of a choice: numbers of options, the best first; those approved of, in an approval vote.",
            **WHEN,
        ),
    },
    on=DECISIONS,
    example={"choice": "yes"},
)
