"""Computed findings of the report, with the consultant's changes to their words."""

from collections.abc import Mapping
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
from assessment.api.resources.comments import LineText, NoteText
from assessment.api.resources.wire import RequestStruct
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.comment_parts import PartKind, name_part
from assessment.domain.report.finding_edits import NO_FINDING_EDIT, StatedFinding
from assessment.domain.report.plan_problems import escape_pointer
from assessment.domain.report.sections.findings import MAX_FINDINGS
from assessment.errors import NoResultsError, NotClosedError, NotFoundError
from assessment.i18n import Translator, get_translator
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.rendering import build_job_report
from assessment.services.results import comment_edits, consultant_comments
from assessment.services.results.comment_edits import PartEdit
from assessment.storage import database

TAG = "Comments"
REQUEST_EXAMPLE = {"text": "Reviews need help first", "note": "Agreed in the workshop."}
RESPONSE_EXAMPLE = {
    "revision": 2,
    "findings": [
        {
            "id": "functions.trails",
            "place": 1,
            "text": "Reviews need help first",
            "computed_text": "Reviews is behind the other functions",
            "note": "Agreed in the workshop.",
            "on_answer_page": True,
        }
    ],
    "dropped": [{"id": "outlook.class", "computed_text": "Roles grow", "reason": "Too early to say."}],
}


class FindingOut(Struct, frozen=True):
    """A computed finding as reports print it; `text` differs from `computed_text` if the consultant reworded it."""

    id: str
    place: int
    text: str
    computed_text: str
    note: str
    on_answer_page: bool


class DroppedFindingOut(Struct, frozen=True):
    """A computed finding that the consultant left out; `computed_text` is null if it is no longer computed."""

    id: str
    computed_text: str | None
    reason: str


class FindingsOut(Struct, frozen=True):
    """Computed findings in the order of the report. `revision` is that of the comments."""

    revision: int
    findings: tuple[FindingOut, ...]
    dropped: tuple[DroppedFindingOut, ...]


class FindingChange(RequestStruct, frozen=True):
    """Changes to a computed finding; an empty text brings the computed words back."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "text": "Its words in the report, which says that they are yours.",
        "note": "A comment on it.",
    }

    text: LineText | UnsetType = UNSET
    note: NoteText | UnsetType = UNSET


def load_findings(session: Session, key: AssessmentKey) -> FindingsOut:
    """Return the computed findings of the newest release, in the language of the assessment."""
    requested = report_requests.request_report(session, key)
    report = build_job_report(requested.questionnaire, requested.job)
    translator, answer = get_translator(report.language), report.answer
    computed = {finding.id: translator.render_message(finding.computed) for finding in answer.dropped}
    return FindingsOut(
        requested.comments.revision,
        tuple(_build_finding_out(finding, place, translator) for place, finding in enumerate(answer.stated, start=1)),
        tuple(
            DroppedFindingOut(name, computed.get(name), reason)
            for name, reason in requested.comments.comments.dropped_findings.items()
        ),
    )


def _build_finding_out(finding: StatedFinding, place: int, translator: Translator) -> FindingOut:
    computed = translator.render_message(finding.computed)
    return FindingOut(
        id=finding.id,
        place=place,
        text=finding.text or computed,
        computed_text=computed,
        note=finding.note,
        on_answer_page=place <= MAX_FINDINGS,
    )


@get(
    "/assessments/{assessment:str}/findings",
    sync_to_thread=True,
    **build_route_options(
        "Read the findings",
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
def read_findings(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[FindingsOut]:
    """The computed findings in the order of the report, with the consultant's changes, once the assessment is closed.

    The first three stand on the answer page with the action that follows from them, the others below. Change their
    order or leave some out with `finding_order` and `dropped_findings` of the comments.
    """
    findings = load_findings(read_session, AssessmentKey(caller.workspace_id, assessment))
    return etags.respond_with_etag(request, etags.encode_json(findings))


@patch(
    "/assessments/{assessment:str}/findings/{finding:str}",
    sync_to_thread=True,
    dto=StructBody[FindingChange],
    **build_route_options(
        "Change a finding",
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
def change_finding(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    finding: FromPath[str],
    data: JSONBody[FindingChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    render_pool: NamedDependency[RenderPool],
) -> Response[FindingsOut]:
    """Change words or comment of a computed finding. The response has all of them.

    It adds a revision to the comments, as a save in the console does. `If-Match` is compared with the findings.
    """
    key = AssessmentKey(caller.workspace_id, assessment)

    def perform_request() -> FindingsOut:
        before = load_findings(idempotent.session, key)
        if finding not in {one.id for one in before.findings}:
            raise NotFoundError
        etags.require_match(request, etags.encode_json(before))
        own = consultant_comments.load_comments(idempotent.session, key)
        stored = own.comments.finding_edits.get(finding, NO_FINDING_EDIT)
        changes = {name: getattr(data, name) for name in data.__struct_fields__}
        edit = PartEdit(
            part=name_part(PartKind.FINDING, finding),
            value=msgspec.structs.replace(
                stored, **{name: value for name, value in changes.items() if value is not UNSET}
            ),
            revision=own.revision,
            key_id=caller.key_id,
            saved_at=idempotent.now,
        )
        with problem_places.place_problems(problem_places.point_within(f"/finding_edits/{escape_pointer(finding)}")):
            after = comment_edits.save_part(idempotent.session, key, edit, catalogue)
        if after.revision != own.revision:
            database.run_after_commit(idempotent.session, lambda _: render_pool.evict_reports(assessment))
        return load_findings(idempotent.session, key)

    response = idempotent.run_once(perform_request, status=200)
    response.headers["ETag"] = etags.compute_etag(response.content)
    return response
