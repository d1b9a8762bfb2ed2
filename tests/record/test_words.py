"""Every kind of entry that the source can write, and every fact in one, has words for people."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from assemblies.record.words import FACTS, KINDS
from mandates.models import Ending

FLOORS = ("assemblies", "mandates", "councils", "commons")
ARGUMENTS = {"log", "by", "at", "personal", "naming"}
# Kinds that are put together where they are written, and what stands in their gaps.
GAPS = {
    "f'mandate.{kind}'": [f"mandate.{kind}" for kind in Ending.Kind.values if kind != "resigned"],
    "f'{self.model._meta.model_name}.stated'": ["need.stated", "surplus.stated"],
    "f'{self.model._meta.model_name}.proposed'": ["need.proposed", "surplus.proposed"],
    "kind": [
        *("account.put_out_of_use", "account.put_back_in_use", "item.started", "item.ended"),
        *("turn.asked", "turn.called", "turn.started", "turn.ended", "turn.withdrawn"),
    ],
}


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Each place in the source where an entry is written."""
    for floor in FLOORS:
        for path in sorted((settings.BASE_DIR / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                        yield path, node


def kinds(written: ast.expr) -> list[str]:
    if isinstance(written, ast.IfExp):
        return [*kinds(written.body), *kinds(written.orelse)]
    return [written.value] if isinstance(written, ast.Constant) else GAPS[ast.unparse(written)]


CALLS = list(calls())


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0].stem}-{call[1].lineno}")
def test_an_entry_has_words_and_so_have_its_facts(call):
    _path, node = call
    assert [kind for kind in kinds(node.args[0]) if kind not in KINDS] == []
    facts = {word.arg for word in node.keywords if word.arg} - ARGUMENTS
    assert sorted(facts - set(FACTS)) == []
    personal = next((word.value for word in node.keywords if word.arg == "personal"), None)
    if isinstance(personal, ast.Dict):
        assert sorted(key.value for key in personal.keys if key.value not in FACTS) == []


def test_no_words_are_kept_for_what_is_never_entered():
    written = {kind for _path, node in CALLS for kind in kinds(node.args[0])}
    assert set(KINDS) - written == set()
