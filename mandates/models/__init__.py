from .confederation import Accession, Charter, Confederation, Departure, Power, in_a_row, propose_accession
from .mandate import Clause, Ending, Mandate, NarrowedClause, Narrowing, Terms, amount
from .recall import Matter, Question, Recall, Signature, Statement

__all__ = [
    "Accession",
    "Charter",
    "Clause",
    "Confederation",
    "Departure",
    "Ending",
    "Mandate",
    "NarrowedClause",
    "Matter",
    "Narrowing",
    "Power",
    "Question",
    "Recall",
    "Signature",
    "Statement",
    "Terms",
    "amount",
    "in_a_row",
    "propose_accession",
]
