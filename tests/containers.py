"""Reads the Dockerfile and compose.yaml, and runs their commands outside of a container, in a scratch folder."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
INHERITED = ("HOME", "LANG", "PATH", "SSL_CERT_FILE", "TMPDIR", "XDG_CACHE_HOME", "no_proxy")
INHERITED_LIKE = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
START_SECONDS = 60
STOP_SECONDS = 15


class DockerfileStep(NamedTuple):
    """One instruction of a Dockerfile."""

    keyword: str
    rest: str

    @property
    def words(self) -> list[str]:
        """The arguments, of the JSON form or of the plain one, without options."""
        plain = re.sub(r"^(--\S+\s+)+", "", self.rest)
        words: list[str] = json.loads(plain) if plain.startswith("[") else shlex.split(plain)
        return words


def read_stages(path: Path = ROOT / "Dockerfile") -> list[list[DockerfileStep]]:
    """The steps of each stage, its FROM first."""
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    found: list[list[DockerfileStep]] = []
    for line in filter(str.strip, text.splitlines()):
        step = DockerfileStep(*line.split(maxsplit=1))
        if step.keyword == "ARG" and not found:  # a default that compose.yaml may replace
            continue
        if step.keyword == "FROM":
            found.append([])
        found[-1].append(step)
    return found


def read_compose(path: Path = ROOT / "compose.yaml") -> dict[str, Any]:
    """The file as YAML sees it; variables are still to be filled in."""
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def read_shell_examples(path: Path = ROOT / "compose.yaml") -> str:
    """The commands that the opening comment tells a person to type."""
    return "\n".join(re.findall(r"^#   \$ (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE))


def fill_variables(text: str, environ: Mapping[str, str]) -> str:
    """Fill in `${NAME:-default}` and `${NAME:?words}` as compose does; the latter raises `KeyError` with the words."""

    def value(match: re.Match[str]) -> str:
        name, mark, otherwise = match.groups()
        if environ.get(name):
            return environ[name]
        if mark == "?":
            raise KeyError(f"{name}: {otherwise}")
        return otherwise

    return re.sub(r"\$\{(\w+):([-?])([^}]*)\}", value, text)


def make_clean_environment(**more: str) -> dict[str, str]:
    """Environment of a bare machine: the test's own environment must not help."""
    kept = {name: value for name, value in os.environ.items() if name in INHERITED or name.startswith(INHERITED_LIKE)}
    return kept | more


def build_stage(folder: Path) -> Path:
    """Do what the first stage of the Dockerfile does, in `folder`; return the environment it makes."""
    work = folder / "build"
    work.mkdir()
    places = {"TOOLS": str(folder / "tools"), "VENV": str(folder / "assessment")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # Python compiles what it imports; to compile all packages takes longer than to install them.
    environment = make_clean_environment(PATH=path, PIP_COMPILE="0", **places)
    for step in read_stages()[0]:
        if step.keyword == "COPY":
            _run_copy(step.words, work)
        elif step.keyword == "RUN":
            subprocess.run(["sh", "-c", step.rest], cwd=work, env=environment, check=True, stdin=subprocess.DEVNULL)
    return Path(places["VENV"])


def _run_copy(words: list[str], work: Path) -> None:
    *sources, target = words
    for source in sources:
        place = work / target / source if target.endswith("/") else work / target
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, place)


def find_free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run_server(
    command: list[str], url: str, cwd: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run a server until the block ends; it answers under `url` when the block begins."""
    with (cwd / "server.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log, text=True)
        try:
            _wait_for(url, process, log.name)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, process: "subprocess.Popen[str]", log: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{url} did not answer ({error}):\n{Path(log).read_text('utf-8')}") from error
        time.sleep(0.05)
