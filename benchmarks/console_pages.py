"""Home, live and people page with 10,000 people, each next to the same page with 1,000; and the scores of the API."""

import secrets
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine, insert, update

from assessment.domain.closed_sets import Confidentiality
from assessment.domain.questionnaire import Questionnaire
from assessment.services.auth import api_keys
from assessment.storage import database, tables
from benchmarks import large_survey
from benchmarks.large_survey import KEY, Costs, DatabaseCopies
from benchmarks.sample_database import ASSESSMENT, NOW, WORKSPACE
from benchmarks.write_path import Browser, ServerProcess, run_bare, run_product

PAGES = {
    "home": "/console",
    "live page": f"/console/assessments/{ASSESSMENT}/live",
    "people page": f"/console/assessments/{ASSESSMENT}/people",
}
SCORES_PATH = f"/api/v1/assessments/{ASSESSMENT}/scores"
VIEWS, API_VIEWS = 30, 500  # twice as many in a turn: a key may read 1,200 times at once


def measure_pages(copies: DatabaseCopies, questionnaire: Questionnaire, runs: int) -> list[Costs]:
    """Measure views of each page by turns; milliseconds of processor time, the page with fewer people first."""
    pages: list[Costs] = [{} for _ in PAGES]
    with ExitStack() as stack:
        servers = {
            people: stack.enter_context(run_product(_fill_open(copies, questionnaire, people)))
            for people in (large_survey.FEWER, large_survey.PEOPLE)
        }
        for turn in range(runs + 1):
            for costs, (name, path) in zip(pages, PAGES.items(), strict=True):
                for people, server in servers.items():
                    cost = large_survey.measure_views(server, path, VIEWS)
                    if turn:  # the first view counts
                        costs.setdefault(f"{name}, {people:,} people", []).append(cost)
    return pages


def measure_scores(copies: DatabaseCopies, questionnaire: Questionnaire, runs: int) -> Costs:
    """Measure the scores of a closed assessment: read whole, and unchanged (304), next to a ready page."""
    costs: Costs = {}
    secret = secrets.token_urlsafe(32)
    url = large_survey.fill_copy(copies.create(), questionnaire, large_survey.FEWER)
    large_survey.run_work(url, partial(large_survey.close_survey, Confidentiality.CONFIDENTIAL))
    keys: list[str] = []
    large_survey.run_work(url, lambda engine: keys.extend(_add_keys(engine, secret, runs + 1)))
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        bare = stack.enter_context(run_bare(f"sqlite:///{folder}/bare.sqlite3"))
        product = stack.enter_context(run_product(url, secret))
        for turn, key in enumerate(keys):
            headers = {"authorization": f"Bearer {key}"}
            etag = _read_etag(product, headers)
            measures: dict[str, tuple[ServerProcess, str, dict[str, str]]] = {
                "ready page of the bare application": (bare, "/page", {}),
                "scores, 200": (product, SCORES_PATH, headers),
                "scores, 304": (product, SCORES_PATH, headers | {"if-none-match": etag}),
            }
            for name, measure in measures.items():
                cost = _measure_reads(*measure)
                if turn:
                    costs.setdefault(name, []).append(cost)
    return costs


def _measure_reads(server: ServerProcess, path: str, headers: dict[str, str]) -> float:
    browser = Browser(server.port)
    before = server.read_cpu_seconds()
    for _ in range(API_VIEWS):
        browser.get_page(path, headers)
    browser.close()
    return (server.read_cpu_seconds() - before) / API_VIEWS * 1000


def _read_etag(server: ServerProcess, headers: dict[str, str]) -> str:
    """Read once: the first use of a key is recorded."""
    browser = Browser(server.port)
    browser.get_page(SCORES_PATH, headers)
    browser.close()
    return browser.etag


def _fill_open(copies: DatabaseCopies, questionnaire: Questionnaire, people: int) -> str:
    """Fill an open assessment with responses and as many invitations."""
    url = large_survey.fill_copy(copies.create(), questionnaire, people)
    large_survey.run_work(url, partial(_invite, questionnaire, people))
    large_survey.run_work(url, large_survey.add_session)
    return url


def _invite(questionnaire: Questionnaire, people: int, engine: Engine) -> None:
    shared: dict[str, Any] = {"workspace_id": WORKSPACE, "assessment_id": ASSESSMENT, "revision": 1}
    roles = [role.id for role in questionnaire.roles]
    function = questionnaire.functions[0].id
    rows = [
        {
            "id": f"i{number}",
            "position": number,
            "role": roles[number % len(roles)],
            "functions": function,
            "created_on": NOW.date(),
        }
        for number in range(people)
    ]
    with database.write_session(engine) as session:
        session.execute(insert(tables.invitation), [shared | row for row in rows])
        session.execute(update(tables.assessment).values(state="open", opened_on=NOW.date()))


def _add_keys(engine: Engine, secret: str, count: int) -> list[str]:
    now = datetime.now(UTC)
    with database.write_session(engine) as session:
        return [
            api_keys.add_key(session, KEY.workspace_id, "Benchmark", ["read:scores"], now, secret=secret).text
            for _ in range(count)
        ]
