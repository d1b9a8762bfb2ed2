"""How many acts a second one assembly records, beside a hash chain under a head lock in the same run.

    python benchmarks/record.py [--seconds 10] [--writers 8] [--rounds 3]

Both write the same entry with `record()`'s own bytes, each in a transaction of its own, from as many processes, on
the PostgreSQL under `var/` with its disk on. The record's sequencer runs beside its writers, and an act counts when
it stands in the tree under a signed checkpoint: the time goes on until the queue is empty. The chain locks the one
row that holds the last hash, hashes, writes, and moves it, as an append-only chain must. Only the ratio travels.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from multiprocessing.synchronize import Barrier
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DATABASE = "confederation_bench_record"
CHAIN = """
CREATE TABLE chain_head (log_id bigint PRIMARY KEY, last bytea NOT NULL, size bigint NOT NULL);
CREATE TABLE chain_entry (
    id bigserial PRIMARY KEY, log_id bigint NOT NULL, index bigint NOT NULL, kind varchar(60) NOT NULL,
    subject varchar(80) NOT NULL, body bytea NOT NULL, at timestamptz NOT NULL, hash bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT civic_now(), UNIQUE (log_id, index)
);
CREATE TABLE chain_disclosure (
    id bigserial PRIMARY KEY, entry_id bigint NOT NULL REFERENCES chain_entry, field text, salt bytea, value text,
    person_id bigint
);
CREATE INDEX ON chain_entry (subject, id);
CREATE INDEX ON chain_disclosure (entry_id);
CREATE INDEX ON chain_disclosure (person_id);
GRANT ALL ON chain_head, chain_entry, chain_disclosure TO confederation_app;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO confederation_app;
"""


def use(role: str) -> None:
    """Django on the benchmark's own database."""
    import django

    from confederation import embedded

    app, owner = (embedded.database_url(embedded.default_var_dir(), who) for who in ("app", "owner"))
    app, owner = (url.removesuffix(embedded.DATABASE) + DATABASE for url in (app, owner))
    os.environ |= {"DATABASE_URL": app, "OWNER_DATABASE_URL": owner, "DATABASE_POOL": "4"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "confederation.settings", "DATABASE_ROLE": role}
    django.setup()


def admin(*statements: str) -> None:
    from confederation import embedded

    postgres = embedded.Postgres(embedded.default_var_dir())
    with postgres.connect(embedded.ROLES["owner"]) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def prepare() -> tuple[int, int]:
    """A database of its own, migrated, with one log and one person."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(CHAIN)
    from assemblies.models import Citizen, Log

    log = Log.objects.create(origin="assembly/bench")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO chain_head VALUES (%s, '', 0)", [log.pk])
    return log.pk, Citizen.objects.create_user("ana@example.org", None, name="Ana").pk


def record_acts(log_id: int, person_id: int, until: float) -> int:
    from django.db import connection, transaction

    from assemblies.models import Citizen, Log, record

    log, ana, done = Log.objects.get(pk=log_id), Citizen.objects.get(pk=person_id), 0
    connection.ensure_connection()
    while time.time() < until:
        with transaction.atomic():
            record("bread.baked", log, log=log_id, by=ana, loaves=done, oven="the common one", text="x" * 200)
        done += 1
    return done


def chain_acts(log_id: int, person_id: int, until: float) -> int:
    import secrets

    import rfc8785
    from django.db import connection, transaction

    from assemblies.clock import now
    from assemblies.models.entry import commitment

    done = 0
    while time.time() < until:
        with transaction.atomic(), connection.cursor() as cursor:
            at = now()
            salt = secrets.token_bytes(32)
            body = rfc8785.dumps(
                {"at": at.isoformat(), "kind": "bread.baked", "subject": f"log/{log_id}", "loaves": done,
                 "oven": "the common one", "text": "x" * 200, "personal": {"by": commitment(salt, "Ana")}}
            )  # fmt: skip
            cursor.execute("SELECT last, size FROM chain_head WHERE log_id = %s FOR UPDATE", [log_id])
            last, size = cursor.fetchone()
            link = sha256(bytes(last) + body).digest()
            cursor.execute(
                "WITH entry AS (INSERT INTO chain_entry (log_id, index, kind, subject, body, at, hash)"
                " VALUES (%s, %s, 'bread.baked', %s, %s, %s, %s) RETURNING id) INSERT INTO chain_disclosure"
                " (entry_id, field, salt, value, person_id) SELECT id, 'by', %s, 'Ana', %s FROM entry",
                [log_id, size, f"log/{log_id}", body, at, link, salt, person_id],
            )
            cursor.execute("UPDATE chain_head SET last = %s, size = size + 1 WHERE log_id = %s", [link, log_id])
        done += 1
    return done


def writer(what: str, barrier: Barrier, log_id: int, person_id: int, seconds: float, results) -> None:  # type: ignore[no-untyped-def]
    use("app")
    barrier.wait()
    acts = record_acts if what == "record" else chain_acts
    results.put(acts(log_id, person_id, time.time() + seconds))


def sequencing(barrier: Barrier, stop, results) -> None:  # type: ignore[no-untyped-def]
    """The worker's sweep, every two seconds as the schedule has it; then until nothing waits."""
    use("app")
    from assemblies.models import Pending
    from assemblies.record.sequencer import sequence

    worst, batches = 0.0, 0
    barrier.wait()
    while True:
        begun = time.perf_counter()
        found = sequence()
        if found:
            worst, batches = max(worst, time.perf_counter() - begun), batches + 1
            continue
        if stop.is_set() and not Pending.objects.exists():
            break
        if not stop.wait(2):
            continue
        time.sleep(0.05)  # what was written just before the end may not be committed yet
    results.put((worst, batches))


def measure(what: str, log_id: int, person_id: int, writers: int, seconds: float) -> tuple[float, str]:
    """Acts a second, and what there is to say beside it."""
    context = multiprocessing.get_context("spawn")
    with_sequencer = what == "record"
    barrier, results, said = context.Barrier(writers + with_sequencer + 1), context.Queue(), context.Queue()
    stop = context.Event()
    processes = [
        context.Process(target=writer, args=(what, barrier, log_id, person_id, seconds, results))
        for _ in range(writers)
    ]
    if with_sequencer:
        processes.append(context.Process(target=sequencing, args=(barrier, stop, said)))
    for process in processes:
        process.start()
    barrier.wait(120)
    begun = time.perf_counter()
    acts = sum(results.get(timeout=seconds + 60) for _ in range(writers))
    stop.set()
    note = ""
    if with_sequencer:
        worst, batches = said.get(timeout=120)
        note = f"{batches} batches, the slowest {worst * 1000:.0f} ms"
    spent = time.perf_counter() - begun
    for process in processes:
        process.join(60)
    return acts / spent, note


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    from confederation import embedded

    os.environ["PUBLISHED_DIR"] = tempfile.mkdtemp()
    services = embedded.Services(embedded.default_var_dir(), redis=False)
    ours = not all(service.answers() for service in services)
    services.start()
    admin(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    try:
        use("owner")
        log_id, person_id = prepare()
        from django.db import connections

        connections["default"].close_pool()  # type: ignore[attr-defined]
        figures: dict[str, list[float]] = {"record": [], "chain": []}
        for number in range(options.rounds):
            for what, found in figures.items():
                rate, note = measure(what, log_id, person_id, options.writers, options.seconds)
                found.append(rate)
                print(f"round {number + 1}  {what:<7} {rate:7.0f} acts/s  {note}", flush=True)
    finally:
        admin(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        shutil.rmtree(os.environ["PUBLISHED_DIR"], ignore_errors=True)
        if ours:
            services.stop()
    medians = {what: statistics.median(found) for what, found in figures.items()}
    medians["ratio"] = statistics.median(a / b for a, b in zip(figures["record"], figures["chain"], strict=True))
    print(
        f"\n{options.writers} writers on one assembly: {medians['record']:.0f} recorded acts/s in the tree,"
        f" {medians['chain']:.0f} in a hash chain under a head lock; ratio {medians['ratio']:.2f}"
    )
    print(json.dumps({key: round(value, 2) for key, value in medians.items()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
