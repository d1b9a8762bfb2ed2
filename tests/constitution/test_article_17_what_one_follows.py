"""Article 17 from its other side: what one follows, and how one is told, is one's own and stands in no record."""

from assemblies.clock import now
from assemblies.models import Digest, Entry, Follow, address, wish
from tests.cast import DAY, Cast
from tests.constitution.bench import (
    CORRECTED,
    Attempt,
    Corrected,
    Staged,
    as_owner,
    insert,
    kept,
    nothing,
    sql,
    tried,
    twisted,
)


def followed(cast: Cast) -> Follow:
    return Follow.objects.begin(address(cast.abiego), by=cast.ana)


def a_follow(cast: Cast) -> Staged:
    followed(cast)
    return {"citizen_id": cast.bilal.pk, "subject": address(cast.loarre), "since": now(), "ended_at": None}


def a_wish(cast: Cast) -> Staged:
    wish(cast.ana, "decision-closed", "now")
    return {"citizen_id": cast.bilal.pk, "kind": "decision-closed", "how": "never"}


def row(table: str):
    return lambda values: insert(table, values)


def long_ago(cast: Cast, row: Staged) -> None:
    """Follow since before there was anything to follow, to be told of it all."""
    insert("assemblies_follow", row | {"since": now() - 900 * DAY})
    if Follow.objects.latest("pk").since > now() - DAY:
        raise Corrected("assemblies_follow", "begun")


def ended_long_ago(cast: Cast, row: Staged) -> None:
    sql("UPDATE assemblies_follow SET ended_at = %s WHERE id = %s", [now() - 900 * DAY, row["pk"]])
    if Follow.objects.get(pk=row["pk"]).ended_at > now() - DAY:
        raise Corrected("assemblies_follow", "ended")


def told_long_ago(cast: Cast, row: Staged) -> None:
    insert("assemblies_digest", {"citizen_id": cast.ana.pk, "at": now() - 900 * DAY, "upto": 0})
    if Digest.objects.latest("pk").at > now() - DAY:
        raise Corrected("assemblies_digest", "written")


def ended(cast: Cast) -> Staged:
    follow = followed(cast)
    return {"pk": follow.pk, "other": cast.bilal.pk}


ATTEMPTS = [
    *kept("assemblies_follow", 17, followed, updates=True),
    *kept("assemblies_digest", 17, lambda cast: Digest.objects.create(citizen=cast.ana)),
    *kept("assemblies_letterwish", 17, lambda cast: wish(cast.ana, "decision-closed", "now"), updates=True),
    *twisted(
        a_follow,
        row("assemblies_follow"),
        follow_twice=("follow_once", lambda cast, s: {"citizen_id": cast.ana.pk, "subject": address(cast.abiego)}),
        follow_nothing=("follow_of_a_thing", lambda cast, s: {"subject": ""}),
        follow_an_address_elsewhere=("follow_of_a_thing", lambda cast, s: {"subject": "https://example.org/1"}),
    ),
    *twisted(
        a_wish,
        row("assemblies_letterwish"),
        wish_twice=("letter_wish_one_a_kind", lambda cast, s: {"citizen_id": cast.ana.pk}),
        wish_for_what_is_none=("letter_wish_known", lambda cast, s: {"how": "loudly"}),
    ),
    Attempt("follow since long ago", CORRECTED, a_follow, long_ago, lambda cast, s: insert("assemblies_follow", s)),
    Attempt(
        "have followed nothing for long",
        CORRECTED,
        ended,
        ended_long_ago,
        lambda cast, s: Follow.objects.get(pk=s["pk"]).end(by=cast.ana),
    ),
    Attempt(
        "have been told long ago",
        CORRECTED,
        nothing,
        told_long_ago,
        lambda cast, s: Digest.objects.create(citizen=cast.ana),
    ),
    Attempt(
        "have somebody else follow it, by a slip of the owner",
        17,
        ended,
        lambda cast, s: as_owner("UPDATE assemblies_follow SET citizen_id = %(other)s WHERE id = %(pk)s", s),
        lambda cast, s: as_owner("UPDATE assemblies_follow SET ended_at = now() WHERE id = %(pk)s", s),
    ),
    Attempt(
        "have somebody else follow what one followed",
        "42501",
        ended,
        lambda cast, s: sql("UPDATE assemblies_follow SET citizen_id = %(other)s WHERE id = %(pk)s", s),
        lambda cast, s: sql("UPDATE assemblies_follow SET ended_at = now() WHERE id = %(pk)s", s),
    ),
]

test_attempt = tried(ATTEMPTS)


def test_a_follow_begins_and_ends_by_the_civic_clock(cast: Cast):
    insert(
        "assemblies_follow",
        {"citizen_id": cast.ana.pk, "subject": "assembly/1", "since": now() - 900 * DAY, "ended_at": now() - DAY},
    )
    follow = Follow.objects.get()
    assert follow.ended_at is None
    assert now() - follow.since < DAY
    sql("UPDATE assemblies_follow SET ended_at = %s", [now() - 500 * DAY])
    follow.refresh_from_db()
    assert now() - follow.ended_at < DAY
    ended_at = follow.ended_at
    sql("UPDATE assemblies_follow SET ended_at = NULL")
    follow.refresh_from_db()
    assert follow.ended_at == ended_at, "what has ended does not begin anew"


def test_nothing_of_it_stands_in_the_record(cast: Cast):
    before = Entry.objects.count()
    followed(cast).end(by=cast.ana)
    wish(cast.ana, "decision-closed", "never")
    Digest.objects.write(cast.ana)
    assert Entry.objects.count() == before
