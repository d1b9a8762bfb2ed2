"""The kinds of letters: what each tells, and whether it is sent at once or waits for the next digest.

Sent at once is what has a deadline, and what changes one's own duties from this moment on; all else is gathered.
Whoever reads them may choose otherwise, kind by kind. The kind of a letter is what its fact begins with. Each floor
adds its own when it is ready; a kind that nobody named is sent at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class How(models.TextChoices):
    NOW = "now", _("at once")
    DIGEST = "digest", _("in the digest")
    NEVER = "never", _("not by e-mail")


@dataclass(frozen=True)
class Kind:
    """One kind of letter."""

    name: str
    label: Any
    at_once: bool = False

    @property
    def default(self) -> str:
        return How.NOW if self.at_once else How.DIGEST


KINDS: dict[str, Kind] = {}
DIGEST = "digest"
LEAVING = "letters"  # what the address that ends a kind of letters is signed for


def add(*kinds: Kind) -> None:
    KINDS.update({kind.name: kind for kind in kinds})


def kind_of(about: str) -> str:
    """The kind of letter that tells this fact: "vote-nears" for "vote-nears-30/7"."""
    return re.sub(r"-\d+$", "", about.partition("/")[0])


def default_of(name: str) -> str:
    return KINDS[name].default if name in KINDS else How.NOW


add(
    Kind("decision-opened", _("A vote is open in your assembly"), at_once=True),
    Kind("session-called", _("Your assembly is called to a session"), at_once=True),
    Kind("session-moved", _("A session is moved"), at_once=True),
    Kind("session-cancelled", _("A session is called off"), at_once=True),
    Kind("application", _("Your application was answered"), at_once=True),
    Kind("citizenship", _("You are a citizen of an assembly"), at_once=True),
    Kind("office-drawn", _("The lot has fallen on you"), at_once=True),
    Kind("decision-closed", _("What was decided in your assembly")),
    Kind(DIGEST, _("The digest: what is gathered, and what happened to what you follow"), at_once=True),
)
