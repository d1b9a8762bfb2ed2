from .council import Council, Seat
from .halt import Halt, HaltQuestion, Resumption
from .meeting import AgendaItem, Attendance, Meeting, is_seated
from .objection import Answer, Objection, Settlement
from .relay import Relay, able_to_relay
from .task import Action, Attachment, Task, used, used_of
from .variance import Variance

__all__ = [
    "Action",
    "AgendaItem",
    "Answer",
    "Attachment",
    "Attendance",
    "Council",
    "Halt",
    "HaltQuestion",
    "Meeting",
    "Objection",
    "Relay",
    "Resumption",
    "Seat",
    "Settlement",
    "Task",
    "Variance",
    "able_to_relay",
    "is_seated",
    "used",
    "used_of",
]
