"""The consultant's comments in reports: texts, findings, moderated scores, a logo."""

from typing import Any

from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.orm import Session

from assessment.api import tags
from assessment.api.bodies import Body
from assessment.api.once import Once
from assessment.api.operations import Operation, operation
from assessment.api.wire.comments import CommentsOut, CommentsText, own, shown
from assessment.library import Library
from assessment.services import commenting
from assessment.services.press import Press
from assessment.services.principals import KeyHolder
from assessment.storage import database

TAG = "Comments"
BODY_MOST = 4 * 1024 * 1024  # every text at its maximum length and a 1 MB logo in base64
SENT = {
    "author": "Anna Berg, Berg & Partner",
    "confidentiality": "For the board only",
    "remarks": {"answer": "We walked two shifts."},
    "findings": [{"title": "Two tools do the same job", "text": "One inbox would do."}],
    "moderations": [{"figure": "functions.care", "moderated": 55, "reason": "The new rota came after the close."}],
}
GIVEN = {
    "revision": 1,
    "saved_at": "2026-12-21T09:30:00Z",
    "saved_by": {"kind": "key", "name": "Reports of the week"},
    "release": 1,
    "comments": {"title": "", "wave": "", **SENT, "logo": None},
}


@get(
    "/assessments/{assessment:str}/comments",
    sync_to_thread=True,
    **operation("Read the comments", TAG, Operation(scope="read:reports", tagged=True, fails=(404,), gives=GIVEN)),
)
def read_comments(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[CommentsOut]:
    """The latest comments of the consultant for reports of this assessment, and who saved them."""
    found = commenting.kept(reading, caller.workspace_id, assessment)
    return tags.tagged(request, tags.encoded(shown(found)))


@put(
    "/assessments/{assessment:str}/comments",
    sync_to_thread=True,
    dto=Body[CommentsText],
    request_max_body_size=BODY_MOST,
    **operation(
        "Write the comments",
        TAG,
        Operation(scope="write:assessments", once=True, guarded=True, fails=(404,), sends=SENT, gives=GIVEN),
    ),
)
def write_comments(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[CommentsText],
    once: NamedDependency[Once],
    caller: NamedDependency[KeyHolder],
    library: NamedDependency[Library],
    press: NamedDependency[Press],
) -> Response[CommentsOut]:
    """Replace all comments, before or after the close: what is left out is missing from the next report.

    Each change is a revision of its own, and none is ever lost. Published figures stay as they are: a moderated score
    is shown next to the computed one, and reports say whose it is.
    """
    new = commenting.New(
        comments=own(data), logo=commenting.picture(data.logo), key_id=caller.key_id, saved_at=once.now
    )

    def work() -> CommentsOut:
        before = commenting.kept(once.session, caller.workspace_id, assessment)
        tags.unchanged(request, tags.encoded(shown(before)))
        after = commenting.save(once.session, caller.workspace_id, assessment, new, library, before.revision)
        if after.revision != before.revision:
            database.after_commit(once.session, lambda _: press.outdate(assessment))
        return shown(after)

    answer = once.answer(work, status=200)
    answer.headers["ETag"] = tags.tag(answer.content)
    return answer
