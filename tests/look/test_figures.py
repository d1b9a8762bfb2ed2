"""The figures are well-formed, link what they are told to, and stay small enough for the first page."""

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from confederation.figures import Link, Mark, Node, layered, pen, read_topology, staircase, tenths, territory_map, thin

REGION = Path(__file__).parents[2] / "confederation/demo/region/aragon.topojson"
ABIEGO = (-0.07071, 42.12136)


@pytest.fixture(scope="module")
def region():
    return read_topology(REGION)


def test_the_region_has_its_municipalities_and_comarcas(region):
    assert len(region.objects["municipalities"]) == 731
    assert len(region.objects["comarcas"]) == 33


def test_the_map_links_each_comarca_and_weighs_less_than_a_photograph(region):
    links = {
        key: Link(f"/councils/{key}/", area.properties["name"]) for key, area in region.objects["comarcas"].items()
    }
    drawn = territory_map(region, links=links, title="Comarcas")
    assert len(ET.fromstring(drawn).findall("a")) == 33
    assert len(drawn) < 250_000


def test_a_part_of_the_map_is_fitted_to_its_own_bounds(region):
    somontano = {k for k, a in region.objects["municipalities"].items() if a.properties["comarca"] == "07"}
    drawn = ET.fromstring(territory_map(region, level="municipalities", inner="", ids=somontano))
    assert len([path for path in drawn.iter("path") if path.get("class") == "land"]) == len(somontano)


def test_a_mark_stands_inside_the_drawing(region):
    drawn = ET.fromstring(territory_map(region, marks=[Mark(ABIEGO, Link("/a/", "Abiego"))]))
    circle = next(drawn.iter("circle"))
    _, _, width, height = map(float, drawn.get("viewBox").split())
    assert 0 < float(circle.get("cx")) < width
    assert 0 < float(circle.get("cy")) < height


def test_names_are_escaped(region):
    drawn = territory_map(region, links={"07": Link("/?a=1&b=2", "<b>Siétamo</b>")}, labels=True, title='"quoted"')
    assert "<b>" not in drawn
    assert ET.fromstring(drawn).get("aria-label") == '"quoted"'
    assert "<i>" not in layered({"a": Node("<i>", "", 0)}, [])


def test_those_who_decide_stand_at_the_bottom_and_no_box_covers_another():
    nodes = {f"a{n}": Node(f"Assembly {n}", "", 0) for n in range(20)} | {"c": Node("Council", "", 1, "/c/")}
    drawn = ET.fromstring(layered(nodes, [(f"a{n}", "c", n % 2 == 0) for n in range(20)]))
    *assemblies, council = [(float(box.get("x")), float(box.get("y"))) for box in drawn.iter("rect")]
    assert all(y > council[1] for _, y in assemblies)
    places = sorted(x for x, _ in assemblies)
    assert all(b - a >= 140 for a, b in pairwise(places))
    assert len([path for path in drawn.iter("path") if path.get("class") == "edge held"]) == 10


def test_a_graph_of_nobody_is_an_empty_figure():
    assert ET.fromstring(layered({}, [])).tag == "svg"


@pytest.mark.parametrize(("number", "written"), [(0, "0"), (5, ".5"), (-5, "-.5"), (12, "1.2"), (-30, "-3")])
def test_numbers_take_as_few_characters_as_they_can(number, written):
    assert tenths(number) == written


def test_a_line_keeps_its_ends_and_its_corners():
    assert thin([(0, 0), (50, 1), (100, 0), (100, 100)], 6) == [(0, 0), (100, 0), (100, 100)]
    assert pen([(0, 0), (0, 0)]) == ""


def test_the_stairs_put_what_is_held_at_most_heights_first_and_escape_their_words():
    levels = [("<Wide>", "180 days", [False, True], "/councils/wide/"), ("Narrow", "", [True, True], "")]
    drawn = staircase(levels, ["build", "inform"], title="Heights")
    assert drawn.index(">inform<") < drawn.index(">build<")
    assert drawn.count('class="stair"') == 3
    assert drawn.count('class="stair none"') == 1
    assert "&lt;Wide&gt;" in drawn
    assert "<Wide>" not in drawn
    assert 'href="/councils/wide/"' in drawn
    assert staircase([], []) == ""
