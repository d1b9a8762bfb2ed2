"""The person who signs in. What makes a citizen of them is a citizenship (see `citizenship.py`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import connection, models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import at_the_end, checked, refuse
from .entry import Log, record

if TYPE_CHECKING:
    from .assembly import Assembly
    from .citizenship import Citizenship


OUT, BACK, ERASED = "account.put_out_of_use", "account.put_back_in_use", "account.erased"


def nowhere(number: int) -> str:
    """The address of an account that was erased: no letter arrives there (RFC 2606)."""
    return f"{number}@erased.invalid"


class CitizenManager(BaseUserManager["Citizen"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Citizen:
        citizen = self.model(email=self.normalize_email(email), **fields)
        citizen.set_password(password)
        citizen.save(using=self._db)
        return citizen

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Citizen:
        """A technician: operates the server, and has no political power by it (article 19)."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def numbered(self, number: int) -> Citizen | None:
        """Whose number that is, if anyone's. Every request of a signed-in person asks it: no query is built for it."""
        with connection.cursor() as cursor:
            cursor.execute(self._by_number, [number])
            row = cursor.fetchone()
        return self.model.from_db(self.db, self._names, row) if row else None

    @cached_property
    def _names(self) -> list[str]:
        return [field.attname for field in self.model._meta.concrete_fields]

    @cached_property
    def _by_number(self) -> str:
        columns = ", ".join(f'"{field.column}"' for field in self.model._meta.concrete_fields)
        return f'SELECT {columns} FROM "{self.model._meta.db_table}" WHERE id = %s'  # noqa: S608  (the model's own names)

    def get_by_natural_key(self, username: str | None) -> Citizen:
        return self.get(email__iexact=username)


class Citizen(AbstractBaseUser, PermissionsMixin):
    """A person with an account, signing in by e-mail.

    Neither occupation nor property nor rank is here (article 3). `is_staff` and `is_superuser` open the read-only
    technician's pages and nothing political (article 19).
    """

    email = models.EmailField(gettext_lazy("e-mail address"), unique=True)
    name = models.CharField(gettext_lazy("name"), max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(db_default=CivicNow())

    objects = CitizenManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="citizen_one_email_whatever_its_case")]
        triggers = [
            at_the_end(
                "as_the_record_says",
                pgtrigger.Insert | pgtrigger.UpdateOf("is_active"),
                refuse(
                    19,
                    "(SELECT c.is_active FROM assemblies_citizen c WHERE c.id = NEW.id) <> coalesce((SELECT"
                    " e.kind = 'account.put_back_in_use' FROM assemblies_entry e WHERE e.subject = 'citizen/' || NEW.id"
                    " AND e.kind IN ('account.put_out_of_use', 'account.put_back_in_use', 'account.erased')"
                    " ORDER BY e.id DESC LIMIT 1), true)",
                    "An account is put out of use, and back, with an entry in the record.",
                    FORBIDDEN,
                ),
            ),
            checked(
                "stays_erased",
                pgtrigger.UpdateOf("email", "name", "password", "is_active", "is_staff", "is_superuser"),
                refuse(
                    17,
                    "NOT OLD.is_active AND EXISTS (SELECT FROM assemblies_erasure e WHERE e.citizen_id = OLD.id)",
                    "This account was erased for good.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("A citizen"))

    def get_full_name(self) -> str:
        return self.name

    def put_out_of_use(self, *, by: Citizen, reason: str) -> None:
        """Keep anyone from signing in with this account: its password was stolen, or the person was invented.

        Citizenship, votes and offices stay as they are. It is a technician's act on data, and stands in the record of
        the assembly whose citizen it concerns, or in the server's own (article 19).
        """
        self._use(OUT, by=by, reason=reason)

    def put_back_in_use(self, *, by: Citizen, reason: str) -> None:
        """Let people sign in with this account again."""
        self._use(BACK, by=by, reason=reason)

    def _use(self, kind: str, *, by: Citizen, reason: str) -> None:
        if not (by.is_active and by.is_superuser):
            raise Refusal(19, _("Only a technician puts an account out of use, or back."))
        if not reason.strip():
            raise Refusal(19, _("Say why: the reason stands in the public record."), status=UNFIT)
        with act():
            changed = Citizen.objects.filter(pk=self.pk, is_active=kind == OUT).update(is_active=kind == BACK)
            if not changed:
                raise Refusal(19, _("That is how the account stands already."), status=CONFLICT)
            self.is_active = kind == BACK
            citizenship = self.citizenship(now())
            log = citizenship.assembly.log_id if citizenship else Log.objects.server()
            # Whoever is no citizen is known to nobody here by name.
            record(
                kind,
                self,
                log=log,
                by=by,
                reason=reason.strip(),
                personal={"citizen": (self, self.name)} if citizenship else None,
            )

    @property
    def erased(self) -> bool:
        return self.email == nowhere(self.pk)

    def citizenship(self, at: datetime) -> Citizenship | None:
        """The one citizenship in force at that moment, if any (article 2)."""
        return self.citizenships.in_force(at).select_related("assembly").first()

    def is_citizen_of(self, assembly: Assembly, at: datetime) -> bool:
        return self.citizenships.in_force(at).filter(assembly=assembly).exists()

    def holds(self, kind: str, assembly: Assembly, at: datetime) -> bool:
        """Whether this citizen holds that office of the assembly at that moment."""
        return self.offices.in_force(at).filter(assembly=assembly, kind=kind).exists()
