"""A million ranked ballots from SQL to a declared result, beside the bare grouping in the same database.

    python -m benchmarks.counting_sql ["host=/path/to/sockets user=confederation_owner dbname=confederation"]

Makes a temporary table of ballots as the decisions keep them, an array of option numbers each, and needs only the
right to make one; without an address it uses the PostgreSQL under `var/`. Reads the groups as a decision does, in one
row. Times are the shortest of several runs, the bare grouping taken anew before and after; only the ratio travels.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
import numpy as np
import psycopg
import psycopg.conninfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assemblies.counting import schulze, scottish
from assemblies.counting.lot import SeededLot
from assemblies.counting.profile import Profile
from confederation import embedded

NAMES = "ABCDEFGHIJ"
GROUPED = "select ranking, count(*) as n from counted group by ranking"
SENT = f"""
select string_agg(array_send(ranking), ''::bytea), array_agg(cardinality(ranking)), array_agg(n)
from ({GROUPED}) as grouped
"""


def best(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return min(times), result


def fill(connection: psycopg.Connection, ballots: int) -> None:
    random = np.random.default_rng(1)
    leaning = np.linspace(1.6, 0, len(NAMES))
    orders = np.argsort(-(leaning + random.gumbel(size=(ballots, len(NAMES)))), axis=1).astype(np.int16) + 1
    lengths = 1 + random.binomial(len(NAMES) - 1, 0.41, size=ballots)
    connection.execute("create temporary table counted (id bigint, ranking smallint[])")
    with connection.cursor() as cursor, cursor.copy("copy counted from stdin with (format binary)") as copy:
        copy.set_types(["int8", "int2[]"])
        for number, (order, length) in enumerate(zip(orders.tolist(), lengths.tolist(), strict=True)):
            copy.write_row((number, order[:length]))
    connection.execute("vacuum analyze counted")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", nargs="?", help="a connection string")
    parser.add_argument("--ballots", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    services = embedded.Services(embedded.default_var_dir(), redis=False)
    ours = not options.database and not all(service.answers() for service in services)
    if not options.database:
        services.start()
    try:
        compare(options.database or owner_address(), options.ballots, options.runs)
    finally:
        if ours:
            services.stop()


def owner_address() -> str:
    config = environ.Env.db_url_config(embedded.database_url(embedded.default_var_dir(), "owner"))
    return psycopg.conninfo.make_conninfo(host=config["HOST"], user=config["USER"], dbname=config["NAME"])


def compare(database: str, ballots: int, runs: int) -> None:
    lot = SeededLot("benchmark", len(NAMES))
    with psycopg.connect(database, autocommit=True) as connection:
        fill(connection, ballots)
        connection.execute("set work_mem = '256MB'")

        def grouping() -> int:
            row = connection.execute(f"select count(*) from ({GROUPED}) as grouped").fetchone()
            return row[0] if row else 0

        def profile() -> Profile:
            row = connection.cursor(binary=True).execute(SENT).fetchone()
            return Profile.sent(NAMES, *row) if row else Profile.of(NAMES, [])

        bare, distinct = best(grouping, runs)
        print(f"{ballots:,} ballots, {distinct:,} distinct; bare grouping {bare:.3f} s")
        for name, count in (
            ("scottish-stv", lambda: scottish.count(profile(), 4, lot)),
            ("schulze", lambda: schulze.count(profile(), 1, lot=lot)),
        ):
            taken, _ = best(count, runs)
            bare = min(bare, best(grouping, runs)[0])
            print(f"  {name:13} from SQL to result {taken:.3f} s, {taken / bare:.2f} times the bare grouping")


if __name__ == "__main__":
    main()
