"""The person who signs in. What makes a citizen of them is a citizenship (see `citizenship.py`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ..clock import CivicNow

if TYPE_CHECKING:
    from .assembly import Assembly
    from .citizenship import Citizenship


class CitizenManager(BaseUserManager["Citizen"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Citizen:
        citizen = self.model(email=self.normalize_email(email), **fields)
        citizen.set_password(password)
        citizen.save(using=self._db)
        return citizen

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Citizen:
        """A technician: operates the server, and has no political power by it (article 19)."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> Citizen:
        return self.get(email__iexact=username)


class Citizen(AbstractBaseUser, PermissionsMixin):
    """A person with an account, signing in by e-mail.

    Neither occupation nor property nor rank is here (article 3). `is_staff` and `is_superuser` open the read-only
    technician's pages and nothing political (article 19).
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(db_default=CivicNow())

    objects = CitizenManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="citizen_one_email_whatever_its_case")]

    def __str__(self) -> str:
        return self.name or str(_("A citizen"))

    def get_full_name(self) -> str:
        return self.name

    def citizenship(self, at: datetime) -> Citizenship | None:
        """The one citizenship in force at that moment, if any (article 2)."""
        return self.citizenships.in_force(at).select_related("assembly").first()

    def is_citizen_of(self, assembly: Assembly, at: datetime) -> bool:
        return self.citizenships.in_force(at).filter(assembly=assembly).exists()

    def holds(self, kind: str, assembly: Assembly, at: datetime) -> bool:
        """Whether this citizen holds that office of the assembly at that moment."""
        return self.offices.in_force(at).filter(assembly=assembly, kind=kind).exists()
