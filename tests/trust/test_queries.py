"""The number of statements for a page does not depend on the number of people and assessments."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import event

from assessment import scheduled_work
from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.routing import build_survey_pages
from assessment.services.assessments import client_organisations
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.people.progress import load_progress
from assessment.services.webhooks.delivery_worker import WebhookWorker
from assessment.storage import database
from assessment.web.console.views import assessment_list
from tests.trust.conftest import SCOPES, Place
from tests.trust.test_access import Way, Who, ways
from tests.web import people
from tests.web.console.conftest import INSTRUMENT

FEW, MANY = 3, 30
RAW_ANSWERS = ("responses.csv", "responses.xlsx", "responses.sav", "answers/{kind}")
# Static files, what is only shown where it is shared or published, links that work once, a tag behind a link, a
# provider, a logo.
ELSEWHERE = {
    "/static/{digest}/{name}", "/survey/results", "/survey/problem", "/console/password/{token}",
    "/console/sign-in/oidc", "/console/sign-in/oidc/return", "/console/workspace/logo",
    "/r/{token}", "/r/{token}/{audience}/{file_format}", "/s/{token}/{tail}",
    "/console/assessments/{assessment_id}/reports/{report_id}/file",
    "/api/v1/assessments/{assessment}/charts/{name}/png",
    "/api/v1/assessments/{assessment}/charts/{name}/svg",
    "/api/v1/assessments/{assessment}/reports/{report}",
    "/api/v1/assessments/{assessment}/reports/{report}/file",
    "/api/v1/assessments/{assessment}/reports/{report}/links",
    "/api/v1/assessments/{assessment}/reports/{report}/links/{link}",
    "/console/assessments/{assessment_id}/charts/{name}/{ending}",
}  # fmt: skip
ROLE, FUNCTION = "practitioner", "marketing"
Cost = dict[str, int]


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """The statements are the same on both."""
    return migrated_sqlite_url


@pytest.fixture(autouse=True)
def _no_scheduled_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the server's own work every 20 seconds: it would count for the page of that moment."""
    for name in ("close_due_or_log", "count_open_or_log", "delete_old_tries_or_log"):
        monkeypatch.setattr(scheduled_work, name, lambda *_: None)

    async def wait_for_stop(_worker: object, stopping: asyncio.Event) -> None:
        await stopping.wait()

    for worker in (OutboxWorker, WebhookWorker, BulkWorker):
        monkeypatch.setattr(worker, "run", wait_for_stop)


@pytest.fixture
def asked(app: Litestar) -> Iterator[list[str]]:
    """Every statement that is sent to the database."""
    statements: list[str] = []
    engine = app.state.engine

    def note(_connection, _cursor, statement, *_) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def fill(place: Place, count: int) -> str:
    """Let so many be invited, answer and be clients, and a third as many assessments wait, be open, be closed.

    Return the newest of those that are closed: it follows upon the first.
    """
    newest = ""
    links = [each.token for each in place.invite(place.open, "practitioner", count)]
    for link in links:
        place.enter(link)
    with database.write_session(place.engine) as session:
        for number in range(count):
            client_organisations.create_organisation(
                session, place.home, f"Client {place.open} {count} {number}", people.NOW
            )
    for number in range(count // FEW):
        place.assessment(f"Draft {count} {number}")
        place.opened(f"Open {count} {number}")
        newest = place.opened(f"Closed {count} {number}", wave_of=place.closed)
        place.close(newest)
    return newest


def principals(place: Place) -> dict[str, Who]:
    everything = Who("key", bearer=place.key(place.home, *SCOPES), scopes=frozenset(SCOPES))
    return {
        "public": Who("anybody"),
        "consultant": Who("owner", place.session_of("alice"), "console"),
        "respondent": Who("respondent", place.enter(place.links[0]), "respondent"),
        "key": everything,
    }


async def costs(place: Place, app: Litestar, client: httpx.AsyncClient, asked: list[str], newest: str) -> Cost:
    """Statements of everything that can be looked at, by path; the first look, that may learn something, counts not."""
    who, found = principals(place), {}
    for way in ways(app):
        if way.method != "GET":
            continue
        for state, held in (("open", place.open), ("closed", newest)):
            path = path_of(way, place, held)
            for _ in range(2):
                asked.clear()
                answer = await client.get(path, headers=who[way.policy.name].headers(way))
                client.cookies.clear()
            if answer.status_code in (200, 303):
                found[f"{way.path} {state}"] = len(asked)
    return found


def path_of(way: Way, place: Place, held: str) -> str:
    if way.path.endswith(RAW_ANSWERS):  # there are none of answers given in confidence
        held = place.attributable
    if way.path.endswith("/delete"):
        held = place.draft
    if "{job_id}" in way.path:
        held = place.importing
    ids = {"assessment": held, "assessment_id": held, "invitation": place.invitation, "invitation_id": place.invitation}
    ids |= {"user_id": place.ids["bob"], "key_id": place.key_id, "job": place.job_id, "job_id": place.import_id}
    ids |= dict.fromkeys(("organisation", "organisation_id"), place.organisation)
    ids |= dict.fromkeys(("webhook", "webhook_id"), place.webhook_id)
    if "{questionnaire_id}" in way.path:
        ids |= {"questionnaire_id": place.upload.id, "version": place.upload.version}
    section = build_survey_pages(place.catalogue.get(INSTRUMENT), ROLE, (FUNCTION,))[0][0].id
    kind = "invitation" if "/mails/" in way.path else "xlsx"
    path = way.to(**ids, token=place.links[0], kind=kind, role=ROLE, functions=FUNCTION, section=section)
    return f"{path}?with={place.closed}" if path.endswith("comparison") else path


def growing(few: Cost, many: Cost) -> dict[str, tuple[int, int]]:
    return {path: (few[path], many[path]) for path in few.keys() & many.keys() if many[path] > few[path]}


@pytest.mark.slow
async def test_query_count_of_pages_is_independent_of_the_amount_of_data(
    place: Place, app: Litestar, client: httpx.AsyncClient, asked: list[str]
):
    few = await costs(place, app, client, asked, fill(place, FEW))

    many = await costs(place, app, client, asked, fill(place, MANY))

    print(many)  # noqa: T201
    looked_at = {way.path for way in ways(app) if way.method == "GET"} - ELSEWHERE
    assert {path.rpartition(" ")[0] for path in many} == looked_at
    assert few.keys() == many.keys()
    assert growing(few, many) == {}


async def test_mutant_with_a_query_per_row_is_caught(
    place: Place, app: Litestar, client: httpx.AsyncClient, asked: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(assessment_list, "load_totals", one_by_one)

    few = await costs(place, app, client, asked, fill(place, FEW))
    many = await costs(place, app, client, asked, fill(place, 2 * FEW))

    assert growing(few, many).keys() == {
        *("/console open", "/console closed"),
        *("/console/clients/{organisation_id} open", "/console/clients/{organisation_id} closed"),
    }


def one_by_one(session, workspace, ids):
    return {id_: load_progress(session, AssessmentKey(workspace, id_)).total for id_ in ids}
