"""How many acts a second one assembly records, beside a hash chain under a head lock in the same run.

    python -m benchmarks.record [--seconds 10] [--processes 2] [--threads 4] [--rounds 3]

Three kinds of act, each a transaction of its own, from eight writers (two server processes with four threads each), on
the PostgreSQL under `var/` with its disk on (`fsync`, `synchronous_commit`):

  record   `record()`: an entry with its row in the queue and what its HMAC stands for. The least that an act writes.
  propose  `assembly.propose()`: a proposal laid before the assembly, whole: two rows, their rules, and the entry.
  chain    the same entry in an append-only chain, as well written: one function locks the row that holds the last
           hash, hashes, writes, and moves it.

The record's sequencer runs beside its writers, and an act counts when it stands in the tree under a signed
checkpoint: the time goes on until the queue is empty. At the end the whole record is verified. Beside each rate stands
the processor time of an act, which depends less on what else the machine does, and the machine's load.
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
import threading
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assemblies.models import Assembly, Citizen

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
    person_id bigint, UNIQUE (entry_id, field)
);
CREATE INDEX ON chain_entry (subject, id);
CREATE INDEX ON chain_disclosure (person_id);
CREATE FUNCTION write_chained(log bigint, what text, about text, before text, after text, told jsonb)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head chain_head%ROWTYPE; entry bigint; moment timestamptz; body bytea; link bytea;
BEGIN
    SELECT * INTO STRICT head FROM chain_head WHERE log_id = log FOR UPDATE;
    moment := civic_now();
    body := convert_to(
        before || to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') || after, 'UTF8');
    link := sha256(head.last || body);
    INSERT INTO chain_entry (log_id, index, kind, subject, body, at, hash, recorded_at)
    VALUES (log, head.size, what, about, body, moment, link, moment) RETURNING id INTO entry;
    INSERT INTO chain_disclosure (entry_id, field, salt, value, person_id)
    SELECT entry, it ->> 0, decode(it ->> 1, 'hex'), it ->> 2, (it ->> 3)::bigint FROM jsonb_array_elements(told) it;
    UPDATE chain_head SET last = link, size = size + 1 WHERE log_id = log;
    RETURN entry;
END $$;
GRANT ALL ON chain_head, chain_entry, chain_disclosure TO confederation_app;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO confederation_app;
"""


def use(role: str) -> None:
    """Django on the benchmark's own database."""
    import django

    from confederation import embedded

    app, owner = (embedded.database_url(embedded.default_var_dir(), who) for who in ("app", "owner"))
    app, owner = (url.removesuffix(embedded.DATABASE) + DATABASE for url in (app, owner))
    os.environ |= {"DATABASE_URL": app, "OWNER_DATABASE_URL": owner, "DATABASE_POOL": "16"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "confederation.settings", "DATABASE_ROLE": role}
    django.setup()


def admin(*statements: str) -> None:
    from confederation import embedded

    postgres = embedded.Postgres(embedded.default_var_dir())
    with postgres.connect(embedded.ROLES["owner"]) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def prepare() -> int:
    """A database of its own, migrated, with one assembly of three; the chain has the same log's number."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(CHAIN)
    from assemblies.models import Assembly, Citizen

    people = [Citizen.objects.create_user(f"{name}@example.org", None, name=name) for name in ("Ana", "Bilal", "Chen")]
    assembly = Assembly.objects.found("Abiego", founders=people)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO chain_head VALUES (%s, '', 0)", [assembly.log_id])
    return assembly.pk


Act = Callable[[int], object]
LOAVES = {"oven": "the common one", "text": "x" * 200}


def recording(assembly: Assembly, ana: Citizen) -> Act:
    from django.db import transaction

    from assemblies.models import record

    def act(number: int) -> None:
        with transaction.atomic():
            record("bread.baked", assembly, log=assembly.log_id, by=ana, loaves=number, **LOAVES)

    return act


def proposing(assembly: Assembly, ana: Citizen) -> Act:
    return lambda number: assembly.propose(f"Bread {number}", "x" * 200, by=ana)


def chaining(assembly: Assembly, ana: Citizen) -> Act:
    import secrets

    from django.db import connection, transaction

    from assemblies.models.entry import around_its_moment, commitment, in_canonical_form

    def act(number: int) -> None:
        salt = secrets.token_bytes(32)
        subject = f"assembly/{assembly.pk}"
        said = {"kind": "bread.baked", "subject": subject, "personal": {"by": commitment(salt, ana.name)}}
        told = in_canonical_form([["by", salt.hex(), ana.name, ana.pk]])
        before, after = around_its_moment(said | {"loaves": number} | LOAVES)
        with transaction.atomic(), connection.cursor() as cursor:
            values = [assembly.log_id, "bread.baked", subject, before, after, told]
            cursor.execute("SELECT write_chained(%s, %s, %s, %s, %s, %s)", values)
            cursor.fetchone()

    return act


KINDS = {"record": recording, "propose": proposing, "chain": chaining}


def acting(act: Act, until: float) -> int:
    done = 0
    while time.time() < until:
        act(done)
        done += 1
    return done


def spent(backends: list[Path]) -> tuple[float, float]:
    """Seconds of processor time, of this process and of its database connections."""
    return time.process_time(), sum(int(backend.read_text().split()[0]) for backend in backends) / 1e9


def writing(what: str, barrier: Barrier, assembly_id: int, threads: int, seconds: float, results) -> None:  # type: ignore[no-untyped-def]
    """A server process with so many threads, each a writer with a connection of its own."""
    use("app")
    from django.db import connection

    from assemblies.models import Assembly

    begin, end = threading.Barrier(threads + 1), threading.Barrier(threads + 1)
    backends: list[Path] = []
    done: list[int] = []

    def work() -> None:
        assembly = Assembly.objects.get(pk=assembly_id)
        act = KINDS[what](assembly, assembly.citizens(assembly.founded_at).earliest("pk"))
        acting(act, time.time() + 0.3)
        backends.append(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat"))
        begin.wait()
        begin.wait()
        done.append(acting(act, time.time() + seconds))
        end.wait()
        end.wait()
        connection.close()

    writers = [threading.Thread(target=work) for _ in range(threads)]
    for thread in writers:
        thread.start()
    begin.wait()
    barrier.wait()
    before = spent(backends)
    begin.wait()
    end.wait()
    results.put((sum(done), *(now - then for now, then in zip(spent(backends), before, strict=True))))
    end.wait()
    for thread in writers:
        thread.join()


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


def measure(what: str, assembly_id: int, processes: int, threads: int, seconds: float) -> tuple[float, str]:
    """Acts a second, and what there is to say beside it."""
    context = multiprocessing.get_context("spawn")
    with_sequencer = what != "chain"
    barrier, results, said = context.Barrier(processes + with_sequencer + 1), context.Queue(), context.Queue()
    stop = context.Event()
    started = [
        context.Process(target=writing, args=(what, barrier, assembly_id, threads, seconds, results))
        for _ in range(processes)
    ]
    if with_sequencer:
        started.append(context.Process(target=sequencing, args=(barrier, stop, said)))
    for process in started:
        process.start()
    barrier.wait(120)
    begun = time.perf_counter()
    acts, here, there = map(sum, zip(*(results.get(timeout=seconds + 60) for _ in range(processes)), strict=True))
    stop.set()
    note = f"{1e6 * here / acts:.0f} µs of Python and {1e6 * there / acts:.0f} µs of PostgreSQL an act"
    if with_sequencer:
        worst, batches = said.get(timeout=120)
        note += f", {batches} batches, the slowest {worst * 1000:.0f} ms"
    lasted = time.perf_counter() - begun
    for process in started:
        process.join(60)
    return acts / lasted, note


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
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
        assembly_id = prepare()
        from django.db import connections

        connections["default"].close_pool()  # type: ignore[attr-defined]
        figures: dict[str, list[float]] = {what: [] for what in KINDS}
        for number in range(options.rounds):
            for what, found in figures.items():
                rate, note = measure(what, assembly_id, options.processes, options.threads, options.seconds)
                found.append(rate)
                print(
                    f"round {number + 1}  {what:<7} {rate:7.0f} acts/s  load {os.getloadavg()[0]:.1f}  {note}",
                    flush=True,
                )
        from django.core.management import call_command

        call_command("verify_record")
    finally:
        admin(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        shutil.rmtree(os.environ["PUBLISHED_DIR"], ignore_errors=True)
        if ours:
            services.stop()
    medians = {what: statistics.median(found) for what, found in figures.items()}
    medians["ratio"] = statistics.median(a / b for a, b in zip(figures["record"], figures["chain"], strict=True))
    writers = options.processes * options.threads
    print(
        f"\n{writers} writers on one assembly: {medians['record']:.0f} recorded acts/s in the tree,"
        f" {medians['propose']:.0f} proposals laid, {medians['chain']:.0f} entries in a hash chain under a head lock;"
        f" record to chain {medians['ratio']:.2f}"
    )
    print(json.dumps({key: round(value, 2) for key, value in medians.items()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
