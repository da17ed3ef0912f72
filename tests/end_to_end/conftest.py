"""The program as people run it: set up by its own commands, served by its own server, on each database."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec import Struct
from playwright.sync_api import Browser, sync_playwright

from tests import containers

PROGRAM = Path(sys.executable).parent / "assessment"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SECRET = "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5"
EMAIL, PASSWORD = "alice@example.org", "seven purple ladders lean"


class Running(Struct, frozen=True):
    """A server that answers."""

    url: str
    api: httpx.Client
    environment: dict[str, str]


@pytest.fixture
def running(database_url: str, tmp_path: Path) -> Iterator[Running]:
    """Migrate, add a consultant and a key, serve."""
    port = containers.find_free_port()
    url = f"http://127.0.0.1:{port}"
    environment = containers.make_clean_environment(
        ASSESSMENT_DATA=str(tmp_path / "data"),
        ASSESSMENT_DATABASE_URL=database_url,
        ASSESSMENT_PUBLIC_URL=url,
        ASSESSMENT_SECRET=SECRET,
    )

    def command(*arguments: str, given: str = "") -> str:
        said = subprocess.run(
            [PROGRAM, *arguments], env=environment, input=given, capture_output=True, text=True, check=True
        )
        return said.stdout.strip()

    command("migrate")
    command("user", "add", EMAIL, "--admin", given=PASSWORD)
    scopes = ("read:assessments", "write:assessments", "read:scores", "read:reports")
    key = command("key", "add", "--name", "test", *(part for scope in scopes for part in ("--scope", scope)))
    serve = [str(PROGRAM), "serve", "--port", str(port)]
    api = httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=60)
    with containers.run_server(serve, f"{url}/readyz", tmp_path, environment), api:
        yield Running(url, api, environment)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()
