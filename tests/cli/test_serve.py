"""`assessment serve`: says what hinders it, and ends in peace."""

import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from assessment.cli.commands import serve
from tests import containers

PROGRAM = str(Path(sys.executable).parent / "assessment")


def test_port_in_use_is_reported_with_another_one(run):
    run("migrate")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]

        said = run("serve", "--port", port)

    assert said.exit_code == 1
    assert f"Port {port} is taken" in said.stderr
    assert f"--port {port + 1}" in said.stderr


@pytest.mark.slow
def test_two_workers_serve_and_stop_on_signal(run, data, tmp_path):
    run("migrate")
    port = containers.find_free_port()
    command = [PROGRAM, "serve", "--port", str(port), "--workers", "2"]
    environment = containers.make_clean_environment(ASSESSMENT_DATA=str(data))

    with containers.run_server(command, f"http://127.0.0.1:{port}/readyz", tmp_path, environment) as process:
        page = httpx.get(f"http://127.0.0.1:{port}/console/sign-in")
        process.send_signal(signal.SIGTERM)
        ended = process.wait(30)

    assert page.status_code == 200
    assert ended in (0, -signal.SIGTERM)
    assert "server" not in page.headers


@pytest.mark.parametrize(("proxies", "reported"), [("0", True), ("1", False)])
def test_serve_behind_tls_without_proxy_setting_warns(run, monkeypatch, proxies, reported):
    run("migrate")
    monkeypatch.setenv("ASSESSMENT_PUBLIC_URL", "https://survey.example.org")
    monkeypatch.setenv("ASSESSMENT_PROXIES", proxies)
    monkeypatch.setattr(serve, "run_server", lambda *_arguments, **_options: None)

    said = run("serve", "--port", containers.find_free_port())

    assert ("ASSESSMENT_PROXIES: " in said.stderr) == reported


def test_serve_without_users_says_how_to_make_the_first_account(run, monkeypatch):
    run("migrate")
    monkeypatch.setattr(serve, "run_server", lambda *_arguments, **_options: None)

    first = run("serve", "--port", containers.find_free_port())
    run("user", "add", "alice@example.org", given="seven purple ladders lean")
    second = run("serve", "--port", containers.find_free_port())

    assert "assessment user add you@example.org --admin --workspace" in first.stderr
    assert "Nobody can sign in yet" not in second.stderr
