"""Every act that a model knows can be sent through the API, or stands here with the reason why it cannot.

Which act is reached is not read from names: each is sent as one who may, and the interpreter says what was called.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.access.everything import ROLES, Everything
from tests.api.sent import address, sent
from tests.api.test_api import posted, rows

pytestmark = pytest.mark.django_db

FILE = "A file of many rows is looked at on its page before it is taken in."
ACCOUNTS = "The technician's: about an account, and nothing that anybody decides."
ON_A_PAGE = "A key to one's account is made on its page, by whoever gave their password; no key makes another."
AT_ONCE = "A draft that is offered at once, which is sent as `offer`."
INNER = "No act by itself: an act that is sent does it on the way."

NOT_SENT = {
    "assemblies.citizen.Citizen.put_out_of_use": ACCOUNTS,
    "assemblies.citizen.Citizen.put_back_in_use": ACCOUNTS,
    "assemblies.issuer.Issuer.sign": "A sealed paper is made by the voter's own browser, and signed on its page alone.",
    "assemblies.paper.PaperCodeQuerySet.print": "Codes are told once, on the sheet that is printed.",
    "assemblies.roll_import.RollImport.look_at": FILE,
    "assemblies.roll_import.RollImport.confirm": FILE,
    "commons.statement_import.StatementImport.look_at": FILE,
    "commons.statement_import.StatementImport.enter": FILE,
    "assemblies.assembly.Assembly.propose": AT_ONCE,
    "assemblies.proposal.ProposalQuerySet.lay": AT_ONCE,
    "assemblies.minutes.MinutesQuerySet.adopt": INNER,
    "assemblies.session.Session.only_leader": INNER,
    "assemblies.roll_mark.only_tellers": INNER,
    "confederation.api.TokenQuerySet.make": ON_A_PAGE,
    "confederation.api.Token.revoke": ON_A_PAGE,
    "commons.plan.at_work": "Words of a trigger, not an act.",
    "commons.plan.only_who_carries": "Words of a trigger, not an act.",
}


def modules() -> Iterator[Any]:
    for package in ("assemblies.models", "mandates.models", "councils.models", "commons.models"):
        found = importlib.import_module(package)
        for module in pkgutil.iter_modules(found.__path__):
            yield importlib.import_module(f"{package}.{module.name}")
    yield importlib.import_module("confederation.api.models")


def functions(module: Any) -> Iterator[Callable[..., Any]]:
    for found in vars(module).values():
        if getattr(found, "__module__", "") != module.__name__:
            continue
        if inspect.isclass(found):
            for one in vars(found).values():
                plain = one.__func__ if isinstance(one, classmethod | staticmethod) else one
                if inspect.isfunction(plain):
                    yield inspect.unwrap(plain)
        elif inspect.isfunction(found):
            yield inspect.unwrap(found)


def acts_of_the_models() -> dict[CodeType, str]:
    """Whatever takes `by=`, by its code."""
    found = {}
    for module in modules():
        place = module.__name__.replace(".models", "")
        for one in functions(module):
            if "by" in inspect.signature(one).parameters and not one.__name__.startswith("_"):
                found[one.__code__] = f"{place}.{one.__qualname__}"
    return found


@contextmanager
def called(among: dict[CodeType, str]) -> Iterator[set[str]]:
    """Which of those are called in the meantime."""
    found: set[str] = set()

    def look(frame: FrameType, event: str, _what: Any) -> None:
        if event == "call" and frame.f_code in among:
            found.add(among[frame.f_code])

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(before)


def test_every_act_can_be_sent_or_there_is_a_reason(town: Everything, signed_in: dict[str, Client]):
    known = acts_of_the_models()
    assert len(known) > 100
    table, bodies = rows(), list(sent(town).items())
    bodies += [(scope, (None, body | {"at_once": True})) for scope, (_key, body) in bodies if scope == "needs"]
    with called(known) as reached:
        for scope, (key, body) in bodies:
            may = [role for role, status in zip(ROLES, table[scope], strict=True) if status in ("201", "409")]
            cache.clear()
            with transaction.atomic():
                posted(signed_in[may[0]], address(scope, key), body)
                transaction.set_rollback(True)
    names = set(known.values())
    assert not names - reached - set(NOT_SENT), f"no way there: {sorted(names - reached - set(NOT_SENT))}"
    assert set(NOT_SENT) <= names, f"there is no such act: {sorted(set(NOT_SENT) - names)}"
    needless = {name for name in reached & set(NOT_SENT) if NOT_SENT[name] is not INNER}
    assert not needless, f"these can be sent after all: {sorted(needless)}"
