"""Sweeps: the only work done in the background that has to do with power, and it only writes down what already is.

A sweep claims due rows one by one with `FOR UPDATE SKIP LOCKED`, acts on each in a transaction of its own, and is
safe to run twice, at once, late, or never: no right depends on it (DESIGN section 5).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from .clock import now
from .refusal import Refusal

logger = logging.getLogger(__name__)
REGISTRY: dict[str, Sweep] = {}


class Away(Exception):
    """What a sweep needs cannot be reached, the mail server for one: its rows wait for the next run."""


@dataclass(frozen=True)
class Sweep:
    """One kind of background work.

    Args:
        name: as the schedule and `/health/` name it.
        due: the rows due at a moment; acting on a row takes it out of them.
        since: the field that says since when a row is due.
        act: what is done with one row; it may find that there is nothing left to do.
        patience: how long a row may be due before the sweep is late.
    """

    name: str
    due: Callable[[datetime], models.QuerySet[Any]]
    since: str
    act: Callable[[Any], object]
    patience: timedelta = timedelta(minutes=5)

    def __post_init__(self) -> None:
        REGISTRY[self.name] = self

    def run(self, most: int = 10_000) -> int:
        """Act on every due row that nobody else is acting on, oldest first. Returns how many were done.

        A row that is refused, fails, or is still due after its act is passed over until the next run.
        """
        done = 0
        seen: set[object] = set()
        passed: list[object] = []
        while len(seen) < most:
            with transaction.atomic():
                row = (
                    self.due(now())
                    .exclude(pk__in=passed)
                    .order_by(self.since, "pk")
                    .select_for_update(skip_locked=True, of=("self",), no_key=True)
                    .first()
                )
                if row is None:
                    return done
                # Asked again now that it is locked: another worker may have acted on it since the first question.
                row = self.due(now()).filter(pk=row.pk).first()
                if row is None:
                    continue
                if row.pk in seen:
                    passed.append(row.pk)
                    continue
                seen.add(row.pk)
                try:
                    with transaction.atomic():
                        self.act(row)
                    done += 1
                except Refusal as refusal:
                    passed.append(row.pk)
                    logger.warning("sweep %s passed over %s: article %s", self.name, row.pk, refusal.article)
                except Away as away:
                    logger.warning("sweep %s stopped: %s", self.name, away)
                    return done
                except Exception:
                    passed.append(row.pk)
                    logger.exception("sweep %s could not act on %s", self.name, row.pk)
        return done

    def oldest_due(self, at: datetime) -> datetime | None:
        """Since when the oldest row has been waiting; None when nothing waits."""
        return self.due(at).order_by(self.since).values_list(self.since, flat=True).first()


def run_all() -> dict[str, int]:
    """Every sweep once, in the order in which they were set up: floors below come first."""
    return {name: sweep.run() for name, sweep in list(REGISTRY.items())}
