"""Assessments: create, change, open, close, reopen."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.api import lists, tags
from assessment.api.bodies import Body
from assessment.api.lists import Cursor, Limit, Page
from assessment.api.once import Once
from assessment.api.operations import Operation, operation
from assessment.api.wire.assessments import AssessmentChange, AssessmentOut, NewAssessment, changes, new, shown
from assessment.library import Library
from assessment.services import assessing, closing, progress, reopening
from assessment.services.press import Press
from assessment.services.principals import KeyHolder
from assessment.settings import Settings
from assessment.storage import database, pages
from assessment.storage.assessments import Assessment
from assessment.storage.pages import Place

TAG = "Assessments"
SENT = {
    "organisation": "mf4gk3tbnjzxsyls",
    "questionnaire": "customer-care@1.0.0",
    "title": "Customer care 2026",
    "targets": {"care": 80},
    "closes_on": "2026-12-18",
}
GIVEN = {
    "id": "onswy3tfobsw64dm",
    "organisation": "mf4gk3tbnjzxsyls",
    "questionnaire": {"id": "customer-care", "version": "1.0.0", "digest": None},
    "title": "Customer care 2026",
    "asker": "",
    "language": "en",
    "state": "draft",
    "confidentiality": "confidential",
    "mode": "survey",
    "minimum_group": 5,
    "weights": {},
    "targets": {"care": 80},
    "contacts": {},
    "importance": {},
    "wave_of": None,
    "domains": ["northwind.example"],
    "closes_on": "2026-12-18",
    "closes_at": "2026-12-19T00:00:00Z",
    "opened_on": None,
    "closed_on": None,
    "share_results": False,
    "in_benchmarks": False,
    "created_at": "2026-11-02T09:30:00Z",
    "release": None,
    "held_back": [],
}


@get(
    "/assessments",
    sync_to_thread=True,
    **operation(
        "List assessments",
        TAG,
        Operation(
            scope="read:assessments",
            parameters=(*lists.PARAMETERS, "organisation"),
            tagged=True,
            gives={"data": [GIVEN], "next_cursor": None},
        ),
    ),
)
def list_assessments(
    request: Request[Any, Any, Any],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = lists.LIMIT_DEFAULT,
    organisation: Annotated[str, QueryParameter(max_length=100, description="Only those of this organisation.")] = "",
) -> Response[Page[AssessmentOut]]:
    """All assessments of your workspace, the newest first."""
    return tags.tagged(request, _listed(reading, caller, cursor, limit, organisation))


@post(
    "/assessments",
    sync_to_thread=True,
    dto=Body[NewAssessment],
    **operation(
        "Set up an assessment",
        TAG,
        Operation(scope="write:assessments", once=True, guarded=True, sends=SENT, gives=GIVEN),
    ),
)
def create_assessment(
    request: Request[Any, Any, Any],
    data: JSONBody[NewAssessment],
    once: NamedDependency[Once],
    caller: NamedDependency[KeyHolder],
    library: NamedDependency[Library],
    settings: NamedDependency[Settings],
) -> Response[AssessmentOut]:
    """Create a draft. `If-Match` is compared with the first page of the list."""

    def work() -> AssessmentOut:
        tags.unchanged(request, _listed(once.session, caller, "", lists.LIMIT_DEFAULT, ""))
        least = settings.minimum_group
        made = assessing.create(once.session, caller.workspace_id, new(data), library, once.now, least_group=least)
        return shown(made)

    return once.answer(work)


@get(
    "/assessments/{assessment:str}",
    sync_to_thread=True,
    **operation("Read an assessment", TAG, Operation(scope="read:assessments", tagged=True, fails=(404,), gives=GIVEN)),
)
def read_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[AssessmentOut]:
    """One assessment with its settings and state."""
    found = assessing.get(reading, caller.workspace_id, assessment)
    return tags.tagged(request, tags.encoded(shown(found)))


@patch(
    "/assessments/{assessment:str}",
    sync_to_thread=True,
    dto=Body[AssessmentChange],
    **operation(
        "Change an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            guarded=True,
            fails=(404, 409),
            sends={"targets": {"care": 80}},
            gives=GIVEN,
        ),
    ),
)
def change_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[AssessmentChange],
    writing: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    library: NamedDependency[Library],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[AssessmentOut]:
    """Change settings. What the start page promises locks at the opening, the rest at the close (409, `#locked`).

    At the opening: organisation, asker, questionnaire, mode, confidentiality, minimum group, `share_results`, `domains`
    and `wave_of`. `in_benchmarks` never locks. What the close has locked stays locked in a reopened assessment, except
    title, language and closing date.
    """
    held = seen(request, writing, caller, assessment)
    changed = assessing.change(
        writing,
        caller.workspace_id,
        assessment,
        changes(data),
        library,
        now=now,
        revision=held.revision,
        least_group=settings.minimum_group,
    )
    return tags.given(shown(changed))


@post(
    "/assessments/{assessment:str}/open",
    status_code=200,
    sync_to_thread=True,
    **operation(
        "Open an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            once=True,
            guarded=True,
            fails=(404, 409),
            gives=GIVEN | {"state": "open", "opened_on": "2026-11-02"},
        ),
    ),
)
def open_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    once: NamedDependency[Once],
    caller: NamedDependency[KeyHolder],
    library: NamedDependency[Library],
) -> Response[AssessmentOut]:
    """Open it for answers. The error names everything that is still missing.

    A closed assessment is reopened, unless it is anonymous: its published result stays current until a later close
    publishes a new one.
    """

    def work() -> AssessmentOut:
        held = seen(request, once.session, caller, assessment)
        workspace = caller.workspace_id
        if held.state == "closed":
            return shown(reopening.reopen(once.session, workspace, assessment, once.now, held.revision))
        opened = assessing.open_assessment(once.session, workspace, assessment, library, once.now, held.revision)
        return shown(opened)

    return once.answer(work, status=200)


@post(
    "/assessments/{assessment:str}/close",
    status_code=200,
    sync_to_thread=True,
    **operation(
        "Close an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            once=True,
            guarded=True,
            fails=(404, 409),
            parameters=("without_results",),
            gives=GIVEN | {"state": "closed", "opened_on": "2026-11-02", "closed_on": "2026-12-18", "release": 1},
        ),
    ),
)
def close_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    once: NamedDependency[Once],
    caller: NamedDependency[KeyHolder],
    press: NamedDependency[Press],
    engine: NamedDependency[Engine],
    without_results: Annotated[  # noqa: FBT002  # a query parameter, always named
        bool, QueryParameter(description="Close also where no figure would be shown: then there are no results.")
    ] = False,
) -> Response[AssessmentOut]:
    """End answering and publish the result, which never changes.

    Where, by the last hourly count, too few people have sent answers for any figure, this is refused (409,
    `#nothing-to-show`) unless `without_results` is true. Where too few answers count, the assessment ends without a
    release. At `closes_at` the server closes by itself, either way.

    Closing a reopened assessment publishes a further result under the next number, which is returned from then on,
    unless it would reveal what few people answered: then the earlier one stays current, and `held_back` names the
    figures.
    """
    # In a transaction of its own: a refused close must not roll back the hourly count.
    progress.refresh(engine, caller.workspace_id, [assessment], once.now)

    def work() -> AssessmentOut:
        held = seen(request, once.session, caller, assessment)
        closing.close(
            once.session,
            caller.workspace_id,
            assessment,
            once.now,
            held.revision,
            without_results=without_results,
        )
        database.after_commit(once.session, lambda _: press.outdate(assessment))
        return shown(assessing.get(once.session, caller.workspace_id, assessment))

    return once.answer(work, status=200)


def seen(request: Request[Any, Any, Any], session: Session, caller: KeyHolder, assessment: str) -> Assessment:
    """Load an assessment and check `If-Match` against its current content.

    Raises `ChangedError` (412) if it differs from what the client has seen.
    """
    held = assessing.get(session, caller.workspace_id, assessment)
    tags.unchanged(request, tags.encoded(shown(held)))
    return held


def _listed(session: Session, caller: KeyHolder, cursor: str, limit: int, organisation: str) -> bytes:
    def find(place: Place) -> pages.Page[Assessment]:
        return assessing.list_assessments(session, caller.workspace_id, place, organisation or None)

    return tags.encoded(lists.found(find, shown, cursor, limit))
