"""Invented citizens: names from Faker, addresses that cannot exist (`.example`, RFC 2606)."""

from __future__ import annotations

import math
from itertools import count

from allauth.account.models import EmailAddress
from django.utils.text import slugify
from faker import Faker

from assemblies.models import Citizen

from .territory import AYERBE, LOARRE, RIGLOS, Municipality

SEED = 1936
ROLLS = {LOARRE: 172, AYERBE: 206, RIGLOS: 153}


def roll_of(place: Municipality) -> int:
    """How many people found the assembly of that place: few everywhere, many where the story is told."""
    return ROLLS.get(place.code) or 3 + round(max(0.0, math.log10(max(place.population, 1)) - 1.5))


class People:
    """Makes citizens, the same ones each time."""

    def __init__(self) -> None:
        self.faker = Faker("es_ES")
        self.faker.seed_instance(SEED)
        self.numbers = count(1)

    def imagine(self) -> Citizen:
        first, last = self.faker.first_name(), self.faker.last_name()
        name = f"{first} {last} {self.faker.last_name()}"
        citizen = Citizen(name=name, email=f"{slugify(f'{first} {last}')}.{next(self.numbers)}@aragon.example")
        citizen.set_unusable_password()
        return citizen

    def some(self, number: int) -> list[Citizen]:
        return Citizen.objects.bulk_create([self.imagine() for _ in range(number)], batch_size=1000)


def let_sign_in(citizen: Citizen, email: str, password: str) -> None:
    """Give a person an address and a password that are shown to everyone."""
    citizen.email = email
    citizen.set_password(password)
    citizen.save(update_fields=["email", "password"])
    EmailAddress.objects.update_or_create(user=citizen, defaults={"email": email, "verified": True, "primary": True})
