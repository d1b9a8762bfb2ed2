"""How far the loading has come: a bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import time

from django.core.management.base import OutputWrapper


class Progress:
    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.live = out.isatty()

    def stage(self, words: str, total: int) -> None:
        self.words, self.total, self.done, self.began, self.shown = words, total, 0, time.monotonic(), 0.0
        self._show()

    def step(self) -> None:
        self.reach(self.done + 1)

    def reach(self, done: int) -> None:
        self.done = min(self.total, done)
        if time.monotonic() - self.shown > 0.1:
            self._show()

    def end(self) -> None:
        self.done = self.total
        line = f"{self.words} ({time.monotonic() - self.began:.0f} s)"
        self.out.write(f"\r\033[K{line}\n" if self.live else f"{line}\n", ending="")
        self.out.flush()

    def _show(self) -> None:
        self.shown = time.monotonic()
        if self.live:
            share = self.done / self.total if self.total else 1
            self.out.write(f"\r\033[K[{'#' * round(share * 30):<30}] {share:4.0%} {self.words}", ending="")
            self.out.flush()
