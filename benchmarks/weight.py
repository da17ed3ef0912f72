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
from assessment.library import Library, shipped
from assessment.services import assessing, inviting, organising, users
from assessment.services.assessing import NewAssessment
from assessment.services.guests import Guest
from assessment.settings import Settings
from assessment.storage import database, schema

INSTRUMENT = "social-media-integration"
URL = "http://127.0.0.1:8000"
FILES = re.compile(r'(?:href|src)="(/static/[^"]+)"')
LIMIT = 30 * 1024


class Weight(Struct, frozen=True):
    """Bytes of one page and of its files, and the number of files with the page itself."""

    page: str
    own: int
    files: int
    count: int


async def measure(folder: Path) -> list[Weight]:
    """Walk through a survey and measure each kind of page, as loaded by a first visit."""
    now = datetime.now(UTC)
    database_url = f"sqlite:///{folder / 'weight.sqlite3'}"
    settings = Settings(data=folder, database_url=database_url, public_url=URL, secret=secrets.token_urlsafe(32))
    engine = database.connect(settings.database_url)
    schema.migrate(engine, now)
    with database.writing(engine) as session:
        token = _invited(session, now)
    async with _browser(settings) as client:
        weights = [await _weigh(client, "start", f"/s/{token}")]
        await client.post(f"/s/{token}")
        section = (await client.get("/survey")).headers["location"]
        weights.append(await _weigh(client, "section", section))
        weights.append(await _weigh(client, "check", "/survey/check"))
    engine.dispose()
    return weights


def _invited(session: Session, now: datetime) -> str:
    library = Library([shipped()])
    workspace = users.workspace_of(session, "Weight", now)
    client = organising.create(session, workspace, "Harbour & Reed", now).id
    new = NewAssessment(organisation=client, questionnaire=INSTRUMENT, title="Social media", asker="Anna Berg")
    made = assessing.create(session, workspace, new, library, now)
    assessing.open_assessment(session, workspace, made.id, library, now)
    functions = tuple(each.id for each in library.get(INSTRUMENT).functions)
    guests = [Guest(role="practitioner", functions=functions)]
    return inviting.invite(session, workspace, made.id, guests, library, now)[0].token


@asynccontextmanager
async def _browser(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    headers = {"Origin": URL, "Accept-Encoding": "gzip"}
    served: Any = app  # httpx and Litestar type the ASGI protocol differently
    transport = httpx.ASGITransport(served)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=URL, headers=headers) as client:
        yield client


async def _weigh(client: httpx.AsyncClient, name: str, path: str) -> Weight:
    page = await client.get(path)
    page.raise_for_status()
    files = sorted(set(FILES.findall(page.text)))
    sizes = [int((await client.get(file)).headers["content-length"]) for file in files]
    return Weight(name, len(gzip.compress(page.content)), sum(sizes), 1 + len(files))


def main() -> int:
    """Print a table; return 1 if the first page exceeds LIMIT."""
    with tempfile.TemporaryDirectory() as folder:
        weights = asyncio.run(measure(Path(folder)))
    print("| page | page itself | its files | together | files |")  # noqa: T201
    print("|---|--:|--:|--:|--:|")  # noqa: T201
    for each in weights:
        together = each.own + each.files
        print(f"| {each.page} | {each.own:,} | {each.files:,} | {together:,} | {each.count} |")  # noqa: T201
    return int(weights[0].own + weights[0].files > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
