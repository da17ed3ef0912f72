"""The floor of the write path: a bare Litestar application that serves a ready page and saves an answer durably.

python -m benchmarks.bare_survey sqlite:///FILE PORT
"""

import sqlite3
import sys
from typing import Annotated, Any

import psycopg
import uvicorn
from litestar import Litestar, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body

TABLE = "CREATE TABLE IF NOT EXISTS bare (response text, item text, value text, PRIMARY KEY (response, item))"
UPSERT = (
    "INSERT INTO bare VALUES ({0}, {0}, {0}) ON CONFLICT (response, item) DO UPDATE SET value = excluded.value"
    " RETURNING value"
)
PRAGMAS = (
    "busy_timeout = 15000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
)
PAGE = "<!doctype html><html lang=en><title>Survey</title>" + "<p>A question with five answers.</p>" * 400

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


def create_bare_app(url: str) -> Litestar:
    """Create the application; one connection, one commit per answer, synchronous=FULL on SQLite."""
    is_sqlite = url.startswith("sqlite")
    connection: Any = _connect_sqlite(url) if is_sqlite else psycopg.connect(_make_psycopg_url(url), autocommit=True)
    upsert = UPSERT.format("?" if is_sqlite else "%s")
    connection.execute(TABLE)

    @get("/page", sync_to_thread=False)
    def show_page() -> Response[str]:
        return Response(PAGE, media_type="text/html")

    @post("/answers/{item:str}", sync_to_thread=False, status_code=200)
    def save_answer(item: str, data: Form) -> Response[str]:
        saved = connection.execute(upsert, (data["response"], item, data["value"])).fetchone()[0]
        return Response(f"<span>Saved {saved}</span>", media_type="text/html")

    return Litestar([show_page, save_answer], openapi_config=None, logging_config=None)


def _connect_sqlite(url: str) -> Any:  # noqa: ANN401  # sqlite3's or psycopg's connection
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _make_psycopg_url(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:")


if __name__ == "__main__":
    uvicorn.run(create_bare_app(sys.argv[1]), port=int(sys.argv[2]), access_log=False, log_level="warning")
