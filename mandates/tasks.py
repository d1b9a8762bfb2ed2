"""The sweeps of floor 2: they note what has happened to mandates, and tell those concerned."""

from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assemblies.clock import now
from assemblies.models import Citizen
from assemblies.sweeps import Sweep
from assemblies.tasks import address_of, tell, untold

from .models import Ending, Mandate, Recall, unrecorded_endings


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


def expiring(days: int, at: datetime) -> QuerySet[Mandate]:
    """Mandates in force that end within so many days and whose delegate has not been told so."""
    ending = Mandate.objects.in_force(at).filter(valid_until__gt=at, valid_until__lte=at + timedelta(days=days))
    return untold(ending, f"mandate-expires-{days}", at, "valid_until")


def warn(days: int, mandate: Mandate) -> None:
    tell(
        f"mandate-expires-{days}/{mandate.pk}",
        Citizen.objects.filter(pk=mandate.delegate_id),
        ngettext(
            "Your mandate ends within %(n)d day: %(mandate)s", "Your mandate ends within %(n)d days: %(mandate)s", days
        )
        % {"n": days, "mandate": mandate},
        _("It ends by itself on %(day)s. More needs a new decision of the assembly.\n%(address)s")
        % {"day": mandate.valid_until.date(), "address": address_of(mandate)},
    )


recalls = Sweep("put recalls to the vote", ready_recalls, "opened_at", Recall.put_to_vote)
endings = Sweep("note endings", unrecorded_endings, "valid_until", note_ending)
week = Sweep("warn a week before", partial(expiring, 7), "valid_until", partial(warn, 7))
day = Sweep("warn a day before", partial(expiring, 1), "valid_until", partial(warn, 1))
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


@shared_task
def put_recalls() -> int:
    return recalls.run()


@shared_task
def note_endings() -> int:
    return endings.run()


@shared_task
def warn_of_expiry() -> int:
    return week.run() + day.run()


@shared_task
def tell_of_mandates() -> int:
    return ended_news.run() + recall_news.run()
