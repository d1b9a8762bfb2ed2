"""A folder of services for one test run: `var/test`, or `var/test-2` and so on while another run holds it.

The run that starts the workers takes the slot and names it in `TEST_VAR`, which its workers inherit.
"""

import fcntl
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
held = []  # the open lock files: the lock lasts as long as this process


def var_dir() -> Path:
    if "TEST_VAR" not in os.environ:
        os.environ["TEST_VAR"] = str(_free_slot())
    return Path(os.environ["TEST_VAR"]).resolve()


def worker_number() -> int:
    """0 for a run without workers and for gw0, 1 for gw1, and so on."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _free_slot() -> Path:
    (ROOT / "var").mkdir(mode=0o711, exist_ok=True)
    for number in range(1, 17):
        folder = ROOT / "var" / ("test" if number == 1 else f"test-{number}")
        lock = folder.with_suffix(".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        held.append(lock)
        return folder
    raise RuntimeError("Sixteen test runs are under way: wait for one to end.")
