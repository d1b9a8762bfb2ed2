"""A refusal: the article that says no, a sentence for a person, a code for a program."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.db import Error, connection, transaction
from django.db.models import BaseConstraint

FORBIDDEN, MISSING, CONFLICT, UNFIT = 403, 404, 409, 422


class Refusal(Exception):
    """Raised by an act that an article of the constitution does not allow.

    `article` is its number (DESIGN section 2), `reason` a sentence that says what to do instead where there is
    something to do. `status` is 403 (not yours to do), 404 (not there), 409 (not now) or 422 (not like this).
    """

    def __init__(self, article: int, reason: str, *, status: int = FORBIDDEN, code: str = "") -> None:
        super().__init__(str(reason))
        self.article = article
        self.reason = reason
        self.status = status
        self.code = code or f"article-{article}"

    def __str__(self) -> str:
        return str(self.reason)


# A trigger that refuses says so with a state of its own: CF, one letter for the kind, two digits for the article.
KINDS = {"F": FORBIDDEN, "C": CONFLICT, "U": UNFIT}


def from_database(error: BaseException) -> Refusal | None:
    """The refusal that a trigger or a constraint spoke, or None when the error is something else.

    A constraint speaks through its `violation_error_code`, `article-2`, and its `violation_error_message`.
    """
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None) or ""
    said = getattr(cause, "diag", None)
    if len(state) == 5 and state.startswith("CF") and state[2] in KINDS:
        return Refusal(int(state[3:]), getattr(said, "message_primary", None) or str(cause), status=KINDS[state[2]])
    constraint = _speaking_constraints().get(getattr(said, "constraint_name", None) or "")
    if constraint is None:
        return None
    article = int(str(constraint.violation_error_code).removeprefix("article-"))
    return Refusal(article, str(constraint.violation_error_message), status=CONFLICT)


@cache
def _speaking_constraints() -> dict[str, BaseConstraint]:
    """Constraints that name an article, by their own name."""
    return {
        constraint.name: constraint
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if str(constraint.violation_error_code or "").startswith("article-")
    }


@contextmanager
def act() -> Iterator[None]:
    """One transaction for one act; what the database refuses comes out as a `Refusal` and leaves nothing behind.

    Raises:
        Refusal: when a trigger refused.
        django.db.Error: for everything else.
    """
    with _refusals(), transaction.atomic():
        yield


@contextmanager
def statement() -> Iterator[None]:
    """As `act`, for an act that is one SQL statement: by itself it is a transaction, and needs no other around it."""
    with act() if connection.in_atomic_block else _refusals():
        yield


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Error as error:
        refusal = from_database(error)
        if refusal is None:
            raise
        raise refusal from error
