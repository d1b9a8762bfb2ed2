"""The twenty articles in plain words, and what in this very database holds each of them."""

import re
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Article:
    number: int
    title: Promise | str
    text: Promise | str

    @property
    def tests(self) -> list[str]:
        """The modules that try to break it, as paths in the source."""
        found = settings.BASE_DIR.glob(f"tests/constitution/test_article_{self.number:02d}_*.py")
        return sorted(str(path.relative_to(settings.BASE_DIR)) for path in found)


@dataclass(frozen=True)
class Rule:
    """A rule that the database holds: where, by what name, and what it says when it refuses, or what it demands."""

    table: str
    name: str
    sentences: list[str] = field(default_factory=list)
    demands: str = ""


TEXTS = [
    (
        _("Policy is made only by assemblies"),
        _(
            "A policy version exists only as the outcome of a carried decision of an assembly. Nobody else writes, "
            "amends or repeals one: no council, delegate, technician, import or program."
        ),
    ),
    (
        _("One citizen, one voice"),
        _(
            "One citizenship in force at a time; one counted vote a decision, whatever the channel: device, paper or "
            "hands. No weights, no proxies."
        ),
    ),
    (
        _("Citizens vote as citizens"),
        _(
            "The electorate of a decision is the citizenships in force when it opens, or those present for a vote in "
            "session. It is frozen there. Occupation, property and status are not asked for and not kept."
        ),
    ),
    (
        _("No delegate without a mandate"),
        _(
            "A mandate is issued by an assembly's carried decision, to one delegate, for one confederation, with "
            "clauses grounded in policies in force, and with an end."
        ),
    ),
    (
        _("A mandate never grows"),
        _("After issue its clauses, limits and term can only be narrowed or ended. More needs a new decision."),
    ),
    (
        _("Councils coordinate, never legislate"),
        _(
            "A task exists only while attached to at least one clause in force whose power, policy, limits and place "
            "cover it. A council has no vote and no policy."
        ),
    ),
    (
        _("Recall at any time"),
        _(
            "Any citizen of the mandating assembly may open one; enough signatures put it to the assembly; the "
            "delegate is heard; when it carries, the mandate ends at that moment."
        ),
    ),
    (
        _("Expiry needs no one"),
        _(
            "Authority is a function of time: on its last day it is gone though every worker sleeps. Workers only "
            "record, tell, and tidy up."
        ),
    ),
    (
        _("Power diminishes with scope"),
        _(
            "A wider confederation's ceiling of powers is a proper subset of each of its members' ceilings, its terms "
            "no longer, its limits no larger. A mandate stays under the ceiling of its confederation."
        ),
    ),
    (
        _("Scrupulous supervision"),
        _(
            "Every act under a mandate is logged in public and never rewritten; reports fall due and lateness shows; "
            "any citizen of a mandating assembly may object; that assembly may halt the task for its part."
        ),
    ),
    (
        _("Shared policy is shared by adoption"),
        _(
            "A text binds several communities only as each assembly adopts that same text; a council relays it and "
            "cannot touch it."
        ),
    ),
    (
        _("Local control"),
        _(
            "An assembly joins and leaves a confederation by its own decision. Nobody above can expel it, act in its "
            "place, or change its standing orders."
        ),
    ),
    (
        _("From need, not exchange"),
        _(
            "What is shared has no price, debt, credit or balance. Need is the measure; a community's own essential "
            "need comes first on its own produce; giving stays within a mandate."
        ),
    ),
    (
        _("The economy is municipal"),
        _(
            "Farms, workshops and other enterprises belong to an assembly; policy governs them; what they make is "
            "reported to it."
        ),
    ),
    (
        _("Interdependence is visible"),
        _("The software shows who leans on whom, who is cut off, and which dependence is one-sided."),
    ),
    (
        _("Offices rotate"),
        _("Term limits hold; facilitators, tellers and minute-takers are drawn by a lot that anyone can check."),
    ),
    (
        _("The record is public and cannot be rewritten"),
        _("Every public act stands in an append-only record that anyone can verify offline."),
    ),
    (
        _("A secret ballot is secret from everyone"),
        _("The technician and the database included; and each voter can check that theirs was counted."),
    ),
    (
        _("No superuser"),
        _(
            "The technician's account can operate the server; it cannot vote, adopt, mandate, recall, attach or "
            "rewrite. No administrator's privilege of the software bypasses anything political."
        ),
    ),
    (
        _("Paideia"),
        _(
            "A proposal carries what one needs to judge it; no vote opens before its deliberation time has passed; "
            "learning is part of the work, never a test for the right to vote."
        ),
    ),
]
ARTICLES = [Article(number, title, text) for number, (title, text) in enumerate(TEXTS, start=1)]

# Every trigger of our tables, the urn's with them, and the source of its function, as this database runs it.
IN_FORCE = """
    SELECT c.relname, t.tgname, p.prosrc FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND n.nspname IN (current_schema(), 'urn') AND t.tgenabled <> 'D'
    ORDER BY c.relname, t.tgname
"""
REFUSALS = re.compile(r"RAISE EXCEPTION '((?:[^']|'')*?)(?: %', .*?|')\s+USING ERRCODE = 'CF[FCU](\d\d)'")
GENERATED = re.compile(r"^pgtrigger_(.*)_[0-9a-f]{5}$")


# What a constraint demands of its table, or a unique index that Django makes in place of one.
DEMANDED = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
    UNION SELECT indexname, regexp_replace(indexdef, ' INDEX .* USING \\w+', '') FROM pg_indexes
    WHERE schemaname = current_schema()
"""


def rules() -> dict[int, list[Rule]]:
    """By article: the triggers in force in this database and what they say, then the constraints.

    A constraint that names no article belongs to the one under which its table is kept.
    """
    models = [model for model in apps.get_models() if not model._meta.proxy]
    nouns = {model._meta.db_table: str(model._meta.verbose_name) for model in models}
    found: dict[int, list[Rule]] = {}
    kept: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE)
        rows = cursor.fetchall()
        cursor.execute(DEMANDED)
        demanded = dict(cursor.fetchall())
    for table, name, source in rows:
        said: dict[int, list[str]] = {}
        for sentence, article in REFUSALS.findall(source):
            said.setdefault(int(article), []).append(sentence.replace("''", "'").replace("%%", "%"))
        for article, sentences in said.items():
            rule = Rule(nouns.get(table, table), GENERATED.sub(r"\1", name), list(dict.fromkeys(sentences)))
            found.setdefault(article, []).append(rule)
            if rule.name == "fixed_rows":
                kept[table] = article
    for model in models:
        for constraint in model._meta.constraints:
            code = str(constraint.violation_error_code or "")
            own = int(code.removeprefix("article-")) if code.startswith("article-") else None
            article = own or kept.get(model._meta.db_table)
            if article is not None and constraint.name in demanded:
                sentences = [str(constraint.violation_error_message)] if own else []
                rule = Rule(nouns[model._meta.db_table], constraint.name, sentences, demanded[constraint.name])
                found.setdefault(article, []).append(rule)
    return found
