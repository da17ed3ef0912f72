"""The roadmap: actions with owner, dates, status, baseline and goal, as reports print them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

import msgspec
from litestar import Request, Response, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assessment.api.http import etags, problem_places
from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.comments import ActionText, LineText, NoteText
from assessment.api.resources.wire import RequestStruct
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ActionStatus
from assessment.domain.report.actions import Action
from assessment.domain.report.comment_parts import NO_ACTION_EDIT, PartKind, name_part
from assessment.domain.report.details import ActionEdit
from assessment.domain.report.plan_problems import escape_pointer
from assessment.errors import NoResultsError, NotClosedError, NotFoundError
from assessment.i18n import get_translator
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.rendering import build_job_report
from assessment.services.results import comment_edits, consultant_comments
from assessment.services.results.comment_edits import PartEdit
from assessment.storage import database

TAG = "Comments"
REQUEST_EXAMPLE = {"owner": "Marta Reyes", "due": "2027-03-31", "status": "under-way"}
RESPONSE_EXAMPLE = {
    "revision": 2,
    "actions": [
        {
            "advice": "reply-in-a-day",
            "place": 1,
            "title": "Answer within a day",
            "computed_title": None,
            "owner": "Marta Reyes",
            "start": "2027-01-11",
            "due": "2027-03-31",
            "status": "under-way",
            "baseline": "40",
            "goal": "50 or more",
            "note": "",
            "starts_now": True,
        }
    ],
    "dropped": {"one-inbox": "Decided for 2028."},
}


class RoadmapActionOut(Struct, frozen=True):
    """An action as reports print it. `computed_title` is null unless the consultant reworded it."""

    advice: str
    place: int
    title: str
    computed_title: str | None
    owner: str
    start: date | None
    due: date | None
    status: ActionStatus | None
    baseline: str | None
    goal: str | None
    note: str
    starts_now: bool


class RoadmapOut(Struct, frozen=True):
    """All actions in their order. `revision` is that of the comments; `dropped` has the reasons by advice."""

    revision: int
    actions: tuple[RoadmapActionOut, ...]
    dropped: dict[str, str]


class ActionChange(RequestStruct, frozen=True):
    """Fields of an action to change; an empty text brings the computed value back, null the status."""

    field_descriptions: ClassVar[Mapping[str, str]] = ActionText.field_descriptions
    dependencies: ClassVar[Mapping[str, tuple[str, ...]]] = {"due": ("start",)}  # it is not before the start

    title: LineText | UnsetType = UNSET
    note: NoteText | UnsetType = UNSET
    owner: LineText | UnsetType = UNSET
    start: LineText | UnsetType = UNSET
    due: LineText | UnsetType = UNSET
    status: ActionStatus | UnsetType | None = UNSET
    baseline: LineText | UnsetType = UNSET
    goal: LineText | UnsetType = UNSET


def load_roadmap(session: Session, key: AssessmentKey) -> RoadmapOut:
    """Return the roadmap of the newest release, in the language of the assessment."""
    requested = report_requests.request_report(session, key)
    report = build_job_report(requested.questionnaire, requested.job)
    roadmap = report.roadmap
    return RoadmapOut(
        requested.comments.revision,
        tuple(_build_action_out(action, report.language) for action in (*roadmap.actions, *roadmap.further)),
        requested.comments.comments.dropped,
    )


def _build_action_out(action: Action, language: str) -> RoadmapActionOut:
    translator = get_translator(language)
    effect = action.effect
    return RoadmapActionOut(
        advice=action.id,
        place=action.place,
        title=action.title,
        computed_title=action.computed_title or None,
        owner=action.owner,
        start=action.start,
        due=action.until,
        status=action.status,
        baseline=None if effect is None else str(translator.format_value(effect.baseline)),
        goal=None if effect is None else str(translator.format_value(effect.wanted)),
        note=action.note,
        starts_now=action.starts_now,
    )


@get(
    "/assessments/{assessment:str}/roadmap",
    sync_to_thread=True,
    **build_route_options(
        "Read the roadmap",
        TAG,
        Operation(
            scope="read:reports",
            has_etag=True,
            error_statuses=(404, 409),
            problems=(NotClosedError, NoResultsError),
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def read_roadmap(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[RoadmapOut]:
    """The actions in the order of the report, with the consultant's changes, once the assessment is closed."""
    roadmap = load_roadmap(read_session, AssessmentKey(caller.workspace_id, assessment))
    return etags.respond_with_etag(request, etags.encode_json(roadmap))


@patch(
    "/assessments/{assessment:str}/roadmap/{advice:str}",
    sync_to_thread=True,
    dto=StructBody[ActionChange],
    **build_route_options(
        "Change an action",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(NotClosedError, NoResultsError),
            request_example=REQUEST_EXAMPLE,
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def change_action(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    advice: FromPath[str],
    data: JSONBody[ActionChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    render_pool: NamedDependency[RenderPool],
) -> Response[RoadmapOut]:
    """Change owner, dates, status, baseline, goal, words or comment of one action. The response is the whole roadmap.

    It adds a revision to the comments, as a save in the console does. `If-Match` is compared with the roadmap.
    """
    key = AssessmentKey(caller.workspace_id, assessment)

    def perform_request() -> RoadmapOut:
        before = load_roadmap(idempotent.session, key)
        if advice not in {action.advice for action in before.actions}:
            raise NotFoundError
        etags.require_match(request, etags.encode_json(before))
        own = consultant_comments.load_comments(idempotent.session, key)
        part = name_part(PartKind.ACTION, advice)
        edit = PartEdit(
            part=part,
            value=_apply_change(own.comments.actions.get(advice, NO_ACTION_EDIT), data),
            revision=own.revision,
            key_id=caller.key_id,
            saved_at=idempotent.now,
        )
        with problem_places.place_problems(problem_places.point_within(f"/actions/{escape_pointer(advice)}")):
            after = comment_edits.save_part(idempotent.session, key, edit, catalogue)
        if after.revision != own.revision:
            database.run_after_commit(idempotent.session, lambda _: render_pool.evict_reports(assessment))
        return load_roadmap(idempotent.session, key)

    response = idempotent.run_once(perform_request, status=200)
    response.headers["ETag"] = etags.compute_etag(response.content)
    return response


def _apply_change(before: ActionEdit, change: ActionChange) -> ActionEdit:
    changes = msgspec.structs.asdict(change)
    return msgspec.structs.replace(before, **{name: value for name, value in changes.items() if value is not UNSET})
