"""Article 18: a secret ballot is secret from everyone, the technician and the database included."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from assemblies.clock import now
from assemblies.envelope import Envelope
from assemblies.models import Ballot, Citizen, Decision, Issuer, PaperCode, Proposal, RollMark, SealedBallot
from tests.cast import DAY, MINUTE, Cast, call, carry, citizen_of, finish, travel_to
from tests.constitution.bench import (
    PRIVILEGE,
    TWICE,
    Attempt,
    Staged,
    as_owner,
    everything_holds,
    insert,
    sql,
    tried,
    twisted,
)
from tests.secret.voter import Paper, electors, hall, opened, secret_question, take, to_the_urn
from tests.secret.voter import cast as put_in
from tests.voting.hall import tellers

pytestmark = pytest.mark.django_db


# ---- scenes ----


def offered(cast: Cast) -> Staged:
    return {"proposal": secret_question(cast.abiego)}


def papers(cast: Cast) -> Staged:
    """Papers can be taken; nobody has one."""
    decision = opened(secret_question(cast.abiego))
    return {"decision": decision, "issuer": decision.papers, "voter": electors(decision, 1)[0]}


def urn(cast: Cast, taken: int = 8) -> Staged:
    """The urn is open, and so many hold a paper."""
    staged = papers(cast)
    held = take(staged["decision"], *electors(staged["decision"], taken))
    return {"decision": to_the_urn(staged["decision"]), "papers": held}


def closed(cast: Cast) -> Staged:
    staged = urn(cast)
    for paper in staged["papers"]:
        put_in(staged["decision"], paper, "yes")
    return staged | {"decision": finish(staged["decision"])}


def mark(cast: Cast) -> Staged:
    """A row that says a paper was taken."""
    staged = papers(cast)
    return {
        "decision_id": staged["decision"].pk,
        "citizen_id": staged["voter"].pk,
        "channel": "sealed",
        "blinded": secrets.token_bytes(32),
        "answer": secrets.token_bytes(384),
    }


def into_the_urn(envelope: Envelope, decision: Decision) -> None:
    sql(
        "SELECT urn.cast_ballot(%s, %s, %s, %s, %s)",
        [decision.pk, envelope.token, envelope.signature, envelope.choice, envelope.seal],
    )


def honestly(cast: Cast, staged: Staged) -> None:
    into_the_urn(staged["papers"][0].seal("yes"), staged["decision"])


# ---- the roll and the papers ----

MARKS = twisted(
    mark,
    lambda row: insert("assemblies_rollmark", row),
    give_a_paper_to_somebody_of_another_assembly=(3, lambda cast, row: {"citizen_id": cast.chen.pk}),
    give_a_paper_in_a_tellers_name=(18, lambda cast, row: {"marked_by_id": cast.ana.pk}),
    keep_more_of_a_paper_than_a_hash=(18, lambda cast, row: {"blinded": secrets.token_bytes(384)}),
    give_out_papers_in_a_vote_that_has_none=(18, lambda cast, row: {"decision_id": open_question(cast).pk}),
    keep_no_answer_to_a_paper=("roll_mark_channel", lambda cast, row: {"answer": None}),
)


def second_paper(cast: Cast, staged: Staged) -> None:
    for _twice in range(2):
        staged["issuer"].sign(by=staged["voter"], blinded=fresh(staged["decision"]).blinded)


def fresh(decision: Decision) -> Paper:
    return Paper(decision.pk, bytes(Issuer.objects.get(decision=decision).public_key))


def one_paper(cast: Cast, staged: Staged) -> None:
    blinded = fresh(staged["decision"]).blinded
    issuer, voter = staged["issuer"], staged["voter"]
    assert issuer.sign(by=voter, blinded=blinded) == issuer.sign(by=voter, blinded=blinded)


def paper_too_late(cast: Cast, staged: Staged) -> None:
    paper = fresh(staged["decision"])
    travel_to(staged["decision"].papers_until)
    staged["issuer"].sign(by=staged["voter"], blinded=paper.blinded)


def row_too_late(cast: Cast, staged: Staged) -> None:
    decision, voter = staged["decision"], staged["voter"]
    travel_to(decision.papers_until)
    row = {"decision_id": decision.pk, "citizen_id": voter.pk, "channel": "sealed"}
    insert("assemblies_rollmark", row | {"blinded": bytes(32), "answer": bytes(384)})


def issuer_row(decision: Decision) -> Staged:
    return {
        "decision_id": decision.pk,
        "public_key": b"k",
        "name": secrets.token_hex(16),
        "bundle": "0" * 64,
        "roll_salt": bytes(32),
        "roll_root": bytes(32),
    }


def open_question(cast: Cast) -> Decision:
    decision = call(cast.abiego.propose("Bread", "The oven.", by=cast.ana))
    travel_to(decision.opens_at)
    decision.open()
    return decision


PAPERS = [
    Attempt("take two papers", 18, papers, second_paper, one_paper),
    Attempt("take a paper when the time is over", 18, papers, paper_too_late, one_paper),
    Attempt("write down a paper when the time is over", 18, papers, row_too_late, one_paper),
    Attempt(
        "take a paper after voting in the urn of the tellers",
        2,
        papers,
        lambda cast, staged: (
            RollMark.objects.mark_present(staged["decision"], staged["voter"], by=teller(cast)),
            one_paper(cast, staged),
        ),
        one_paper,
    ),
    Attempt(
        "withdraw the mark of somebody who took a paper",
        18,
        lambda cast: urn(cast),
        lambda cast, staged: sql(
            "UPDATE assemblies_rollmark SET withdrawn_at = now(), reason = 'x' WHERE decision_id = %s",
            [staged["decision"].pk],
        ),
        honestly,
    ),
    Attempt(
        "vote openly in a secret vote",
        18,
        papers,
        lambda cast, staged: staged["decision"].cast(by=staged["voter"], choice="yes"),
        one_paper,
    ),
    Attempt(
        "print papers with a name to them in a secret vote",
        18,
        papers,
        lambda cast, staged: PaperCode.objects.print(staged["decision"], by=teller(cast)),
        one_paper,
    ),
    Attempt(
        "make a second key",
        TWICE,
        papers,
        lambda cast, staged: insert("assemblies_issuer", issuer_row(staged["decision"])),
        one_paper,
    ),
    Attempt(
        "sign papers in an open vote",
        18,
        papers,
        lambda cast, staged: insert("assemblies_issuer", issuer_row(open_question(cast))),
        one_paper,
    ),
    Attempt(
        "sign papers among too few",
        18,
        papers,
        lambda cast, staged: insert("assemblies_issuer", issuer_row(opened(secret_question(hall(5))))),
        one_paper,
    ),
    Attempt(
        "make a key that was destroyed before it was made",
        18,
        papers,
        lambda cast, staged: insert(
            "assemblies_issuer", issuer_row(staged["decision"]) | {"destroyed_at": now(), "papers": 0}
        ),
        one_paper,
    ),
]


def teller(cast: Cast) -> Citizen:
    return tellers(cast.abiego)[0]


# ---- the key ----


def destroyed(statement: str, *, when: str = "papers_until"):
    def deed(cast: Cast, staged: Staged) -> None:
        travel_to(getattr(staged["decision"], when))
        sql(f"UPDATE assemblies_issuer SET {statement} WHERE decision_id = %s", [staged["decision"].pk])

    return deed


DESTROY = destroyed("destroyed_at = now(), papers = 0")


def more_papers_than_people(cast: Cast, staged: Staged) -> None:
    """Marks for everybody on the server, written by an owner who has set the rules of the roll aside."""
    everything_holds()
    as_owner("ALTER TABLE assemblies_rollmark DISABLE TRIGGER USER")
    as_owner(
        "INSERT INTO assemblies_rollmark (decision_id, citizen_id, channel, blinded, answer, reason)"
        " SELECT %s, id, 'sealed', sha256(id::text::bytea), sha256(id::text::bytea), '' FROM assemblies_citizen",
        [staged["decision"].pk],
    )
    everything_holds()
    as_owner("ALTER TABLE assemblies_rollmark ENABLE TRIGGER USER")
    DESTROY(cast, staged)


KEYS = [
    Attempt(
        "destroy the key while papers are given out",
        18,
        papers,
        destroyed("destroyed_at = now(), papers = 0", when="opens_at"),
        DESTROY,
    ),
    Attempt(
        "destroy the key early and say nothing of how many papers there are",
        18,
        papers,
        destroyed("destroyed_at = now()", when="opens_at"),
        DESTROY,
    ),
    Attempt("publish more papers than there are people", 18, papers, more_papers_than_people, DESTROY),
    Attempt("announce another key afterwards", 18, papers, destroyed("public_key = 'x'"), DESTROY),
    Attempt("announce another roll afterwards", 18, papers, destroyed("roll_root = 'x'"), DESTROY),
    Attempt("announce another program afterwards", 18, papers, destroyed("bundle = 'x'"), DESTROY),
    Attempt(
        "bring a destroyed key back",
        18,
        urn,
        lambda cast, staged: sql("UPDATE assemblies_issuer SET destroyed_at = NULL, papers = NULL"),
        honestly,
    ),
    Attempt(
        "count the papers anew once they are closed",
        18,
        urn,
        lambda cast, staged: sql("UPDATE assemblies_issuer SET papers = 100"),
        honestly,
    ),
    Attempt(
        "remove that papers were signed",
        PRIVILEGE,
        urn,
        lambda cast, staged: sql("DELETE FROM assemblies_issuer"),
        honestly,
    ),
    Attempt(
        "remove as the owner that papers were signed",
        18,
        urn,
        lambda cast, staged: as_owner("DELETE FROM assemblies_issuer"),
        honestly,
    ),
    Attempt(
        "empty as the owner what says that papers were signed",
        18,
        urn,
        lambda cast, staged: (everything_holds(), as_owner("TRUNCATE assemblies_issuer CASCADE")),
        honestly,
    ),
    Attempt(
        "count a secret vote whose key still stands",
        18,
        lambda cast: papers(cast),
        lambda cast, staged: (
            travel_to(staged["decision"].closes_at),
            sql("UPDATE assemblies_decision SET closed_at = now() WHERE id = %s", [staged["decision"].pk]),
        ),
        lambda cast, staged: finish(staged["decision"]),
    ),
]

# ---- the urn ----


def before_it_opens(cast: Cast) -> Staged:
    staged = papers(cast)
    held = take(staged["decision"], *electors(staged["decision"], 8))
    travel_to(staged["decision"].papers_until)
    staged["issuer"].close()
    return staged | {"papers": held}


def after_travelling(cast: Cast, staged: Staged) -> None:
    travel_to(staged["decision"].urn_from)
    honestly(cast, staged)


def key_still_there(cast: Cast) -> Staged:
    staged = papers(cast)
    held = take(staged["decision"], *electors(staged["decision"], 8))
    travel_to(staged["decision"].urn_from)
    return staged | {"papers": held}


def one_more(cast: Cast, staged: Staged) -> None:
    """All papers cast, and one envelope more, as only somebody with SQL could send it."""
    for paper in staged["papers"]:
        into_the_urn(paper.seal("yes"), staged["decision"])
    into_the_urn(Envelope(secrets.token_bytes(10), bytes(384), "yes", bytes(64)), staged["decision"])


def twice(cast: Cast, staged: Staged) -> None:
    honestly(cast, staged)
    into_the_urn(staged["papers"][0].seal("no"), staged["decision"])


def the_same_again(cast: Cast, staged: Staged) -> None:
    envelope = staged["papers"][0].seal("yes")
    for _again in range(2):
        into_the_urn(envelope, staged["decision"])


def altered(cast: Cast, staged: Staged) -> None:
    envelope = replace(staged["papers"][0].seal("yes"), choice="no")
    SealedBallot(staged["decision"], envelope).cast()


def forged(cast: Cast, staged: Staged) -> None:
    paper = fresh(staged["decision"])
    paper.signature = secrets.token_bytes(383).rjust(384, b"\0")
    put_in(staged["decision"], paper, "yes")


def of_another_vote(cast: Cast, staged: Staged) -> None:
    paper = staged["papers"][0]
    other = replace(paper, decision=staged["decision"].pk + 1)
    other.signature = paper.signature
    put_in(staged["decision"], other, "yes")


def act_honestly(cast: Cast, staged: Staged) -> None:
    put_in(staged["decision"], staged["papers"][0], "yes")


def as_owner_into_the_urn(envelope: Envelope, decision: Decision, token_hash: bytes) -> None:
    as_owner(
        "INSERT INTO urn.ballot (decision, token_hash, token, signature, choice, seal) VALUES (%s, %s, %s, %s, %s, %s)",
        [decision.pk, token_hash, envelope.token, envelope.signature, envelope.choice, envelope.seal],
    )


def under_another_token(cast: Cast, staged: Staged) -> None:
    as_owner_into_the_urn(staged["papers"][0].seal("yes"), staged["decision"], bytes(32))


def half_an_envelope(cast: Cast, staged: Staged) -> None:
    envelope = replace(staged["papers"][0].seal("yes"), seal=b"")
    as_owner_into_the_urn(envelope, staged["decision"], hashlib.sha256(envelope.token).digest())


URN = [
    Attempt("put a ballot under another token as the owner", "known_by_its_token", urn, under_another_token, honestly),
    Attempt("put half an envelope in as the owner", "whole", urn, half_an_envelope, honestly),
    Attempt("cast before the urn opens", 18, before_it_opens, honestly, after_travelling),
    Attempt(
        "cast while the key still stands",
        18,
        key_still_there,
        honestly,
        lambda cast, staged: (staged["issuer"].close(), honestly(cast, staged)),
    ),
    Attempt(
        "cast after the close",
        18,
        urn,
        lambda cast, staged: (travel_to(staged["decision"].closes_at), honestly(cast, staged)),
        honestly,
    ),
    Attempt("cast where too few papers were taken", 18, lambda cast: urn(cast, 7), honestly, lambda cast, staged: None),
    Attempt("cast one paper twice", 18, urn, twice, the_same_again),
    Attempt("cast more than there are papers", 18, urn, one_more, honestly),
    Attempt(
        "answer what was not asked",
        2,
        urn,
        lambda cast, staged: into_the_urn(staged["papers"][0].seal("1,2"), staged["decision"]),
        honestly,
    ),
    Attempt("alter a choice on its way", 18, urn, altered, act_honestly),
    Attempt("cast a paper that nobody signed", 18, urn, forged, act_honestly),
    Attempt("cast a paper of another vote", 18, urn, of_another_vote, act_honestly),
    Attempt(
        "read the urn",
        PRIVILEGE,
        urn,
        lambda cast, staged: sql("SELECT choice FROM urn.ballot"),
        lambda cast, staged: sql("SELECT * FROM urn.board(%s)", [staged["decision"].pk]),
    ),
    Attempt(
        "put a row into the urn past its door",
        PRIVILEGE,
        urn,
        lambda cast, staged: sql("INSERT INTO urn.ballot (choice) VALUES ('yes')"),
        honestly,
    ),
    Attempt(
        "take a ballot out", PRIVILEGE, closed, lambda cast, staged: sql("DELETE FROM urn.ballot"), lambda *_: None
    ),
    Attempt(
        "take a ballot out as the owner",
        18,
        closed,
        lambda cast, staged: as_owner("DELETE FROM urn.ballot"),
        lambda *_: None,
    ),
    Attempt(
        "change a ballot as the owner",
        18,
        closed,
        lambda cast, staged: as_owner("UPDATE urn.ballot SET choice = 'no'"),
        lambda *_: None,
    ),
    Attempt(
        "empty the urn as the owner", 18, closed, lambda cast, staged: as_owner("TRUNCATE urn.ballot"), lambda *_: None
    ),
    Attempt(
        "take on the role of the urn",
        PRIVILEGE,
        urn,
        lambda cast, staged: as_the_application(),
        honestly,
    ),
]


def as_the_application() -> None:
    """In tests the connection is the owner's in the application's role; asked of the catalogue, as for itself."""
    ((may,),) = sql("SELECT pg_has_role('confederation_app', 'confederation_urn', 'MEMBER')")
    assert not may
    sql("SELECT * FROM urn.ballot")


# ---- secrecy is part of what is offered ----


def windows(**times: timedelta):
    def deed(cast: Cast, staged: Staged) -> None:
        opens = staged["proposal"].earliest_opening(now()) + MINUTE
        call(staged["proposal"], opens_at=opens, **{name: opens + later for name, later in times.items()})

    return deed


WELL = windows(papers_until=2 * DAY, urn_from=3 * DAY, closes_at=5 * DAY)
CALLS = [
    Attempt(
        "open the urn while papers are taken",
        18,
        offered,
        windows(papers_until=3 * DAY, urn_from=2 * DAY, closes_at=6 * DAY),
        WELL,
    ),
    Attempt(
        "open the urn at the moment the papers close",
        18,
        offered,
        windows(papers_until=2 * DAY, urn_from=2 * DAY, closes_at=5 * DAY),
        WELL,
    ),
    Attempt(
        "leave no time to take a paper",
        18,
        offered,
        windows(papers_until=MINUTE, urn_from=DAY, closes_at=5 * DAY),
        WELL,
    ),
    Attempt(
        "leave no time to cast it",
        18,
        offered,
        windows(papers_until=2 * DAY, urn_from=3 * DAY, closes_at=3 * DAY + MINUTE),
        WELL,
    ),
    Attempt(
        "make a secret question open once it is offered",
        1,
        offered,
        lambda cast, staged: Proposal.objects.filter(pk=staged["proposal"].pk).update(secret=False),
        WELL,
    ),
    Attempt(
        "make a secret vote open once it is called",
        3,
        papers,
        lambda cast, staged: Decision.objects.filter(pk=staged["decision"].pk).update(
            secret=False, papers_until=None, urn_from=None
        ),
        one_paper,
    ),
    Attempt(
        "prolong the papers of a vote that is called",
        3,
        papers,
        lambda cast, staged: Decision.objects.filter(pk=staged["decision"].pk).update(
            papers_until=staged["decision"].papers_until + MINUTE
        ),
        one_paper,
    ),
]

ATTEMPTS = [*MARKS, *PAPERS, *KEYS, *URN, *CALLS]

test_attempt = tried(ATTEMPTS)


# ---- what nobody is told ----


def test_before_the_close_the_application_is_told_nothing_of_what_lies_in_the_urn(cast):
    staged = urn(cast)
    for paper in staged["papers"]:
        put_in(staged["decision"], paper, "yes")
    number = [staged["decision"].pk]
    for question in ("urn.board(%s)", "urn.said(%s)", "decision_profile(%s)"):
        assert sql(f"SELECT * FROM {question}", number) == []
    assert sql("SELECT voters FROM decision_count(%s)", number) == [(0,)]
    finish(staged["decision"])
    assert sql("SELECT * FROM urn.said(%s)", number) == [("yes", 8)]


def test_after_the_close_nothing_says_who_voted_how(cast):
    decision = closed(cast)["decision"]
    assert not Ballot.objects.filter(decision=decision).exists()
    assert decision.channels["device"]["voters"] == 8
    marks = RollMark.objects.filter(decision=decision)
    assert {mark.channel for mark in marks} == {"sealed"}


def test_the_role_of_the_urn_reads_no_roll_and_writes_nothing_but_the_urn(cast):
    granted = sql(
        "SELECT n.nspname || '.' || c.relname, p.privilege"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
        " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p(privilege)"
        " WHERE n.nspname IN ('public', 'urn') AND c.relkind = 'r'"
        " AND has_table_privilege('confederation_urn', c.oid, p.privilege) ORDER BY 1, 2"
    )
    assert granted == [
        ("public.assemblies_clock", "SELECT"),
        ("public.assemblies_decision", "SELECT"),
        ("public.assemblies_issuer", "SELECT"),
        ("public.assemblies_option", "SELECT"),
        ("urn.ballot", "INSERT"),
        ("urn.ballot", "SELECT"),
    ]
    assert sql("SELECT rolcanlogin, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'confederation_urn'") == [
        (False, False, False)
    ]


def test_an_ordinary_vote_beside_it_is_as_it_was(cast):
    (decision,) = carry(cast.abiego.propose("Bread", "The oven.", by=citizen_of(cast.abiego)))
    assert (decision.secret, decision.papers) == (False, None)
