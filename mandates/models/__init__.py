from .confederation import Accession, Charter, Confederation, Departure, Power, in_a_row, propose_accession
from .election import Candidacy, Election, ElectionClause, Poll, terms_in_a_row
from .mandate import Clause, Ending, Mandate, NarrowedClause, Narrowing, Terms, amount
from .recall import Matter, Question, Recall, Signature, Statement
from .report import Convocation, Due, Report, ReportQuestion, Review, report_days, supervised

__all__ = [
    "Convocation",
    "Due",
    "Report",
    "ReportQuestion",
    "Review",
    "report_days",
    "supervised",
    "Candidacy",
    "Election",
    "ElectionClause",
    "Poll",
    "terms_in_a_row",
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
