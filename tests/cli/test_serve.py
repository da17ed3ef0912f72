"""`assessment serve`: says what hinders it, and ends in peace."""

import os
import re
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


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "x" * 70])
def test_host_that_is_no_address_of_this_machine_is_reported_with_those_to_use(run, host):
    run("migrate")

    said = run("serve", "--host", host, "--port", containers.find_free_port())

    assert said.exit_code == 1
    assert f"--host: This machine has no address “{host}”. Use 127.0.0.1" in said.stderr
    assert "or 0.0.0.0 for all of its networks." in said.stderr


def test_address_of_metrics_that_is_not_of_this_machine_is_reported_by_its_setting(run, monkeypatch):
    run("migrate")
    monkeypatch.setenv("ASSESSMENT_METRICS_ADDRESS", "192.0.2.1:9100")

    said = run("serve", "--port", containers.find_free_port())

    assert said.exit_code == 1
    assert "ASSESSMENT_METRICS_ADDRESS: This machine has no address" in said.stderr


@pytest.mark.slow
def test_two_workers_serve_metrics_and_stop_on_signal(run, data, tmp_path):
    run("migrate")
    port, metrics_port = containers.find_free_port(), containers.find_free_port()
    command = [PROGRAM, "serve", "--port", str(port), "--workers", "2"]
    environment = {**os.environ, "ASSESSMENT_METRICS_ADDRESS": str(metrics_port)}

    with containers.run_server(command, f"http://127.0.0.1:{port}/readyz", tmp_path, environment) as process:
        pages = [httpx.get(f"http://127.0.0.1:{port}/console/sign-in") for _ in range(20)]
        link = httpx.get(f"http://127.0.0.1:{port}/s/canary-token")
        public = httpx.get(f"http://127.0.0.1:{port}/metrics")
        metrics = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics").text
        process.send_signal(signal.SIGTERM)
        ended = process.wait(30)

    assert {page.status_code for page in pages} == {200}
    assert ended in (0, -signal.SIGTERM)
    assert "server" not in pages[0].headers
    # Both processes are counted, each request once, whichever process answers.
    assert 'assessment_requests_total{method="GET",route="/console/sign-in",status="200"} 20.0' in metrics
    assert 'assessment_part_ok{part="writes"} 1.0' in metrics
    assert 'route="/s/{token}"' in metrics
    assert (link.status_code, public.status_code) == (404, 404)
    assert "canary" not in metrics
    assert set(re.findall(r"(\w+)=\"", metrics)) == {"method", "route", "status", "part", "le"}


def test_metrics_port_in_use_is_reported(run, monkeypatch):
    run("migrate")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        monkeypatch.setenv("ASSESSMENT_METRICS_ADDRESS", str(busy.getsockname()[1]))

        said = run("serve", "--port", containers.find_free_port())

    assert said.exit_code == 1
    assert "is taken" in said.stderr


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
