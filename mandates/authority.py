"""Where an authority comes from: citizens, decision, policy, clause, mandate, delegate; and where it was cut."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assemblies.models import Decision, Policy

from .models import Candidacy, Clause, Mandate, Power, in_a_row

Step = dict[str, Any]


def chain(mandate: Mandate, clauses: Iterable[Clause], at: datetime) -> list[Step]:
    """The steps of `_chain.html`, first to last.

    `mandate` comes with its end (`with_end`), `clauses` with `force_now`; related rows that were fetched with them
    are not asked for again.
    """
    decision = mandate.decision
    steps = [_citizens(mandate, decision, at), _decision(mandate, decision, at)]
    if mandate.candidacy is not None:
        steps.append(_election(mandate))
    by_policy: dict[Policy, list[Clause]] = {}
    for clause in clauses:
        by_policy.setdefault(clause.policy, []).append(clause)
    for policy, grounded in by_policy.items():
        steps.append(_policy(policy, at))
        steps += [_clause(clause, mandate) for clause in grounded]
    return [*steps, _mandate(mandate), _delegate(mandate, at)]


def allowed(mandate: Mandate, clauses: Iterable[Clause]) -> list[Clause]:
    """The clauses in force; of a mandate that is not issued or not begun, those that would be."""
    if mandate.force_now or mandate.answered:
        return [clause for clause in clauses if clause.force_now]
    return [clause for clause in clauses if clause.struck_at is None]


def may_not(clauses: Iterable[Clause]) -> list[str]:
    """What a mandate of these clauses does not allow, in sentences: powers nobody gave, and what nobody can give."""
    given = {clause.power for clause in clauses}
    withheld = [str(power.label) for power in Power if power not in given]
    lines = []
    if withheld:
        powers = in_a_row(withheld, _("%(some)s or %(last)s"))
        lines.append(_("May not %(powers)s: no clause gives that power") % {"powers": powers})
    lines.append(_("May not decide policy, nor vote on it: that is the assemblies' alone"))
    return lines


def _citizens(mandate: Mandate, decision: Decision | None, at: datetime) -> Step:
    assembly = mandate.assembly
    opened = decision is not None and at >= decision.opens_at
    moment = decision.opens_at if decision is not None and opened else at
    count = decision.electorate if decision is not None and opened else None
    if count is None:
        count = assembly.citizens(moment).count()
    return {
        "title": format_html(
            ngettext("{n} citizen of {assembly}", "{n} citizens of {assembly}", count), n=count, assembly=bdi(assembly)
        ),
        "url": assembly.get_absolute_url(),
        "note": _("Roll of %(day)s") % {"day": day(moment)},
    }


def _decision(mandate: Mandate, decision: Decision | None, at: datetime) -> Step:
    if decision is None:
        return {
            "title": _("This question"),
            "url": mandate.proposal.get_absolute_url(),
            "note": _("Not put to the vote. Until it carries, nothing below binds anybody."),
        }
    step: Step = {"title": _("Decision %(number)d") % {"number": decision.pk}, "url": decision.get_absolute_url()}
    if decision.tally is None:
        if at < decision.closes_at:
            step["note"] = _("Voting ends on %(day)s") % {"day": day(decision.closes_at)}
        else:
            step["note"] = _("Closed on %(day)s, being counted") % {"day": day(decision.closes_at)}
        return step
    figures = {"yes": decision.yes, "no": decision.no, "day": day(decision.closes_at)}
    step["note"] = _("%(yes)d for, %(no)d against, %(day)s") % figures
    if not decision.carried:
        step |= {"broken": True, "note": f"{step['note']}: {decision.get_outcome_display()}"}
    return step


def _election(mandate: Mandate) -> Step:
    candidacy = cast(Candidacy, mandate.candidacy)
    poll = candidacy.election.put
    count = poll.count if poll else None
    step: Step = {"title": _("Election"), "url": candidacy.election.get_absolute_url()}
    if count is None:
        return step | {"note": _("Not counted yet")}
    if mandate.option is not None and mandate.option.number in count.elected:
        return step | {"note": _("Elected on %(day)s") % {"day": day(count.decision.closes_at)}}
    return step | {"note": _("Not elected"), "broken": True}


def _policy(policy: Policy, at: datetime) -> Step:
    newest = next((version for version in policy.versions.all() if version.in_force_from <= at), None)
    step: Step = {"title": format_html("<bdi>{}</bdi>", policy.title), "url": policy.get_absolute_url()}
    if newest is None or newest.repeals:
        since = newest.in_force_from if newest else at
        return step | {"broken": True, "note": _("Policy repealed on %(day)s") % {"day": day(since)}}
    version = {"number": newest.number, "day": day(newest.in_force_from)}
    return step | {"note": _("Policy, version %(number)d, in force since %(day)s") % version}


def _clause(clause: Clause, mandate: Mandate) -> Step:
    title = _("Clause %(number)d: %(power)s") % {"number": clause.number, "power": clause.get_power_display()}
    step: Step = {
        "title": title,
        "url": f"{mandate.get_absolute_url()}#clause-{clause.number}",
        "note": Truncator(clause.instruction).chars(120),
    }
    if clause.struck_at is not None:
        step |= {"broken": True, "note": _("Struck on %(day)s") % {"day": day(clause.struck_at)}}
    return step


def _mandate(mandate: Mandate) -> Step:
    term = {"first": day(mandate.valid_from), "last": day(mandate.ends_at or mandate.valid_until)}
    return {
        "title": _("Mandate %(number)d") % {"number": mandate.pk},
        "url": mandate.get_absolute_url(),
        "note": _("From %(first)s until %(last)s") % term,
    }


def _delegate(mandate: Mandate, at: datetime) -> Step:
    people = {"name": bdi(mandate.delegate), "confederation": bdi(mandate.confederation)}
    if mandate.force_now:
        return {"title": format_html(_("{name} acts at the council of {confederation}"), **people)}
    if mandate.binds_now:
        note = _("Too few of the assemblies that gave this seat still stand behind it")
        return {"title": format_html(_("{name} has no authority from it now"), **people), "note": note, "broken": True}
    if mandate.ends_at is not None and mandate.ends_at <= at:
        how = {"how": mandate.how_it_ends, "day": day(mandate.ends_at)}
        return {
            "title": format_html(_("{name} has no authority from it any more"), **people),
            "note": _("Ended on %(day)s: %(how)s") % how,
            "broken": True,
        }
    if mandate.answered and mandate.ends_at is None:
        return {"title": format_html(_("{name} has no authority from it"), **people), "broken": True}
    note = (
        _("From %(day)s on") % {"day": day(mandate.valid_from)} if mandate.ends_at else _("Once the question carries")
    )
    return {"title": format_html(_("{name} would act at the council of {confederation}"), **people), "note": note}


def bdi(thing: object) -> SafeString:
    return format_html("<bdi>{}</bdi>", thing)


def day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
