"""A town's server, as far as it can be tried without a container engine (docs/LIMITS.md says what cannot)."""

import fnmatch
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import psycopg
import pytest
import yaml

from confederation import embedded
from tests.plumbing import slot

ROOT = slot.ROOT
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
APPLICATION = ["migrate", "web", "worker", "beat"]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<rule>:\?|:-)(?P<words>[^}]*))?\}")


def asked_for(value: object) -> dict[str, str | None]:
    """Each variable in a piece of the compose file, and the rule for when it is missing."""
    return {found["name"]: found["rule"] for found in VARIABLE.finditer(yaml.safe_dump(value, width=10_000))}


def filled_in(name: str) -> dict[str, str]:
    """A service's environment as compose would give it, with made-up secrets."""
    secret = "0123456789abcdef" * 4
    given = {"DOMAIN": "assembly.example", "EMAIL_URL": "smtp://mail.example:25", "FROM_EMAIL": "town@assembly.example"}

    def value(found: re.Match) -> str:
        return found["words"] if found["rule"] == ":-" else given.get(found["name"], secret)

    return {key: VARIABLE.sub(value, text) for key, text in SERVICES[name]["environment"].items()}


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "VAR_DIR": "/nonexistent", "STATIC_ROOT": "/nonexistent/static", **environment}
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=bare, capture_output=True, text=True, check=False
    )


# ---- docker-compose.yml ----


def test_nothing_starts_while_a_secret_is_unset():
    example = (ROOT / "deploy" / "env.example").read_text()
    to_fill_in = set(re.findall(r"^(\w+)=$", example, re.MULTILINE))
    required = {name for name, rule in asked_for(COMPOSE).items() if rule == ":?"}
    assert required == to_fill_in
    assert not [name for name in asked_for(COMPOSE) if "PASSWORD" in name and name not in required]
    assert None not in asked_for(COMPOSE).values(), "a variable without a rule is empty when it is forgotten"


def test_no_secret_is_written_down():
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.findall(r"(?:PASSWORD|SECRET_KEY|requirepass)\S*[:=]\s*[\"']?[A-Za-z0-9]{6,}", text)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_locked_down(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert not [volume for volume in service.get("volumes", []) if "docker.sock" in volume]


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "migrate", "beat"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_the_owners_password_is_given_to_the_migration_alone():
    holders = [name for name, service in SERVICES.items() if "OWNER_DATABASE_PASSWORD" in asked_for(service)]
    assert holders == ["postgres", "migrate"]
    assert [name for name in APPLICATION if SERVICES[name]["environment"].get("DATABASE_ROLE") == "owner"] == [
        "migrate"
    ]


def test_each_lasting_service_says_how_it_is_and_comes_back():
    for name, service in SERVICES.items():
        if name == "migrate":
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]


def test_the_order_of_starting_waits_for_tables():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert SERVICES["proxy"]["depends_on"]["web"] == {"condition": "service_healthy"}


def test_every_volume_and_network_is_declared():
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), volume


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_commands_words_are_known_to_their_program(name):
    words = SERVICES[name]["command"]
    program, verb = words[0], words[words.index("--quiet") + 1]
    known = ""
    for arguments in ([], [verb]):
        known += subprocess.run(
            [sys.executable, "-m", program, *arguments, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    assert not [word for word in words if word.startswith("--") and word not in known]


def test_beat_and_worker_are_alone_in_what_they_do():
    assert "beat" not in SERVICES["worker"]["command"]
    assert "-B" not in SERVICES["worker"]["command"]
    assert SERVICES["beat"].get("deploy", {}).get("replicas", 1) == 1, "two beats only repeat each other"


@pytest.mark.parametrize("name", APPLICATION)
def test_the_application_is_well_configured_by_what_it_is_given(name):
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **filled_in(name))
    assert checked.returncode == 0, checked.stderr


def test_the_settings_read_the_addresses_that_compose_gives():
    code = (
        "from django.conf import settings as s; d = s.DATABASES['default'];"
        "print(d['HOST'], d['PORT'], d['USER'], d['NAME'], len(d['PASSWORD']), s.APP_ROLE)"
    )
    app = manage("shell", "--no-imports", "--command", code, **filled_in("web"))
    assert app.stdout.split() == ["postgres", "5432", "confederation_app", "confederation", "64", "confederation_app"]
    owner = manage("shell", "--no-imports", "--command", code, **filled_in("migrate"))
    assert owner.stdout.split()[2] == "confederation_owner"
    assert owner.stdout.split()[5] == "confederation_app"


# ---- the roles ----


def test_the_script_makes_roles_that_sign_in_and_can_do_no_more_than_the_embedded_ones(tmp_path_factory):
    var_dir = tmp_path_factory.mktemp("roles") / "var"
    services = embedded.Services(var_dir, redis=False, durable=False)
    try:
        services.start()
        with services.postgres.connect("postgres") as connection:
            rights = "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
            expected = connection.execute(f"{rights} WHERE rolname ~ 'confederation' ORDER BY 1").fetchall()
            connection.execute("DROP DATABASE confederation")
            connection.execute("DROP ROLE confederation_app, confederation_owner, confederation_urn")
        environment = {
            "PATH": f"{services.postgres.binaries}:{os.environ['PATH']}",
            "PGHOST": str(services.postgres.sockets),
            "APP_DATABASE_PASSWORD": "a quote ' and a \\ in it",
            "OWNER_DATABASE_PASSWORD": "0" * 64,
        }
        subprocess.run(["sh", ROOT / "deploy" / "roles.sh"], env=environment, check=True, capture_output=True)
        with services.postgres.connect("postgres") as connection:
            assert connection.execute(f"{rights} WHERE rolname ~ 'confederation' ORDER BY 1").fetchall() == expected
            stored = connection.execute("SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%'")
            assert stored.fetchone() == (2,)
        with services.postgres.connect("confederation_owner", "confederation") as connection:
            connection.execute("CREATE EXTENSION btree_gist")
            connection.execute("SET ROLE confederation_app")
        with (
            services.postgres.connect("confederation_app", "confederation") as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE mine (id int)")
    finally:
        services.stop()


# ---- the image ----


def test_the_image_runs_as_nobody_of_importance():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM")) :]
    assert "USER town" in last_stage
    assert last_stage.index("USER town") < next(i for i, line in enumerate(last_stage) if line.startswith("CMD"))
    assert not [line for line in last_stage if line.startswith("RUN apt-get") or "gettext" in line]


def test_the_image_holds_the_whole_application_and_nothing_private():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    admitted = {rule[1:] for rule in rules if rule.startswith("!")}
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(pyproject["tool"]["importlinter"]["root_packages"])
    assert packages <= admitted
    for name in admitted:
        assert (ROOT / name).exists() or name == "locale", name
        assert not [bad for bad in ("var", ".env", ".git", "tests", ".venv") if fnmatch.fnmatch(name, f"{bad}*")]
    for source in re.findall(r"^COPY (?!--from)(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        assert source == "." or source in admitted


def test_the_web_server_has_no_more_threads_than_connections():
    command = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    words = yaml.safe_load(command[1])
    known = subprocess.run([sys.executable, "-m", "granian", "--help"], capture_output=True, text=True, check=True)
    assert not [word for word in words if word.startswith("--") and word not in known.stdout]
    threads = int(words[words.index("--blocking-threads") + 1])
    code = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['pool']['max_size'])"
    pool = manage("shell", "--no-imports", "--command", code, **filled_in("web"))
    assert threads <= int(pool.stdout)


# ---- health ----


def healthy(*words: str, site: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "deploy/healthy.py", *words],
        cwd=ROOT, env={"SITE_ADDRESS": site, "PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_health_check_believes_the_health_page(live_server):
    assert healthy("database", live_server.url, site=live_server.url).returncode == 0
    assert healthy("redis", live_server.url, site=live_server.url).returncode == 0
    missing = healthy("no such part", live_server.url, site=live_server.url)
    assert (missing.returncode, missing.stderr) == (1, "")


def test_the_health_check_of_a_server_that_is_away_fails_with_a_line():
    away = healthy("database", "http://127.0.0.1:9", site="http://localhost")
    assert (away.returncode, away.stderr) == (1, "")
    assert away.stdout.startswith("no answer")


# ---- what is installed ----


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_every_package_is_pinned_by_hash_and_the_shorter_list_is_part_of_the_longer():
    for name in ("requirements.txt", "requirements-dev.txt"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text())
        packages = [entry for entry in entries if not entry.startswith("#") and entry.strip()]
        assert packages
        assert [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry] == []
    longer = set((ROOT / "requirements-dev.txt").read_text().split())
    assert set(re.findall(r"--hash=\S+", (ROOT / "requirements.txt").read_text())) <= longer
    assert pins("requirements.txt").keys() <= pins("requirements-dev.txt").keys()


def test_what_the_project_declares_is_what_is_pinned():
    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[<>=;! ]", requirement)[0].lower() for requirement in requirements}

    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert names(pyproject["project"]["dependencies"]) <= pins("requirements.txt").keys()
    assert names(pyproject["dependency-groups"]["dev"]) <= pins("requirements-dev.txt").keys()


@pytest.mark.parametrize("script", [".ci/run", "deploy/roles.sh"])
def test_the_scripts_are_sound_and_may_be_run(script):
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["sh", "-n", ROOT / script], check=True)


@pytest.mark.parametrize("target", ["setup", "run", "test", "test-deep", "check", "bench"])
def test_the_makefile_knows_its_targets(target):
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_no_tracked_file_names_a_package_index():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    telling = re.compile(r"(?:--|PIP_|UV_)(?:extra-)?index-url[= ]\s*\S+://|registry\s*=\s*https?://", re.IGNORECASE)
    for name in filter(None, listed.split("\0")):
        path = Path(ROOT / name)
        if path.suffix in {".txt", ".toml", ".cfg", ".yml", ".json", ".md", ""} and path.is_file():
            assert not telling.search(path.read_text(errors="replace")), name
