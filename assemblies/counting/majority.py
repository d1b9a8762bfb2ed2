"""Yes, no and abstain: majority rules with an explicit base, quorum, and the outcome.

All arithmetic is on integers: no division, no floats, so that SQL can hold the same rules letter for letter.
With y, n, a, e for the yes votes, the no votes, the abstentions and the electorate, v = y + n + a for the voters
and p = max(v, those counted present) for those present:

    code                  carried when                    base
    simple                y > n                           y + n
    two-thirds            3y >= 2(y + n) and y > 0        y + n
    three-quarters        4y >= 3(y + n) and y > 0        y + n
    absolute-of-roll      2y > e                          e
    absolute-of-present   2y > p                          p
    consent               n = 0 and y > 0                 y + n

    quorum met when       1000v >= per_mille * e  and  v >= number

No rule carries without a single yes, so an electorate of nobody, or one in which nobody votes yes, carries nothing.
An abstention counts towards the quorum and towards those present; it is neither for nor against.

Source of the bases: Robert's Rules of Order Newly Revised, 12th ed., 44:1-9 (a majority or two thirds "of the votes
cast, excluding blanks or abstentions"; a majority "of the entire membership"; a majority "of the members present").
A majority is more than half; two thirds and three quarters are reached at equality ("at least two thirds").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Outcome = Literal["carried", "lost", "tied", "quorum_missed"]
OUTCOMES: tuple[Outcome, ...] = ("carried", "lost", "tied", "quorum_missed")


def _whole(name: str, value: object, most: int | None = None) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < 0 or (most is not None and value > most):
        raise ValueError(f"{name} must be {'0 or more' if most is None else f'between 0 and {most}'}, not {value}")


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted: yes, no and abstain of an electorate of so many citizens; all whole numbers, 0 or more.

    `present` is the number counted present, None when heads were not counted. Whoever votes takes part, so those
    present are never fewer than the voters (`attending`).

    Raises TypeError for anything but integers, ValueError for a negative number, for more voters than the
    electorate (somebody was counted twice), and for more present than the electorate.
    """

    yes: int
    no: int
    abstain: int
    electorate: int
    present: int | None = None

    def __post_init__(self) -> None:
        for name in ("yes", "no", "abstain", "electorate"):
            _whole(name, getattr(self, name))
        if self.voters > self.electorate:
            raise ValueError(f"{self.voters} votes are more than the electorate of {self.electorate}")
        if self.present is not None:
            _whole("present", self.present, self.electorate)

    @property
    def voters(self) -> int:
        """Everybody who voted, abstentions included."""
        return self.yes + self.no + self.abstain

    @property
    def attending(self) -> int:
        """Those present: the heads counted, or the voters where they are more or heads were not counted."""
        return max(self.voters, self.present or 0)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A majority rule. `code` is stored, `words` is the rule in plain English (the caller translates it)."""

    code: ClassVar[str]
    words: ClassVar[str]

    def base(self, tally: Tally) -> int:
        """The number the yes votes are measured against: here the votes for or against."""
        return tally.yes + tally.no

    def carried(self, tally: Tally) -> bool:
        """Whether the yes votes reach this majority. The quorum is a separate question."""
        raise NotImplementedError

    def needed(self, tally: Tally) -> int | None:
        """The fewest yes votes that would carry, everything else as counted; None when no number would.

        It may exceed what the electorate still allows: then the question can no longer carry.
        """
        raise NotImplementedError


class SimpleMajority(Threshold):
    """More yes than no. Equal numbers, both above 0, are a tie, and a tie does not carry."""

    code = "simple"
    words = "more votes for than against"

    def carried(self, tally: Tally) -> bool:
        return tally.yes > tally.no

    def needed(self, tally: Tally) -> int | None:
        return tally.no + 1


class TwoThirds(Threshold):
    """At least two thirds of the votes for or against, and at least one for: 3y >= 2(y + n)."""

    code = "two-thirds"
    words = "at least two thirds of the votes for or against"

    def carried(self, tally: Tally) -> bool:
        return tally.yes > 0 and 3 * tally.yes >= 2 * (tally.yes + tally.no)

    def needed(self, tally: Tally) -> int | None:
        return max(1, 2 * tally.no)


class ThreeQuarters(Threshold):
    """At least three quarters of the votes for or against, and at least one for: 4y >= 3(y + n)."""

    code = "three-quarters"
    words = "at least three quarters of the votes for or against"

    def carried(self, tally: Tally) -> bool:
        return tally.yes > 0 and 4 * tally.yes >= 3 * (tally.yes + tally.no)

    def needed(self, tally: Tally) -> int | None:
        return max(1, 3 * tally.no)


class AbsoluteOfRoll(Threshold):
    """More than half of the electorate, whether they vote or not: 2y > e."""

    code = "absolute-of-roll"
    words = "more than half of all citizens entitled to vote"

    def base(self, tally: Tally) -> int:
        return tally.electorate

    def carried(self, tally: Tally) -> bool:
        return 2 * tally.yes > tally.electorate

    def needed(self, tally: Tally) -> int | None:
        return tally.electorate // 2 + 1


class AbsoluteOfPresent(Threshold):
    """More than half of those present, abstaining and silent ones included: 2y > max(y + n + a, present)."""

    code = "absolute-of-present"
    words = "more than half of those present"

    def base(self, tally: Tally) -> int:
        return tally.attending

    def carried(self, tally: Tally) -> bool:
        return 2 * tally.yes > tally.attending

    def needed(self, tally: Tally) -> int | None:
        return max((tally.present or 0) // 2, tally.no + tally.abstain) + 1


class Consent(Threshold):
    """No reasoned objection is left standing, and at least one consents: n = 0 and y > 0.

    A no vote is a reasoned objection that stands; an objection that was met or withdrawn is not counted as a no.
    """

    code = "consent"
    words = "no reasoned objection left standing"

    def carried(self, tally: Tally) -> bool:
        return tally.no == 0 and tally.yes > 0

    def needed(self, tally: Tally) -> int | None:
        return None if tally.no else 1


THRESHOLDS: dict[str, Threshold] = {
    threshold.code: threshold
    for threshold in (
        SimpleMajority(),
        TwoThirds(),
        ThreeQuarters(),
        AbsoluteOfRoll(),
        AbsoluteOfPresent(),
        Consent(),
    )
}


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many must take part: a share of the roll in thousandths (0 to 1000), a number of voters, or both.

    Met when 1000 * voters >= per_mille * electorate and voters >= number, abstentions included among the voters.
    Where both are given both must be met; `Quorum()` asks for nobody and is always met.
    Raises TypeError or ValueError for a share outside 0..1000 or a negative number.
    """

    per_mille: int = 0
    number: int = 0

    def __post_init__(self) -> None:
        _whole("per_mille", self.per_mille, 1000)
        _whole("number", self.number)

    def met(self, tally: Tally) -> bool:
        return 1000 * tally.voters >= self.per_mille * tally.electorate and tally.voters >= self.number

    def missed(self, tally: Tally) -> bool:
        return not self.met(tally)

    def needed(self, electorate: int) -> int:
        """The fewest voters that meet it in an electorate of this size (the share is rounded up)."""
        return max(self.number, -(-self.per_mille * electorate // 1000))


def outcome(tally: Tally, threshold: Threshold, quorum: Quorum | None = None) -> Outcome:
    """What was decided; the first of these that holds:

    1. `quorum_missed`: the quorum is not met, whatever the votes say;
    2. `carried`: the threshold is reached;
    3. `tied`: the threshold is the simple majority and yes = no > 0;
    4. `lost`: everything else, the empty vote (yes = no = 0) included.

    A tie does not carry: the proposal is not adopted, and the word only tells the assembly why.
    """
    if quorum is not None and quorum.missed(tally):
        return "quorum_missed"
    if threshold.carried(tally):
        return "carried"
    if threshold.code == SimpleMajority.code and tally.yes == tally.no > 0:
        return "tied"
    return "lost"
