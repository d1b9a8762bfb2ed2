"""What becomes of a text by the amendments to it: worked out from words alone, so that anyone can do it again.

A text is read by articles. An amendment gives one article other words, strikes it out, or adds one after it. Two
amendments of one article are compatible while there is at least one word that neither touches between what each of
them changes; otherwise they conflict, and the one that comes first in the stated order stands. Whatever stands is put
into the text at once: the order decides which of two stands, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from markdown_it import MarkdownIt

from .differences import MOST_WORDS, WORDS, differences

CHANGE, STRIKE, INSERT = "change", "strike", "insert"
LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
BLANK = re.compile(r"\s*\Z")
APART = "\n\n"  # what stands between two articles that were not neighbours before

# The blocks of a text as the pages draw it; what stands within one is of no concern here.
BLOCKS = MarkdownIt("commonmark", {"html": False}).enable("table")
BLOCKS.core.ruler.enableOnly(["normalize", "block"])


@dataclass(frozen=True)
class Article:
    """One article: its words, and the blank after them."""

    number: int
    text: str
    after: str


@dataclass(frozen=True)
class Change:
    """What one amendment asks for. `number` is the amendment's own, `article` counts from 1; 0 inserts before all."""

    number: int
    kind: str
    article: int
    text: str = ""


@dataclass(frozen=True)
class Edit:
    """So many words of an article, from `start` up to `end`, in whose place others come."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Settled:
    """The text with every change that stands; and which do not, each with the one it falls to (None: it is moot)."""

    text: str
    stands: tuple[Change, ...]
    falls: dict[Change, Change | None]


def articles(text: str) -> list[Article]:
    """The articles in order: each heading begins one; in a text without headings, each paragraph or list is one.

    Joined with the blanks after them they are the text again.
    """
    lines = LINES.findall(text)
    blocks = [token for token in BLOCKS.parse(text) if token.level == 0 and token.map]
    headings = [token for token in blocks if token.type == "heading_open"]
    starts = sorted({token.map[0] for token in headings or blocks if token.map})
    if blocks and blocks[0].map and headings:
        starts = sorted({*starts, blocks[0].map[0]})  # what stands before the first heading
    if not starts:
        return [Article(1, text, "")] if text.strip() else []
    starts[0] = 0
    found = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True), start=1):
        whole = "".join(lines[start:end])
        words = whole[: BLANK.search(whole).start()]  # type: ignore[union-attr]
        found.append(Article(number, words, whole[len(words) :]))
    return found


def stands_alone(text: str) -> bool:
    """Whether what comes after this text would still be read as what it is: no fence is left open, and the like."""
    before = f"{text}{APART}"
    blocks = [token for token in BLOCKS.parse(f"{before}x") if token.level == 0 and token.map]
    last = blocks[-1]
    return last.type == "paragraph_open" and last.map == [len(LINES.findall(before)), len(LINES.findall(before)) + 1]


@lru_cache(maxsize=512)  # on a page of amendments each is compared with every other
def edits(old: str, new: str) -> tuple[Edit, ...]:
    """What it takes to make the old words of an article the new ones. Between two edits at least one word stays."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        head = _alike(before, after)
        tail = _alike(before[head:][::-1], after[head:][::-1])
        end = len(before) - tail
        return (Edit(head, end, "".join(after[head : len(after) - tail])),) if before != after else ()
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple(Edit(a, b, "".join(after[c:d])) for kind, a, b, c, d in opcodes if kind != "equal")


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def edits_of(change: Change, text: Sequence[Article]) -> tuple[Edit, ...]:
    """The edits of a change within its article; none where it inserts, or where there is no such article."""
    if change.kind == INSERT or not 1 <= change.article <= len(text):
        return ()
    old = text[change.article - 1].text
    if change.kind == STRIKE:
        return (Edit(0, len(WORDS.findall(old)), ""),)
    return edits(old, change.text)


def moot(change: Change, text: Sequence[Article]) -> bool:
    """Whether it changes nothing: it names no article of this text, or gives one the words that it has."""
    if change.kind == INSERT:
        return not 0 <= change.article <= len(text) or not change.text.strip()
    return (change.kind == CHANGE and not change.text.strip()) or not edits_of(change, text)


def conflict(one: Change, other: Change, text: Sequence[Article]) -> bool:
    """Whether both cannot stand: they change the same words of one article, or words side by side, in two ways."""
    if one.article != other.article or INSERT in (one.kind, other.kind):
        return False
    if STRIKE in (one.kind, other.kind):
        return one.kind != other.kind
    return any(
        a != b and a.start <= b.end and b.start <= a.end for a in edits_of(one, text) for b in edits_of(other, text)
    )


def settle(text: str, changes: Iterable[Change]) -> Settled:
    """The text that these changes make of it, in the stated order: whatever conflicts with an earlier one falls."""
    read = articles(text)
    stands: list[Change] = []
    falls: dict[Change, Change | None] = {}
    for change in changes:
        if moot(change, read):
            falls[change] = None
            continue
        rival = next((one for one in stands if conflict(one, change, read)), None)
        if rival is None:
            stands.append(change)
        else:
            falls[change] = rival
    return Settled(_with(text, read, stands), tuple(stands), falls)


def _with(text: str, read: Sequence[Article], changes: Sequence[Change]) -> str:
    """The text with changes none of which conflict; those that add an article in one place stand by their numbers."""
    if not changes:
        return text
    parts: list[tuple[str, str]] = []  # words, and the blank that stood after them; empty where nothing did

    def add(words: str, after: str) -> None:
        if words.strip():
            parts.append((words, after))
        elif parts:  # what was struck out leaves those beside it apart
            parts[-1] = (parts[-1][0], "")

    added = _added(changes)
    for words in added.get(0, ()):
        add(words, "")
    for article in read:
        own = [change for change in changes if change.kind != INSERT and change.article == article.number]
        words = _edited(article.text, {edit for change in own for edit in edits_of(change, read)})
        new = added.get(article.number, [])
        if own and parts:
            parts[-1] = (parts[-1][0], _apart(parts[-1][1]))
        add(words, "" if new else _apart(article.after) if own else article.after)
        for words in new:
            add(words, "")
    whole = "".join(f"{words}{after or APART}" for words, after in parts[:-1])
    return f"{whole}{parts[-1][0]}" if parts else ""


def _apart(blank: str) -> str:
    """A blank that keeps what comes after it from running into what stood before."""
    return blank if len(re.findall(r"\r\n|\r|\n", blank)) > 1 else ""


def _added(changes: Iterable[Change]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for change in sorted((one for one in changes if one.kind == INSERT), key=lambda one: one.number):
        words = change.text.strip()
        if words not in found.setdefault(change.article, []):
            found[change.article].append(words)
    return found


def _edited(text: str, edits: Iterable[Edit]) -> str:
    words = WORDS.findall(text)
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        words[edit.start : edit.end] = [edit.text]
    return "".join(words).rstrip()


def in_order(text: str, changes: Iterable[Change]) -> list[Change]:
    """The stated order: article by article, in each what goes furthest from the text first, then as they came.

    To strike an article out goes furthest; of two others it is the one that takes out and puts in more characters.
    """
    read = articles(text)

    def place(change: Change) -> tuple[int, bool, bool, int, int]:
        return (change.article, change.kind == INSERT, change.kind != STRIKE, -distance(change, read), change.number)

    return sorted(changes, key=place)


def distance(change: Change, text: Sequence[Article]) -> int:
    """How far a change goes from the text: so many characters it takes out and puts in."""
    if change.kind == INSERT:
        return len(change.text)
    if not 1 <= change.article <= len(text):
        return 0
    old = text[change.article - 1].text
    new = "" if change.kind == STRIKE else change.text
    return sum(len(piece.text) for piece in differences(old, new) if piece.kind != "same")
