"""How long the pages of a long record take: a hundred thousand entries in a few logs, through the whole of Django.

    python -m benchmarks.record_reading [--entries 100000] [--rounds 5]

The entries are written by one statement through the table's own triggers, and set into their trees by the sequencer.
Each page is asked for `--rounds` times; the median and the slowest are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time

from benchmarks import record

PAGES = {
    "all": "/record/",
    "all, page 1000": "/record/?page=1000",
    "a rare word": "/record/?q=meteorite",
    "a common word": "/record/?q=oven",
    "two words": "/record/?q=oven+thursday",
    "the beginning of a word": "/record/?q=thurs",
    "words nobody said": "/record/?q=zeppelin",
    "a rare kind": "/record/?kind=record.resumed",
    "a common kind": "/record/?kind=proposal.offered",
    "a day": "/record/?since=2026-03-01&until=2026-03-01",
    "one thing": "/record/?subject=proposal/77",
    "a log": "/record/?log=bench-3",
    "word, kind, log and days": "/record/?q=oven&kind=proposal.offered&log=bench-3&since=2026-01-01&until=2026-06-30",
    "one log": "/record/assembly/bench-3/",
    "one log, a word": "/record/assembly/bench-3/?q=meteorite",
    "the record of one thing": "/record/of/proposal/77/",
    "one entry": "/record/entries/50000/",
}
FILL = """
INSERT INTO assemblies_entry (log_id, kind, subject, body, at)
SELECT l.id, said ->> 'kind', said ->> 'subject', convert_to(said::text, 'UTF8'), (said ->> 'at')::timestamptz
FROM generate_series(1, %s) n
JOIN LATERAL (SELECT id FROM assemblies_log ORDER BY id OFFSET n %% 8 LIMIT 1) l ON true
JOIN LATERAL (SELECT jsonb_build_object(
    'at', to_char(timestamptz '2026-01-01' + n * interval '4 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
    'kind', CASE WHEN n %% 20000 = 5 THEN 'record.resumed'
        ELSE (ARRAY['proposal.offered', 'decision.called', 'decision.closed', 'citizenship.begun'])[n %% 4 + 1] END,
    'subject', 'proposal/' || n %% 5000, 'title', 'Bread ' || n,
    'text', 'The common oven is warm on ' || (ARRAY['Monday', 'Thursday', 'Saturday'])[n %% 3 + 1]
        || ', as ' || md5(n::text) || ' said.' || CASE WHEN n %% 30000 = 7 THEN ' A meteorite fell.' ELSE '' END
) AS said) s ON true
"""


def fill(entries: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from assemblies.models import Log
    from assemblies.record.sequencer import sequencer

    call_command("migrate", verbosity=0)
    for number in range(8):
        Log.objects.create(origin=f"assembly/bench-{number}")
    with connection.cursor() as cursor:
        cursor.execute(FILL, [entries])
        sequencer.run()
        cursor.execute("VACUUM ANALYZE")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    from confederation import embedded

    os.environ["PUBLISHED_DIR"] = tempfile.mkdtemp()
    services = embedded.Services(embedded.default_var_dir())
    ours = not all(service.answers() for service in services)
    services.start()
    record.admin(
        f"DROP DATABASE IF EXISTS {record.DATABASE} WITH (FORCE)",
        f"CREATE DATABASE {record.DATABASE} TEMPLATE template0",
    )
    found = {}
    try:
        record.use("owner")
        begun = time.perf_counter()
        fill(options.entries)
        print(f"{options.entries} entries written and set into their trees in {time.perf_counter() - begun:.0f} s")
        from django.conf import settings
        from django.test import Client

        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        client = Client(headers={"host": "localhost"})
        for name, address in PAGES.items():
            times = []
            for _ in range(options.rounds):
                begun = time.perf_counter()
                answer = client.get(address)
                times.append(1000 * (time.perf_counter() - begun))
                assert answer.status_code == 200, (address, answer.status_code)
            found[name] = round(statistics.median(times))
            print(f"{name:<26} {found[name]:5d} ms, the slowest {max(times):5.0f} ms  load {os.getloadavg()[0]:4.1f}")
        from django.db import connections

        connections["default"].close_pool()  # type: ignore[attr-defined]
    finally:
        record.admin(f"DROP DATABASE IF EXISTS {record.DATABASE} WITH (FORCE)")
        shutil.rmtree(os.environ["PUBLISHED_DIR"], ignore_errors=True)
        if ours:
            services.stop()
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
