"""The sweep of floor 4: it works out the plans that were asked for, with their progress on disk."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from celery import shared_task

from assemblies.clock import now
from assemblies.sweeps import Sweep

from .models import Plan

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LongSweep(Sweep):
    """One whose rows take long: each is claimed by the connection that works on it, outside any transaction, so that
    its progress can be seen and it can be cancelled; whoever dies lets go of it, and the next run begins it anew."""

    def run(self, most: int = 10_000) -> int:
        done = 0
        for plan in list(self.due(now()).order_by(self.since, "pk")[:most]):
            with plan.claim() as mine:
                if not mine or not self.due(now()).filter(pk=plan.pk).exists():
                    continue
                try:
                    done += bool(self.act(plan))
                except Exception:
                    logger.exception("sweep %s could not act on %s", self.name, plan.pk)
        return done


plans = LongSweep(
    "work out plans",
    lambda at: Plan.objects.waiting().filter(asked_at__lte=at),
    "asked_at",
    Plan.work_out,
    patience=timedelta(minutes=15),
)


@shared_task
def work_out_plans() -> int:
    return plans.run()
