"""The sweeps of floor 1, and the import of rolls."""

from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urlsplit

from celery import shared_task
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import (
    BigIntegerField,
    Count,
    DateTimeField,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .appointment import calendar
from .clock import CivicNow, now
from .models import (
    Assembly,
    Cancellation,
    Citizen,
    Citizenship,
    Decision,
    Digest,
    Drawing,
    Issuer,
    Letter,
    Office,
    Rescheduling,
    RollImport,
    Session,
    StandingOrders,
    Told,
)
from .models.letter import address_of
from .models.office import SEATS
from .record.context import newest
from .record.sequencer import sequencer
from .sweeps import Away, Sweep
from .telling import LEAVING, kind_of
from .verdict import choice_in_words

SOON = timedelta(days=30)  # what is older is history: nobody is written to about it


def unnoted(rows: QuerySet, word: str) -> QuerySet:
    """Rows whose fact nobody has noted as told."""
    fact = Concat(Value(f"{word}/"), F("pk"), output_field=Told._meta.get_field("about"))
    return rows.annotate(fact=fact).exclude(fact__in=Told.objects.values("about"))


def untold(rows: QuerySet, word: str, at: datetime, since: str) -> QuerySet:
    """Rows whose fact of the last thirty days nobody has been told."""
    return unnoted(rows.filter(**{f"{since}__gt": at - SOON}), word)


def tell(fact: str, citizens: QuerySet[Citizen], subject: str, body: str, calendar: str = "") -> None:
    """Write the letters of one fact and note that it is told, in one transaction of the sweep."""
    readers = citizens.filter(is_active=True)
    Letter.objects.write(readers, about=fact, subject=subject[:200], body=body, calendar=calendar)
    Told.objects.get_or_create(about=fact)


def tell_opened(decision: Decision) -> None:
    tell(
        f"decision-opened/{decision.pk}",
        decision.electors(),
        _("Open for voting in %(assembly)s: %(title)s") % {"assembly": decision.assembly, "title": decision},
        _("You can read the text and vote here:\n%(address)s") % {"address": address_of(decision)},
    )


def tell_closed(decision: Decision) -> None:
    if decision.is_choice:
        outcome = choice_in_words(decision)
    else:
        outcome = _("Outcome: %(outcome)s.") % {"outcome": decision.get_outcome_display()}
    tell(
        f"decision-closed/{decision.pk}",
        decision.assembly.citizens(decision.opens_at),
        _("Decided in %(assembly)s: %(title)s") % {"assembly": decision.assembly, "title": decision},
        _("%(outcome)s\nThe figures are here:\n%(address)s") % {"outcome": outcome, "address": address_of(decision)},
    )


def tell_session(session: Session) -> None:
    """The convocation: to everybody on the roll, with the agenda and an appointment."""
    tell(
        f"session-called/{session.pk}",
        session.assembly.citizens(now()),
        _("The assembly of %(assembly)s meets on %(day)s") % _place_and_day(session),
        _("%(day)s, %(place)s\n\nAgenda:\n%(agenda)s\n\nTexts, and how to come in:\n%(address)s")
        % _place_and_day(session),
        calendar(session),
    )


def tell_rescheduling(change: Rescheduling) -> None:
    said = _place_and_day(change.session) | {"reason": change.reason}
    tell(
        f"session-moved/{change.pk}",
        change.session.assembly.citizens(now()),
        _("The session of %(assembly)s is moved: %(day)s") % said,
        _("Now: %(day)s, %(place)s\nReason: %(reason)s\n\n%(address)s") % said,
        calendar(change.session),
    )


def tell_cancellation(ending: Cancellation) -> None:
    said = _place_and_day(ending.session) | {"reason": ending.reason}
    tell(
        f"session-cancelled/{ending.pk}",
        ending.session.assembly.citizens(now()),
        _("The session of %(assembly)s on %(day)s is called off") % said,
        _("Reason: %(reason)s\n\n%(address)s") % said,
        calendar(ending.session),
    )


def _place_and_day(session: Session) -> dict[str, str]:
    with timezone.override(session.assembly.time_zone):
        day = date_format(timezone.localtime(session.begins_at), "DATETIME_FORMAT")
    agenda = "\n".join(f"{n}. {item}" for n, item in enumerate(session.agenda(), 1))
    return {
        "assembly": str(session.assembly),
        "place": session.place,
        "day": day,
        "agenda": agenda,
        "address": address_of(session),
    }


def message_id(letter: Letter) -> str:
    """The name of a letter among all letters of the world. One that is sent again, because its worker died before it
    was marked, is the same letter to the mail programs that receive it."""
    return f"<letter-{letter.pk}@{urlsplit(settings.SITE_ADDRESS).hostname}>"


def unsubscribe_address(citizen: int, kind: str) -> str:
    return settings.SITE_ADDRESS + reverse("unsubscribe", args=[signing.dumps([citizen, kind], salt=LEAVING)])


def send(letter: Letter) -> None:
    """Send one letter. It is marked in the same transaction: a mail server that is away leaves it due.

    Each carries the checkpoint of its reader's own record: what thousands keep cannot be rewritten (article 17).
    One that the server will never take, because of its address or what stands in it, is not tried again.
    """
    moment = "sent_at"
    try:
        leave = unsubscribe_address(letter.citizen_id, kind_of(letter.about))
        message = EmailMessage(
            letter.subject,
            letter.body
            + "\n\n"
            + _("No more letters of this kind: %(address)s") % {"address": leave}
            # The record's own foot comes last, after the mark of a signature.
            + checkpoint_for(letter.citizen),
            to=[letter.citizen.email],
            headers={
                "Auto-Submitted": "auto-generated",
                "Message-ID": message_id(letter),
                # One click, without a sign-in (RFC 8058); the address names the reader and the kind, and is signed.
                "List-Unsubscribe": f"<{leave}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        if letter.calendar:
            message.attach("session.ics", letter.calendar, "text/calendar")
        message.send()
    except (SMTPRecipientsRefused, SMTPDataError, ValueError) as error:
        if not for_good(error):
            raise
        moment = "refused_at"
    except OSError as error:
        raise Away(f"{type(error).__name__}: {error}") from error
    Letter.objects.filter(pk=letter.pk).update(**{moment: CivicNow()})


def for_good(error: SMTPRecipientsRefused | SMTPDataError | ValueError) -> bool:
    """Whether a letter was refused for ever: codes of 500 and above are (RFC 5321 section 4.2.1), and so is an address
    of which no header can be made."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in error.recipients.values())
    return not isinstance(error, SMTPDataError) or error.smtp_code >= 500


def checkpoint_for(citizen: Citizen) -> str:
    """The last checkpoint of the record of the citizen's assembly, as the foot of a letter; nothing without one."""
    citizenship = citizen.citizenship(now())
    found = newest(citizenship.assembly.log.origin) if citizenship else newest()
    if found is None:
        return ""
    return "\n\n-- \n" + _(
        "The public record, last checkpoint on %(moment)s. Keep it: with it you can show that nothing was rewritten.\n"
        "How to check it: %(address)s\n\n%(note)s"
    ) % {
        "moment": date_format(timezone.localtime(found.at), "DATETIME_FORMAT"),
        "address": settings.SITE_ADDRESS + reverse("record-log", args=[found.log.origin]),
        "note": found.note,
    }


def vacant(kind: str, at: datetime) -> QuerySet[Assembly]:
    """Assemblies that need this office, have fewer in it than its seats and than their roll allows, and have not
    announced its lot.

    Every assembly needs facilitators, and whichever office its standing orders entrust with the roll. Each is
    `vacant_since` its founding, the end of the last turn, or the orders that asked for the office.
    """
    turns = Office.objects.filter(assembly=OuterRef("pk"), kind=kind).order_by()
    roll = Citizenship.objects.in_force(at).filter(assembly=OuterRef("pk")).order_by().values("assembly")
    moment = Value(at, DateTimeField())
    assemblies = Assembly.objects.founded().annotate(
        roll=Coalesce(Subquery(roll.annotate(n=Count("pk")).values("n")), 0),
        held=Coalesce(Subquery(turns.in_force(at).values("assembly").annotate(n=Count("pk")).values("n")), 0),
        left_at=Subquery(
            turns.filter(valid_until__lte=at).values("assembly").annotate(last=Max("valid_until")).values("last")
        ),
    )
    asked_at: Combinable = F("founded_at")
    if kind != Office.Kind.FACILITATOR:
        orders = Func("pk", moment, function="orders_in_force", output_field=BigIntegerField())
        adopted = Func("proposal", moment, function="carried_at", output_field=DateTimeField())
        keepers = StandingOrders.objects.filter(admitting_office=kind)
        assemblies = assemblies.annotate(orders_id=orders).filter(orders_id__in=keepers.values("pk"))
        asked_at = Subquery(keepers.filter(pk=OuterRef("orders_id")).annotate(adopted=adopted).values("adopted"))
    announced = Drawing.objects.pending().filter(assembly=OuterRef("pk"), kind=kind)
    return assemblies.annotate(vacant_since=Greatest("founded_at", "left_at", asked_at)).filter(
        ~Exists(announced), held__lt=SEATS[kind], roll__gt=F("held")
    )


def announce(kind: str, assembly: Assembly) -> None:
    Drawing.objects.announce(assembly, kind)


def tell_drawn(office: Office) -> None:
    tell(
        f"office-drawn/{office.pk}",
        Citizen.objects.filter(pk=office.citizen_id),
        _("The lot has fallen on you: %(office)s of %(assembly)s")
        % {"office": office.get_kind_display(), "assembly": office.assembly},
        _("You hold the office until %(day)s, and may lay it down. What there is to do stands here:\n%(address)s")
        % {
            "day": date_format(timezone.localtime(office.valid_until), "DATE_FORMAT"),
            "address": settings.SITE_ADDRESS + reverse("assembly-desk", args=[office.assembly.slug]),
        },
    )


opening = Sweep("open decisions", Decision.objects.due_to_open, "opens_at", Decision.open)
closing = Sweep("close decisions", Decision.objects.due_to_close, "closes_at", Decision.close)
offices = [
    Sweep(
        f"announce {kind}s", partial(vacant, kind), "vacant_since", partial(announce, kind), patience=timedelta(hours=2)
    )
    for kind in Office.Kind.values
]
papers = Sweep("close papers", Issuer.objects.due, "decision__papers_until", Issuer.close)
drawings = Sweep("draw offices", Drawing.objects.due, "announced_at", Drawing.draw)
office_news = Sweep(
    "tell of offices",
    lambda at: untold(Office.objects.in_force(at).filter(drawing__isnull=False), "office-drawn", at, "valid_from"),
    "valid_from",
    tell_drawn,
)
opened_news = Sweep(
    "tell of open votes",
    # Who is in the hall is told by the hall.
    lambda at: untold(
        Decision.objects.open(at).filter(opened_at__isnull=False, item=None), "decision-opened", at, "opens_at"
    ),
    "opens_at",
    tell_opened,
)
closed_news = Sweep(
    "tell of results",
    lambda at: untold(Decision.objects.filter(closed_at__isnull=False), "decision-closed", at, "closes_at"),
    "closes_at",
    tell_closed,
)
sessions_news = [
    Sweep(
        "tell of sessions",
        lambda at: untold(Session.objects.coming(), "session-called", at, "called_at"),
        "called_at",
        tell_session,
    ),
    Sweep(
        "tell of moved sessions",
        lambda at: untold(Rescheduling.objects.filter(session__opened_at=None), "session-moved", at, "at"),
        "at",
        tell_rescheduling,
    ),
    Sweep(
        "tell of sessions called off",
        lambda at: untold(Cancellation.objects.all(), "session-cancelled", at, "at"),
        "at",
        tell_cancellation,
    ),
]
digests = Sweep("write digests", Digest.objects.due, "digest_due_at", Digest.objects.write, patience=timedelta(hours=2))
letters = Sweep("send letters", Letter.objects.due, "written_at", send)
rolls = Sweep(
    "enter rolls",
    lambda at: RollImport.objects.filter(confirmed_at__lte=at, finished_at=None),
    "confirmed_at",
    RollImport.enter_some,
)


@shared_task
def open_decisions() -> int:
    return opening.run()


@shared_task
def close_decisions() -> int:
    return closing.run()


@shared_task
def close_papers() -> int:
    return papers.run()


@shared_task
def announce_offices() -> int:
    return sum(sweep.run() for sweep in offices)


@shared_task
def draw_offices() -> int:
    return drawings.run()


@shared_task
def tell_of_votes() -> int:
    return opened_news.run() + closed_news.run() + office_news.run()


@shared_task
def tell_of_sessions() -> int:
    return sum(sweep.run() for sweep in sessions_news)


@shared_task
def sequence_record() -> int:
    return sequencer.run()


@shared_task
def write_digests() -> int:
    return digests.run()


@shared_task
def send_letters() -> int:
    return letters.run()


@shared_task
def enter_rolls() -> None:
    """Some lines a turn, until every import is finished or is in the hands of another worker."""
    while rolls.run():
        pass
