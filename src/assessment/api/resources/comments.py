"""The consultant's comments in reports: texts, findings, moderated scores, a logo."""

from typing import Any

from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire.comments import CommentsOut, CommentsText, build_comments_out, parse_comments
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports.render_pool import RenderPool
from assessment.services.results import consultant_comments
from assessment.storage import database

TAG = "Comments"
MAX_BODY_BYTES = 4 * 1024 * 1024  # every text at its maximum length and a 1 MB logo in base64
REQUEST_EXAMPLE = {
    "author": "Anna Berg, Berg & Partner",
    "confidentiality": "For the board only",
    "remarks": {"answer": "We walked two shifts."},
    "findings": [{"title": "Two tools do the same job", "text": "One inbox would do."}],
    "moderations": [{"figure": "functions.care", "moderated": 55, "reason": "The new rota came after the close."}],
}
RESPONSE_EXAMPLE = {
    "revision": 1,
    "saved_at": "2026-12-21T09:30:00Z",
    "saved_by": {"kind": "key", "name": "Reports of the week"},
    "release": 1,
    "comments": {"title": "", "wave": "", **REQUEST_EXAMPLE, "logo": None},
}


@get(
    "/assessments/{assessment:str}/comments",
    sync_to_thread=True,
    **build_route_options(
        "Read the comments", TAG, Operation(scope="read:reports", tagged=True, fails=(404,), gives=RESPONSE_EXAMPLE)
    ),
)
def read_comments(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[CommentsOut]:
    """The latest comments of the consultant for reports of this assessment, and who saved them."""
    found = consultant_comments.load_comments(read_session, caller.workspace_id, assessment)
    return etags.respond_with_etag(request, etags.encode_json(build_comments_out(found)))


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
            guarded=True,
            fails=(404,),
            sends=REQUEST_EXAMPLE,
            gives=RESPONSE_EXAMPLE,
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

    def work() -> CommentsOut:
        before = consultant_comments.load_comments(idempotent.session, caller.workspace_id, assessment)
        etags.require_match(request, etags.encode_json(build_comments_out(before)))
        after = consultant_comments.save_comments(
            idempotent.session, caller.workspace_id, assessment, new, catalogue, before.revision
        )
        if after.revision != before.revision:
            database.run_after_commit(idempotent.session, lambda _: render_pool.evict_reports(assessment))
        return build_comments_out(after)

    answer = idempotent.answer(work, status=200)
    answer.headers["ETag"] = etags.compute_etag(answer.content)
    return answer
