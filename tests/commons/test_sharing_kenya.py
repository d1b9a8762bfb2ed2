"""The example with real counties: `manage.py share_example kenya`."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from commons.examples import kenya


def run(*words):
    out = StringIO()
    call_command("share_example", "kenya", *words, stdout=out)
    return out.getvalue()


def test_the_counties_are_those_of_the_census_and_every_crop_has_a_stated_need():
    assert len(kenya.counties()) == 47
    assert sum(county.people for county in kenya.counties()) == 47_564_296
    assert {crop.code for crop in kenya.crops()} == {row["item"] for row in kenya.rows("production.csv")}
    assert len(kenya.crops()) == 13


def test_with_67_kg_of_maize_a_head_19_counties_give_and_nobody_lacks_what_is_essential():
    [season] = kenya.seasons(crop="maize")
    enough = [s for s in season.plan.shares.values() if season.harvest[s.place] >= s.essential]
    assert len(enough) == 19
    assert season.plan.smallest_share == 1
    assert {allotment.giver for allotment in season.plan.allotments} <= {s.place for s in enough}
    [level] = season.plan.levels
    assert len(level.places) == 47


def test_what_lacks_is_shared_alike_and_explained():
    [season] = kenya.seasons(crop="rice")
    assert season.grown < season.needed
    [level] = season.plan.levels
    assert 0 < level.share < 1
    # Kirinyaga grows more than its people need; it feeds them, keeps its store, and gives the rest.
    assert season.plan.shares["Kirinyaga"].essential_met == 1
    text = run("--crop", "rice", "--county", "Nairobi")
    assert f"Nairobi and {len(level.places) - 1} others stand at" in " ".join(text.split())
    assert "Assumed:" in text


def test_what_spoils_stays_within_reach():
    [season] = kenya.seasons(crop="cassava")
    assert max(allotment.metres for allotment in season.plan.allotments) <= 250_000
    assert season.plan.shares["Mandera"].essential_received == 0
    assert "Mandera stands at 0 % of its essential need: nobody from whom this good may come offers any." in " ".join(
        run("--crop", "cassava", "--county", "Mandera").split()
    )


def test_a_program_gets_everything():
    answer = json.loads(run("--json"))
    assert [crop["crop"] for crop in answer["crops"]] == [crop.code for crop in kenya.crops()]
    for crop in answer["crops"]:
        assert len(crop["counties"]) == 47
        given = sum(county["given"] for county in crop["counties"])
        assert given == sum(allotment["amount"] for allotment in crop["allotments"])
        for county in crop["counties"]:
            used = (county[key] for key in ("essential_own", "further_own", "reserve", "given", "left"))
            assert county["grown"] == sum(used)
            assert county["why"]


def test_a_county_that_is_not_there_is_refused():
    with pytest.raises(CommandError, match="Loarre"):
        run("--county", "Loarre")
