"""The foreground process of `make run`: services, tables, the demo, then web, worker and beat until told to stop.

Everything is started in order and stopped in reverse. What it cannot do, it says in one sentence (`Trouble`).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from confederation import embedded
from confederation.embedded import ServiceError as Trouble

BASE_DIR = Path(__file__).resolve().parent.parent
MARK = "CONFEDERATION_SUPERVISED_BY"  # in each child's environment: how the next start knows what was left behind
ROOM_NEEDED = 300 * 1024 * 1024  # bytes: the demo region and its write-ahead log
PATIENCE = 15  # seconds a child has to end by itself
LONGEST_PAUSE = 30  # seconds before a child that keeps ending is started again
STEADY = 60  # seconds after which a child's earlier endings are forgotten
AS_ROOT = "ignore:You're running the worker with superuser privileges"  # said once by us, in one line
FIRST_ANSWER = 90  # seconds for the web server to answer at all


class Stopped(Exception):
    """Told to stop while still starting."""


@dataclass
class Child:
    """One long-lived process, its lines prefixed with its name, started again when it ends."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    endings: int = 0
    started_at: float = 0.0
    due_at: float = 0.0
    lines: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        # Only ever from the main thread: the death signal is tied to the thread that starts the child.
        self.process = subprocess.Popen(
            [sys.executable, str(BASE_DIR / "confederation" / "tether.py"), str(os.getpid()), *self.command],
            env=self.environment, cwd=BASE_DIR, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.started_at = time.monotonic()
        self.lines = threading.Thread(target=_relay, args=(self.name, self.process.stdout), daemon=True)
        self.lines.start()

    def tend(self) -> None:
        """Notice an ending, and start again when the pause is over: 1, 2, 4 seconds, up to half a minute."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self.start()
            return
        if (code := self.process.poll()) is None:
            return
        self._kill_group()
        self.process = None
        self.endings = 1 if now - self.started_at > STEADY else self.endings + 1
        pause = min(2 ** (self.endings - 1), LONGEST_PAUSE)
        self.due_at = now + pause
        say(f"{self.name} ended with code {code}; it is started again in {pause} s")

    def stop(self, patience: float) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                say(f"{self.name} did not end within {patience:g} s and is killed")
        self._kill_group()
        self.process.wait()
        if self.lines:
            self.lines.join(2)
        self.process = None

    def _kill_group(self) -> None:
        """What the child itself started goes with it."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """One `var/`, one supervisor. `run()` returns the exit code."""

    def __init__(self, var_dir: Path, port: int, *, demo: bool, static_root: Path, site_address: str) -> None:
        self.var_dir = var_dir
        self.port = port
        self.demo = demo
        self.static_root = static_root
        self.site_address = site_address
        self.stopping = False
        self.hurried = False
        self.children: list[Child] = []
        self.services: embedded.Services | None = None
        self.lock: IO[str] | None = None
        # Children hear of the port from here; what the person set stays as it was set.
        self.environment = os.environ | {
            "PORT": str(port),
            "DEMO": "1" if demo else "0",
            "VAR_DIR": str(var_dir),
            "DJANGO_SETTINGS_MODULE": "confederation.settings",
            "PYTHONUNBUFFERED": "1",
            MARK: str(var_dir),
        }

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        try:
            self._look_around()
            self._start_services()
            self._prepare()
            self._start_children()
            self._greet()
            self._watch()
        except Stopped:
            pass
        except Trouble as trouble:
            print(f"\n{trouble}", file=sys.stderr, flush=True)
            return 1
        finally:
            self._stop_everything()
        return 0

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.hurried = self.stopping  # told twice: wait for nobody but the database
        self.stopping = True

    def _unless_stopping(self) -> None:
        if self.stopping:
            raise Stopped

    # ---- before anything is started ----

    def _look_around(self) -> None:
        embedded.make_var_dir(self.var_dir)
        self._take_the_lock()
        self._end_leftovers()
        room = shutil.disk_usage(self.var_dir).free
        if room < ROOM_NEEDED:
            raise Trouble(
                f"The disk that holds {self.var_dir} is full: {room // 2**20} MB are free,"
                f" and {ROOM_NEEDED // 2**20} MB are needed."
            )
        self._try_the_port()
        if os.geteuid() == 0:
            say("running as root; an account of its own is safer (docs/OPERATING.md)")
        try:
            embedded.keep_secret_key(self.var_dir)
        except OSError as error:
            raise Trouble(f"{self.var_dir / 'secret-key'} cannot be used ({error.strerror}).") from error

    def _take_the_lock(self) -> None:
        path = self.var_dir / "lock"
        try:
            self.lock = path.open("a+")
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = path.read_text().strip() or "unknown"
            raise Trouble(f"{self.var_dir} is already in use by another 'make run' (process {holder}).") from error
        except OSError as error:
            raise Trouble(f"{path} cannot be written ({error.strerror}).") from error
        self.lock.truncate(0)
        self.lock.write(f"{os.getpid()}\n")
        self.lock.flush()

    def _end_leftovers(self) -> None:
        """End what a killed supervisor left behind. We hold the lock, so no living one owns it."""
        left = [pid for pid in _marked(str(self.var_dir)) if pid != os.getpid()]
        for sign, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
            end = time.monotonic() + patience
            while left and time.monotonic() < end:
                time.sleep(0.05)
                left = [pid for pid in left if embedded.alive(pid)]

    def _try_the_port(self) -> None:
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind(("127.0.0.1", self.port))
            except PermissionError as error:
                raise Trouble(f"Port {self.port} may not be used by this account: choose one from 1024 up.") from error
            except OSError as error:
                raise Trouble(
                    f"Port {self.port} is taken by another program: end it, or choose another with"
                    f" 'make run PORT={self.port + 1}'."
                ) from error

    # ---- starting ----

    def _start_services(self) -> None:
        self._unless_stopping()
        self.services = embedded.Services(
            self.var_dir,
            postgres=not os.environ.get("DATABASE_URL"),
            redis=not os.environ.get("REDIS_URL"),
        )
        if names := " and ".join(type(service).__name__ for service in self.services):
            say(f"starting {names}")
        try:
            self.services.start()
        except OSError as error:
            raise Trouble(f"The services under {self.var_dir} could not be started ({error}).") from error

    def _prepare(self) -> None:
        owner = {"DATABASE_ROLE": "owner"}
        self._compile_messages()
        self._step("migrate", "bringing the tables up to date", ["migrate", "--noinput", "--verbosity", "0"], owner)
        self._collect_static()
        if self.demo and _has_command("demo"):
            self._step("demo", "loading the demo region", ["demo"], owner)

    def _step(self, name: str, purpose: str, words: list[str], extra: dict[str, str] | None = None) -> None:
        """One management command in a process of its own, shown as it goes."""
        self._unless_stopping()
        say(purpose)
        process = subprocess.Popen(
            [sys.executable, str(BASE_DIR / "confederation" / "tether.py"), str(os.getpid()),
             sys.executable, str(BASE_DIR / "manage.py"), *words],
            env=self.environment | (extra or {}), cwd=BASE_DIR, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while process.poll() is None:
            if self.stopping:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)
                process.kill()
                process.wait()
                raise Stopped
            time.sleep(0.05)
        if process.returncode:
            raise Trouble(f"'manage.py {name}' failed (code {process.returncode}); its own words stand above.")

    def _compile_messages(self) -> None:
        """Translations, where a catalogue is newer than its compiled form."""
        stale = [
            path
            for path in sorted((BASE_DIR / "locale").glob("*/LC_MESSAGES/*.po"))
            if not (made := path.with_suffix(".mo")).exists() or made.stat().st_mtime < path.stat().st_mtime
        ]
        if not stale:
            return
        msgfmt = shutil.which("msgfmt")
        if msgfmt is None:
            say("msgfmt is missing (apt-get install gettext): the pages stay in English")
            return
        for path in stale:
            aside = path.with_suffix(".mo.new")
            done = subprocess.run([msgfmt, "-o", str(aside), str(path)], capture_output=True, text=True, check=False)
            if done.returncode:
                say(f"{path.relative_to(BASE_DIR)} could not be compiled: {done.stderr.strip()}")
                aside.unlink(missing_ok=True)
            else:
                aside.replace(path.with_suffix(".mo"))

    def _collect_static(self) -> None:
        from django.contrib.staticfiles.finders import get_finders

        state = hashlib.sha256()
        for finder in get_finders():
            for name, storage in finder.list([]):
                seen = Path(storage.path(name)).stat()
                state.update(f"{storage.path(name)} {seen.st_size} {seen.st_mtime_ns}\n".encode())
        mark = self.var_dir / "static.state"
        if mark.exists() and mark.read_text() == state.hexdigest() and (self.static_root / "staticfiles.json").exists():
            return
        words = ["collectstatic", "--noinput", "--clear", "--verbosity", "0"]
        self._step("collectstatic", "building the static files", words)
        mark.write_text(state.hexdigest())

    def _start_children(self) -> None:
        self._unless_stopping()
        python = sys.executable
        celery = [python, "-W", AS_ROOT, "-m", "celery", "--app", "confederation", "--quiet"]
        web = [
            python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers",
            "--respawn-interval", "1", "--workers-kill-timeout", "10", "--log-level", "warning",
            "confederation.wsgi:application",
        ]  # fmt: skip
        worker = [*celery, "worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING",
                  "--without-gossip", "--without-mingle"]  # fmt: skip
        beat = [*celery, "beat", "--schedule", str(self.var_dir / "beat-schedule"), "--pidfile", "",
                "--loglevel", "WARNING"]  # fmt: skip
        application = self.environment | {"DATABASE_ROLE": "app"}
        for name, command in (("web", web), ("worker", worker), ("beat", beat)):
            self.children.append(Child(name, command, application))
            self.children[-1].start()

    def _greet(self) -> None:
        """Wait for the first answer, then say where to go and as whom."""
        end = time.monotonic() + FIRST_ANSWER
        while not _answers(self.port):
            self._unless_stopping()
            if time.monotonic() > end:
                raise Trouble(f"The web server gave no answer within {FIRST_ANSWER} s; its own words stand above.")
            self._tend()
            time.sleep(0.1)
        lines = ["", f"Open {self.site_address}", ""]
        if self.demo:
            with contextlib.suppress(ImportError):
                from confederation.demo.signins import SIGNINS  # type: ignore[import-not-found,unused-ignore]

                lines += ["Sign in as:"]
                lines += [f"  {role:<13} {email:<34} {password}" for role, email, password in SIGNINS]
                lines += [""]
        lines += ["Ctrl-C stops everything.", ""]
        print("\n".join(lines), flush=True)

    # ---- until told to stop ----

    def _watch(self) -> None:
        next_look = 0.0
        while not self.stopping:
            self._tend()
            if time.monotonic() >= next_look:
                self._tend_services()
                next_look = time.monotonic() + 2
            time.sleep(0.2)

    def _tend(self) -> None:
        for child in self.children:
            child.tend()

    def _tend_services(self) -> None:
        for service in self.services or []:
            if service.pid() is None and not self.stopping:
                name = type(service).__name__
                say(f"{name} ended; it is started again")
                try:
                    service.start()
                except (Trouble, OSError) as error:
                    say(f"{name} could not be started: {error}")

    def _stop_everything(self) -> None:
        if self.children:
            say("stopping")
        for child in reversed(self.children):
            child.stop(1 if self.hurried else PATIENCE)
        if self.services:
            self.services.stop()
        if self.children:
            say("stopped")


def say(sentence: str) -> None:
    print(f"{'up':<7}| {sentence}", flush=True)


def _relay(name: str, stream: IO[bytes]) -> None:
    with stream:
        for line in stream:
            print(f"{name:<7}| {line.decode(errors='replace').rstrip()}", flush=True)


def _answers(port: int) -> bool:
    """Whether a web server answers anything at all that is not an error of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status < 600
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _marked(var_dir: str) -> Iterable[int]:
    """The processes of this account that a supervisor of this folder started."""
    mark = f"{MARK}={var_dir}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    yield int(entry.name)


def _has_command(name: str) -> bool:
    from django.core.management import get_commands

    return name in get_commands()
