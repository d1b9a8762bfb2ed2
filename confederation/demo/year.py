"""Many stories told side by side: each is a generator that yields the moment at which it wants to go on."""

from __future__ import annotations

import heapq
from collections.abc import Generator
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from .clock import MovedClock
from .progress import Progress

Story = Generator[datetime, None, Any]
MADRID = ZoneInfo("Europe/Madrid")


class Year:
    """What happens, in the order in which it happens; the clock goes from one moment to the next."""

    def __init__(self, today: datetime, clock: MovedClock, progress: Progress) -> None:
        self.today = today
        self.clock = clock
        self.progress = progress
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._order = count()

    def ago(self, days: float, hour: int | None = None) -> datetime:
        """So many days before today; with `hour`, at about that hour in the villages."""
        moment = self.today - timedelta(days=days)
        if hour is None:
            return moment
        return moment.astimezone(MADRID).replace(hour=hour, minute=12, second=5, microsecond=0)

    def ahead(self, days: float) -> datetime:
        return self.today + timedelta(days=days)

    def follow(self, *stories: Story) -> None:
        for story in stories:
            self._go_on(story)

    def run(self, began: datetime) -> None:
        """Tell every story to its end; what it asks for after today is left to those who read it."""
        while self._waiting:
            moment, _number, story = heapq.heappop(self._waiting)
            self.clock.go(moment)
            self._go_on(story)
            self.progress.reach((moment - began).days)

    def _go_on(self, story: Story) -> None:
        moment = next(story, None)
        if moment is None:
            return
        if moment < self.today:
            heapq.heappush(self._waiting, (moment, next(self._order), story))
        else:
            story.close()
