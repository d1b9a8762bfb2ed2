"""Counting is arithmetic: it loads neither Django nor, for yes and no, numpy."""

import subprocess
import sys
from pathlib import Path

import pytest

import assemblies.counting as counting

MODULES = sorted(
    "assemblies.counting." + ".".join(path.relative_to(Path(counting.__path__[0])).with_suffix("").parts)
    for path in Path(counting.__path__[0]).rglob("*.py")
    if path.name != "__init__.py"
)


def loaded(modules):
    script = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd())
    return {name.split(".")[0] for name in run.stdout.split()}


def test_no_counter_loads_django():
    assert "assemblies.counting.formats.blt" in MODULES
    assert "django" not in loaded(MODULES)


@pytest.mark.parametrize("module", ["majority", "lot", "ties"])
def test_yes_and_no_and_the_lot_do_without_numpy(module):
    assert "numpy" not in loaded([f"assemblies.counting.{module}"])
