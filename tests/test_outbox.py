"""Letters as files."""

import pytest
from django.core.mail import EmailMessage, get_connection

from confederation.outbox import letter, letters


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return settings.OUTBOX_DIR


def send(*messages: EmailMessage) -> int:
    return get_connection("confederation.outbox.OutboxBackend").send_messages(messages)


def message(subject: str, to: str = "ana@abiego.example") -> EmailMessage:
    return EmailMessage(subject, "The vote on the mill opens on Monday.\nSiétamo, ñ, ł.", "town@abiego.example", [to])


def test_an_outbox_nobody_wrote_to_is_empty():
    assert list(letters()) == []


def test_letters_are_read_newest_first_with_every_letter_of_their_alphabets(outbox):
    assert send(message("First"), message("Secónd")) == 2
    assert [found.subject for found in letters()] == ["Secónd", "First"]
    newest = next(letters())
    assert newest.to == "ana@abiego.example"
    assert newest.sender == "town@abiego.example"
    assert newest.text.rstrip() == "The vote on the mill opens on Monday.\nSiétamo, ñ, ł."
    assert newest.sent.tzinfo is not None
    assert letter(newest.name) == newest
    assert not list(outbox.glob(".*")), "a half-written letter was left"


def test_one_persons_letters():
    send(message("To Ana"), message("To Bilal", "bilal@loarre.example"))
    assert [found.subject for found in letters("Bilal@loarre.example")] == ["To Bilal"]


@pytest.mark.parametrize("name", ["../secret-key", "/etc/passwd", ".hidden.eml", "nothing.eml", "secret-key", ""])
def test_a_name_that_is_no_letter_finds_none(outbox, name):
    outbox.mkdir()
    (outbox.parent / "secret-key").write_text("x")
    assert letter(name) is None


def test_a_letter_to_nobody_is_not_written(outbox):
    assert send(EmailMessage("To nobody", "Text", to=[])) == 0
    assert not outbox.exists()


def test_a_folder_that_cannot_be_written_is_said_or_silent_as_asked(outbox):
    outbox.write_text("a file where the folder belongs")
    with pytest.raises(OSError, match="exists"):
        send(message("Lost"))
    quiet = get_connection("confederation.outbox.OutboxBackend", fail_silently=True)
    assert quiet.send_messages([message("Lost")]) == 0
