"""Schemathesis asks a running server for what the description of the API allows, and for what it does not.

All checks, on both databases, with ids that exist: of an open assessment and of a closed one. `make soak` asks longer,
with every boundary value (`coverage`) and for reports, on PostgreSQL: it refuses more values than SQLite does.
"""

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
import uvicorn

from assessment.api.http.rate_limit import ApiRateLimiter
from assessment.app import create_app
from assessment.services.auth import api_keys, users
from assessment.settings import Settings
from assessment.storage import database
from tests.api import api_steps
from tests.api.conftest import NOON, SECRET, Clock
from tests.api.test_workspace_questionnaires import FILES
from tests.containers import find_free_port

pytestmark = pytest.mark.slow

SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))
DESCRIPTION = Path(__file__).parents[2] / "docs" / "openapi.json"
PATIENCE_SECONDS = 60
LONG = (
    *("--phases", "examples,coverage,fuzzing", "-n", "25"),
    *("--generation-database", "none", "--request-timeout", "120"),
)
# The same requests each time, and no reports: rendering takes a second each.
SHORT = (
    *("--phases", "examples,fuzzing", "-n", "2", "--generation-deterministic"),
    *("--request-timeout", "120", "--exclude-path-regex", r"report\."),
)
NOT_RELEASED = dict.fromkeys(("report", "link", "finding", "advice", "chart"), "none")  # before the close
# Of what fits the description, the server may still refuse what contradicts stored data, with a reason.
# What does not fit it may be refused for another reason first: 412, if its If-Match names another state.
CONFIGURATION = """
[parameters]
assessment = "{assessment}"
invitation = "{invitation}"
organisation = "{organisation}"
key_id = "{key_id}"
user_id = "{user_id}"
job = "{job}"
webhook = "{webhook}"
delivery = "{delivery}"
report = "{report}"
link = "{link}"
finding = "{finding}"
advice = "{advice}"
name = "{chart}"

questionnaire = "{questionnaire}"
version = "{version}"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", 304, 401, 403, 404, 406, 409, 412, 422]

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429]
"""


@pytest.fixture
def server(settings: Settings, clock: Clock) -> Iterator[tuple[str, str]]:
    """A server with a key of every scope: its address, and the text of the key."""
    app = create_app(settings, clock)
    app.components.api_limiter = ApiRateLimiter(burst=10**7)
    with database.write_session(app.components.engine) as session:
        home = users.find_or_create_workspace(session, "alices", NOON)
        key = api_keys.add_key(session, home, "test", api_keys.SCOPES, NOON, secret=SECRET)
    running = uvicorn.Server(uvicorn.Config(app, port=find_free_port(), log_level="critical"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{running.config.port}", key.text
    finally:
        running.should_exit = True
        thread.join(PATIENCE_SECONDS)


@pytest.fixture
async def write_configuration(server: tuple[str, str], tmp_path: Path) -> Callable[..., object]:
    """Writes the configuration with the ids of objects that exist."""
    url, key = server

    async def write(state: str) -> Path:
        async with httpx.AsyncClient(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE_SECONDS
        ) as client:
            hook = {"url": "https://hooks.example.org/1", "events": ["assessment.opened"]}
            webhook = (await client.post("/webhooks", json=hook)).json()["id"]
            open_id = await api_steps.create_open_assessment(client, confidentiality="attributable")
            invitation = (await api_steps.invite_people(client, open_id))[0]["id"]
            assessment = open_id if state == "open" else await api_steps.create_closed_assessment(client)
            made = [
                await client.post("/keys", json={"name": "x", "scopes": ["read:scores"]}),
                await client.post("/users", json={"email": "dora@consult.example", "role": "viewer"}),
            ]
            organisation = await api_steps.create_organisation(client)
            deliveries = (await client.get(f"/webhooks/{webhook}/deliveries")).json()["data"]
            soon = {"Prefer": "respond-async"}
            invited = await client.post(f"/assessments/{open_id}/invitations", json=[api_steps.STAFF], headers=soon)
            draft = (await client.post("/questionnaires", json={"files": FILES})).json()
            shipped = {"id": api_steps.QUESTIONNAIRE, "version": "1.1.0"}
            released = await find_released_ids(client, assessment) if state == "closed" else NOT_RELEASED
        questionnaire = shipped if state == "closed" else draft  # only a draft can be published or deleted
        text = CONFIGURATION.format(
            assessment=assessment,
            invitation=invitation,
            organisation=organisation,
            key_id=made[0].json()["id"],
            user_id=made[1].json()["id"],
            job=invited.json()["id"],
            webhook=webhook,
            delivery=deliveries[0]["id"],
            questionnaire=questionnaire["id"],
            version=questionnaire["version"],
            **released,
        )
        (tmp_path / "schemathesis.toml").write_text(text, "utf-8")
        return tmp_path / "schemathesis.toml"

    return write


async def find_released_ids(client: httpx.AsyncClient, assessment: str) -> dict[str, str]:
    """Publish a report with a link; return the ids of what is there from the close on."""
    path = f"/assessments/{assessment}"
    report = (await client.post(f"{path}/reports", json={})).json()["id"]
    link = {"audiences": ["full"], "formats": ["pdf"], "expires_on": "2027-01-01"}
    return {
        "report": report,
        "link": (await client.post(f"{path}/reports/{report}/links", json=link)).json()["id"],
        "finding": (await client.get(f"{path}/findings")).json()["findings"][0]["id"],
        "advice": (await client.get(f"{path}/roadmap")).json()["actions"][0]["advice"],
        "chart": (await client.get(f"{path}/charts")).json()["data"][0]["name"],
    }


def test_every_parameter_of_a_path_has_an_id_that_exists():
    paths = msgspec.json.decode(DESCRIPTION.read_bytes())["paths"]
    names = {name for path in paths for name in re.findall(r"{(\w+)}", path)}

    assert names == set(tomllib.loads(CONFIGURATION)["parameters"])


@pytest.mark.parametrize("state", ["open", "closed"])
async def test_server_behaves_as_described(server, settings, write_configuration, state, tmp_path):
    url, key = server
    configuration = await write_configuration(state)
    checked = await asyncio.to_thread(
        subprocess.run,
        [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *("--config-file", str(configuration), "run", str(DESCRIPTION), "--url", url, "--checks", "all"),
            *("-H", f"Authorization: Bearer {key}", "--no-color", "--continue-on-failure"),
            *(LONG if SOAK and settings.database_url.startswith("postgresql") else SHORT),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout[-8000:] + checked.stderr[-2000:]
