"""Where the real elections lie: those the project ships, and those it may only read from a folder beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assemblies.counting import formats
from assemblies.counting.formats import BallotFile

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "tests" / "data"
BESIDE = Path(os.environ.get("CONFEDERATION_DATA", ROOT.parent / "shared" / "data"))


def beside(name: str) -> Path:
    """A folder of data that may not be shipped; the test is skipped, with the reason, where it is not there."""
    folder = BESIDE / name
    if not folder.is_dir():
        pytest.skip(
            f"{name} may not be shipped (no licence for it); set CONFEDERATION_DATA to the folder that holds it"
        )
    return folder


def ballots(path: Path) -> BallotFile:
    return formats.read(path.read_text(encoding="utf-8"), formats.format_of(path.name))


def expected(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
