"""Benchmark of what a respondent's browser loads: each kind of page and its files, compressed.

python -m benchmarks.weight
"""

import asyncio
import gzip
import re
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.app import create_app
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup, client_organisations
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.auth import users
from assessment.services.people import people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.settings import Settings
from assessment.storage import database, schema

QUESTIONNAIRE = "social-media-integration"
SERVER_URL = "http://127.0.0.1:8000"
FILE_PATTERN = re.compile(r'(?:href|src)="(/static/[^"]+)"')
MAX_BYTES = 30 * 1024


class PageWeight(Struct, frozen=True):
    """Bytes of one page and of its files, and the number of files with the page itself."""

    page: str
    own: int
    files: int
    count: int


async def measure_pages(folder: Path) -> list[PageWeight]:
    """Walk through a survey and measure each kind of page, as loaded by a first visit."""
    now = datetime.now(UTC)
    database_url = f"sqlite:///{folder / 'weight.sqlite3'}"
    settings = Settings(data=folder, database_url=database_url, public_url=SERVER_URL, secret=secrets.token_urlsafe(32))
    engine = database.make_engine(settings.database_url)
    schema.migrate_schema(engine, now)
    with database.write_session(engine) as session:
        token = _create_invitation(session, now)
    async with _open_browser(settings) as client:
        weights = [await _measure_page(client, "start", f"/s/{token}")]
        await client.post(f"/s/{token}")
        section = (await client.get("/survey")).headers["location"]
        weights.append(await _measure_page(client, "section", section))
        weights.append(await _measure_page(client, "check", "/survey/check"))
    engine.dispose()
    return weights


def _create_invitation(session: Session, now: datetime) -> str:
    catalogue = QuestionnaireCatalogue([find_shipped_folder()])
    workspace = users.find_or_create_workspace(session, "Weight", now)
    client = client_organisations.create_organisation(session, workspace, "Harbour & Reed", now).id
    new = AssessmentInput(organisation=client, questionnaire=QUESTIONNAIRE, title="Social media", asker="Anna Berg")
    assessment = assessment_setup.create_assessment(session, workspace, new, catalogue, now)
    assessment_setup.open_assessment(session, assessment.key, catalogue, now)
    functions = tuple(function.id for function in catalogue.get(QUESTIONNAIRE).functions)
    guests = [Invitee(role="practitioner", functions=functions)]
    return people_invitations.invite_people(session, assessment.key, guests, catalogue, now)[0].token


@asynccontextmanager
async def _open_browser(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    headers = {"Origin": SERVER_URL, "Accept-Encoding": "gzip"}
    served: Any = app  # httpx and Litestar type the ASGI protocol differently
    transport = httpx.ASGITransport(served)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=SERVER_URL, headers=headers) as client:
        yield client


async def _measure_page(client: httpx.AsyncClient, name: str, path: str) -> PageWeight:
    page = await client.get(path)
    page.raise_for_status()
    files = sorted(set(FILE_PATTERN.findall(page.text)))
    sizes = [int((await client.get(file)).headers["content-length"]) for file in files]
    return PageWeight(name, len(gzip.compress(page.content)), sum(sizes), 1 + len(files))


def main() -> int:
    """Print a table; return 1 if the first page exceeds MAX_BYTES."""
    with tempfile.TemporaryDirectory() as folder:
        weights = asyncio.run(measure_pages(Path(folder)))
    print("| page | page itself | its files | together | files |")  # noqa: T201
    print("|---|--:|--:|--:|--:|")  # noqa: T201
    for weight in weights:
        together = weight.own + weight.files
        print(f"| {weight.page} | {weight.own:,} | {weight.files:,} | {together:,} | {weight.count} |")  # noqa: T201
    return int(weights[0].own + weights[0].files > MAX_BYTES)


if __name__ == "__main__":
    sys.exit(main())
