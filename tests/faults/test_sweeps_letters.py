"""Letters when the mail server is away, slow to trust, or does not know somebody."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes

import pytest

from assemblies.models import Citizen, Letter
from assemblies.sweeps import Away
from assemblies.tasks import letters, send
from tests.cast import clock, person
from tests.faults.due import DAY


class MailServer(socketserver.ThreadingTCPServer):
    """As much of RFC 5321 as a client needs. `answers` says what a recipient is told instead of 250."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers: dict[str, str] = {}
        self.accepted: list[tuple[str, str]] = []
        self.callers = 0


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.server.callers += 1
        self.say("220 mail.example")
        recipient = ""
        for line in iter(self.rfile.readline, b""):
            match line.split(b":")[0].strip().upper().split(b" ")[0]:
                case b"RCPT":
                    recipient = line.decode().split("<")[1].split(">")[0]
                    self.say(self.server.answers.get(recipient, "250 OK"))
                case b"DATA":
                    self.say("354 Go on")
                    body = b"".join(iter(self.rfile.readline, b".\r\n"))
                    self.server.accepted.append((recipient, message_from_bytes(body)["Message-ID"]))
                    self.say("250 Kept")
                case b"QUIT":
                    self.say("221 Goodbye")
                    return
                case _:
                    self.say("250 OK")


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        yield server
        server.shutdown()


@pytest.fixture
def readers(db) -> list[Citizen]:
    people = [person(name) for name in ("Ana", "Bilal", "Chen", "Dolores")]
    Letter.objects.write(people, about="x", subject="The oven", body="It is warm.")
    return people


def addresses(server: MailServer) -> list[str]:
    return sorted(recipient for recipient, _name in server.accepted)


def test_while_the_mail_server_is_away_letters_wait_and_are_sent_once_when_it_is_back(mail_server, readers, settings):
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 9  # discard: nobody listens there
    assert letters.run() == 0
    clock.travel(3 * DAY)
    assert Letter.objects.filter(sent_at=None, refused_at=None).count() == 4
    settings.EMAIL_PORT = there
    assert letters.run() == 4
    assert letters.run() == 0
    assert addresses(mail_server) == sorted(reader.email for reader in readers)
    assert len({name for _recipient, name in mail_server.accepted}) == 4, "each is a letter of its own"


def test_a_server_that_is_away_is_asked_once_a_run_and_not_once_a_letter(readers, settings, caplog):
    with MailServer() as deaf:  # its port is bound, and nobody ever answers
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = deaf.server_address
        settings.EMAIL_TIMEOUT = 0.2
        assert letters.run() == 0
    assert len([line for line in caplog.messages if "send letters stopped" in line]) == 1
    with pytest.raises(Away):
        send(Letter.objects.first())


def test_an_address_that_nobody_knows_holds_up_nobody_else_and_is_not_tried_for_ever(mail_server, readers):
    ana, *others = readers
    mail_server.answers[ana.email] = "550 No such person"
    assert letters.run() == 4
    assert addresses(mail_server) == sorted(reader.email for reader in others)
    assert Letter.objects.get(citizen=ana).refused_at
    assert letters.run() == 0
    assert mail_server.callers == 4


def test_a_mailbox_that_is_full_for_now_is_tried_again_and_holds_up_nobody_else(mail_server, readers):
    ana, *others = readers
    mail_server.answers[ana.email] = "452 Mailbox full"
    assert letters.run() == 3
    assert addresses(mail_server) == sorted(reader.email for reader in others)
    mail_server.answers.clear()
    assert letters.run() == 1
    assert addresses(mail_server) == sorted(reader.email for reader in readers)


def test_an_address_of_which_no_header_can_be_made_holds_up_nobody_else(mail_server, readers):
    ana, *others = readers
    Citizen.objects.filter(pk=ana.pk).update(email="ana@people.example\nBcc: everybody@people.example")
    assert letters.run() == 4
    assert addresses(mail_server) == sorted(reader.email for reader in others)
