"""Responses: import from CSV, and export where they are attributable."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.api import tags
from assessment.api.assessments import seen
from assessment.api.bodies import CSV, CSV_MOST, Sheet
from assessment.api.once import Once, respond
from assessment.api.operations import Operation, operation
from assessment.services import exporting, importing
from assessment.services.importing import TakenIn
from assessment.services.principals import KeyHolder
from assessment.storage import database

SENT = "respondent,role,functions,seconds,CC-1,CC-2\nr-1,colleague,care,312,3,dk\nr-2,manager,care,,2,4\n"


@post(
    "/assessments/{assessment:str}/responses",
    sync_to_thread=True,
    dto=Sheet,
    request_max_body_size=CSV_MOST,
    **operation(
        "Take in responses",
        "Responses",
        Operation(
            scope="write:assessments",
            once=True,
            guarded=True,
            fails=(404, 409),
            sends=SENT,
            bounds={"minLength": 1},
            gives={"responses": 2},
        ),
    ),
)
def take_in_responses(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: Annotated[str, BodyKwarg(media_type=CSV)],
    once: NamedDependency[Once],
    engine: NamedDependency[Engine],
    caller: NamedDependency[KeyHolder],
) -> Response[TakenIn]:
    """Import a CSV as a whole, or nothing of it: then `errors` names every line and column that is wrong.

    Only while the assessment is open, and only where nobody was invited or answers are attributable. `If-Match` is
    compared with the assessment.
    """
    with database.reading(engine) as reading:
        if (before := once.given_before(reading)) is not None:
            return respond(before, replayed=True)
        seen(request, reading, caller, assessment)
        read = importing.prepare(reading, caller.workspace_id, assessment, data, once.now)
    with importing.staged(engine, read, once.now) as incoming:

        def work() -> TakenIn:
            seen(request, once.session, caller, assessment)
            return importing.count_in(once.session, incoming, once.now)

        return once.answer(work)


@get(
    "/assessments/{assessment:str}/responses.csv",
    sync_to_thread=True,
    media_type="text/csv",
    **operation(
        "Export raw answers",
        "Responses",
        Operation(scope="read:scores", media_type="text/csv", tagged=True, fails=(404, 409)),
    ),
)
def export_responses(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    writing: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Every response that counts, as CSV, once an attributable assessment is closed; careless ones are left out.

    Each export is recorded in the audit log. Otherwise 409: `#not-attributable` where answers are confidential or
    anonymous, `#not-closed` before the close.
    """
    content = exporting.export_responses(writing, caller.workspace_id, assessment, now)
    answer = tags.tagged(request, content.encode(), exporting.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="responses-{assessment}.csv"'
    return answer
