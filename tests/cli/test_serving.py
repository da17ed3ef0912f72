"""`assessment serve`: says what hinders it, and ends in peace."""

import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from tests import containers

PROGRAM = str(Path(sys.executable).parent / "assessment")


def test_a_busy_port_is_named_with_another_to_try(run):
    run("migrate")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]

        said = run("serve", "--port", port)

    assert said.exit_code == 1
    assert f"Port {port} is taken" in said.stderr
    assert f"--port {port + 1}" in said.stderr


@pytest.mark.slow
def test_two_workers_serve_and_end_when_told_to(run, data, tmp_path):
    run("migrate")
    port = containers.free_port()
    command = [PROGRAM, "serve", "--port", str(port), "--workers", "2"]
    environment = containers.clean_environment(ASSESSMENT_DATA=str(data))

    with containers.serving(command, f"http://127.0.0.1:{port}/readyz", tmp_path, environment) as process:
        page = httpx.get(f"http://127.0.0.1:{port}/console/sign-in")
        process.send_signal(signal.SIGTERM)
        ended = process.wait(30)

    assert page.status_code == 200
    assert ended in (0, -signal.SIGTERM)
    assert "server" not in page.headers
