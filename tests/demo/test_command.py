"""`assessment demo`: what it prints opens what it says, and a second run finds it all again."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests import containers

pytestmark = pytest.mark.slow

PROGRAM = str(Path(sys.executable).parent / "assessment")


@contextmanager
def serving(folder, *more):
    """Run the demo; give its line of JSON once it answers."""
    port = containers.find_free_port()
    command = [PROGRAM, "demo", "--json", "--port", str(port), "--data", str(folder), *more]
    # A real setting of the person who runs the demo: it must not touch that database.
    environment = containers.make_clean_environment(
        ASSESSMENT_DATABASE_URL="postgresql://somebody@nowhere.invalid/precious"
    )
    folder.parent.mkdir(exist_ok=True)
    with containers.run_server(command, f"http://127.0.0.1:{port}/readyz", folder.parent, environment):
        lines = (folder.parent / "server.log").read_text(encoding="utf-8").splitlines()
        yield json.loads(next(line for line in lines if line.startswith("{")))


def test_printed_links_and_credentials_open_the_demo(tmp_path):
    with serving(tmp_path / "demo") as said:
        key = {"Authorization": f"Bearer {said['api_key']}"}
        scores = httpx.get(f"{said['url']}/api/v1/assessments/{said['assessment']}/scores", headers=key)
        opened = httpx.get(f"{said['url']}/api/v1/assessments/{said['open_assessment']}", headers=key)
        starts = {role: httpx.get(link) for role, link in said["invitations"].items()}
        with httpx.Client(follow_redirects=True) as consultant:
            home = consultant.post(f"{said['url']}/console/sign-in", data=said["console"])

    assert scores.json()["overall"]["level"] is not None
    assert opened.json()["state"] == "open"
    assert {role: start.status_code for role, start in starts.items()} == dict.fromkeys(starts, 200)
    assert set(starts) == {"leader", "practitioner", "staff"}
    assert home.status_code == 200
    assert "Kestrel &amp; Rowe" in home.text
    assert Path(said["report"]).read_bytes().startswith(b"%PDF")


def test_second_run_reuses_the_demo_and_reset_replaces_it(tmp_path):
    def without_address(said):
        text = json.dumps(said).replace(said["url"], "")
        return json.loads(text)

    with serving(tmp_path / "demo") as first:
        pass
    with serving(tmp_path / "demo") as second:
        pass
    with serving(tmp_path / "demo", "--reset") as third:
        pass

    assert without_address(second) == without_address(first)
    assert third["api_key"] != first["api_key"]


def test_busy_port_is_reported_before_loading(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        command = [PROGRAM, "demo", "--port", port, "--data", str(tmp_path / "demo")]

        said = subprocess.run(
            command, env=containers.make_clean_environment(), capture_output=True, text=True, check=False
        )

    assert said.returncode == 1
    assert f"Port {port} is taken" in said.stderr
    assert not (tmp_path / "demo").exists()


def test_demo_listens_on_loopback_only(tmp_path):
    command = [PROGRAM, "demo", "--host", "0.0.0.0", "--data", str(tmp_path / "demo")]  # noqa: S104 - refused

    said = subprocess.run(command, env=containers.make_clean_environment(), capture_output=True, text=True, check=False)

    assert said.returncode == 1
    assert "on this machine only" in said.stderr
