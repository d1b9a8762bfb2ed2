"""`manage.py count`: the stages for people, JSON and CSV for programs, a line number and exit code 2 for a bad file."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper

from assemblies.counting.rules import RULES
from assemblies.management.commands.count import Command
from tests.counting.real import SHIPPED

WARD = str(SHIPPED / "scottish-stv" / "blt" / "shetland_2017_ward6.blt")
DEBIAN = str(SHIPPED / "condorcet" / "debian2002.soi")


def count(*words):
    out = io.StringIO()
    call_command("count", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def written(tmp_path):
    def write(text, name="ballots.blt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_every_stage_of_a_ward_is_printed():
    text = count(WARD, "--rule", "scottish-stv", "--seats", "3")
    assert text.startswith("Ward 6 - Lerwick North\n")
    assert "Quota: 249.00000" in text
    assert "Stage 2: surplus of Malcolm John BELL (Ind)" in text
    assert "Stephen Arthur LEASK (Ind)         337.25332  +207.25332 elected" in text
    assert text.endswith(
        "Elected: Malcolm John BELL (Ind); Stephen Arthur LEASK (Ind); John Finlay Sinclair FRASER (Ind)\n"
    )


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_counts_a_real_file_in_every_shape(rule):
    plain = json.loads(count(WARD, "--rule", rule, "--seats", "1", "--json", "--seed", "checkpoint 9"))
    assert plain["elected"] == [1]
    assert plain["seed"] == "checkpoint 9"
    assert "Elected: Malcolm John BELL (Ind)" in count(WARD, "--rule", rule, "--seats", "1")
    assert len(list(csv.reader(io.StringIO(count(WARD, "--rule", rule, "--seats", "1", "--csv"))))) > 4


def test_the_seats_are_the_files_own_where_none_are_asked_for():
    assert len(json.loads(count(WARD, "--rule", "meek", "--json"))["elected"]) == 3
    assert json.loads(count(DEBIAN, "--rule", "schulze", "--json"))["elected_names"] == ["Bdale Garbee"]


def test_a_lot_names_its_seed_and_the_seed_repeats_it(written):
    tied = written("2 1\n3 1 0\n3 2 0\n0\nAna\nBilal\n")
    text = count(tied, "--rule", "irv")
    assert "Tie: Ana = Bilal; settled by lot" in text
    seed = text.split("RFC 3797 with the seed ")[1].split()[0]
    assert count(tied, "--rule", "irv", "--seed", seed) == text
    winners = {count(tied, "--rule", "irv", "--seed", str(n)).splitlines()[-1] for n in range(9)}
    assert winners == {"Elected: Ana", "Elected: Bilal"}


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("2 1\n1 1 0\n1 3 0\n0\nAna\nBilal\n", "ballots.blt", "line 3: there is no candidate number 3 among 2"),
        ("2 1\n1 1 0\n1 2\n", "ballots.blt", "line 3: the ballot does not end with 0"),
        ("5: A>B\n4: A>>B\n", "ballots.abif", "line 2: "),
        (b"1 1\n1 1 0\n0\n\xff\xfe\n", "ballots.blt", "line 4: this is not UTF-8"),
        ("2 1\n0\nAna\nBilal\n", "ballots.blt", "there must be between 1 and"),
        ("2 1\n1 1=2 0\n0\nAna\nBilal\n", "ballots.blt", "equal preferences"),
        ("anything", "ballots.txt", "must end in one of"),
    ],
)
def test_a_file_that_cannot_be_counted_exits_with_2_and_says_where(written, text, name, reason):
    with pytest.raises(CommandError, match=reason) as refused:
        count(written(text, name), "--rule", "scottish-stv")
    assert refused.value.returncode == 2


def test_from_the_shell_the_exit_code_is_2_and_the_sentence_goes_to_stderr(written):
    command = Command(stderr=OutputWrapper(io.StringIO()))
    with pytest.raises(SystemExit) as left:
        command.run_from_argv(["manage.py", "count", written("2 1\n1 1 9 0\n0\nA\nB\n"), "--rule", "irv"])
    assert left.value.code == 2


@pytest.mark.parametrize(
    "words", [[WARD], [WARD, "--rule", "borda"], [WARD, "--rule", "irv", "--seats", "0"], ["no.blt", "--rule", "irv"]]
)
def test_wrong_words_are_refused(words):
    with pytest.raises(CommandError):
        count(*words)


def test_instant_runoff_fills_one_seat_only():
    with pytest.raises(CommandError, match="fills one seat, not 3"):
        count(WARD, "--rule", "irv", "--seats", "3")
