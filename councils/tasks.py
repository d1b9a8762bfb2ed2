"""The sweeps of floor 3: they tell those concerned."""

from celery import shared_task
from django.utils.translation import gettext as _

from assemblies.clock import now
from assemblies.models import Citizen, Office
from assemblies.models.letter import address_of
from assemblies.sweeps import Sweep
from assemblies.tasks import tell, untold

from .models import Relay


def tell_of_relay(relay: Relay) -> None:
    """Write to the facilitators of every assembly: a text lies before it, to be taken up or left."""
    at, shared = now(), relay.shared
    territory = shared.confederation.territory(at)
    offices = Office.objects.in_force(at).filter(assembly__in=territory, kind=Office.Kind.FACILITATOR)
    tell(
        f"text-relayed/{relay.pk}",
        Citizen.objects.filter(pk__in=offices.values("citizen")),
        _("A text was relayed to your assembly: %(title)s") % {"title": shared},
        _("Any citizen can ask the assembly to adopt it. It binds nobody that does not.\n%(address)s")
        % {"address": address_of(shared)},
    )


relays = Sweep(
    "tell of relayed texts",
    lambda at: untold(Relay.objects.all(), "text-relayed", at, "action__logged_at"),
    "action__logged_at",
    tell_of_relay,
)


@shared_task
def tell_of_relays() -> int:
    return relays.run()
