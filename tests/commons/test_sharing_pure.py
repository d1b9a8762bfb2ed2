"""The rule is arithmetic: it loads no Django, and no solver before a plan is worked out."""

import subprocess
import sys
from pathlib import Path

import commons.sharing

SHARING = Path(commons.sharing.__path__[0])


def loaded(script: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; {script}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=SHARING.parent.parent,
    )
    return {name.split(".")[0] for name in run.stdout.split()}


def test_the_rule_loads_neither_django_nor_a_solver():
    modules = ", ".join(f"commons.sharing.{path.stem}" for path in SHARING.glob("*.py") if path.stem != "__init__")
    assert "commons.sharing.leximin" in modules
    assert not {"django", "ortools", "pandas"} & loaded(f"import {modules}")


def test_a_process_that_serves_pages_carries_neither_a_solver_nor_the_library_of_units():
    script = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'confederation.settings';"
        "import django; django.setup(); import confederation.urls, commons.explaining"
    )
    assert not {"ortools", "pandas", "absl", "pint"} & loaded(script)
    assert "numpy" not in loaded("from commons.sharing import Reason, reasons, sentence")


def test_a_plan_loads_no_more_of_the_solver_than_its_flows():
    script = (
        "from commons.sharing import *; share([Claim('a', 2)], [Supply('b', 1)], lambda a, b: 1);"
        "assert 'ortools.graph.python.max_flow' in sys.modules"
    )
    assert not {"django", "pandas", "google"} & loaded(script)
