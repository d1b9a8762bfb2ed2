"""Everybody on the roll is called, with an appointment for their calendar; and hears of what is moved or called off."""

from email import message_from_bytes

from icalendar import Calendar

from assemblies.models import Letter
from assemblies.tasks import letters, sessions_news
from tests.cast import Cast, facilitator
from tests.sessions.evening import call_session


def test_the_convocation_carries_the_appointment(cast: Cast, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.OUTBOX_DIR = "confederation.outbox.OutboxBackend", tmp_path / "outbox"
    session = call_session(cast.abiego, cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    assert [sweep.run() for sweep in sessions_news] == [1, 0, 0]
    assert [sweep.run() for sweep in sessions_news] == [0, 0, 0], "nobody is told twice"
    called = Letter.objects.filter(about=f"session-called/{session.pk}")
    assert called.count() == 10
    assert "1. Water" in called[0].body
    letters.run()
    sent = [message_from_bytes(path.read_bytes()) for path in settings.OUTBOX_DIR.iterdir()]
    (one,) = [message for message in sent if message["To"] == cast.ana.email and "meets" in message["Subject"]]
    (book,) = [part for part in one.walk() if part.get_content_type() == "text/calendar"]
    (event,) = Calendar.from_ical(book.get_payload(decode=True)).walk("VEVENT")
    assert event["SEQUENCE"] == 0
    assert event.decoded("dtstart") == session.begins_at.replace(microsecond=0)
    by = facilitator(cast.abiego)
    session.reschedule(
        by=by, place="The mill", begins_at=session.begins_at, ends_at=session.ends_at, reason="The roof leaks."
    )
    session.cancel(by=by, reason="It hails.")
    assert [sweep.run() for sweep in sessions_news] == [0, 1, 1]
    assert "METHOD:CANCEL" in Letter.objects.get(citizen=cast.ana, about__startswith="session-cancelled").calendar
