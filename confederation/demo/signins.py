"""The people of the demo whom anyone may sign in as. They exist only where the demo was loaded."""

from django.utils.translation import gettext_lazy as _

PASSWORD = "one citizen one voice"  # noqa: S105  (shown on the sign-in page on purpose)

CITIZEN = "citizen@demo.example"
NEIGHBOUR = "neighbour@demo.example"
DELEGATE = "delegate@demo.example"
FACILITATOR = "facilitator@demo.example"
TECHNICIAN = "technician@demo.example"

SIGNINS = [
    (_("a citizen of Loarre"), CITIZEN, PASSWORD),
    (_("another citizen of Loarre"), NEIGHBOUR, PASSWORD),
    (_("a delegate of Loarre"), DELEGATE, PASSWORD),
    (_("a facilitator of Loarre"), FACILITATOR, PASSWORD),
    (_("the technician, a citizen of nowhere"), TECHNICIAN, PASSWORD),
]
