from .agenda_item import AgendaItem
from .amendment import Amendment, Reading
from .argument import Argument, Help
from .assembly import Assembly, Majority, Rules, StandingOrders, rules_in_words
from .attendance import Attendance
from .ballot import Ballot
from .circle import Circle, CircleMeeting, CircleMember, CircleNote
from .citizen import Citizen
from .citizenship import Application, Citizenship, admit, apply
from .count import Count
from .decision import Decision
from .drawing import Drawing, Willingness
from .entry import Disclosure, Entry, Log, Pending, address, record
from .erasure import Erasure
from .follow import Digest, Follow, LetterWish, wish
from .hand_count import HandCount
from .issuer import Issuer
from .letter import Letter, Told
from .minutes import MinuteNote, Minutes
from .motion import Motion, ShowOfHands
from .office import Office
from .option import Choice, Option
from .paper import Paper, PaperCode, PaperCount
from .part import HINTS, Part
from .policy import Policy, PolicyVersion
from .proposal import FOR_SEVERAL, Method, Proposal
from .roll_import import RollImport
from .roll_mark import RollMark
from .sealed_ballot import SealedBallot
from .session import Cancellation, Point, Rescheduling, Session, Takeover
from .speaking_turn import SpeakingTurn, queue, statistics
from .study import Study, StudyPart, Subject
from .support import SendingBack, Support
from .tree import Checkpoint, CoSignature, Head, Leaf, Subtree
from .version import ProposalVersion

__all__ = [
    "AgendaItem",
    "Amendment",
    "ProposalVersion",
    "Reading",
    "SendingBack",
    "Support",
    "Attendance",
    "Cancellation",
    "MinuteNote",
    "Minutes",
    "Motion",
    "Point",
    "Rescheduling",
    "Circle",
    "CircleMeeting",
    "CircleMember",
    "CircleNote",
    "Digest",
    "Follow",
    "LetterWish",
    "wish",
    "HINTS",
    "Part",
    "Session",
    "Study",
    "StudyPart",
    "Subject",
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
    "Argument",
    "Help",
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
