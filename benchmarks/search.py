"""How long it takes to find words in a hundred thousand documents, through the page and in the database alone.

    python -m benchmarks.search [--documents 100000] [--rounds 7]

Beside each question stands the same one answered without an index and without kept words: every text is read and cut
into words anew (a sequential scan, with the same dictionary). The ratio is of the two in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time

from benchmarks import record

PAGES = {
    "a rare word": "?q=meteorite",
    "a common word": "?q=oven",
    "a word of long ago": "?q=comet",
    "two words": "?q=oven+thursday",
    "a phrase": "?q=%22common+oven%22",
    "another ending": "?q=ovens+baking",
    "without one": "?q=oven+-thursday",
    "words nobody said": "?q=zeppelin",
    "one kind": "?q=oven&kind=action",
    "one place": "?q=oven&place=bench-3",
    "a month": "?q=oven&since=2026-03-01&until=2026-03-31",
    "all at once": "?q=oven&kind=policy&place=bench-3&since=2026-01-01&until=2026-12-31",
    "the newest first": "?q=oven&order=newest",
    "page 5": "?q=oven&page=5",
    "a name misspelt": "?q=Bensh-7",
}
# Documents as the triggers write them, in one statement, through the same function.
FILL = """
SELECT put_document(
    (ARRAY['proposal', 'policy', 'session', 'task', 'action'])[n %% 5 + 1], n,
    (SELECT id FROM assemblies_assembly ORDER BY id OFFSET n %% 50 LIMIT 1), NULL, n,
    timestamptz '2025-01-01' + n * interval '8 minutes',
    'Bread ' || n || ' of ' || (ARRAY['Monday', 'Thursday', 'Saturday'])[n %% 3 + 1],
    'The common oven is warm, and neighbours bake what ' || md5(n::text) || ' brought. '
        || repeat('The acequia is cleaned before the first water of March by whoever drinks of it. ', n %% 20)
        || CASE WHEN n %% 30000 = 7 THEN 'A meteorite fell. ' ELSE '' END
        || CASE WHEN n < 3000 THEN 'A comet was seen. ' ELSE '' END
        || md5((n * 7)::text) || ' keeps the key and the book of turns.')
FROM generate_series(1, %s) n
"""
PLAIN = """
SELECT id FROM search_document
WHERE to_tsvector('civic_english', title || ' ' || text) @@ websearch_to_tsquery('civic_english', %s)
ORDER BY at DESC, id DESC LIMIT 500
"""
KEPT = """
SELECT id FROM search_document WHERE dictionary = 'civic_english' AND words @@ websearch_to_tsquery('civic_english', %s)
ORDER BY at DESC, id DESC LIMIT 500
"""


def fill(documents: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assemblies_assembly DISABLE TRIGGER USER")
        for number in range(50):
            cursor.execute("INSERT INTO assemblies_log (origin) VALUES (%s) RETURNING id", [f"assembly/bench-{number}"])
            cursor.execute(
                "INSERT INTO assemblies_assembly (name, slug, kind, time_zone, log_id, founded_at)"
                " VALUES (%s, %s, 'village', 'Europe/Madrid', %s, now())",
                [f"Bench-{number}", f"bench-{number}", cursor.fetchone()[0]],
            )
        cursor.execute("SELECT document_of_assembly(id) FROM assemblies_assembly")
        cursor.execute("ALTER TABLE assemblies_assembly ENABLE TRIGGER USER")
        cursor.execute(FILL, [documents])
        cursor.execute("VACUUM ANALYZE")


def median(rounds: int, ask) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    from confederation import embedded

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
        fill(options.documents)
        print(f"{options.documents} documents written in {time.perf_counter() - begun:.0f} s")
        from django.conf import settings
        from django.db import connection
        from django.test import Client

        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        client = Client(headers={"host": "localhost"})
        for name, address in PAGES.items():

            def page(address: str = address) -> None:
                answer = client.get(f"/search/{address}")
                assert answer.status_code == 200, (address, answer.status_code)

            page()
            found[name] = round(median(options.rounds, page))
            print(f"{name:<20} {found[name]:5d} ms  load {os.getloadavg()[0]:4.1f}")
        with connection.cursor() as cursor:
            for words in ("meteorite", "comet", "oven", "oven thursday", "zeppelin"):
                kept = median(options.rounds, lambda words=words: cursor.execute(KEPT, [words]))
                plain = median(1, lambda words=words: cursor.execute(PLAIN, [words]))
                found[f"{words}, ratio"] = round(plain / kept)
                print(f"{words:<20} {kept:7.1f} ms, read anew {plain:7.0f} ms: {plain / kept:6.0f} times")
        from django.db import connections

        connections["default"].close_pool()  # type: ignore[attr-defined]
    finally:
        record.admin(f"DROP DATABASE IF EXISTS {record.DATABASE} WITH (FORCE)")
        if ours:
            services.stop()
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
