"""What can be found: one document for everything public that has words, kept by the database itself.

The triggers of `migrations/0001_documents.py` stand on the tables of the floors below and write here whatever is laid
before an assembly, adopted, minuted, taken on or done. A draft has no document. Nobody else writes here.
"""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVectorField
from django.db import connection, models, transaction
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Left, Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assemblies.models import Assembly
from assemblies.views.answers import Unaccent
from mandates.models import Confederation

MOST = 500  # documents that are weighed against each other: the newest of those that say the words
ALIKE = 0.45  # how much of a word, in threes of letters, a name must have of it
READ = 20_000  # characters of a text in which the words are shown
NAMES = 6
PLAIN = "civic_simple"  # of languages that no dictionary knows
OPEN, SHUT = "\ue000", "\ue001"  # around a word that was found: letters that no text has


def bare(words: Any) -> Func:
    """A text without the signs of Markdown, and without the letters that mark what was found."""
    return Func(words, Value(f"#*_`>|{OPEN}{SHUT}"), Value(""), function="translate", output_field=TextField())


Asked = dict[str, SearchQuery]  # what is looked for, as each dictionary understands it


class Kind(models.TextChoices):
    PROPOSAL = "proposal", _("Proposals")
    POLICY = "policy", _("Policies")
    MINUTES = "session", _("Minutes")
    TASK = "task", _("Tasks")
    ACTION = "action", _("Actions")
    ASSEMBLY = "assembly", _("Assemblies")
    COUNCIL = "confederation", _("Councils")


ONE = {
    Kind.PROPOSAL: _("Proposal"),
    Kind.POLICY: _("Policy"),
    Kind.MINUTES: _("Minutes"),
    Kind.TASK: _("Task"),
    Kind.ACTION: _("Action"),
    Kind.ASSEMBLY: _("Assembly"),
    Kind.COUNCIL: _("Council"),
}
NAMED = (Kind.ASSEMBLY, Kind.COUNCIL)


class DocumentQuerySet(models.QuerySet["Document"]):
    def about(
        self,
        *,
        kind: str = "",
        place: Assembly | Confederation | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> DocumentQuerySet:
        """Those of one kind, of one place, and of a time; `until` is the first moment after it."""
        wanted: dict[str, Any] = {}
        if kind:
            wanted["noun"] = kind
        if place is not None:
            wanted["assembly" if isinstance(place, Assembly) else "confederation"] = place
        if since is not None:
            wanted["at__gte"] = since
        if until is not None:
            wanted["at__lt"] = until
        return self.filter(**wanted)

    def saying(self, asked: Asked) -> DocumentQuerySet:
        """The newest `MOST` that say these words, each read by the dictionary of its own language."""
        matching = reduce(or_, (Q(dictionary=name, words=query) for name, query in asked.items()), Q(pk=None))
        # Asked once: to count them and to weigh them would ask it twice.
        newest = list(self.filter(matching).order_by("-at", "-pk").values_list("pk", flat=True)[:MOST])
        return self.filter(pk__in=newest)

    def ranked(self, asked: Asked) -> DocumentQuerySet:
        """Those that say the words most, and in their titles, first; of equals the newest."""
        query = reduce(or_, asked.values())
        return self.annotate(weight=SearchRank(F("words"), query, normalization=1)).order_by("-weight", "-at", "-pk")

    def shown(self, asked: Asked) -> list[Document]:
        """With `found_title` and `found`: the title, and the places of the text, with what was found marked."""
        query = reduce(or_, asked.values())
        marks: dict[str, Any] = {"config": F("dictionary"), "start_sel": OPEN, "stop_sel": SHUT}
        return list(
            self.annotate(
                found_title=SearchHeadline(bare(F("title")), query, highlight_all=True, **marks),
                found=SearchHeadline(
                    bare(Left("text", READ)),
                    query,
                    max_words=28,
                    min_words=10,
                    max_fragments=2,
                    fragment_delimiter=" … ",
                    **marks,
                ),
            ).select_related("assembly", "confederation")
        )

    def named(self, words: str) -> list[Document]:
        """The places whose names are spelt somewhat like these words, the nearest first."""
        asked = Unaccent(Lower(Value(words, TextField())))
        near = Func(asked, F("folded"), function="word_similarity", output_field=models.FloatField())
        found = self.filter(noun__in=NAMED, folded__trigram_word_similar=asked).annotate(near=near)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
            return list(found.select_related("assembly", "confederation").order_by("-near", "title", "pk")[:NAMES])


class Document(models.Model):
    """The words of one public thing, as the last of its triggers found them."""

    noun = models.CharField(max_length=30, choices=Kind.choices)
    number = models.BigIntegerField()
    assembly = models.ForeignKey(Assembly, models.PROTECT, null=True, related_name="+")
    confederation = models.ForeignKey(Confederation, models.PROTECT, null=True, related_name="+")
    task = models.BigIntegerField(null=True)  # of an action: it stands on the page of its task
    at = models.DateTimeField()
    dictionary = models.CharField(max_length=60)
    title = models.TextField()
    text = models.TextField(blank=True)
    folded = models.TextField()  # the title without case and accents
    words = SearchVectorField()

    # What `shown` and `named` add.
    found_title: str
    found: str
    near: float

    objects = DocumentQuerySet.as_manager()
    privileges = "SELECT"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["noun", "number"], name="document_one_a_thing")]
        indexes = [
            GinIndex(fields=["words"], name="document_words"),
            GinIndex(OpClass("folded", "gin_trgm_ops"), name="document_names", condition=Q(noun__in=NAMED)),
            models.Index(fields=["-at", "-id"], name="document_newest"),
            models.Index(fields=["noun", "-at"], name="document_kind"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        if self.noun == Kind.ASSEMBLY:
            return reverse("assembly", args=[self.assembly.slug]) if self.assembly else ""
        if self.noun == Kind.COUNCIL:
            return reverse("council", args=[self.confederation.slug]) if self.confederation else ""
        if self.noun == Kind.ACTION:
            return f"{reverse('task', args=[self.task])}#action-{self.number}"
        return reverse({Kind.MINUTES.value: "minutes"}.get(self.noun, self.noun), args=[self.number])

    @property
    def kind(self) -> Any:
        return ONE[Kind(self.noun)]


def queries(words: str) -> Asked:
    """The words as each dictionary that is in use here understands them; "quoted", -without and or are understood."""
    return {name: SearchQuery(words, config=name, search_type="websearch") for name in dictionaries()}


def dictionaries() -> list[str]:
    """Of the languages that assemblies were founded with."""
    dictionary = Func(F("language"), function="dictionary", output_field=TextField())
    found = Assembly.objects.order_by().values_list("language").distinct().annotate(name=dictionary)
    return sorted({name for _language, name in found}) or [PLAIN]
