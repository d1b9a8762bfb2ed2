"""What a closed decision came to, in words, with the numbers that say why."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Decision


def rule_in_words(threshold: str) -> str:
    """What it takes to carry, under a majority rule of the standing orders."""
    return {
        "simple": _("It carries with more votes for than against."),
        "two-thirds": _("It carries with at least two thirds of the votes for or against."),
        "absolute-of-roll": _("It carries with the votes of more than half of everyone on the roll."),
    }[threshold]


def method_in_words(method: str) -> str:
    """How a question with options is counted, for whoever fills in its ballot."""
    return {
        "approval": _("Those with the most approvals are chosen."),
        "irv": _(
            "The option with the fewest first places is excluded and its ballots move on, until one has more than half."
        ),
        "scottish-stv": _(
            "What reaches the quota is chosen; what is over it, and the ballots of those that"
            " are excluded, move on (single transferable vote, Scottish rule)."
        ),
        "meek": _(
            "What reaches the quota is chosen and keeps only the part of each ballot that is"
            " needed (single transferable vote, Meek's rule)."
        ),
        "schulze": _("Each is compared with each; what wins the comparisons is chosen."),
    }[method]


def choice_in_words(decision: Decision) -> str:
    """What a closed vote among options came to."""
    if decision.outcome == Decision.Outcome.QUORUM_MISSED and decision.quorum is not None:
        needed = decision.quorum.needed(decision.electorate or 0)
        return _short_of(decision.voters or 0, needed)
    if decision.counted is None:
        return _("Nobody voted: nothing is chosen.")
    names = ", ".join(option["name"] for option in decision.counted.chosen())
    return _("Chosen: %(names)s.") % {"names": names}


def _short_of(voted: int, needed: int) -> str:
    return ngettext(
        "Quorum missed: %(voted)d voted, and %(needed)d was needed. The proposal can be put to the vote again.",
        "Quorum missed: %(voted)d voted, and %(needed)d were needed. The proposal can be put to the vote again.",
        needed,
    ) % {"voted": voted, "needed": needed}


def outcome_in_words(decision: Decision) -> str:
    """Carried, lost, tied or short of its quorum, and by how much; nothing before the close."""
    tally = decision.tally
    if tally is None or decision.quorum is None or decision.rule is None:
        return ""
    if decision.outcome == Decision.Outcome.QUORUM_MISSED:
        return _short_of(tally.voters, decision.quorum.needed(tally.electorate))
    if decision.outcome == Decision.Outcome.TIED:
        return _("Tied: %(yes)d in favour and %(no)d against. A tie does not carry.") % {
            "yes": tally.yes,
            "no": tally.no,
        }
    words = _("Carried: %(reason)s") if decision.carried else _("Not carried: %(reason)s")
    return words % {"reason": _why(decision)}


def _why(decision: Decision) -> str:
    tally = decision.tally
    if tally is None:
        return ""
    if decision.threshold == "absolute-of-roll":
        needed = tally.electorate // 2 + 1
        return ngettext(
            "%(yes)d in favour, of %(needed)d needed: more than half of the %(roll)d on the roll.",
            "%(yes)d in favour, of %(needed)d needed: more than half of the %(roll)d on the roll.",
            needed,
        ) % {"yes": tally.yes, "needed": needed, "roll": tally.electorate}
    if decision.threshold == "two-thirds":
        voted = tally.yes + tally.no
        return _("%(yes)d of %(voted)d votes for or against were in favour; two thirds, %(needed)d, were needed.") % {
            "yes": tally.yes,
            "voted": voted,
            "needed": max(1, -(-2 * voted // 3)),
        }
    return _("%(yes)d in favour and %(no)d against; more for than against were needed.") % {
        "yes": tally.yes,
        "no": tally.no,
    }
