"""The quick start of docs/api.md, run as it stands there against a real server."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
PATIENCE = 60
STAND_IN = Path(__file__).parent / "stand_in"
CURLS = [pytest.param(STAND_IN, id="stand-in")]
if found := shutil.which("curl"):
    CURLS.append(pytest.param(Path(found).parent, id="curl"))


@pytest.fixture
def environment(tmp_path: Path, sqlite_url: str) -> dict[str, str]:
    """An installation of its own, and the program on the path."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),  # of a checkout that is not installed
        "URL": f"http://127.0.0.1:{port}",
        "ASSESSMENT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ASSESSMENT_DATA": str(tmp_path),
        "ASSESSMENT_DATABASE_URL": sqlite_url,
        "ASSESSMENT_SECRET": secrets.token_hex(32),
    }


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[str]:
    url = environment["URL"]
    for act, given in ((["migrate"], ""), (["user", "add", "alice@example.org"], "a long enough sentence\n")):
        subprocess.run(["assessment", *act], env=environment, check=True, capture_output=True, text=True, input=given)
    with subprocess.Popen(["assessment", "serve", "--port", url.rpartition(":")[2]], env=environment) as process:
        try:
            wait_for_server(f"{url}/readyz")
            yield url
        finally:
            process.terminate()


def wait_for_server(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("curl", CURLS)
def test_quick_start_commands_run_as_documented(environment, tmp_path, curl):
    environment["PATH"] = os.pathsep.join([str(curl), environment["PATH"]])
    script = "set -eu\n" + "\n".join(COMMANDS)

    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert said[:2] == ["social-media-integration", "open"]
    assert said[2].startswith(f"{environment['URL']}/s/")
    assert said[3] == "2"
    assert said.pop(5) == "3"  # to invite for the two answers that a figure needs, at 70%
    assert re.fullmatch("[a-z2-7]{24}", said[4])
    assert said[5:8] == ["8", "closed", "75.0"]
    assert said[8:10] == ["open", "2"]
    assert said.pop(10) == "customer-service"
    assert said[10:12] == ["1", "Anna Berg, Berg & Partner"]
    assert said[12:16] == ["open", "8", "closed", "1.0"]
    assert said[16:18] == ["True", "fewer than 10 organisations share their scores"]
    assert said[18] == said[19]
    assert said[20:] == ["Autumn", "/nmae", "Spring 2027"]
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
