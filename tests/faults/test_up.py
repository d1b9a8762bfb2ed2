"""`make run` from the first start to the last: what it prints, what it survives, and what it leaves behind: nothing."""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from confederation import embedded
from confederation.supervisor import MARK
from tests.plumbing import slot


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


WORKER = "celery --app confederation --quiet worker"


class Town:
    """A `manage.py up` of its own, on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.var_dir = folder / "var"
        self.log = folder / "log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        mine = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST", "DJANGO", "DATABASE", "REDIS", "TEST_", "SECRET_KEY"))
        }
        mine |= {"VAR_DIR": str(self.var_dir), "PORT": str(self.port), "DEMO": "0", **environment}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=slot.ROOT, env=mine, stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        return self.process

    def says(self, words: str, seconds: float = 240) -> None:
        end = time.monotonic() + seconds
        while words not in self.log.read_text():
            assert self.process.poll() is None, f"it ended instead:\n{self.log.read_text()}"
            assert time.monotonic() < end, f"{words!r} was not said:\n{self.log.read_text()}"
            time.sleep(0.1)

    def refuses(self, **environment: str) -> str:
        """Start what cannot start: its one sentence, and code 1."""
        assert self.start(**environment).wait(60) == 1, self.log.read_text()
        said = self.log.read_text()
        assert "Traceback" not in said
        return said

    def stop(self, sign: int = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(60)

    def status(self) -> int:
        """The front door opens, whatever stands behind it."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            door.request("GET", "/", headers={"Host": "localhost"})
            return door.getresponse().status
        finally:
            door.close()

    def processes(self) -> dict[int, str]:
        """What runs on this folder, supervisor aside: its children by their mark, the services by their folder."""
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                environment = (entry / "environ").read_bytes().split(b"\0")
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, NotADirectoryError):
                continue
            ours = f"{MARK}={self.var_dir}".encode() in environment or str(self.var_dir) in words
            if ours and int(entry.name) != self.process.pid and embedded.alive(int(entry.name)):
                found[int(entry.name)] = words
        return found

    def running(self, word: str) -> list[int]:
        return [pid for pid, words in self.processes().items() if word in words]

    def only(self, word: str) -> int:
        (pid,) = self.running(word)
        return pid


@pytest.fixture
def town(tmp_path_factory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"))
    yield town
    if town.process and town.process.poll() is None:
        town.process.kill()
        town.process.wait()
    for pid in town.processes() if town.process else []:
        os.kill(pid, signal.SIGKILL)


def test_a_town_starts_survives_its_children_and_its_supervisor_and_stops_without_a_trace(town):
    town.start()
    town.says(f"Open http://localhost:{town.port}")
    assert town.status() < 600
    assert "superuser privileges" not in town.log.read_text()

    # A killed worker is started again, and so are the services.
    killed = town.only(WORKER)
    os.kill(killed, signal.SIGKILL)
    town.says("worker ended with code -9; it is started again in 1 s")
    for service in embedded.Services(town.var_dir):
        os.kill(service.pid(), signal.SIGKILL)
    town.says("Postgres ended; it is started again")
    town.says("Redis ended; it is started again")
    end = time.monotonic() + 30
    while not all(service.answers() for service in embedded.Services(town.var_dir)) or not town.running(WORKER):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert town.only(WORKER) != killed

    # A killed supervisor takes web, worker and beat along; the database stays, and the next start adopts it.
    postmaster = embedded.Postgres(town.var_dir).pid()
    town.process.kill()
    town.process.wait()
    end = time.monotonic() + 20
    while left := [words for words in town.processes().values() if "granian" in words or "celery" in words]:
        assert time.monotonic() < end, left
        time.sleep(0.1)
    started = time.monotonic()
    town.start()
    town.says(f"Open http://localhost:{town.port}")
    assert time.monotonic() - started < 30, "the second start has nothing to build"
    assert "building the static files" not in town.log.read_text()
    assert embedded.Postgres(town.var_dir).pid() == postmaster

    # Told to stop, it stops all of it, in order.
    assert town.stop(signal.SIGINT) == 0
    assert town.processes() == {}
    assert town.log.read_text().rstrip().endswith("stopped")


def test_told_to_stop_while_it_starts_it_leaves_nothing(town):
    town.start()
    town.says("bringing the tables up to date")
    assert town.stop() == 0
    assert town.processes() == {}


def test_a_taken_port_is_named_with_a_way_out(town):
    with socket.socket() as door:
        door.bind(("127.0.0.1", town.port))
        door.listen()
        assert f"Port {town.port} is taken" in town.refuses()
    assert f"PORT={town.port + 1}" in town.log.read_text()
    assert town.processes() == {}


@pytest.mark.parametrize("port", ["0", "65536"])
def test_a_number_that_is_no_port_is_named(town, port):
    assert "a port is a number from 1 to 65535" in town.refuses(PORT=port)


def test_a_var_that_is_a_file_is_named(town):
    town.var_dir.write_text("not a folder")
    assert "is not a folder" in town.refuses()


def test_a_var_that_cannot_be_written_is_named(town):
    if os.geteuid() == 0:  # root writes everywhere but into the kernel's own folders
        assert "cannot be written" in town.refuses(VAR_DIR="/proc/confederation")
    else:
        town.var_dir.mkdir(mode=0o500)
        assert "cannot be written" in town.refuses()


def test_a_full_disk_is_named(town, tmp_path):
    # The disk looks full to the supervisor alone.
    code = (
        "import confederation.supervisor as s, shutil, collections\n"
        "shutil.disk_usage = lambda _: collections.namedtuple('U', 'total used free')(9, 8, 2**20)\n"
        f"s.Supervisor(__import__('pathlib').Path({str(town.var_dir)!r}), {town.port}, demo=False,"
        " static_root=None, site_address='').run() == 1 or exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=slot.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "is full: 1 MB are free, and 300 MB are needed" in done.stderr


def test_two_supervisors_do_not_share_a_folder(town):
    town.var_dir.mkdir()
    with (town.var_dir / "lock").open("w") as lock:
        lock.write("4711\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "already in use by another 'make run' (process 4711)" in town.refuses()


def test_a_broken_database_folder_is_named_and_left_as_it_was(town):
    data = town.var_dir / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "somebody's letters").write_text("dear")
    assert "is not a PostgreSQL cluster: move it away" in town.refuses()
    assert [path.name for path in data.iterdir()] == ["somebody's letters"]
    assert town.processes() == {}
