"""Everything points down: imports, rows, migrations, words, templates and addresses know only the floors below them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["assemblies", "mandates", "councils", "commons", "confederation"]  # from the ground up
ABOVE = re.compile(r"mandate|delegate|council|recall", re.IGNORECASE)

# Words of the ground floor that only look like words of the floors above it.
NOT_MEANT = re.compile(r"delegat(?:es?|ed|ing)_to\b")


def floor(name: str) -> int:
    """How high an app stands; -1 for what is not of the house."""
    return FLOORS.index(name) if name in FLOORS else -1


def sources(app: str) -> list[Path]:
    return sorted(path for path in (ROOT / app).rglob("*.py"))


def templates(folder: str) -> list[Path]:
    return sorted((ROOT / "templates" / folder).rglob("*.html")) + sorted((ROOT / "templates" / folder).rglob("*.txt"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """The first names of all modules that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).parent.parts
            if node.level:
                yield package[0] if len(package) - node.level + 1 > 0 else ""
            else:
                yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("app", FLOORS)
def test_an_app_imports_only_its_own_floor_and_those_below(app: str):
    for path in sources(app):
        above = [name for name in imports(path) if floor(name) > floor(app)]
        assert not above, f"{name_of(path)} imports {above}"


def test_nothing_but_the_project_itself_imports_the_project():
    for app in FLOORS[:-1]:
        for path in sources(app):
            assert "confederation" not in imports(path), name_of(path)


def test_the_arithmetic_knows_no_django():
    for path in sources("assemblies/counting"):
        assert not {"django", "pgtrigger"} & set(imports(path)), name_of(path)


def relations() -> list[models.ForeignKey]:
    return [
        field
        for model in apps.get_models()
        if floor(model._meta.app_label) >= 0 and not model._meta.proxy
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    ]


def test_rows_point_down_and_lower_rows_do_not_look_up():
    """What lies below has no name for what points at it from above: `related_name="+"`."""
    assert len(relations()) > 50
    for field in relations():
        mine, theirs = floor(field.model._meta.app_label), floor(field.related_model._meta.app_label)
        assert theirs <= mine, f"{field} points up"
        if -1 < theirs < mine:
            assert field.remote_field.related_name == "+", f"{field} leaves a name on the floor below"


def test_no_row_is_removed_because_another_is():
    for field in relations():
        assert field.remote_field.on_delete is models.PROTECT, field


@pytest.mark.django_db
def test_migrations_depend_on_the_same_floor_or_those_below():
    loader = MigrationLoader(None)
    for (app, name), migration in loader.disk_migrations.items():
        for dependency, _ in migration.dependencies:
            if floor(app) >= 0:
                assert floor(dependency) <= floor(app), f"{app}.{name} depends on {dependency}"


@pytest.mark.parametrize("app", FLOORS)
def test_a_migration_imports_no_code_of_the_house(app: str):
    for path in sources(f"{app}/migrations"):
        assert not set(FLOORS) & set(imports(path)), name_of(path)


def test_the_ground_floor_has_no_word_for_what_stands_on_it():
    texts = [*sources("assemblies"), *templates("assemblies")]
    assert len(texts) > 60
    for path in texts:
        found = ABOVE.findall(NOT_MEANT.sub("", path.read_text()))
        assert not found, f"{name_of(path)} says {sorted(set(found))}"


def test_mandates_have_no_word_for_tasks_or_actions():
    for path in [*sources("mandates/models"), *sources("mandates/migrations")]:
        assert not re.search(r"councils_(task|attachment|action)", path.read_text()), name_of(path)


def test_there_is_no_drawer_for_code_without_an_owner():
    for app in FLOORS:
        for path in sources(app):
            assert path.name not in ("services.py", "utils.py", "helpers.py", "signals.py", "common.py") or (
                "formats" in path.parts
            ), name_of(path)


def test_nothing_is_called_back():
    """Effects are drawn from facts by whoever needs them, and no saving of a row sets off another."""
    for app in FLOORS:
        for path in sources(app):
            found = re.findall(r"\b(?:post_save|pre_save|post_delete|pre_delete|m2m_changed)\b", path.read_text())
            assert not found, f"{name_of(path)} listens for {found}"


# ---- templates ----

USES = re.compile(r"""{%\s*(?:extends|include)\s+["']([^"']+)["']""")
ADDRESS = re.compile(r"""{%\s*url\s+["']([\w-]+)["']""")


def folder_floor(name: str) -> int:
    """The floor of a template by its folder: the parts that all pages share stand under every floor."""
    folder = name.partition("/")[0] if "/" in name else ""
    if folder in FLOORS:
        return floor(folder)
    return floor("confederation") if folder in ("townhall", "account", "allauth", "commons") else -1


def all_templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def test_templates_extend_and_include_what_lies_below_or_beside():
    for path in all_templates():
        mine = str(path.relative_to(ROOT / "templates"))
        if mine in ("base.html", "home.html", "styleguide.html"):
            continue
        for used in USES.findall(path.read_text()):
            if used.startswith(("account/", "allauth/")):
                continue
            assert folder_floor(used) <= folder_floor(mine), f"{mine} uses {used}"


# A confederation is met where its delegates meet: its page is the one of its council, and so are those of its texts.
ADDRESSED_ABOVE = {"mandates/models/confederation.py": {"council"}, "mandates/models/text.py": {"text"}}


def addresses(app: str) -> set[str]:
    urls = ROOT / app / "urls.py"
    return set(re.findall(r"""name=["']([\w-]+)["']""", urls.read_text())) if urls.exists() else set()


def test_lower_pages_do_not_lead_up():
    """Only `base.html` and the town hall know all floors; a page of the ground floor links to none above it."""
    for app in FLOORS[:-1]:
        own = set().union(*(addresses(name) for name in FLOORS[: floor(app) + 1]))
        above = set().union(*(addresses(name) for name in FLOORS[floor(app) + 1 : -1])) - own
        for path in templates(app):
            assert not above & set(ADDRESS.findall(path.read_text())), name_of(path)
        for path in sources(app):
            named = set(re.findall(r"""(?:reverse|redirect)\(\s*["']([\w-]+)["']""", path.read_text()))
            assert not above & named - ADDRESSED_ABOVE.get(name_of(path), set()), name_of(path)
