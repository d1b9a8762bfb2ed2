from .council import Council, Seat
from .relay import Relay, able_to_relay
from .task import Action, Attachment, Task, used, used_of

__all__ = ["Action", "Attachment", "Council", "Relay", "Seat", "Task", "able_to_relay", "used", "used_of"]
