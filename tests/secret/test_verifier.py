"""The offline program, given what is published and nothing else: right, and each thing that can be made wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from assemblies import verify_urn
from tests.cast import travel_to
from tests.secret.voter import cast, electors, hall, opened, secret_question, take, to_the_urn, voted
from tests.voting.hall import ask


def file_of(decision) -> dict:
    return json.loads(Client().get(reverse("board-file", args=[decision.pk])).content)


@pytest.fixture(scope="module")
def published(django_db_setup, django_db_blocker):
    """The file of a closed vote, one of its receipts, and the file of a ranked vote, as anyone downloads them."""
    with django_db_blocker.unblock(), transaction.atomic():
        decision = opened(secret_question(hall(10, "ayerbe-v")))
        papers = take(decision, *electors(decision, 9))
        decision = to_the_urn(decision)
        receipts = [cast(decision, paper, "no" if n == 3 else "yes") for n, paper in enumerate(papers)]
        travel_to(decision.closes_at)
        decision.close()
        ranked = voted(ask(hall(10, "ayerbe-r"), secret=True), *["2,1"] * 6, *["3"] * 3)
        files = file_of(decision), receipts[3], file_of(ranked)
        transaction.set_rollback(True)
    return files


def run(file: dict, tmp_path: Path, *words: str, receipt: str = "", alone: bool = True) -> tuple[int, str]:
    """The program by itself, in an empty folder; with nothing of the project in reach when it is alone."""
    (tmp_path / "board.json").write_text(json.dumps(file))
    (tmp_path / "receipt.txt").write_text(receipt)
    (tmp_path / "verify_urn.py").write_bytes(Path(verify_urn.__file__).read_bytes())
    done = subprocess.run(
        [sys.executable, *(["-I"] if alone else []), "verify_urn.py", "board.json", *words],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(settings.BASE_DIR)},
    )  # fmt: skip
    assert not done.stderr
    return done.returncode, done.stdout


def test_what_was_published_holds(published, tmp_path):
    code, said = run(published[0], tmp_path, "--receipt", "receipt.txt", receipt=published[1])
    assert code == 0, said
    assert "9 sealed ballots, 9 papers, 10 on the roll. Counted again: 8 in favour, 1 against, 0 abstaining." in said
    assert "The ballot of the receipt is on the board." in said


def test_ranked_ballots_are_checked_and_handed_on_and_counted_where_the_project_is(published, tmp_path):
    code, said = run(published[2], tmp_path, "--blt", "out.blt")
    assert (code, "can be counted from them by the published rule" in said) == (0, True)
    assert (tmp_path / "out.blt").read_text().startswith("5 1\n6 2 1 0\n3 3 0\n0\n")
    code, said = run(published[2], tmp_path, alone=False)
    assert (code, "Counted again: options [2] are chosen." in said) == (0, True)


def twisted(file: dict, entry: str, **facts) -> dict:
    return file | {entry: json.dumps(json.loads(file[entry]) | facts)}


def lines(file: dict) -> list[str]:
    return json.loads(file["closed"])["envelopes"]


def with_lines(file: dict, found: list[str], **facts) -> dict:
    root = verify_urn.root([line.encode() for line in found])
    return twisted(file, "closed", envelopes=found, envelopes_root=root, **facts)


def swapped(file: dict, part: int, value: str) -> dict:
    first, *rest = lines(file)
    parts = first.split(".")
    parts[part] = value
    return with_lines(file, [".".join(parts), *rest])


NOUGHT = base64.urlsafe_b64encode(bytes(384)).decode()
WRONG = {
    "a choice altered": (lambda f: swapped(f, 2, "abstain"), "Ballot 1 has another choice than its paper sealed."),
    "a signature altered": (lambda f: swapped(f, 1, NOUGHT), "Ballot 1 has a paper that the announced key did not"),
    "a token altered": (lambda f: swapped(f, 0, "AAAA"), "Ballot 1 is of another vote."),
    "a ballot twice": (lambda f: with_lines(f, [lines(f)[0], *lines(f)]), "a paper was cast twice"),
    "another order": (lambda f: with_lines(f, lines(f)[::-1]), "is not in the order of the hashes"),
    "a ballot left out": (lambda f: with_lines(f, lines(f)[1:]), "8 ballots are published and 9 were counted."),
    "another root": (lambda f: twisted(f, "closed", envelopes_root="AAAA"), "not those of the published root"),
    "another figure": (lambda f: twisted(f, "closed", sealed_yes=7), "8 ballots say yes, and 7 were counted."),
    "a figure of the tellers": (lambda f: twisted(f, "closed", yes=9), "do not give the published figure for yes"),
    "fewer papers than ballots": (lambda f: twisted(f, "papers", papers=8), "There are 9 ballots, 8 papers"),
    "more papers than people": (lambda f: twisted(f, "papers", papers=11), "11 papers and 10 people"),
    "another key": (lambda f: twisted(f, "opened", issuer_fingerprint="00"), "not the one of the announced"),
    "another vote": (lambda f: twisted(f, "papers", subject="decision/999999"), "not about the same vote"),
    "no file of a vote": (lambda f: {"format": "x"}, "This is not the file of a secret vote."),
    "half a file": (lambda f: {"format": f["format"], "opened": "{}"}, "Part of the file is missing."),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_first_thing_that_is_wrong_is_said(published, tmp_path, what):
    twist, sentence = WRONG[what]
    code, said = run(twist(published[0]), tmp_path)
    assert (code, said.startswith("WRONG: ")) == (1, True)
    assert sentence in said


def test_a_receipt_without_its_ballot_proves_that_it_was_left_out(published, tmp_path):
    file, receipt, _ranked = published
    token = receipt.split("token ")[1][:64]
    hashes = {line: hashlib.sha256(verify_urn.unpacked(line.split(".")[0])).hexdigest() for line in lines(file)}
    left = [line for line, found in hashes.items() if found != token]
    file = with_lines(file, left, sealed_voters=8, sealed_no=0, no=0)
    code, said = run(file, tmp_path, "--receipt", "receipt.txt", receipt=receipt)
    assert (code, "it was left out, and the receipt proves it" in said) == (1, True)


@pytest.mark.parametrize("receipt", ["", "x\n\ny\n", "{"])
def test_a_false_receipt_proves_nothing(published, tmp_path, receipt):
    code, said = run(published[0], tmp_path, "--receipt", "receipt.txt", receipt=receipt)
    assert (code, "The receipt is not signed by the key of this installation." in said) == (1, True)
