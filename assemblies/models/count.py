"""The count of a vote among options, frozen stage by stage as it closes; anyone can count again."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils.translation import gettext_lazy

from ..clock import CivicNow
from ..refusal import FORBIDDEN
from ..triggers import checked, fixed, refuse
from .decision import Decision
from .entry import Entry, names_people, record
from .proposal import Method

if TYPE_CHECKING:
    from ..counting.formats import BallotFile
    from ..counting.profile import Profile
    from ..counting.rules import Result

GROUPED = """
SELECT coalesce(string_agg(array_send(ranking), ''::bytea), ''),
    coalesce(array_agg(cardinality(ranking)), '{}'), coalesce(array_agg(n), '{}')
FROM decision_profile(%s)
"""


class CountQuerySet(models.QuerySet["Count"]):
    def freeze(self, decision: Decision, closed: Entry) -> Count:
        """Count a decision that has just closed, and write the count down in the same transaction.

        Ties that no earlier stage settles go to the lot of RFC 3797. Its seed is the SHA-256 of the entry that closed
        the decision: that entry holds a commitment to every ballot, so nobody can know it or choose it beforehand,
        and closing twice gives the same.
        """
        seed = hashlib.sha256(bytes(closed.body)).hexdigest()
        result = recount(decision, seed).as_dict()
        count = self.create(
            decision=decision,
            rule=decision.method,
            seats=decision.seats,
            elected=result["elected"],
            result=result,
            seed=seed,
        )
        record(
            "decision.counted",
            decision,
            log=decision.assembly.log_id,
            at=decision.closes_at,
            rule=count.rule,
            seats=count.seats,
            elected=count.elected,
            seed=seed,
            **({} if names_people(decision.proposal) else {"chosen": result["elected_names"]}),
        )
        return count


class Count(models.Model):
    """How a choice was counted: the rule, every stage exact, the options chosen by number, the seed of its lots."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="count")
    rule = models.CharField(max_length=20, choices=Method.choices)
    seats = models.PositiveSmallIntegerField()
    elected = ArrayField(models.PositiveSmallIntegerField())
    result = models.JSONField()
    seed = models.CharField(max_length=64)
    counted_at = models.DateTimeField(db_default=CivicNow())

    objects = CountQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        verbose_name = gettext_lazy("count")
        triggers = [
            *fixed(2, "A count stands as it was made: anyone can count again."),
            checked(
                "made",
                pgtrigger.Insert,
                "NEW.counted_at := civic_now();",
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                refuse(
                    2,
                    "asked.method = 'yes-no' OR asked.outcome IS DISTINCT FROM 'carried'"
                    " OR NEW.rule <> asked.method OR NEW.seats <> asked.seats",
                    "What is counted is a closed vote among options, by its own rule.",
                    FORBIDDEN,
                ),
                refuse(
                    2,
                    "cardinality(NEW.elected) <> asked.seats OR cardinality(NEW.elected) <>"
                    " (SELECT count(*) FROM assemblies_option o"
                    " WHERE o.proposal_id = asked.proposal_id AND o.number = ANY (NEW.elected))",
                    "A count names as many different options as were to be chosen.",
                    FORBIDDEN,
                ),
                refuse(
                    2,
                    "NEW.result -> 'elected' IS DISTINCT FROM to_jsonb(NEW.elected)",
                    "A count names whom its stages chose.",
                    FORBIDDEN,
                ),
                declare=[("asked", "assemblies_decision%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.decision)

    def again(self) -> Result:
        """The same count once more, from the ballots as they are."""
        return recount(self.decision, self.seed)

    def ballot_file(self) -> BallotFile:
        """The grouped ballots with title and seats, as the formats write them."""
        from ..counting.formats import BallotFile

        return BallotFile(profile(self.decision).in_order(), title=str(self.decision), seats=self.seats)

    def chosen(self) -> list[dict[str, Any]]:
        """The options chosen, in the order in which they were: number and name."""
        names = {one["number"]: one["name"] for one in self.result["candidates"]}
        return [{"number": number, "name": names[number]} for number in self.elected]

    def others(self) -> list[int]:
        """The numbers of the options not chosen, nearest to being chosen first: by the ranking of the count where it
        has one, by approvals, or by how late they were excluded."""
        left = [one["number"] for one in self.result["candidates"] if one["number"] not in self.elected]
        if "ranking" in self.result:
            place: dict[int, Any] = {n: i for i, group in enumerate(self.result["ranking"]) for n in group}
        elif "stages" in self.result:
            stages = self.result["stages"]
            gone = {n: i for i, stage in enumerate(stages) for n in stage["excluded"]}
            votes = [Decimal(v) for v in stages[-1]["totals"]]
            place = {n: (-gone.get(n, len(stages)), -votes[n - 1]) for n in left}
        else:
            place = {one["number"]: -one["approvals"] for one in self.result["candidates"]}
        return sorted(left, key=lambda number: (place[number], number))


def profile(decision: Decision) -> Profile:
    """The ballots of a vote among options, grouped in SQL: those cast by device and those counted on paper."""
    from ..counting.profile import Profile

    names = list(decision.proposal.options.order_by("number").values_list("title", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(GROUPED, [decision.pk])
        arrays, lengths, weights = cursor.fetchone()
    return Profile.sent(names, bytes(arrays), lengths, weights)


def recount(decision: Decision, seed: str) -> Result:
    """Count by the decision's own rule, with the lots of that seed."""
    from ..counting import rules
    from ..counting.lot import SeededLot

    ballots = profile(decision)
    return rules.count(decision.method, ballots, decision.seats, SeededLot(seed, len(ballots.candidates)))
