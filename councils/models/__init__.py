from .council import Council, Seat
from .task import Action, Attachment, Task, used

__all__ = ["Action", "Attachment", "Council", "Seat", "Task", "used"]
