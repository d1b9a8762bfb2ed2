"""Invented citizens: names from Faker, addresses that cannot exist (`.example`, RFC 2606)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain, count

from allauth.account.models import EmailAddress
from django.utils.text import slugify
from faker import Faker

from assemblies.models import Citizen

from .territory import AYERBE, LOARRE, RIGLOS, Municipality

SEED = 1936
ROLLS = {LOARRE: 172, AYERBE: 206, RIGLOS: 153}
NAMED = {LOARRE: ["Ana Lasierra Abad", "Tomás Otal Gracia", "Marta Bailo Ferrer"]}


def roll_of(place: Municipality) -> int:
    """How many people found the assembly of that place: few everywhere, many where the story is told."""
    return ROLLS.get(place.code) or 3 + round(max(0.0, math.log10(max(place.population, 1)) - 1.5))


class People:
    """Makes citizens, the same ones each time."""

    def __init__(self) -> None:
        self.faker = Faker("es_ES")
        self.faker.seed_instance(SEED)
        self.numbers = count(1)

    def imagine(self, name: str = "") -> Citizen:
        name = name or f"{self.faker.first_name()} {self.faker.last_name()} {self.faker.last_name()}"
        address = slugify(" ".join(name.split()[:2]))
        citizen = Citizen(name=name, email=f"{address}.{next(self.numbers)}@aragon.example")
        citizen.set_unusable_password()
        return citizen

    def newcomer(self) -> Citizen:
        """One who lives there and is a citizen of nowhere yet."""
        citizen = self.imagine()
        citizen.save()
        return citizen

    def founders(self, places: Iterable[Municipality]) -> dict[str, list[Citizen]]:
        """Those who found the assembly of each place, by its code."""
        imagined = {}
        for place in places:
            named = NAMED.get(place.code, [])
            imagined[place.code] = [self.imagine(name) for name in [*named, *[""] * (roll_of(place) - len(named))]]
        Citizen.objects.bulk_create(list(chain(*imagined.values())), batch_size=1000)
        return imagined


def let_sign_in(citizen: Citizen, email: str, password: str) -> None:
    """Give a person an address and a password that are shown to everyone."""
    citizen.email = email
    citizen.set_password(password)
    citizen.save(update_fields=["email", "password"])
    EmailAddress.objects.update_or_create(user=citizen, defaults={"email": email, "verified": True, "primary": True})
