"""The clock the rules read: the database's own, `civic_now()`, the same for every server and worker.

Authority, electorates and voting windows are decided against it (DESIGN section 5). Only the owner of the database
can shift it, for the demo and for tests; the application's role cannot.
"""

from datetime import datetime

from django.db import connection
from django.db.models import BooleanField, DateTimeField, Func, Value


class CivicNow(Func):
    """`civic_now()` in a query or as a `db_default`."""

    function = "civic_now"
    template = "%(function)s()"
    output_field = DateTimeField()

    def __init__(self) -> None:
        super().__init__()

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, object]]:
        """As migrations write it down: they know Django, and nothing of this house."""
        return "django.db.models.Func", (), {"function": "civic_now", "output_field": DateTimeField()}


def now() -> datetime:
    """Ask the database what time it is. Call it after locks are taken: it is the moment of the answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT civic_now()")
        return cursor.fetchone()[0]


def holds(function: str, *what: str | int, at: datetime) -> Func:
    """A yes-or-no question the database answers for a moment: `.filter(holds("policy_in_force", "pk", at=at))`."""
    return Func(*what, Value(at, DateTimeField()), function=function, output_field=BooleanField())
