"""Results: progress of an open assessment, scores and report of a closed one."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.api import tags
from assessment.api.operations import Operation, operation
from assessment.api.problems import Misplaced, RefusedError
from assessment.domain.result import Result
from assessment.errors import InvalidError
from assessment.services import progress, releasing, reporting, tabulating
from assessment.services.press import Press
from assessment.services.principals import KeyHolder
from assessment.services.progress import Progress

TAG = "Results"
PDF = "application/pdf"
COUNTS = {"invited": 60, "started": 48, "sent": 41}


@get(
    "/assessments/{assessment:str}/progress",
    sync_to_thread=True,
    **operation(
        "Read the progress",
        TAG,
        Operation(
            scope="read:assessments",
            tagged=True,
            fails=(404,),
            gives={
                "counted_at": "2026-11-02T09:30:00Z",
                "total": COUNTS,
                "by_role": {"colleague": COUNTS},
                "by_function": {"care": COUNTS},
            },
        ),
    ),
)
def read_progress(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Progress]:
    """How many were invited, have begun and have sent: by role and by function, never by role within a function.

    Counted once an hour, at `counted_at`. `invited` includes revoked invitations. `started` counts browsers, so someone
    who starts again in a second one counts twice.
    """
    progress.refresh(engine, caller.workspace_id, [assessment], now)
    found = progress.progress(reading, caller.workspace_id, assessment)
    return tags.tagged(request, tags.encoded(found))


@get(
    "/assessments/{assessment:str}/scores",
    sync_to_thread=True,
    **operation("Read the scores", TAG, Operation(scope="read:scores", tagged=True, fails=(404, 409))),
)
def read_scores(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[Result]:
    """The published result, once the assessment is closed: the same bytes for every reader, for good.

    Null means not valid or hidden; `suppressed` gives the reason, path by path. Every `score` runs from 0 to 100, so
    does its `interval` (95 %), and gaps and spreads are points of it; `maturity` runs from 1 to 5; `coverage` and
    `share_high` from 0 to 1; `agreement` is 1 where all answer alike. `n` counts the answers behind a figure, `dk`
    those who don't know. `questionnaire`, `engine` and `computed_at` say what it was computed with, and when.
    """
    found = releasing.release(reading, caller.workspace_id, assessment)
    return tags.tagged(request, found.content)


@get(
    "/assessments/{assessment:str}/report.pdf",
    sync_to_thread=True,
    media_type=PDF,
    **operation(
        "Download the report",
        TAG,
        Operation(
            scope="read:reports",
            parameters=("audience", "language"),
            media_type=PDF,
            tagged=True,
            fails=(404, 409, 503),
        ),
    ),
)
def read_report(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    press: NamedDependency[Press],
    audience: Annotated[
        str | None,
        QueryParameter(
            max_length=80,
            description="`full` (also the default), `board`, `respondents`, or `function:` and a function's id.",
        ),
    ] = None,
    language: Annotated[
        str | None, QueryParameter(max_length=35, description="The assessment's own where absent.")
    ] = None,
) -> Response[bytes]:
    """The report as PDF, once the assessment is closed. The same figures as the scores, to the digit."""
    try:
        asked = reporting.ask(reading, caller.workspace_id, assessment, audience, language)
    except InvalidError as error:
        places = (Misplaced("parameter", each.column, f"{each.message} {each.remedy}") for each in error.problems)
        raise RefusedError(*places) from error
    reading.close()  # rendering takes seconds: return the connection to the pool first
    answer = tags.tagged(request, press.print(asked.questionnaire, asked.order, assessment), PDF)
    answer.headers["Content-Disposition"] = f'attachment; filename="{asked.filename(assessment)}"'
    return answer


@get(
    "/assessments/{assessment:str}/export",
    sync_to_thread=True,
    media_type="text/csv",
    **operation(
        "Export the figures",
        TAG,
        Operation(
            scope="read:scores",
            parameters=("format",),
            media_type="text/csv",
            tagged=True,
            fails=(404, 409),
        ),
    ),
)
def read_export(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    kind: Annotated[
        str, QueryParameter(name="format", max_length=8, description="`csv` (also the default), `xlsx` or `json`.")
    ] = tabulating.CSV,
) -> Response[bytes]:
    """Every released figure in a row of its own, with the reason where it is hidden. No cell is a formula."""
    try:
        content = tabulating.export(reading, caller.workspace_id, assessment, kind)
    except InvalidError as error:
        places = (Misplaced("parameter", each.column, f"{each.message} {each.remedy}") for each in error.problems)
        raise RefusedError(*places) from error
    answer = tags.tagged(request, content, tabulating.MEDIA_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="figures-{assessment}.{kind}"'
    return answer
