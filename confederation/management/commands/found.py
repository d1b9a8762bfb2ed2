"""Found an assembly at its founders' request: the operator types, the founders found."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from assemblies.models import Assembly, Citizen
from assemblies.models.assembly import FOUNDERS
from assemblies.refusal import Refusal


class Command(BaseCommand):
    help = (
        f"Found an assembly with at least {FOUNDERS} founders, who become its first citizens. Two of them are drawn by"
        " lot as its facilitators. Whoever runs this gains nothing by it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the assembly is called, as in 'La Sotonera'")
        parser.add_argument(
            "--founder",
            action="append",
            default=[],
            metavar="'NAME <E-MAIL>'",
            help=f"a founder, as in 'Ana Abad <ana@example.org>'; give it {FOUNDERS} times or more",
        )
        parser.add_argument("--kind", choices=Assembly.Kind.values, default=Assembly.Kind.VILLAGE)
        parser.add_argument("--slug", default="", help="its name in addresses, when it should not follow from the name")
        parser.add_argument("--code", help="its number in a public register, if it has one")
        parser.add_argument("--population", type=int)
        parser.add_argument("--latitude", type=float)
        parser.add_argument("--longitude", type=float)
        parser.add_argument("--time-zone", default="Europe/Madrid")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        slug = options["slug"] or slugify(name)
        if not slug:
            raise CommandError("Give the assembly a name with letters, or its --slug.")
        if Assembly.objects.filter(slug=slug).exists():
            raise CommandError(f"There is an assembly at /assemblies/{slug}/ already: choose another --slug.")
        if options["code"] and Assembly.objects.filter(code=options["code"]).exists():
            raise CommandError(f"There is an assembly with the number {options['code']} already.")
        people = [read(founder) for founder in options["founder"]]
        doubled = {email.lower() for _name, email in people}
        if len(doubled) < len(people):
            raise CommandError("The same e-mail address is given twice: every founder has one of their own.")
        place = {key: options[key] for key in ("kind", "code", "population", "latitude", "longitude", "time_zone")}
        try:
            with transaction.atomic():
                founders = [person(name, email) for name, email in people]
                assembly = Assembly.objects.found(name, founders=founders, slug=slug, **place)
        except Refusal as refusal:
            raise CommandError(f"{refusal} (article {refusal.article})") from None
        self.stdout.write(f"{assembly} is founded: /assemblies/{assembly.slug}/")
        drawn = ", ".join(office.citizen.name for office in assembly.offices.select_related("citizen"))
        self.stdout.write(f"Drawn by lot as its facilitators: {drawn}.")
        self.stdout.write("Founders without an account sign in after choosing a password by 'Forgot your password?'.")


def read(founder: str) -> tuple[str, str]:
    """'Ana Abad <ana@example.org>' as name and address."""
    name, email = parseaddr(founder)
    try:
        validate_email(email)
    except ValidationError:
        name = ""
    if not name:
        raise CommandError(f"Write each founder as 'Name <e-mail>', not as '{founder}'.")
    return name, email


def person(name: str, email: str) -> Citizen:
    """The one who has that address already, or somebody new, who has no password yet."""
    known = Citizen.objects.filter(email__iexact=email).first()
    return known or Citizen.objects.create_user(email, None, name=name)
