from .council import Council, Seat
from .task import Action, Attachment, Task, used, used_of

__all__ = ["Action", "Attachment", "Council", "Seat", "Task", "used", "used_of"]
