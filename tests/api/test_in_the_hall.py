"""An evening in the hall, led and followed by programs alone: from its call to the minutes of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from assemblies.clock import now
from assemblies.models import Citizen, Entry, Session
from confederation.api.noun import NOUNS
from tests.api.sent import ROOT
from tests.api.test_api import JSON, got, posted
from tests.cast import DAY, Cast, facilitator, travel_to
from tests.sessions.evening import HOUR, adopted

pytestmark = pytest.mark.django_db


def by(citizen: Citizen) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


def done(client: Client, where: str, body: dict[str, Any] | None = None) -> Any:
    answer = posted(client, f"{ROOT}{where}", body or {})
    assert answer.status_code == 201, (where, answer.content)
    return answer.json()


def test_an_evening(cast: Cast):
    lead, ana, bilal = by(facilitator(cast.abiego)), by(cast.ana), by(cast.bilal)
    anyone, begins = Client(), (now() + 8 * DAY).replace(microsecond=0)
    water = done(ana, "proposals/", {"assembly": "abiego", "title": "Water", "text": "Rain.", "offer": True})
    called = {
        "assembly": "abiego",
        "place": "The school",
        "begins_at": begins.isoformat(),
        "ends_at": (begins + 3 * HOUR).isoformat(),
        "agenda": [{"title": "Reports", "minutes": 15}, {"proposal": water["id"]}],
    }
    session = done(lead, "sessions/", called)
    here = f"sessions/{session['id']}/"
    added = done(lead, f"{here}items/", {"title": "The well"})
    reports, vote_on_water, well = got(anyone, f"{ROOT}items/?session={session['id']}&order=position")["results"]
    assert (reports["title"], vote_on_water["proposal"], well["id"]) == ("Reports", water["url"], added["id"])

    travel_to(begins - HOUR)
    people = got(lead, f"{ROOT}citizenships/?size=200")["results"]
    numbers = {one["citizen"]["name"]: one["citizen"]["id"] for one in people}
    for name in numbers:
        done(lead, f"{here}attendances/", {"citizen": numbers[name]})
    travel_to(begins)
    assert done(lead, f"{here}openings/")["phase"] == "running"
    assert got(anyone, f"{ROOT}{here}")["inside"] == len(numbers)

    done(lead, f"items/{reports['id']}/beginnings/")
    hand = done(ana, "turns/", {"session": session["id"]})
    assert got(anyone, f"{ROOT}turns/?session={session['id']}&waiting=true")["results"] == [hand]
    for step in ("calls", "beginnings", "endings"):
        hand = done(lead, f"turns/{hand['id']}/{step}/")
    assert hand["speaker"] == {"name": "Ana"}
    assert hand["called_at"] <= hand["started_at"] <= hand["ended_at"]
    order = done(ana, "motions/", {"session": session["id"], "kind": "point", "text": "I cannot hear."})
    assert done(lead, f"motions/{order['id']}/answers/", {"answer": "Speak up."})["answer"] == "Speak up."
    pause = done(ana, "motions/", {"session": session["id"], "kind": "procedure", "text": "A pause."})
    assert done(lead, f"motions/{pause['id']}/shows/", {"yes": 3, "no": 1})["carried"] is True
    back = done(bilal, "motions/", {"session": session["id"], "kind": "close"})
    assert done(bilal, f"motions/{back['id']}/withdrawals/")["withdrawn_at"]
    done(lead, f"items/{reports['id']}/endings/")

    done(lead, f"items/{vote_on_water['id']}/beginnings/")
    vote = done(lead, f"items/{vote_on_water['id']}/decisions/", {"minutes": 15})
    for client in (ana, bilal, lead):
        done(client, f"decisions/{vote['id']}/ballots/", {"choice": "yes"})
    result = done(lead, f"decisions/{vote['id']}/closings/")
    assert (result["outcome"], result["yes"], result["voters"]) == ("carried", 3, 3)
    done(bilal, f"{here}departures/")
    assert got(anyone, f"{ROOT}{here}")["inside"] == len(numbers) - 1
    done(lead, f"{here}notes/", {"text": "The door creaks.", "item": reports["id"]})
    assert done(lead, f"{here}closings/")["phase"] == "over"
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"session.opened", "turn.ended", "hands.shown", "motion.answered", "minutes.noted"} <= kinds


def test_minutes_that_were_adopted_are_read_by_anyone(cast: Cast):
    lead = by(facilitator(cast.abiego))
    begins = (now() + 8 * DAY).replace(microsecond=0)
    body = {"assembly": "abiego", "place": "The school", "agenda": [{"title": "Talk"}]}
    times = {"begins_at": begins.isoformat(), "ends_at": (begins + HOUR).isoformat()}
    session = done(lead, "sessions/", body | times)
    row = Session.objects.get(pk=session["id"])
    travel_to(begins)
    done(lead, f"sessions/{row.pk}/openings/")
    done(lead, f"sessions/{row.pk}/closings/")
    adopted(cast, row)
    whole = got(Client(), f"{ROOT}minutes/?session={row.pk}&expand=session,motion")
    (one,) = whole["results"]
    assert one["session"]["phase"] == "adopted"
    assert one["motion"]["kind"] == "minutes"
    assert one["body"]["place"] == "The school"
    assert got(Client(), f"{ROOT}minutes/{one['id']}/")["digest"] == one["digest"]
    told = got(Client(), f"{ROOT}openapi.json")
    schema = told["paths"][f"{ROOT}minutes/"]["get"]["responses"]["200"]["content"][JSON]["schema"]
    wrong = list(Draft202012Validator({**schema, "components": told["components"]}).iter_errors(whole))
    assert not wrong, wrong[0].message[:300]
    assert NOUNS["minutes"].page is False


@pytest.mark.parametrize("private", [name for name, noun in NOUNS.items() if noun.private])
def test_what_concerns_few_is_told_to_few(cast: Cast, private: str):
    """The roll to its own citizens; an application to who made it and to the office that keeps the roll."""
    asked = done(by(cast.stranger), "applications/", {"assembly": "abiego", "statement": "By the oven."})
    read = {
        name: got(client, f"{ROOT}{private}/?size=200")["results"]
        for name, client in {
            "nobody": Client(),
            "applicant": by(cast.stranger),
            "citizen": by(cast.ana),
            "office": by(facilitator(cast.abiego)),
            "elsewhere": by(cast.chen),
        }.items()
    }
    assert read["nobody"] == []
    if private == "applications":
        assert read["applicant"] == read["office"] == [asked]
        assert read["citizen"] == read["elsewhere"] == []
    else:
        assert read["applicant"] == []
        assert {one["assembly"] for one in read["citizen"]} == {f"http://testserver{ROOT}assemblies/abiego/"}
        assert not {one["id"] for one in read["citizen"]} & {one["id"] for one in read["elsewhere"]}
