"""Every rule of the database is missed when it is gone, and every sentence of its triggers is drawn by some attempt."""

import pytest

from tests.cast import Cast
from tests.constitution.sabotage import investigate


@pytest.mark.deep
def test_nothing_can_be_taken_away_unnoticed(cast: Cast):
    found = investigate(cast)
    report = [f"{rule}: nothing notices its loss" for rule in found.unnoticed]
    report += [f"{name} line {line}: never said: {words}" for (name, line), words in sorted(found.never_said.items())]
    assert not report, "\n".join(report)
