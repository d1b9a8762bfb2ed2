"""How fast goods are shared by need, beside HiGHS in the same run.

    python benchmarks/sharing.py [--quick]

Two questions. The largest minimum alone, beside the linear program that says the same, solved by HiGHS as it chooses
by itself and by its interior point method: both sides start from the same rows of numbers (supplies, ways, needs) and
must find the same optimum; times are processor time, ours the best of several runs, so that a busy machine troubles
both alike. Two shapes, since the ratio depends on them: `scattered`, where each community can draw on five givers
anywhere, and `near`, on the ten nearest. Then every level, and the whole plan, in processor and in wall time, with the
load of the machine beside them. HiGHS needs some minutes for it all; `--quick` leaves out the 10,000 communities.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from commons.sharing import Claim, GreatCircle, Supply, share
from commons.sharing.leximin import largest_minimum, leximin
from commons.sharing.rule import _Work
from commons.sharing.ways import AS_MUCH_AS_THERE_IS, Integers, Ways

REACH = 20_000
ENOUGH = {"scarce": 0.7, "nearly enough": 1.0, "plenty": 1.5}


def region(count: int, enough: float, seed: int = 1) -> tuple[list[Claim], list[Supply], GreatCircle]:
    """Communities of some hundred to some ten thousand people; who grows much does not live where many need it."""
    random = np.random.default_rng(seed)
    degrees = random.uniform(0, 0.1 * np.sqrt(count), (count, 2))
    need = (np.exp(random.normal(7, 1.2, count)).astype(np.int64) + 20) * 100_000  # 100 kg a person, in grams
    fertile = np.exp(random.normal(0, 1, count))
    harvest = (need * fertile * (enough * need.sum() / (need * fertile).sum())).astype(np.int64)
    names = [f"community {i}" for i in range(count)]
    claims = [Claim(p, int(n), int(n) // 2, reserve=int(h) // 20) for p, n, h in zip(names, need, harvest, strict=True)]
    supplies = [Supply(p, int(h)) for p, h in zip(names, harvest, strict=True)]
    return claims, supplies, GreatCircle({p: (float(a), float(b)) for p, (a, b) in zip(names, degrees, strict=True)})


def ladder(count: int) -> tuple[list[Claim], list[Supply], Callable[[str, str], int], set[tuple[str, str]]]:
    """The hardest shape found: each giver reaches two neighbours, and each community stands a little above the last."""
    claims = [Claim(f"c{i:05}", 1_000_000) for i in range(count)]
    supplies = [Supply(f"g{i:05}", 1 + 900_000 * i // count) for i in range(count)]
    pairs = {(f"g{i:05}", f"c{j:05}") for i in range(count) for j in (i, i + 1) if j < count}
    return claims, supplies, lambda giver, receiver: 1000, pairs


def best(work: Callable[[], Any], clock: Callable[[], float]) -> tuple[float, Any]:
    """The shortest of at least three runs and a second of them (one run when it takes longer), and its result."""
    times: list[float] = []
    while True:
        start = clock()
        result = work()
        times.append(clock() - start)
        if sum(times) > 1 and (len(times) >= 3 or times[0] > 1):
            return min(times), result


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def rows(shape: str, count: int, seed: int = 1) -> tuple[Integers, Ways, Integers, Integers]:
    """Supplies, ways, needs and what each has: half as many givers as communities, four fifths of what is needed."""
    random, givers = np.random.default_rng(seed), count // 2
    need = (np.exp(random.normal(7, 0.5, count)).astype(np.int64) + 20) * 100_000
    supply = np.exp(random.normal(0, 0.3, givers))
    supply = (supply / supply.sum() * need.sum() * 0.8).astype(np.int64)
    if shape == "scattered":
        reach = 5
        tail = np.concatenate([random.choice(givers, reach, replace=False) for _ in range(count)])
    else:
        reach = 10
        homes, farms = random.uniform(0, 1, (count, 2)), random.uniform(0, 1, (givers, 2))
        squares = (((home - farms) ** 2).sum(axis=1) for home in homes)
        tail = np.concatenate([np.argpartition(square, reach)[:reach] for square in squares])
    head = np.repeat(np.arange(count), reach)
    bounds = np.full(len(tail), AS_MUCH_AS_THERE_IS)
    return supply, Ways(tail, head, np.zeros(len(tail), np.int64), bounds), need, np.zeros(count, np.int64)


def beside_highs(shape: str, count: int) -> None:
    supply, ways, need, have = rows(shape, count)
    mine, floor = best(lambda: largest_minimum(supply, ways, need, have), time.process_time)
    print(f"  {shape}, {count:,} communities, {len(ways.tail):,} ways: {float(floor):.6f} in {mine * 1e3:.1f} ms")
    try:
        from tests.commons import highs
    except ImportError:
        print("    HiGHS is not installed, left out")
        return
    for method in ("choose", "ipm"):
        start = time.process_time()
        theirs = highs.largest_minimum(supply, ways.tail, ways.head, ways.most, need, have, method=method)
        taken = time.process_time() - start
        mine = min(mine, best(lambda: largest_minimum(supply, ways, need, have), time.process_time)[0])
        same = "the same optimum" if abs(theirs - float(floor)) < 1e-6 else f"ANOTHER OPTIMUM: {theirs}"
        how = "as it chooses" if method == "choose" else "interior point"
        print(f"    HiGHS {how:15} {taken:8.3f} s   {same}   => {taken / mine:.0f} times as fast", flush=True)


def whole(name: str, count: int, question: tuple[Any, ...], **limits: Any) -> None:
    claims, supplies, distances = question
    work = _Work.of(claims, supplies, "", None, None)
    ways = work.ways(distances, limits.get("reach"), limits.get("allowed"))
    rounds: list[float] = []

    def levels() -> Any:
        rounds.clear()
        return leximin(work.supply, ways, work.essential, work.essential_own, work.rank, after_each_round=rounds.append)

    processor, found = best(levels, time.process_time)
    wall, _ = best(levels, time.perf_counter)
    sets = len(np.unique(found.receivers[found.receivers >= 0]))
    taken, plan = best(lambda: share(claims, supplies, distances, **limits), time.perf_counter)
    print(
        f"  {count:6,} communities, {name}: every level {processor:.3f} s of processor, {wall:.3f} s ({sets:,} sets in "
        f"{len(rounds)} rounds); the whole plan with further need, transport and reasons {taken:.3f} s "
        f"({len(plan.allotments):,} allotments; {load()})",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave out the 10,000 communities")
    sizes = [1_000] if parser.parse_args().quick else [1_000, 10_000]
    print("The largest minimum, beside HiGHS")
    for count in sizes:
        for shape in ("scattered", "near"):
            beside_highs(shape, count)
    print("Every level (leximin), and the whole plan")
    for count in sizes:
        for name, enough in ENOUGH.items():
            whole(name, count, region(count, enough), reach=REACH)
        claims, supplies, distances, pairs = ladder(count)
        whole("a ladder", count, (claims, supplies, distances), allowed=pairs)


if __name__ == "__main__":
    main()
