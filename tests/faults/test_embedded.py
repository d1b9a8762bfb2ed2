"""What is killed, half-made or left behind under `var/`, and how the next start deals with it."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import environ
import psycopg
import pytest
import redis

from confederation import embedded
from confederation.embedded import Postgres, Redis, ServiceError, Services


@pytest.fixture
def var_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("v", numbered=True)
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    yield folder / "var"
    Services(folder / "var", durable=False).stop()


@pytest.fixture
def services(var_dir):
    services = Services(var_dir, durable=False)
    services.start()
    return services


def ask(var_dir: Path, role: str, sql: str):
    config = environ.Env.db_url_config(embedded.database_url(var_dir, role))
    with psycopg.connect(
        host=config["HOST"], user=config["USER"], dbname=config["NAME"], autocommit=True
    ) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else None


def wait_until_gone(pid: int) -> None:
    for _ in range(200):
        if not embedded.alive(pid):
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} is still there")


def test_both_answer_by_the_addresses_that_the_settings_read(services, var_dir):
    assert ask(var_dir, "app", "SELECT current_user::text, version() ~ 'PostgreSQL 18'") == ("confederation_app", True)
    assert redis.Redis.from_url(embedded.redis_database(embedded.redis_url(var_dir), 1)).ping()


def test_nothing_listens_on_the_network_and_nobody_else_may_enter(services, var_dir):
    assert ask(var_dir, "app", "SELECT current_setting('listen_addresses')") == ("",)
    assert redis.Redis.from_url(embedded.redis_url(var_dir)).config_get("port") == {"port": "0"}
    for folder in (var_dir / "postgres", var_dir / "redis", embedded.socket_dir(var_dir)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_neither_role_is_a_superuser_and_only_the_owner_may_become_the_other(services, var_dir):
    assert ask(var_dir, "owner", "SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname ~ 'confederation'") == (False,)
    ask(var_dir, "owner", "SET ROLE confederation_app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(var_dir, "app", "SET ROLE confederation_owner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(var_dir, "app", "CREATE TABLE mine (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(var_dir, "app", "CREATE DATABASE mine")


def test_what_was_kept_is_there_after_a_stop_and_a_start(services, var_dir):
    ask(var_dir, "owner", "CREATE TABLE kept AS SELECT 7 AS n")
    redis.Redis.from_url(embedded.redis_url(var_dir)).set("kept", "7")
    services.stop()
    assert [service.pid() for service in services] == [None, None]
    services.start()
    assert ask(var_dir, "owner", "SELECT n FROM kept") == (7,)
    assert redis.Redis.from_url(embedded.redis_url(var_dir)).get("kept") == b"7"


def test_a_second_start_adopts_what_runs(services, var_dir):
    before = [service.pid() for service in services]
    other = Services(var_dir, durable=False)
    other.start()
    assert [service.pid() for service in other] == before


def test_a_killed_postmaster_and_a_killed_redis_are_recovered(services, var_dir):
    ask(var_dir, "owner", "CREATE TABLE kept AS SELECT 7 AS n")
    for service in services:
        pid = service.pid()
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
    assert (var_dir / "postgres" / "data" / "postmaster.pid").exists(), "the stale file is what this test is about"
    services.start()
    assert ask(var_dir, "owner", "SELECT n FROM kept") == (7,)
    assert services.redis.answers()


def test_a_lock_file_whose_number_a_stranger_took_over_does_not_stop_the_start(services, var_dir):
    services.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (var_dir / "postgres" / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n/elsewhere\n")
        (var_dir / "redis" / "pid").write_text(str(stranger.pid))
        services.start()
        assert all(service.answers() for service in services)
        assert stranger.poll() is None, "the stranger was left alone"
    finally:
        stranger.kill()
        stranger.wait()


def test_a_half_made_cluster_is_made_again(var_dir):
    half = var_dir / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    services = Services(var_dir, durable=False)
    services.start()
    assert services.postgres.answers()
    assert not half.exists()


def test_a_folder_that_was_moved_while_all_ran_is_started_where_it_is_now(services, var_dir):
    ask(var_dir, "owner", "CREATE TABLE kept AS SELECT 7 AS n")
    moved = var_dir.with_name("moved")
    var_dir.rename(moved)
    later = Services(moved, durable=False)
    try:
        later.start()
        assert ask(moved, "owner", "SELECT n FROM kept") == (7,)
        assert later.redis.answers()
    finally:
        later.stop()


def test_a_queue_that_cannot_be_read_is_set_aside(services, var_dir):
    services.stop()
    (var_dir / "redis" / "appendonly.aof").write_bytes(b"*not a redis file\r\n" * 20)
    services.start()
    assert services.redis.answers()
    assert list((var_dir / "redis").glob("appendonly.aof.unreadable-*"))


def test_a_path_too_long_for_a_socket_has_a_short_one_that_settings_and_services_agree_on(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60) / "var"
    folder = embedded.socket_dir(deep)
    assert len(os.fsencode(folder / embedded.POSTGRES_SOCKET)) <= embedded.SOCKET_PATH_LIMIT
    assert str(folder) in embedded.database_url(deep, "app")
    assert str(folder) in embedded.redis_url(deep)
    with socket.socket(socket.AF_UNIX) as door, pytest.raises(OSError, match="too long"):
        door.bind(str(deep / "sockets" / embedded.POSTGRES_SOCKET))  # the limit itself, as this kernel has it


def test_a_folder_of_sockets_that_somebody_else_made_is_refused(tmp_path):
    target = tmp_path / "theirs"
    target.mkdir()
    (tmp_path / "sockets").symlink_to(target)
    with pytest.raises(ServiceError, match="belongs to somebody else"):
        Postgres(tmp_path).account.folder(tmp_path / "sockets")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda data: (data / "a letter").write_text("x"), "is not a PostgreSQL cluster"),
        (lambda data: (data / "PG_VERSION").write_text("17\n"), "was made by PostgreSQL 17"),
        (lambda data: (data / "PG_VERSION").write_text("18\n"), "PostgreSQL did not start"),
    ],
)
def test_a_broken_data_folder_is_named_and_never_overwritten(var_dir, spoil, sentence, monkeypatch):
    monkeypatch.setattr(embedded, "RETRY_PAUSE", 0)
    data = var_dir / "postgres" / "data"
    data.mkdir(parents=True)
    spoil(data)
    kept = sorted(data.iterdir())
    with pytest.raises(ServiceError, match=sentence):
        Services(var_dir, redis=False, durable=False).start()
    assert set(kept) <= set(data.iterdir())


def test_a_var_that_is_a_file_is_named(tmp_path):
    (tmp_path / "var").write_text("not a folder")
    with pytest.raises(ServiceError, match="is not a folder"):
        Services(tmp_path / "var").start()


def test_the_signing_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    assert embedded.secret_key(tmp_path) == embedded.secret_key(tmp_path), "one key for one process"
    assert list(tmp_path.iterdir()) == [], "asking for the key writes nothing"
    embedded.keep_secret_key(tmp_path)
    key = embedded.secret_key(tmp_path)
    assert len(key) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    embedded.keep_secret_key(tmp_path)
    assert embedded.secret_key(tmp_path) == key


def test_addresses_with_every_kind_of_letter_come_back_as_they_were():
    folder = Path("/srv/a town, with 100% + ?")
    config = environ.Env.db_url_config(embedded.database_url(folder, "owner"))
    assert config["HOST"] == str(folder / "sockets")
    assert (config["USER"], config["NAME"]) == ("confederation_owner", "confederation")
    client = redis.Redis.from_url(embedded.redis_database(embedded.redis_url(folder), 3))
    options = client.connection_pool.connection_kwargs
    assert (options["path"], options["db"]) == (str(folder / "sockets" / "redis.sock"), 3)


@pytest.mark.parametrize(
    ("address", "number", "cache", "queue"),
    [
        ("redis://queue:6379", 1, "redis://queue:6379/1", "redis://queue:6379"),
        ("redis://queue:6379/0", 2, "redis://queue:6379/2", "redis://queue:6379/0"),
        ("rediss://u:p@queue/0", 1, "rediss://u:p@queue/1", "rediss://u:p@queue/0"),
        ("unix:///s/redis.sock", 1, "unix:///s/redis.sock?db=1", "redis+socket:///s/redis.sock?virtual_host=0"),
        ("unix:///s/redis.sock?db=4", 1, "unix:///s/redis.sock?db=1", "redis+socket:///s/redis.sock?virtual_host=4"),
    ],
)
def test_one_address_of_redis_is_spelled_for_cache_and_queue(address, number, cache, queue):
    assert embedded.redis_database(address, number) == cache
    assert embedded.celery_url(address) == queue


def test_importing_it_writes_nothing_and_knows_no_settings(tmp_path):
    code = "import confederation.embedded, sys; print('confederation.settings' in sys.modules)"
    environment = {"VAR_DIR": str(tmp_path / "var"), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
    assert not (tmp_path / "var").exists()


def test_the_shell_command_starts_reports_and_stops(var_dir):
    def command(verb: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "confederation.embedded", verb, "--var", str(var_dir), "--throwaway"]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)

    assert command("status").returncode == 3
    started = command("start")
    assert started.returncode == 0, started.stderr
    assert "DATABASE_URL=postgres://confederation_app@/" in started.stdout
    assert command("status").returncode == 0
    assert command("stop").returncode == 0
    assert command("status").returncode == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the services under another account")
def test_root_runs_them_under_an_account_without_a_login_even_below_a_shut_folder(tmp_path_factory):
    shut = tmp_path_factory.mktemp("shut")
    shut.chmod(0o700)
    services = Services(shut / "var", durable=False)
    try:
        services.start()
        for service in services:
            assert Path(f"/proc/{service.pid()}").stat().st_uid != 0
        assert all(service.answers() for service in services)
    finally:
        services.stop()
        shutil.rmtree(shut)


def test_redis_keeps_what_it_was_given_on_disk(services):
    configured = redis.Redis.from_url(embedded.redis_url(services.var_dir)).config_get("*")
    assert configured["appendonly"] == "yes"
    assert configured["maxmemory-policy"] == "noeviction"
    assert isinstance(services.redis, Redis)
