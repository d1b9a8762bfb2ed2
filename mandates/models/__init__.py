from .confederation import Accession, Charter, Confederation, Departure, Power, in_a_row, propose_accession
from .election import Candidacy, Election, ElectionClause, Poll, terms_in_a_row
from .mandate import Clause, Ending, Mandate, NarrowedClause, Narrowing, Terms, amount
from .recall import Matter, Question, Recall, Signature, Statement
from .report import Convocation, Due, Report, ReportQuestion, Review, report_days, supervised
from .text import Adoption, Fate, SharedText, Wording, notice_in_words, shares

__all__ = [
    "Accession",
    "Adoption",
    "Candidacy",
    "Charter",
    "Clause",
    "Confederation",
    "Convocation",
    "Departure",
    "Due",
    "Election",
    "ElectionClause",
    "Ending",
    "Fate",
    "Mandate",
    "Matter",
    "NarrowedClause",
    "Narrowing",
    "Poll",
    "Power",
    "Question",
    "Recall",
    "Report",
    "ReportQuestion",
    "Review",
    "SharedText",
    "Signature",
    "Statement",
    "Terms",
    "Wording",
    "amount",
    "in_a_row",
    "notice_in_words",
    "propose_accession",
    "report_days",
    "shares",
    "supervised",
    "terms_in_a_row",
]
