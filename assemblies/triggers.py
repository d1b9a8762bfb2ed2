"""How this house writes rules that cross rows: small triggers that refuse with an article and a sentence.

The state they raise is read back by `assemblies.refusal.from_database`, so a rule that only the database caught
still reaches the person as a sentence.
"""

import pgtrigger

from .refusal import CONFLICT, FORBIDDEN, KINDS

LETTERS = {status: letter for letter, status in KINDS.items()}


def refuse(article: int, when: str, sentence: str, status: int = CONFLICT, *, naming: str = "") -> str:
    """PL/pgSQL that refuses with `sentence` under `article` when the SQL condition `when` is true.

    `naming` is an SQL expression whose words the sentence ends with: what exactly is too much. `status` is that of the
    `Refusal` it becomes; any other raises ValueError.
    """
    if status not in LETTERS:
        raise ValueError(f"{status!r} is no status of a refusal")
    text = sentence.replace("'", "''").replace("%", "%%")
    said = f"'{text} %', {naming}" if naming else f"'{text}'"
    state = f"CF{LETTERS[status]}{article:02d}"
    return f"IF {when} THEN RAISE EXCEPTION {said} USING ERRCODE = '{state}', HINT = 'article {article}'; END IF;"


# With an older snapshot a rule would judge what was, not what is: a tally without its last votes, a limit not yet used.
AS_IT_STANDS = refuse(
    19,
    "current_setting('transaction_isolation') <> 'read committed'",
    "Rules are read as things stand: use read committed transactions.",
    FORBIDDEN,
)


def checked(name: str, operation: pgtrigger.Operation, *steps: str, declare: list[tuple[str, str]] | None = None):
    """A row trigger before `operation` that runs `steps` on things as they stand, and lets the row pass."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        declare=declare or [],
        func="\n".join([AS_IT_STANDS, *steps, "RETURN NEW;"]),
    )


def fixed(
    article: int, sentence: str, *, delete_only: bool = False, name: str = "fixed", when: str = "TRUE"
) -> list[pgtrigger.Trigger]:
    """Triggers under which a table only grows: no update (unless `delete_only`), no delete, no truncate.

    With `when`, of `delete_only`, a row for which that is not true may go.
    """
    operation = pgtrigger.Delete if delete_only else pgtrigger.Update | pgtrigger.Delete
    body = refuse(article, "TRUE", sentence, FORBIDDEN) + " RETURN NULL;"
    rows = body if when == "TRUE" else refuse(article, when, sentence, FORBIDDEN) + " RETURN OLD;"
    return [
        pgtrigger.Trigger(name=f"{name}_rows", when=pgtrigger.Before, operation=operation, func=rows),
        pgtrigger.Trigger(
            name=f"{name}_table",
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            func=body,
        ),
    ]


def unchanged(article: int, sentence: str, *columns: str) -> str:
    """PL/pgSQL that refuses an update touching the number of the row or any of `columns`."""
    return refuse(
        article,
        " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in ("id", *columns)),
        sentence,
        FORBIDDEN,
    )


def at_the_end(name: str, operation: pgtrigger.Operation, *steps: str) -> pgtrigger.Trigger:
    """A row trigger that runs `steps` before the transaction commits, when everything it wrote stands."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        func="\n".join([*steps, "RETURN NULL;"]),
    )


# Locks that cross tables, by the first of two keys. Always taken before the clock is read. Floor 2 has 3 and 4.
ASSEMBLY_ROLL, DECISION_BOX, RECORD, HALL = 1, 2, 5, 6


def lock(space: int, key: str, *, shared: bool = False) -> str:
    """PL/pgSQL that takes the advisory lock of one thing until the transaction ends."""
    return f"PERFORM pg_advisory_xact_lock{'_shared' if shared else ''}({space}, ({key})::int);"


def hold(proposal: str) -> str:
    """PL/pgSQL that holds a proposal as it is until the transaction ends: it is neither offered nor used elsewhere."""
    return f"PERFORM FROM assemblies_proposal WHERE id = {proposal} FOR NO KEY UPDATE;"
