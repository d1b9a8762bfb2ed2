"""Participation is visible to oneself only: never a score, never a rank, never a condition (article 20)."""

import ast
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from assemblies.clock import now
from assemblies.models import Circle, Study, Subject
from confederation.participation import took_part
from tests.cast import DAY, Cast, admitted, call, person, travel_to
from tests.sessions.evening import call_session, opened

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "/account/participation/"


def signed_in(citizen) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Ana was there, wrote, and studied."""
    opened(call_session(cast.abiego), cast.ana, cast.facilitator(cast.abiego))
    proposal = cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    study = Study.objects.write(Subject.of(proposal), part="asked", text="Whether.", by=cast.ana).study
    Circle.objects.call(study, by=cast.ana, place="The school", begins_at=now() + DAY)
    return cast


def test_one_sees_what_one_did_oneself(busy: Cast):
    page = signed_in(busy.ana).get(PAGE).content.decode()
    assert "A well" in page
    assert "Study circle" in page
    assert "Session of Abiego" in page


def test_nobody_else_can_reach_it(busy: Cast):
    """The address names nobody: each finds their own, the technician and the facilitators too."""
    assert Client().get(PAGE).status_code == 302
    for other in (busy.bilal, busy.technician, busy.facilitator(busy.abiego)):
        for asked in ("", f"?citizen={busy.ana.pk}", f"?pk={busy.ana.pk}"):
            page = signed_in(other).get(PAGE + asked).content.decode()
            assert "A well" not in page.partition("<main")[2]
            assert "Study circle" not in page.partition("<main")[2]
    assert signed_in(busy.technician).get(f"{PAGE}{busy.ana.pk}/").status_code == 404


def test_it_is_no_score_and_no_rank(busy: Cast):
    page = signed_in(busy.ana).get(PAGE).content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    assert not re.search(r"<(progress|meter|svg class=\"bar)|\b(score|rank|points?|level|badge)\b", main, re.IGNORECASE)
    for part in took_part(busy.ana):
        assert set(part) == {"title", "rows"}
        assert all(set(row) == {"at", "what", "url"} for row in part["rows"])


def test_only_the_page_of_oneself_puts_it_together():
    """No other module of the house asks who was in which circle, or puts together what somebody took part in."""
    allowed = {
        "CircleMember": {
            *("assemblies/models/circle.py", "assemblies/models/__init__.py", "confederation/participation.py"),
        },
        "took_part": {"confederation/participation.py"},
    }
    for name, modules in allowed.items():
        for app in ("assemblies", "mandates", "councils", "commons", "confederation"):
            for path in (ROOT / app).rglob("*.py"):
                if "migrations" in path.parts:
                    continue
                tree = ast.parse(path.read_text())
                used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
                used |= {alias.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for alias in n.names}
                if name in used and path.name != "access.py":
                    assert str(path.relative_to(ROOT)) in modules, f"{path} asks for {name}"


def test_no_rule_of_the_database_reads_it():
    """Who was in a circle is read by the rules of circles alone; who wrote in a study by none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname IN ('public', 'urn') AND p.prosrc ~ 'assemblies_circle|assemblies_studypart'"
        )
        found = dict(cursor.fetchall())
        cursor.execute(
            "SELECT p.proname, c.relname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relname LIKE 'assemblies_circle%%'"
        )
        own = {name for name, _table in cursor.fetchall()}
    assert found
    for name, source in found.items():
        if name in own:
            continue
        assert "assemblies_circle" not in source, name
        assert name == "study_missing", name
        assert "by_id" not in source, "it asks whether something is written, and not by whom"


def test_whoever_took_part_in_nothing_votes_as_whoever_took_part_in_all(busy: Cast):
    idle = admitted(person("Newcomer"), busy.abiego)
    decision = call(busy.abiego.propose("A pond", "A pond is dug.", by=busy.ana))
    travel_to(decision.opens_at)
    assert not any(part["rows"] for part in took_part(idle))
    assert decision.cast(by=idle, choice="yes").pk
    assert decision.cast(by=busy.ana, choice="yes").pk
