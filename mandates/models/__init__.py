from .confederation import Accession, Charter, Confederation, Departure, Power, propose_accession
from .mandate import Clause, Ending, Mandate, NarrowedClause, Narrowing, Terms, amount, unrecorded_endings
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
    "propose_accession",
    "unrecorded_endings",
]
