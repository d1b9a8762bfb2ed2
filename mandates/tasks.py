"""The sweeps of floor 2: they note what has happened to mandates, and tell those concerned."""

from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db.models import BigIntegerField, DateTimeField, ExpressionWrapper, F, Func, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Extract
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assemblies.clock import now
from assemblies.models import Citizen, Office, Told, record
from assemblies.models.letter import address_of
from assemblies.sweeps import Sweep
from assemblies.tasks import SOON, tell, unnoted, untold

from .models import (
    Accession,
    Adoption,
    Clause,
    Departure,
    Election,
    Ending,
    Mandate,
    Narrowing,
    Recall,
    Review,
    SharedText,
    supervised,
)
from .models.mandate import day_in_words
from .models.report import moment_of

HOUR = timedelta(hours=1)


def ready_recalls(at: datetime) -> QuerySet[Recall]:
    """Recalls with signatures enough and no vote called; plain rows, so that they can be locked."""
    return Recall.objects.filter(pk__in=Recall.objects.ready(at).values("pk"))


def note_ending(mandate: Mandate) -> None:
    Ending.objects.write_down(mandate, now())


def tell_of_ending(ending: Ending) -> None:
    mandate = ending.mandate
    tell(
        f"mandate-ended/{ending.pk}",
        Citizen.objects.filter(pk=mandate.delegate_id),
        _("Your mandate has ended: %(mandate)s") % {"mandate": mandate},
        _("%(how)s, on %(day)s.\n%(address)s")
        % {"how": ending.get_kind_display(), "day": ending.effective_at.date(), "address": address_of(mandate)},
    )


def tell_of_recall(recall: Recall) -> None:
    tell(
        f"recall-opened/{recall.pk}",
        Citizen.objects.filter(pk=recall.mandate.delegate_id),
        _("A recall of your mandate has been opened"),
        _("You are heard: read the grounds and answer them here:\n%(address)s") % {"address": address_of(recall)},
    )


def tell_of_election(election: Election) -> None:
    with timezone.override(election.assembly.time_zone):
        last = date_format(timezone.localtime(election.stand_until), "DATETIME_FORMAT")
    tell(
        f"election-called/{election.pk}",
        election.assembly.citizens(now()),
        _("An election is called: %(election)s") % {"election": election},
        _("Whoever wants to be bound by its clauses can stand until %(moment)s. They stand here:\n%(address)s")
        % {"moment": last, "address": address_of(election)},
    )


def tell_of_candidates(election: Election) -> None:
    """The time to stand is over: those who stand are told, and the facilitators, who put it to the vote."""
    standing = election.candidacies.filter(withdrawn_at=None).values("citizen")
    offices = Office.objects.in_force(now()).filter(assembly=election.assembly, kind=Office.Kind.FACILITATOR)
    n = standing.count()
    tell(
        f"election-stood/{election.pk}",
        Citizen.objects.filter(Q(pk__in=standing) | Q(pk__in=offices.values("citizen"))),
        _("The time to stand is over: %(election)s") % {"election": election},
        ngettext(
            "%(n)d person stands. A facilitator puts the two questions to the vote here:\n%(address)s",
            "%(n)d people stand. A facilitator puts the two questions to the vote here:\n%(address)s",
            n,
        )
        % {"n": n, "address": address_of(election)},
    )


def tell_of_elected(election: Election) -> None:
    """Those who stood are told who is elected, and who is on the standby list."""
    poll = election.poll
    elected = [str(mandate.delegate) for mandate in poll.mandates(now()) if mandate.ends_at is not None]
    standby = [str(candidacy) for candidacy in poll.standby()]
    tell(
        f"election-decided/{election.pk}",
        Citizen.objects.filter(pk__in=election.candidacies.filter(withdrawn_at=None).values("citizen")),
        _("The votes are counted: %(election)s") % {"election": election},
        _("Elected and mandated: %(elected)s.\nNot elected, the nearest first: %(standby)s.\n%(address)s")
        % {
            "elected": ", ".join(elected) or _("nobody"),
            "standby": ", ".join(standby) or _("nobody"),
            "address": address_of(election),
        },
    )


def expiring(days: int, at: datetime) -> QuerySet[Mandate]:
    """Mandates in force that end within so many days, as far as is known, and whose delegate has not been told so."""
    begins = ExpressionWrapper(F("ends_at") - timedelta(days=days), output_field=DateTimeField())
    ending = Mandate.objects.in_force(at).with_end(at).annotate(warned_from=begins).filter(warned_from__lte=at)
    return untold(ending, f"mandate-expires-{days}", at, "warned_from")


def ended(at: datetime) -> QuerySet[Mandate]:
    return Mandate.objects.ended_unnoted(at).with_end(at)


def warn(days: int, mandate: Mandate) -> None:
    last = mandate.ends_at or mandate.valid_until
    tell(
        f"mandate-expires-{days}/{mandate.pk}",
        Citizen.objects.filter(pk=mandate.delegate_id),
        ngettext(
            "Your mandate ends within %(n)d day: %(mandate)s", "Your mandate ends within %(n)d days: %(mandate)s", days
        )
        % {"n": days, "mandate": mandate},
        _("It ends by itself on %(day)s. More needs a new decision of the assembly.\n%(address)s")
        % {"day": last.date(), "address": address_of(mandate)},
    )


def carried(rows: QuerySet, word: str, at: datetime) -> QuerySet:
    """Rows whose question has carried by then and whose effect nobody has noted and told."""
    moment = Func("proposal", Value(at, DateTimeField()), function="carried_at", output_field=DateTimeField())
    return unnoted(rows.annotate(carried_at=moment).filter(carried_at__isnull=False), word)


def recently(citizens: QuerySet[Citizen], since: datetime) -> QuerySet[Citizen]:
    """Those to be told of what is recent; of what is history nobody is told."""
    return citizens if since > now() - SOON else citizens.none()


def concerned(mandate: Mandate, since: datetime) -> QuerySet[Citizen]:
    return recently(Citizen.objects.filter(pk=mandate.delegate_id), since)


def note_issue(mandate: Mandate) -> None:
    """Enter an issued mandate in the confederation's record too, and tell the delegate."""
    record(
        "mandate.issued",
        mandate,
        log=mandate.confederation.log_id,
        at=mandate.carried_at,  # type: ignore[attr-defined]
        assembly=mandate.assembly.slug,
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
        clauses=[str(clause) for clause in mandate.clauses.all()],
        naming=[mandate.delegate],
        personal={"delegate": (mandate.delegate, mandate.delegate.name)},
    )
    tell(
        f"mandate-issued/{mandate.pk}",
        concerned(mandate, mandate.carried_at),  # type: ignore[attr-defined]
        _("You are mandated: %(mandate)s") % {"mandate": mandate},
        _("What you are bound to, and until when, stands here:\n%(address)s") % {"address": address_of(mandate)},
    )


def note_narrowing(narrowing: Narrowing) -> None:
    mandate = narrowing.mandate
    record(
        "mandate.withdrawn" if narrowing.withdraws else "mandate.narrowed",
        mandate,
        log=mandate.confederation.log_id,
        at=narrowing.carried_at,  # type: ignore[attr-defined]
        proposal=narrowing.proposal_id,
    )
    tell(
        f"mandate-narrowed/{narrowing.pk}",
        concerned(mandate, narrowing.carried_at),  # type: ignore[attr-defined]
        _("Your mandate has been narrowed: %(mandate)s") % {"mandate": mandate},
        _("What you are bound to from now on stands here:\n%(address)s") % {"address": address_of(mandate)},
    )


def note_accession(accession: Accession) -> None:
    record(
        "accession.carried",
        accession,
        log=accession.confederation.log_id,
        at=accession.carried_at,  # type: ignore[attr-defined]
        assembly=accession.assembly.slug,
    )
    Told.objects.get_or_create(about=f"accession/{accession.pk}")


def note_offer(shared: SharedText) -> None:
    """Enter an offered text in the confederation's record, and tell the delegates who could relay it."""
    record(
        "text.offered",
        shared,
        log=shared.confederation.log_id,
        at=shared.carried_at,  # type: ignore[attr-defined]
        assembly=shared.assembly.slug,
        title=shared.title,
        text=shared.text,
        digest=shared.digest,
        notice_days=shared.notice.days,
        amends=shared.amends_id,
    )
    at = now()
    able = Clause.objects.in_force(at).filter(power="inform", mandate__confederation=shared.confederation_id)
    recent = shared.carried_at > at - SOON  # type: ignore[attr-defined]
    tell(
        f"text-offered/{shared.pk}",
        Citizen.objects.filter(pk__in=able.values("mandate__delegate")) if recent else Citizen.objects.none(),
        _("A text waits to be relayed: %(title)s") % {"title": shared},
        _("It goes to every assembly as it is, under a task to inform.\n%(address)s") % {"address": address_of(shared)},
    )


def note_adoption(adoption: Adoption) -> None:
    record(
        "adoption.carried",
        adoption,
        log=adoption.shared.confederation.log_id,
        at=adoption.carried_at,  # type: ignore[attr-defined]
        assembly=adoption.assembly.slug,
        shared=adoption.shared_id,
        digest=adoption.shared.digest,
        reservation=adoption.reservation,
    )
    Told.objects.get_or_create(about=f"adoption/{adoption.pk}")


def note_departure(departure: Departure) -> None:
    leaves: dict[str, datetime] = {"leaves_at": departure.leaves_at} if departure.leaves_at else {}
    record(
        "departure.carried",
        departure,
        log=departure.accession.confederation.log_id,
        at=departure.carried_at,  # type: ignore[attr-defined]
        assembly=departure.accession.assembly.slug,
        **leaves,  # type: ignore[arg-type]
    )
    Told.objects.get_or_create(about=f"departure/{departure.pk}")


def issued(at: datetime) -> QuerySet[Mandate]:
    """Mandates whose question has carried, and whose delegate is elected where there was an election."""
    moment = Func("pk", Value(at, DateTimeField()), function="mandate_issued_at", output_field=DateTimeField())
    return unnoted(Mandate.objects.annotate(carried_at=moment).filter(carried_at__isnull=False), "mandate-issued")


# ---- reports ----


def for_missed_reports(at: datetime) -> QuerySet[Mandate]:
    """Mandates that stand, and of which the charter's number of reports was missed since it last put the question."""
    standing = Mandate.objects.filter(pk__in=Mandate.objects.in_force(at).values("pk"))
    return standing.annotate(due_since=moment_of("recall_due_at", "pk", at)).filter(due_since__isnull=False)


def put_for_missed_reports(mandate: Mandate) -> None:
    Recall.objects.open_for_missed_reports(mandate)


def of_the_day(word: str, moment: str) -> Concat:
    """The fact of one report day of one mandate: each has its own telling."""
    epoch = Cast(Extract(moment, "epoch"), BigIntegerField())
    return Concat(Value(f"{word}/"), F("pk"), Value("/"), epoch, output_field=Told._meta.get_field("about"))


def due_soon(at: datetime) -> QuerySet[Mandate]:
    """Mandates with a report due within a week, and whose delegate has not been told so."""
    begins = ExpressionWrapper(F("next_due") - timedelta(days=7), output_field=DateTimeField())
    found = supervised(Mandate.objects.in_force(at), at).annotate(warned_from=begins).filter(warned_from__lte=at)
    found = found.annotate(fact=of_the_day("report-due", "next_due"))
    return found.exclude(fact__in=Told.objects.values("about"))


def overdue(at: datetime) -> QuerySet[Mandate]:
    """Mandates of which a report has been late since lately, and whose delegate has not been told so."""
    found = supervised(Mandate.objects.issued(at).filter(valid_until__gt=at - timedelta(days=400)), at)
    found = found.filter(Q(owed_since__gt=at - SOON)).annotate(fact=of_the_day("report-late", "owed_since"))
    return found.exclude(fact__in=Told.objects.values("about"))


def tell_due(mandate: Mandate) -> None:
    tell(
        mandate.fact,  # type: ignore[attr-defined]
        Citizen.objects.filter(pk=mandate.delegate_id),
        _("A report is due: %(mandate)s") % {"mandate": mandate},
        _("It falls due on %(day)s. It is drafted from the log and read here:\n%(address)s")
        % {"day": day_in_words(mandate.next_due), "address": address_of(mandate)},  # type: ignore[attr-defined]
    )


def tell_overdue(mandate: Mandate) -> None:
    missed: int = mandate.missed  # type: ignore[attr-defined]
    most = mandate.confederation.charter.missed_reports
    tell(
        mandate.fact,  # type: ignore[attr-defined]
        Citizen.objects.filter(pk=mandate.delegate_id),
        _("A report is late: %(mandate)s") % {"mandate": mandate},
        _(
            "It was due on %(day)s, and everyone sees that it is not there. Missed so far: %(missed)d."
            " After every %(most)d the charter puts the recall to the vote by itself.\n%(address)s"
        )
        % {
            "day": day_in_words(mandate.owed_since),  # type: ignore[attr-defined]
            "missed": missed,
            "most": most,
            "address": address_of(mandate),
        },
    )


def note_review(review: Review) -> None:
    """Enter in the confederation's record too what the assembly said to a report, and tell the delegate."""
    report = review.report
    record(
        "report.accepted" if review.verdict == Review.Verdict.ACCEPT else "report.sent_back",
        report,
        log=report.mandate.confederation.log_id,
        at=review.carried_at,  # type: ignore[attr-defined]
        proposal=review.proposal_id,
    )
    tell(
        f"report-reviewed/{review.pk}",
        concerned(report.mandate, review.carried_at),  # type: ignore[attr-defined]
        _("Your report was accepted")
        if review.verdict == Review.Verdict.ACCEPT
        else _("Your report was sent back: you owe another"),
        _("What the assembly decided stands here:\n%(address)s") % {"address": address_of(report)},
    )


missed = Sweep("put recalls for missed reports", for_missed_reports, "due_since", put_for_missed_reports)
reviews = Sweep(
    "note reviews of reports",
    lambda at: carried(Review.objects.all(), "report-reviewed", at),
    "carried_at",
    note_review,
)
reports_due = Sweep("warn of reports", due_soon, "warned_from", tell_due, patience=HOUR)
reports_late = Sweep("tell of late reports", overdue, "owed_since", tell_overdue, patience=HOUR)
issues = Sweep("note mandates issued", issued, "carried_at", note_issue)
narrowings = Sweep(
    "note narrowings", lambda at: carried(Narrowing.objects.all(), "mandate-narrowed", at), "carried_at", note_narrowing
)
accessions = Sweep(
    "note accessions", lambda at: carried(Accession.objects.all(), "accession", at), "carried_at", note_accession
)
departures = Sweep(
    "note departures", lambda at: carried(Departure.objects.all(), "departure", at), "carried_at", note_departure
)
offers = Sweep(
    "note texts offered", lambda at: carried(SharedText.objects.all(), "text-offered", at), "carried_at", note_offer
)
adoptions = Sweep(
    "note adoptions", lambda at: carried(Adoption.objects.all(), "adoption", at), "carried_at", note_adoption
)
recalls = Sweep("put recalls to the vote", ready_recalls, "opened_at", Recall.put_to_vote)
endings = Sweep("note endings", ended, "ends_at", note_ending)
week = Sweep("warn a week before", partial(expiring, 7), "warned_from", partial(warn, 7), patience=HOUR)
day = Sweep("warn a day before", partial(expiring, 1), "warned_from", partial(warn, 1), patience=HOUR)
ended_news = Sweep(
    "tell of endings",
    lambda at: untold(Ending.objects.all(), "mandate-ended", at, "effective_at"),
    "effective_at",
    tell_of_ending,
)
recall_news = Sweep(
    "tell of recalls",
    lambda at: untold(Recall.objects.all(), "recall-opened", at, "opened_at"),
    "opened_at",
    tell_of_recall,
)
election_news = Sweep(
    "tell of elections",
    lambda at: untold(Election.objects.standing(at), "election-called", at, "called_at"),
    "called_at",
    tell_of_election,
)
candidate_news = Sweep(
    "tell who stands",
    lambda at: untold(Election.objects.ready(at), "election-stood", at, "stand_until"),
    "stand_until",
    tell_of_candidates,
)
elected_news = Sweep(
    "tell who is elected",
    lambda at: untold(Election.objects.decided(at), "election-decided", at, "decided_at"),
    "decided_at",
    tell_of_elected,
)


@shared_task
def put_recalls() -> int:
    return recalls.run()


@shared_task
def put_missed_reports() -> int:
    return missed.run()


@shared_task
def tell_of_reports() -> int:
    return reports_due.run() + reports_late.run()


@shared_task
def note_effects() -> int:
    sweeps = (reviews, accessions, departures, issues, narrowings, endings, offers, adoptions)
    return sum(sweep.run() for sweep in sweeps)


@shared_task
def warn_of_expiry() -> int:
    return week.run() + day.run()


@shared_task
def tell_of_mandates() -> int:
    return sum(sweep.run() for sweep in (ended_news, recall_news, election_news, candidate_news, elected_news))
