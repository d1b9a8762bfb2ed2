"""How fast ranked ballots are counted, beside six other libraries in the same run.

    python benchmarks/counting.py [--ward FILE.blt] [--quick]

Everybody starts from the same grouped rows (ranking, number of ballots), as SQL hands them over, builds whatever it
counts from, and counts. Times are processor time, the best of several runs, ours taken anew before and after each
rival, so that a busy machine troubles both alike; only the ratios travel. A library that is not installed is named
and left out (`pip install pyrankvote python3-vote-core stvpoll votelib votekit pref-voting`).
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assemblies.counting import formats, meek, schulze, scottish
from assemblies.counting.lot import SeededLot
from assemblies.counting.profile import Profile

Rows = list[tuple[tuple[int, ...], int]]
WARD = Path(__file__).resolve().parent.parent / "tests/data/scottish-stv/blt/argyll_bute_2022_ward4.blt"


def electorate(ballots: int, candidates: int = 10, seed: int = 1) -> Rows:
    """Ballots of voters with a leaning (Plackett and Luce) who stop after some preferences; grouped, any order."""
    random = np.random.default_rng(seed)
    leaning = np.linspace(1.6, 0, candidates)
    orders = np.argsort(-(leaning + random.gumbel(size=(ballots, candidates))), axis=1)
    lengths = np.minimum(1 + random.binomial(candidates - 1, 0.41, size=ballots), candidates)
    return list(Counter(tuple(o[:n]) for o, n in zip(orders.tolist(), lengths.tolist(), strict=True)).items())


# What each rival does with the rows: (module, build and count, winners from 0)


def pyrankvote_stv(rows: Rows, size: int, seats: int) -> set[int]:
    import pyrankvote

    people = [pyrankvote.Candidate(str(c)) for c in range(size)]
    ballots = [b for r, n in rows for b in [pyrankvote.Ballot([people[c] for c in r])] * n]
    result = pyrankvote.single_transferable_vote(people, ballots, number_of_seats=seats)
    return {int(c.name) for c in result.get_winners()}


def pyvotecore_stv(rows: Rows, size: int, seats: int) -> set[int]:
    from py3votecore.stv import STV

    ballots = [{"count": n, "ballot": [str(c) for c in r]} for r, n in rows]
    return {int(c) for c in STV(ballots, required_winners=seats).as_dict()["winners"]}


def stvpoll_scottish(rows: Rows, size: int, seats: int) -> set[int]:
    from stvpoll.scottish_stv import calculate_scottish_stv

    return set(calculate_scottish_stv(tuple(range(size)), rows, seats).elected_as_set())


def votelib_stv(rows: Rows, size: int, seats: int) -> set[int]:
    from votelib.evaluate.sequential import TransferableVoteSelector

    return set(TransferableVoteSelector(quota_function="droop").evaluate(dict(rows), n_seats=seats))


def votekit_stv(rows: Rows, size: int, seats: int) -> set[int]:
    from votekit.elections import STV

    return {int(c) for group in STV(_votekit(rows, size), n_seats=seats).get_elected() for c in group}


def pref_voting_scottish(rows: Rows, size: int, seats: int) -> set[int]:
    from pref_voting.proportional_methods import stv_scottish

    return set(stv_scottish(_pref_voting(rows, size), num_seats=seats))


def pyvotecore_schulze(rows: Rows, size: int, seats: int) -> set[int]:
    from py3votecore.condorcet import CondorcetHelper
    from py3votecore.schulze_method import SchulzeMethod

    ballots = [{"count": n, "ballot": [[c] for c in r]} for r, n in rows]
    return {SchulzeMethod(ballots, ballot_notation=CondorcetHelper.BALLOT_NOTATION_GROUPING).as_dict()["winner"]}


def votelib_schulze(rows: Rows, size: int, seats: int) -> set[int]:
    from votelib.convert import RankedToCondorcetVotes
    from votelib.evaluate.condorcet import Schulze

    return set(Schulze().evaluate(RankedToCondorcetVotes().convert(dict(rows))))


def votekit_schulze(rows: Rows, size: int, seats: int) -> set[int]:
    from votekit.elections import Schulze

    return {int(c) for group in Schulze(_votekit(rows, size), n_seats=1).get_elected() for c in group}


def pref_voting_schulze(rows: Rows, size: int, seats: int) -> set[int]:
    from pref_voting.margin_based_methods import beat_path

    profile = _pref_voting(rows, size)
    profile.use_extended_strict_preference()
    return set(beat_path(profile))


def _votekit(rows: Rows, size: int) -> Any:
    from votekit import RankBallot, RankProfile

    ballots = [RankBallot(ranking=[{str(c)} for c in r], weight=n) for r, n in rows]
    return RankProfile(ballots=ballots, candidates=[str(c) for c in range(size)], max_ranking_length=size)


def _pref_voting(rows: Rows, size: int) -> Any:
    from pref_voting.profiles_with_ties import ProfileWithTies

    ranks = [{c: place for place, c in enumerate(r, 1)} for r, _ in rows]
    return ProfileWithTies(ranks, [n for _, n in rows], candidates=list(range(size)))


RIVALS: dict[str, list[tuple[str, str, Callable[[Rows, int, int], set[int]]]]] = {
    "stv": [
        ("pyrankvote", "pyrankvote", pyrankvote_stv),
        ("pyvotecore", "py3votecore.stv", pyvotecore_stv),
        ("stvpoll", "stvpoll.scottish_stv", stvpoll_scottish),
        ("votelib", "votelib", votelib_stv),
        ("votekit", "votekit", votekit_stv),
        ("pref_voting", "pref_voting.proportional_methods", pref_voting_scottish),
    ],
    "schulze": [
        ("pyvotecore", "py3votecore.schulze_method", pyvotecore_schulze),
        ("votelib", "votelib", votelib_schulze),
        ("votekit", "votekit", votekit_schulze),
        ("pref_voting", "pref_voting.profiles_with_ties", pref_voting_schulze),
    ],
}
SLOW = {"votekit", "pref_voting"}


def best(work: Callable[[], Any], least: int = 5) -> tuple[float, Any]:
    """The shortest of at least `least` runs and a second of them (one run when it takes longer), and its result."""
    times: list[float] = []
    while True:
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
        if sum(times) > 1 and (len(times) >= least or times[0] > 1):
            return min(times), result


def compare(title: str, rows: Rows, size: int, seats: int, quick: bool) -> None:
    """Print the ratios for one set of rows: Scottish STV, Meek and Schulze."""
    names = [str(c) for c in range(size)]
    profile = Profile.of(names, rows)
    lot = SeededLot("benchmark", size)
    print(f"\n{title}: {profile.valid:,} ballots, {len(rows):,} distinct, {size} candidates, {seats} seats")
    ours: dict[str, Callable[[Profile], Any]] = {
        "stv": lambda p: scottish.count(p, seats, lot),
        "schulze": lambda p: schulze.count(p, 1, lot=lot),
    }
    for method, count in ours.items():
        mine, result = best(lambda count=count: count(Profile.of(names, rows)))
        alone, _ = best(lambda count=count: count(profile))
        print(f"  {method:8} from rows {mine * 1e3:7.2f} ms   alone {alone * 1e3:7.2f}")
        ratios: dict[str, float] = {}
        for name, module, rival in RIVALS[method]:
            if quick and name in SLOW:
                print(f"    {name:12} left out (--quick)")
                continue
            try:
                importlib.import_module(module)
            except ImportError:
                print(f"    {name:12} not installed, left out")
                continue
            ours_now = [best(lambda count=count: count(Profile.of(names, rows)))[0]]
            try:
                taken, winners = best(lambda rival=rival: rival(rows, size, seats))
            except Exception as error:
                print(f"    {name:12} failed: {type(error).__name__}: {error}")
                continue
            ours_now.append(best(lambda count=count: count(Profile.of(names, rows)))[0])
            ratios[name] = taken / min(ours_now)
            same = "the same winners" if winners == set(result.elected) else f"other winners: {sorted(winners)}"
            print(f"    {name:12} {taken * 1e3:9.1f} ms   {ratios[name]:7.1f} times ours   {same}")
        if ratios:
            fastest = min(ratios, key=lambda name: ratios[name])
            print(f"    => {ratios[fastest]:.1f} times as fast as the fastest, {fastest}")
    taken, _ = best(lambda: meek.count(profile, seats, lot))
    print(f"  meek     count alone {taken * 1e3:.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ward", type=Path, default=WARD, help="a BLT file to count beside the invented ballots")
    parser.add_argument("--quick", action="store_true", help="leave out the libraries that take seconds")
    parser.add_argument("--ballots", type=int, nargs="*", default=[100_000])
    options = parser.parse_args()
    for ballots in options.ballots:
        compare("Invented", electorate(ballots), 10, 4, options.quick)
    if options.ward.exists():
        file = formats.read(options.ward.read_text(encoding="utf-8"), "blt")
        rows = [(tuple(level[0] for level in levels), weight) for levels, weight in file.profile.ballots()]
        compare(options.ward.stem, rows, len(file.profile.candidates), file.seats or 1, options.quick)


if __name__ == "__main__":
    main()
