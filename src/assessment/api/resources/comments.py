"""The consultant's comments in reports: texts, findings, moderated scores, a logo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec
from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, field
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire import RequestStruct
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ActionStatus
from assessment.domain.report.comments import (
    MAX_ENTRIES,
    MAX_REASON_LENGTH,
    MAX_TEXT_LENGTH,
    MAX_TITLE_LENGTH,
    Comments,
)
from assessment.domain.report.plan_problems import MAX_NOTE_LENGTH
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports.render_pool import RenderPool
from assessment.services.results import consultant_comments
from assessment.services.results.consultant_comments import ConsultantComments
from assessment.storage import database

TAG = "Comments"
MAX_BODY_BYTES = 4 * 1024 * 1024  # every text at its maximum length and a 1 MB logo in base64
REQUEST_EXAMPLE = {
    "author": "Anna Berg, Berg & Partner",
    "confidentiality": "For the board only",
    "start": "2027-01-11",
    "remarks": {"answer": "We walked two shifts."},
    "findings": [{"title": "Two tools do the same job", "text": "One inbox would do."}],
    "moderations": [{"figure": "functions.care", "moderated": 55, "reason": "The new rota came after the close."}],
    "actions": {"reply-in-a-day": {"owner": "Marta Reyes", "due": "2027-03-31", "status": "under-way"}},
    "order": ["reply-in-a-day"],
    "dropped": {"one-inbox": "Decided for 2028."},
    "finding_edits": {"functions.trails": {"text": "HR needs help first", "note": "Agreed in the workshop."}},
    "finding_order": ["functions.trails"],
    "dropped_findings": {"outlook.class": "Too early to say."},
}
RESPONSE_EXAMPLE = {
    "revision": 1,
    "saved_at": "2026-12-21T09:30:00Z",
    "saved_by": {"kind": "key", "name": "Reports of the week"},
    "release": 1,
    "comments": {"title": "", "wave": "", **REQUEST_EXAMPLE, "logo": None},
}


# Only described here: the service validates, so that one response names every fault in the words used for files.
LineText: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TITLE_LENGTH})]
BodyText: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TEXT_LENGTH})]
ReasonText: TypeAlias = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_REASON_LENGTH})]
NoteText: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_NOTE_LENGTH})]
ScorePoints: TypeAlias = Annotated[float, Meta(extra_json_schema={"minimum": 0, "maximum": 100})]


class FindingText(RequestStruct, frozen=True):
    """A finding in the consultant's words."""

    title: LineText
    text: BodyText = ""


class ModeratedScore(RequestStruct, frozen=True):
    """A score that the consultant moderates: the report shows both values, and why."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "figure": "Its place in the scores: `overall`, `functions.ID` or `functions.ID.dimensions.ID`."
    }

    figure: str
    moderated: ScorePoints
    reason: ReasonText


class ActionText(RequestStruct, frozen=True):
    """Your changes to one action of the roadmap; what is empty stays as computed."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "title": "Its words in the report, which says that they are yours.",
        "note": "A comment below the advice.",
        "owner": "Who is to do it.",
        "start": "As 2027-01-31.",
        "due": "As 2027-01-31, not before `start`.",
        "status": "How far it is; null until someone says so. The report of the next wave shows it.",
        "baseline": "Where the indicator is now.",
        "goal": "Where it is to be by `due`.",
    }

    title: LineText = ""
    note: NoteText = ""
    owner: LineText = ""
    start: LineText = ""
    due: LineText = ""
    status: ActionStatus | None = None
    baseline: LineText = ""
    goal: LineText = ""


class FindingChangeText(RequestStruct, frozen=True):
    """Your changes to a computed finding; what is empty stays as computed."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "text": "Its words in the report, which says that they are yours.",
        "note": "A comment on it.",
    }

    text: LineText = ""
    note: NoteText = ""


class CommentsText(RequestStruct, frozen=True):
    """The consultant's own texts in reports. Name no respondent: reports are passed on."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "title": "Instead of the assessment's.",
        "wave": "What this wave is called.",
        "author": "Who made the report.",
        "confidentiality": 'On every page; "Confidential" where it is empty.',
        "start": "The day on which the plan starts, as 2027-01-31; otherwise the close. Dates count from it.",
        "remarks": "Texts by part: `answer`, `targets`, `heatmap`, `gap`, `authority`, `hand-offs`, `outlook`, "
        "`roadmap`, `change`, `next` (what respondents read), or the id of a function.",
        "findings": "Findings of your own, after those that are computed.",
        "moderations": "Scores that you judge differently. What is published never changes.",
        "actions": "Changes to actions of the roadmap, by the id of their advice.",
        "order": "Ids of advice in your order; the others follow as computed.",
        "dropped": "Advice that you leave out, with the reason. The report names it, without the reason.",
        "finding_edits": "Changes to computed findings, by the ids that `…/findings` lists.",
        "finding_order": "Ids of computed findings in your order; the others follow as computed.",
        "dropped_findings": "Computed findings that you leave out, with the reason. The report names them, without it.",
        "logo": "A PNG or JPEG as base64, at most 1 MB and 4 million pixels. It is redrawn, so you get a PNG back. "
        "Null without one of its own.",
    }

    title: LineText = ""
    wave: LineText = ""
    author: LineText = ""
    confidentiality: LineText = ""
    start: LineText = ""
    remarks: dict[str, BodyText] = field(default_factory=dict)
    findings: Annotated[tuple[FindingText, ...], Meta(extra_json_schema={"maxItems": MAX_ENTRIES})] = ()
    moderations: Annotated[tuple[ModeratedScore, ...], Meta(extra_json_schema={"maxItems": MAX_ENTRIES})] = ()
    actions: dict[str, ActionText] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    dropped: dict[str, ReasonText] = field(default_factory=dict)
    finding_edits: dict[str, FindingChangeText] = field(default_factory=dict)
    finding_order: tuple[str, ...] = ()
    dropped_findings: dict[str, ReasonText] = field(default_factory=dict)
    logo: bytes | None = None


class SavedBy(Struct, frozen=True):
    """Author of a save: the e-mail address of a user, or the name of a key."""

    kind: Literal["user", "key"]
    name: str


class CommentsOut(Struct, frozen=True):
    """The latest comments. `revision` counts the saves (0: none yet); `release` is the newest result at that time."""

    revision: int
    saved_at: datetime | None
    saved_by: SavedBy | None
    release: int | None
    comments: CommentsText


def parse_comments(sent: CommentsText) -> Comments:
    """Convert to domain comments, without the logo."""
    fields = msgspec.to_builtins(sent)
    del fields["logo"]
    return msgspec.convert(fields, Comments)


def build_comments_out(saved: ConsultantComments) -> CommentsOut:
    text = msgspec.structs.replace(msgspec.convert(msgspec.to_builtins(saved.comments), CommentsText), logo=saved.logo)
    by = SavedBy("key" if saved.by_key else "user", saved.saved_by) if saved.revision else None
    return CommentsOut(saved.revision, saved.saved_at, by, saved.release, text)


@get(
    "/assessments/{assessment:str}/comments",
    sync_to_thread=True,
    **build_route_options(
        "Read the comments",
        TAG,
        Operation(scope="read:reports", has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_comments(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[CommentsOut]:
    """The latest comments of the consultant for reports of this assessment, and who saved them."""
    comments = consultant_comments.load_comments(read_session, AssessmentKey(caller.workspace_id, assessment))
    return etags.respond_with_etag(request, etags.encode_json(build_comments_out(comments)))


@put(
    "/assessments/{assessment:str}/comments",
    sync_to_thread=True,
    dto=StructBody[CommentsText],
    request_max_body_size=MAX_BODY_BYTES,
    **build_route_options(
        "Write the comments",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            request_example=REQUEST_EXAMPLE,
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def write_comments(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[CommentsText],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    render_pool: NamedDependency[RenderPool],
) -> Response[CommentsOut]:
    """Replace all comments, before or after the close: what is left out is missing from the next report.

    Each change is a revision of its own, and none is ever lost. Published figures stay as they are: a moderated score
    is shown next to the computed one, and reports say whose it is.
    """
    new = consultant_comments.CommentsRevision(
        comments=parse_comments(data),
        logo=consultant_comments.redraw_logo(data.logo),
        key_id=caller.key_id,
        saved_at=idempotent.now,
    )

    def perform_request() -> CommentsOut:
        before = consultant_comments.load_comments(idempotent.session, AssessmentKey(caller.workspace_id, assessment))
        etags.require_match(request, etags.encode_json(build_comments_out(before)))
        after = consultant_comments.save_comments(
            idempotent.session, AssessmentKey(caller.workspace_id, assessment), new, catalogue, before.revision
        )
        if after.revision != before.revision:
            database.run_after_commit(idempotent.session, lambda _: render_pool.evict_reports(assessment))
        return build_comments_out(after)

    return idempotent.run_once(perform_request, status=200)
