"""An evening by its pages alone: called, moved, checked in, led, voted, written down, read on the wall."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.door import code, read
from assemblies.models import Motion, Session, SpeakingTurn, queue
from assemblies.views import hall
from tests.cast import DAY, Cast, facilitator, travel_to
from tests.sessions.evening import HOUR, begun, call_session, come, evening, moved, officer, tellers

MADRID = ZoneInfo("Europe/Madrid")


def typed(moment) -> str:
    return f"{moment.astimezone(MADRID):%Y-%m-%dT%H:%M}"


def as_(citizen) -> Client:
    client = Client()
    if citizen is not None:
        client.force_login(citizen)
    return client


def text(answer) -> str:
    assert answer.status_code in (200, 286), answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_session_is_called_moved_and_called_off_by_forms(cast: Cast):
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    client = as_(facilitator(cast.abiego))
    begins = (now() + 9 * DAY).replace(second=0, microsecond=0)
    address = reverse("session-new", args=["abiego"])
    assert "Water" in text(client.get(address))
    sheet = {
        "place": "The school",
        "begins_at": typed(begins),
        "ends_at": typed(begins + 2 * HOUR),
        "before": "Reports (15)\n",
        "proposals": [proposal.pk],
        "after": "Anything else",
        "speaking": "first-time",
        "speaking_minutes": "3",
        "first_list": "",
        "second_list": "",
    }
    answer = client.post(address, sheet)
    assert answer.status_code == 302
    assert client.post(address, sheet).url == answer.url, "sent twice, called once"
    session = Session.objects.get()
    assert [(item.title, item.minutes) for item in session.agenda()] == [
        ("Reports", 15),
        ("Water", None),
        ("Anything else", None),
    ]
    page = text(as_(None).get(answer.url))
    assert "The school" in page
    assert "Reports" in page
    assert client.post(address, sheet | {"begins_at": typed(now() + HOUR)}).status_code == 422
    assert client.post(address, sheet | {"second_list": "One"}).status_code == 422
    later = typed(begins + DAY), typed(begins + DAY + HOUR)
    moved_to = {"place": "The mill", "begins_at": later[0], "ends_at": later[1], "reason": "The roof leaks."}
    assert client.post(reverse("session-rescheduling", args=[session.pk]), moved_to).status_code == 302
    ics = as_(None).get(reverse("session-calendar", args=[session.pk])).content.decode()
    assert "SEQUENCE:1" in ics
    assert "TZID=Europe/Madrid" in ics
    assert "LOCATION:The mill" in ics
    notice = text(as_(None).get(reverse("session-notice", args=[session.pk])))
    assert "<svg" in notice
    assert client.post(reverse("item-new", args=[session.pk]), {"title": "The well", "minutes": "5"}).status_code == 302
    assert client.post(reverse("session-cancellation", args=[session.pk]), {"reason": "It hails."}).status_code == 302
    assert "It hails." in text(as_(None).get(session.get_absolute_url()))
    assert "STATUS:CANCELLED" in as_(None).get(reverse("session-calendar", args=[session.pk])).content.decode()


def test_the_code_of_a_citizen_is_theirs_for_one_session(cast: Cast):
    own = code(7, cast.ana.pk)
    assert read(7, own) == cast.ana.pk
    assert read(7, own.lower().replace("-", " ")) == cast.ana.pk
    assert read(8, own) is None
    assert read(7, own[:-1] + ("2" if own[-1] != "2" else "3")) is None
    for nonsense in ("", "x", "\x00", "9" * 60, "-" * 12, own * 5):
        assert read(7, nonsense) is None


def test_the_door_checks_in_by_code_and_by_name(cast: Cast):
    session = call_session(cast.abiego)
    keeper = as_(tellers(cast.abiego)[0])
    travel_to(session.begins_at - HOUR)
    door = reverse("session-door", args=[session.pk])
    own = re.search(r'door-code"><code>([^<]+)', text(as_(cast.ana).get(reverse("session-code", args=[session.pk]))))
    assert own
    assert "Ana" in text(keeper.get(door, {"code": own[1]}))
    assert keeper.post(door, {"citizen": cast.ana.pk, "how": "code"}).status_code == 302
    assert "Checked in already" in text(keeper.get(door, {"code": own[1]}))
    assert keeper.post(door, {"citizen": cast.ana.pk, "how": "code"}).status_code == 409
    assert "Bilal" in text(keeper.get(door, {"q": "bil"}))
    assert keeper.post(door, {"citizen": cast.bilal.pk, "by_hand": "on"}).status_code == 302
    assert keeper.post(door, {"citizen": cast.chen.pk}).status_code == 422
    assert keeper.get(door, {"code": "AAAA-BBBB-CC"}).status_code == 422
    assert as_(cast.ana).get(door).status_code == 404
    stay = session.attendances.get(citizen=cast.bilal)
    assert stay.by_hand
    assert keeper.post(reverse("attendance-ending", args=[stay.pk])).status_code == 302
    assert as_(cast.ana).post(reverse("attendance-ending", args=[stay.pk])).status_code == 404
    assert list(session.present(now())) == [cast.ana]


def test_a_phone_is_told_only_what_has_changed(cast: Cast, django_assert_max_num_queries):
    session, _proposal = evening(cast)
    phone = as_(cast.ana)
    live = reverse("session-live", args=[session.pk])
    begun(session)

    def asked() -> tuple[str, str]:
        cache.clear()  # as if a second had passed
        found = re.search(r"live/\?v=(\d+)&amp;q=([\w-]+)", text(phone.get(session.get_absolute_url())))
        assert found
        return found[1], found[2]

    v, q = asked()
    cache.set(f"hall-{session.pk}", v, 60)  # within its second, however slow the machine
    with django_assert_max_num_queries(0):
        assert as_(None).get(live, {"v": v, "q": q}).status_code == 204
    assert phone.post(reverse("turn-new", args=[session.pk]), {"from": "phone"}).status_code == 302
    _v, q = asked()
    changed = text(phone.get(live, {"v": v, "q": q}))
    assert "Take my hand down" in changed
    assert "hall-vote" not in changed, "what one is writing into the ballot is left alone"
    decision = session.current().put_to_vote(by=facilitator(cast.abiego), minutes=10)
    asked()
    opened_ = text(phone.get(live, {"v": v, "q": q}))
    assert 'id="hall-vote" hx-swap-oob="true"' in opened_
    assert "Cast my vote" in opened_
    ballot = reverse("ballot", args=[decision.pk])
    for _twice in range(2):
        assert phone.post(ballot, {"choice": "yes"}, headers={"HX-Request": "true"}).status_code == 200
    assert decision.turnout() == 1
    decision.end(by=facilitator(cast.abiego))
    session.close(by=facilitator(cast.abiego))
    cache.clear()
    asked_again = phone.get(live, {"v": v, "q": q})
    assert asked_again.status_code == 286


def test_the_wall_shows_turnout_and_never_a_running_result(cast: Cast):
    session, _proposal = evening(cast)
    wall, live = as_(None), reverse("projector-live", args=[session.pk])
    assert "Agenda" in text(wall.get(reverse("projector", args=[session.pk])))
    item = begun(session)
    moved(session, "wording", "The rain is kept for the gardens.")
    assert "<ins>" in text(wall.get(live))
    Motion.objects.get().withdraw(by=Motion.objects.get().mover)
    decision = item.put_to_vote(by=facilitator(cast.abiego), minutes=10)
    for citizen in session.present(now()).order_by("pk")[:3]:
        decision.cast(by=citizen, choice="no")
    seen = text(wall.get(live))
    assert "<strong>3</strong> / 10" in seen
    assert "against" not in seen.lower()
    decision.end(by=facilitator(cast.abiego))
    assert "Not carried" in text(wall.get(live))


def test_what_happens_while_the_wall_is_drawn_is_on_it_the_next_time(cast: Cast, monkeypatch):
    session, _proposal = evening(cast)
    begun(session)

    def while_read(session):
        seen = queue(session)
        SpeakingTurn.objects.raise_hand(session, cast.bilal, by=cast.bilal)
        return seen

    monkeypatch.setattr(hall, "queue", while_read)
    drawn = text(as_(None).get(reverse("projector", args=[session.pk])))
    assert "Bilal" not in drawn
    monkeypatch.undo()
    cache.clear()  # as if a second had passed
    found = re.search(r"live/\?v=([\d-]+)", drawn)
    assert found
    assert "Bilal" in text(as_(None).get(reverse("projector-live", args=[session.pk]), {"v": found[1]}))


def test_the_evening_is_led_from_the_console(cast: Cast):
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    session = call_session(cast.abiego, proposal)
    come(session, *session.assembly.citizens(now()))
    travel_to(session.begins_at)
    leader = as_(facilitator(cast.abiego))
    console = reverse("session-console", args=[session.pk])
    assert "Open the session" in text(leader.get(console))
    assert leader.post(reverse("session-opening", args=[session.pk])).url == console
    assert leader.post(reverse("session-opening", args=[session.pk])).status_code == 409
    (item,) = session.agenda()
    step = reverse("agenda-item", args=[item.pk])
    assert leader.post(step, {"do": "start"}).status_code == 302
    assert leader.post(step, {"do": "start"}).status_code == 409
    assert leader.post(step, {"do": "dance"}).status_code == 404
    as_(cast.ana).post(reverse("turn-new", args=[session.pk]))
    turn = reverse("turn", args=[session.turns.get().pk])
    assert "Call" in text(leader.get(reverse("console-live", args=[session.pk])))
    for word in ("call", "begin", "end"):
        assert leader.post(turn, {"do": word}).status_code == 302
    assert as_(cast.bilal).post(turn, {"do": "withdraw"}).status_code == 403
    assert leader.post(reverse("motion-new", args=[session.pk]), {"kind": "procedure"}).status_code == 422
    sheet = {"kind": "procedure", "mover": cast.ana.pk, "text": "A pause."}
    assert as_(cast.ana).post(reverse("motion-new", args=[session.pk]), sheet).status_code == 302
    motion = reverse("motion", args=[session.motions.get().pk])
    hands = {"yes": "4", "no": "1", "abstain": "0"}
    assert as_(cast.bilal).post(motion, hands).status_code == 403
    assert leader.post(motion, hands).status_code == 302
    assert leader.post(motion, hands).status_code == 422
    assert "Open this vote?" in text(leader.get(reverse("item-decision", args=[item.pk])))
    assert leader.post(reverse("item-decision", args=[item.pk]), {"minutes": "10"}).url == console
    decision = item.decision
    assert decision
    for citizen in session.present(now())[:3]:
        decision.cast(by=citizen, choice="yes")
    ending = reverse("decision-ending", args=[decision.pk])
    assert "3</strong> of 10" in text(leader.get(ending))
    assert leader.post(ending).url == console
    assert "Carried" in text(leader.get(console))
    assert leader.post(step, {"do": "end"}).status_code == 302
    assert leader.post(reverse("session-closing", args=[session.pk])).url == reverse("minutes", args=[session.pk])
    writer = as_(officer(cast.abiego, "minute-taker"))
    note = {"item": item.pk, "text": "Ana spoke of the *cistern*."}
    assert writer.post(reverse("note-new", args=[session.pk]), note).status_code == 302
    page = text(as_(None).get(reverse("minutes", args=[session.pk])))
    assert "<em>cistern</em>" in page
    assert "A pause." in page
    assert "Who was in the hall" not in page
    assert "Who was in the hall" in text(as_(cast.ana).get(reverse("minutes", args=[session.pk])))
    assert "<form" not in text(writer.get(reverse("minutes-download", args=[session.pk])))


def test_pages_of_a_session_that_has_not_begun(cast: Cast):
    session = call_session(cast.abiego)
    assert as_(None).get(reverse("minutes", args=[session.pk])).status_code == 404
    assert as_(cast.ana).get(reverse("session-console", args=[session.pk])).status_code == 404
    assert as_(cast.chen).get(reverse("session-code", args=[session.pk])).status_code == 404
    assert as_(None).get(reverse("session-live", args=[10**9])).status_code == 404
    assert "Abiego" in text(as_(None).get(reverse("sessions"), {"q": "abi", "assembly": "abiego"}))
    assert session.ends_at - session.begins_at == 3 * HOUR


@pytest.mark.parametrize("alternates", [False, True])
def test_a_phone_names_its_list_where_two_take_turns(cast: Cast, alternates):
    lists = {"first_list": "For", "second_list": "Against"} if alternates else {}
    session, _proposal = evening(cast, **lists)
    begun(session)
    page = text(as_(cast.ana).get(session.get_absolute_url()))
    assert ('value="Against"' in page) is alternates
    answer = as_(cast.ana).post(reverse("turn-new", args=[session.pk]), {"side": "Against"})
    assert answer.status_code == 302
    assert session.turns.get().side == ("Against" if alternates else "")
    again = as_(cast.ana).post(reverse("turn-new", args=[session.pk]), {"side": "For"}, headers={"HX-Request": "true"})
    assert again.status_code == 409
    assert "Your hand is up already" in again.content.decode()


def test_a_secret_vote_is_talked_about_and_called_from_its_page(cast: Cast):
    oven = cast.abiego.propose("Oven", "The oven is common.", by=cast.ana, secret=True)
    session = call_session(cast.abiego, oven)
    assert "has days of its own" in text(as_(None).get(session.get_absolute_url()))
    travel_to(session.begins_at)
    leader = facilitator(cast.abiego)
    session.open(by=leader)
    item = begun(session)
    console = text(as_(leader).get(reverse("session-console", args=[session.pk])))
    assert "Its vote is secret" in console
    assert reverse("item-decision", args=[item.pk]) not in console
    answer = as_(leader).post(reverse("item-decision", args=[item.pk]), {"minutes": "10"})
    assert answer.status_code == 409
    assert "not held in session" in answer.content.decode()
    assert not item.decisions.exists()
