"""The parts of a study: what one needs to judge a question, in the order in which it is read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    ASKED = "asked", _("what is asked")
    KNOWN = "known", _("what we know")
    SOURCES = "sources", _("where we know it from")
    OTHERS = "others", _("what others did")
    FOR = "for", _("the strongest case for it")
    AGAINST = "against", _("the strongest case against it")
    UNKNOWN = "unknown", _("what we do not know")
    QUESTIONS = "questions", _("questions for a circle")


# What each part is for: beside the field, and where nothing is written yet.
HINTS = {
    Part.ASKED: _("In two or three sentences, without the answer: what is to be decided, for whom, and why now?"),
    Part.KNOWN: _("Figures, dates, what was tried here before. One fact a line, each with the number of its source."),
    Part.SOURCES: _("A numbered list: who says it, where and when, with a link; also people who can be asked."),
    Part.OTHERS: _("Another village, another time: what was done, what came of it, and what was different there."),
    Part.FOR: _("As somebody would put it who is in favour: the reason that would move a doubter."),
    Part.AGAINST: _("As somebody would put it who is against, so that they would say: yes, this is what I mean."),
    Part.UNKNOWN: _("What would change your mind if one knew it; who could find out, and by when."),
    Part.QUESTIONS: _("Questions that have more than one honest answer. Five are enough for an evening."),
}
