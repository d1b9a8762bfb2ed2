"""Ballot files: written and read back they are the same, and a malformed one is told by its line."""

import csv
import io
import json
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assemblies.counting import formats, irv, schulze, scottish
from assemblies.counting.formats import BallotFile, Malformed
from assemblies.counting.profile import Profile
from tests.counting.real import SHIPPED, ballots
from tests.counting.test_properties import elections, levelled

names = st.text(st.characters(codec="utf-8", exclude_characters='"[]', exclude_categories=("C", "Z")), min_size=1)


def grouped(file):
    votes = Counter()
    for ranking, weight in file.profile.ballots():
        votes[ranking] += weight
    return votes, file.profile.candidates, file.profile.blank, file.title


def same(one, other):
    return grouped(one) == grouped(other)


@given(levelled(), st.data())
def test_equal_preferences_survive_blt_abif_and_preflib(election, data):
    size, votes = election
    people = data.draw(st.lists(names, min_size=size, max_size=size))
    file = BallotFile(Profile.of_levels(people, votes), data.draw(names), 2)
    for kind in ("blt", "abif", "toi"):
        again = formats.read(formats.write(file, kind), kind)
        assert same(file, again)
        assert again.seats == (None if kind == "toi" else 2)


@given(elections(), st.integers(0, 3))
def test_strict_rankings_and_blank_ballots_survive(election, blank):
    size, seats, votes = election
    file = BallotFile(Profile.of([f"Ana {c}" for c in range(size)], [*votes, *[((), 1)] * blank]), "Supper", seats)
    for kind in ("blt", "abif"):
        assert same(file, formats.read(formats.write(file, kind), kind))
    if not blank:
        assert same(file, formats.read(formats.write(file, "soi"), "soi"))


def test_complete_orders_survive_soc_and_toc_and_incomplete_ones_are_refused():
    file = BallotFile(Profile.of("AB", [([0, 1], 2), ([1, 0], 1)]))
    tied = BallotFile(Profile.of_levels("AB", [([[0, 1]], 2)]))
    assert same(file, formats.read(formats.write(file, "soc"), "soc"))
    assert same(tied, formats.read(formats.write(tied, "toc"), "toc"))
    with pytest.raises(ValueError, match="no equal preferences"):
        formats.write(tied, "soc")
    with pytest.raises(ValueError, match="ranks every candidate"):
        formats.write(BallotFile(Profile.of("AB", [([0], 2)])), "soc")
    for kind in ("soi", "abif"):
        with pytest.raises(ValueError, match="withdrawn"):
            formats.write(BallotFile(Profile.of("AB", [([0], 2)], withdrawn=[1])), kind)


def test_the_withdrawn_survive_blt():
    text = formats.write(BallotFile(Profile.of("ABC", [([0, 1, 2], 2)], withdrawn=[1]), "", 1), "blt")
    assert text.splitlines()[1] == "-2"
    assert formats.read(text, "blt").profile.withdrawn == {1}


@pytest.mark.parametrize(
    "path", sorted(SHIPPED.glob("*/**/*.blt")) + sorted(SHIPPED.glob("condorcet/*.soi")), ids=lambda path: path.stem
)
def test_every_real_file_survives_every_format_that_can_hold_it(path):
    file = ballots(path)
    for kind in ("blt", "abif", "soi", "toi"):
        assert same(file, formats.read(formats.write(file, kind), kind))


def test_the_names_of_council_files_are_read_without_their_quotation_marks():
    body = "1 1\n1 1 0\n0\n"
    for written in (
        "Ann A",
        '"Ann A"',
        '"""Ann A"""',
    ):
        assert formats.read(body + written, "blt").profile.candidates == ("Ann A",)
    for written in ('"Ann A" "The Greens"', '"Ann A ""The Greens"""', '"""Ann A"" ""The Greens"""'):
        assert formats.read(body + written, "blt").profile.candidates == ('Ann A "The Greens"',)


def test_blt_knows_comments_equals_a_missing_title_and_a_byte_order_mark():
    file = formats.read("\ufeff3 2 # three for two\n-3\n\n4 1=2 3 0\n2 0\n0\nAna\nBilal\nChen\n", "blt")
    assert list(file.profile.ballots()) == [(((0, 1),), 4)]
    assert (file.profile.blank, file.seats, file.title) == (2, 2, "")


def test_abif_reads_scores_comments_quoted_names_and_undeclared_tokens():
    text = (
        '{"title": "Supper", "seats": 2} # metadata\n=DGM:[Doña García Márquez]\n=SY:["Sue" Ye]\n=AM:[Adam Muñoz]\n'
        "27: DGM/5, SY/1, AM/1 # scores\n3: SY>AM=DGM\n2: AM/9>SY/3\n1:\n"
    )
    file = formats.read(text, "abif")
    assert file.profile.candidates == ("Doña García Márquez", '"Sue" Ye', "Adam Muñoz")
    assert list(file.profile.ballots()) == [(((0,), (1, 2)), 27), (((1,), (2, 0)), 3), (((2,), (1,)), 2)]
    assert (file.title, file.seats, file.profile.blank) == ("Supper", 2, 1)
    loose = formats.read('5:[Ana of Abiego]>"Bilal"\n4:Chen,Bilal', "abif")
    assert loose.profile.candidates == ("Ana of Abiego", "Bilal", "Chen")
    assert list(loose.profile.ballots()) == [(((0,), (1,)), 5), (((2, 1),), 4)]


SOI = (
    "# TITLE: t\n# DATA TYPE: {kind}\n# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 3\n"
    "# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n{order}\n"
)


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        ("blt", "", 1),
        ("blt", "3\n", 1),
        ("blt", "x 1\n", 1),
        ("blt", "2 0\n", 1),
        ("blt", "-2 1\n", 1),
        ("blt", "2 1\n1 1 2\n0\nA\nB\n", 2),
        ("blt", "2 1\n1 1 0\n1 3 0\n0\nA\nB\n", 3),
        ("blt", "2 1\n1 1 0\n1 1 1 0\n0\nA\nB\n", 3),
        ("blt", "2 1\n1 1 0\n1 2=2 0\n0\nA\nB\n", 3),
        ("blt", "2 1\n1 1 0\n1.5 2 0\n0\nA\nB\n", 3),
        ("blt", "2 1\n1 1 0\n1 two 0\n0\nA\nB\n", 3),
        ("blt", "2 1\n1 1 0\n1 2= 0\n0\nA\nB\n", 3),
        ("blt", "2 1\n1 1 0\n-3 1 0\n0\nA\nB\n", 3),
        ("blt", "2 1\n-9\n1 1 0\n0\nA\nB\n", 2),
        ("blt", "2 1\n1 1 0\n1 2 0\n", 3),
        ("blt", "2 1\n1 9 0\n1 2 0\n", 2),
        ("blt", "2 1\n1 1 0\n0\nA\n", 4),
        ("blt", '2 1\n1 1 0\n0\nA\n""\n', 5),
        ("blt", "2 1\n1 1 0\n0\nA\nB\nTitle\nmore\n", 7),
        ("blt", "2 1\n1 1 0 2 0\n0\nA\nB\n", 2),
        ("blt", "2 1\n99999999999999999999 1 0\n0\nA\nB\n", 2),
        ("soi", SOI.format(kind="soi", order="3 1,2"), 7),
        ("soi", SOI.format(kind="soi", order="3: 1,,2"), 7),
        ("soi", SOI.format(kind="soi", order="3: 1,2,"), 7),
        ("soi", SOI.format(kind="soi", order="3: 1,3"), 7),
        ("soi", SOI.format(kind="soi", order="3: 1,1"), 7),
        ("soi", SOI.format(kind="soi", order="x: 1"), 7),
        ("soi", SOI.format(kind="soi", order="3: {1,2}"), 7),
        ("soi", SOI.format(kind="toi", order="3: {1,2"), 7),
        ("soi", SOI.format(kind="toi", order="3: {}"), 7),
        ("soi", SOI.format(kind="soc", order="3: 1"), 7),
        ("soi", SOI.format(kind="soi", order="2: 1"), 4),
        ("soi", SOI.format(kind="dat", order="3: 1"), 2),
        ("soi", SOI.format(kind="soi", order="3: 1").replace("# ALTERNATIVE NAME 2: B\n", ""), 3),
        ("soi", SOI.format(kind="soi", order="3: 1").replace("NAME 2", "NAME 1"), 6),
        ("soi", "3: 1,2\n", 1),
        ("abif", "5: A>B\n3 A\n", 2),
        ("abif", "5: A>B\n3: A>>B\n", 2),
        ("abif", "5: A>B\n3: A>A\n", 2),
        ("abif", "5: A>B\n0: A\n", 2),
        ("abif", "5: A>B\n3: A/5,B\n", 2),
        ("abif", "5: A>B\n3: A/2>B/4\n", 2),
        ("abif", "=A:[Ana]\n5: A>B\n", 2),
        ("abif", "=A:[Ana]\n=A:[Ana]\n", 2),
        ("abif", "{title}\n5: A\n", 1),
        ("abif", "5: A>B\n>B\n", 2),
        ("abif", "# nothing\n", 1),
    ],
)
def test_a_malformed_file_is_told_by_its_line(kind, text, line):
    with pytest.raises(Malformed, match=rf"^line {line}: ") as refused:
        formats.read(text, kind)
    assert refused.value.line == line


@given(st.sampled_from(["blt", "soi", "abif"]), st.text('0123 \n:,>=/{}[]#-"AB', max_size=60))
def test_no_text_at_all_breaks_a_reader(kind, text):
    with suppress(Malformed):
        formats.read(text, kind)


def test_a_file_must_end_in_a_known_way():
    assert formats.format_of("Ward.BLT") == "blt"
    for name in ("ward.txt", "blt"):
        with pytest.raises(ValueError, match="must end in one of"):
            formats.format_of(name)


def test_results_are_written_exactly_and_safely_as_json_and_csv():
    profile = Profile.of(["=HYPERLINK()", "Bilal", "Chen"], [([0, 1], 7), ([1], 1), ([2], 1)])
    count = scottish.count(profile, 2)
    plain = json.loads(count.as_json(title="t"))
    assert (plain["title"], plain["quota"], plain["elected"]) == ("t", "4.00000", [1, 2])
    assert plain["stages"][1]["transfers"] == ["-3.00000", "2.99999", "0.00000"]
    assert plain["stages"][1]["lost_to_rounding"] == "0.00001"
    rows = list(csv.reader(io.StringIO(count.as_csv())))
    assert rows[0] == ["stage", "action", "moved", "number", "candidate", "transfer", "votes", "outcome"]
    assert rows[1][4] == "'=HYPERLINK()"
    assert rows[6] == ["2", "surplus", "1", "1", "'=HYPERLINK()", "-3.00000", "4.00000", ""]
    assert json.loads(irv.count(profile).as_json())["elected_names"] == ["=HYPERLINK()"]
    matrix = list(csv.reader(io.StringIO(schulze.count(profile).as_csv())))
    assert matrix[1][1:] == ["0", "7", "7"]
