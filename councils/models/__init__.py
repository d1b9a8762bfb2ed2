from .council import Council, Seat
from .halt import Halt, HaltQuestion, Resumption
from .meeting import AgendaItem, Attendance, Meeting, is_seated
from .objection import Answer, Objection, Settlement
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
    "Resumption",
    "Seat",
    "Settlement",
    "Task",
    "Variance",
    "is_seated",
    "used",
    "used_of",
]
