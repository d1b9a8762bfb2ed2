from .agenda_item import AgendaItem
from .assembly import Assembly, Majority, Rules, StandingOrders, rules_in_words
from .attendance import Attendance
from .ballot import Ballot
from .citizen import Citizen
from .citizenship import Application, Citizenship, admit, apply
from .count import Count
from .decision import Decision
from .drawing import Drawing, Willingness
from .entry import Disclosure, Entry, Log, Pending, address, record
from .erasure import Erasure
from .hand_count import HandCount
from .issuer import Issuer
from .letter import Letter, Told
from .minutes import MinuteNote, Minutes
from .motion import Motion, ShowOfHands
from .office import Office
from .option import Choice, Option
from .paper import Paper, PaperCode, PaperCount
from .policy import Policy, PolicyVersion
from .proposal import FOR_SEVERAL, Method, Proposal
from .roll_import import RollImport
from .roll_mark import RollMark
from .sealed_ballot import SealedBallot
from .session import Cancellation, Point, Rescheduling, Session, Takeover
from .speaking_turn import SpeakingTurn, queue, statistics
from .tree import Checkpoint, CoSignature, Head, Leaf, Subtree

__all__ = [
    "AgendaItem",
    "Attendance",
    "Cancellation",
    "MinuteNote",
    "Minutes",
    "Motion",
    "Point",
    "Rescheduling",
    "Session",
    "ShowOfHands",
    "SpeakingTurn",
    "Takeover",
    "queue",
    "statistics",
    "FOR_SEVERAL",
    "RollMark",
    "PaperCount",
    "PaperCode",
    "Paper",
    "Option",
    "Method",
    "HandCount",
    "Count",
    "Choice",
    "Application",
    "Assembly",
    "Ballot",
    "Checkpoint",
    "Citizen",
    "Citizenship",
    "CoSignature",
    "Decision",
    "Disclosure",
    "Drawing",
    "Willingness",
    "Entry",
    "Erasure",
    "Head",
    "Issuer",
    "Leaf",
    "Letter",
    "Log",
    "Majority",
    "Office",
    "Pending",
    "Policy",
    "PolicyVersion",
    "Proposal",
    "RollImport",
    "Rules",
    "SealedBallot",
    "StandingOrders",
    "Subtree",
    "Told",
    "address",
    "admit",
    "apply",
    "record",
    "rules_in_words",
]
