"""The fair order of a speakers' list, without Django: who is called next, from who asked and who has spoken.

The order is stated in the call of the session. Replies come first; then, where the session says so, those who have
spoken less often on the point; then as hands went up. With two lists, these take turns, each in that order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hand:
    """One hand that is up, or one speech that was given.

    Args:
        who: the speaker.
        asked: when the hand went up; anything that can be compared.
        side: the list it is on; empty where there is one list.
        reply: whether it answers the speech before it.
    """

    who: int
    asked: Any
    side: str = ""
    reply: bool = False


def order(
    waiting: Sequence[Hand], spoken: Sequence[Hand], *, first_time_first: bool, sides: Sequence[str] = ()
) -> list[Hand]:
    """The hands that are up in the order in which they are called; `spoken` holds the speeches so far, oldest first."""
    times = Counter(hand.who for hand in spoken if not hand.reply)
    turn = [hand for hand in spoken if not hand.reply]

    def key(hand: Hand) -> tuple[int, Any]:
        return (times[hand.who] if first_time_first else 0, hand.asked)

    replies = sorted((hand for hand in waiting if hand.reply), key=lambda hand: hand.asked)
    others = [hand for hand in waiting if not hand.reply]
    if len(sides) < 2:
        return replies + sorted(others, key=key)
    lists = {side: sorted((hand for hand in others if hand.side == side), key=key) for side in sides}
    last = turn[-1].side if turn else sides[-1]
    found: list[Hand] = []
    while any(lists.values()):
        after = (sides.index(last) + 1) % len(sides) if last in sides else 0
        rotated = [*sides[after:], *sides[:after]]
        last = next(side for side in rotated if lists[side])
        found.append(lists[last].pop(0))
    return replies + found
