import pytest

pytest.register_assert_rewrite("tests.faults.due", "tests.faults.processes")
