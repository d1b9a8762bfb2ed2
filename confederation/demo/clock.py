"""The town's clock while the demo is told: moved inside one transaction, by the owner, and seen by nobody else."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from assemblies.clock import now


class MovedClock:
    """`with MovedClock() as clock:` acts have the application's rights inside, and happen when `go` says.

    The owner's shoes are put on for moving the clock alone. Leaving removes the shift; so does any failure, with
    the transaction that it belongs to.
    """

    def __enter__(self) -> MovedClock:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role')")
            (self.role,) = cursor.fetchone()
            self._as_application(cursor)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        if kind is None:
            with connection.cursor() as cursor:
                self.come_back()
                cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(self.role)}")

    def go(self, moment: datetime) -> None:
        """Make it `moment`, and let the seconds go on from there. Time never goes backwards."""
        if moment <= now():
            return
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
            cursor.execute(
                "INSERT INTO assemblies_clock (one, shift) VALUES (true, %s - clock_timestamp())"
                " ON CONFLICT (one) DO UPDATE SET shift = excluded.shift",
                [moment],
            )
            self._as_application(cursor)

    def begin(self, moment: datetime) -> None:
        """The first move, which alone goes backwards."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
            cursor.execute("INSERT INTO assemblies_clock (one, shift) VALUES (true, %s - clock_timestamp())", [moment])
            self._as_application(cursor)

    def come_back(self) -> None:
        """It is now again, and the clock runs as it did before."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
            cursor.execute("DELETE FROM assemblies_clock")
            self._as_application(cursor)

    def take_stock(self) -> None:
        """Let the planner see what has been written so far: nothing else looks at an unfinished transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
            cursor.execute("ANALYZE (SKIP_LOCKED)")
            self._as_application(cursor)

    def _as_application(self, cursor: CursorWrapper) -> None:
        cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(settings.APP_ROLE)}")
