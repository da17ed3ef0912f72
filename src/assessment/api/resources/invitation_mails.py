"""Mail the links of invitations, and reminders."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET

from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.request_bodies import OptionalBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.invitations import TAG, require_page_match
from assessment.api.resources.wire.invitations import RESPONSE_EXAMPLE, MailRecipients, QueuedMails
from assessment.domain.assessment import AssessmentKey
from assessment.errors import ClosedError, MailNotAvailableError, NothingToMailError, NotOpenError
from assessment.services.auth.principals import KeyHolder
from assessment.services.delivery import mailings


@post(
    "/assessments/{assessment:str}/invitations/send",
    status_code=202,
    sync_to_thread=True,
    dto=OptionalBody[MailRecipients],
    **build_route_options(
        "Mail invitations",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(ClosedError, NotOpenError, MailNotAvailableError),
            request_example={"ids": [RESPONSE_EXAMPLE["id"]]},
            response_example={"queued": 1},
        ),
    ),
)
def send_invitations(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[MailRecipients],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[QueuedMails]:
    """Mail the link to everyone with `deliver: mail` who has not been mailed yet, or to those of `ids`.

    The assessment must be open. Mails are sent in the background; `mailed_on` is set when a mail server accepts one.
    `If-Match` is compared with the first page of the list. No body is the same as `{}`.
    """

    def perform_request() -> QueuedMails:
        require_page_match(request, idempotent.session, caller, assessment)
        ids = None if data.ids is UNSET else data.ids
        queued = mailings.queue_invitations(
            idempotent.session, AssessmentKey(caller.workspace_id, assessment), idempotent.now, ids
        )
        return QueuedMails(queued.shown_count)

    return idempotent.run_once(perform_request, 202)


@post(
    "/assessments/{assessment:str}/invitations/remind",
    status_code=202,
    sync_to_thread=True,
    **build_route_options(
        "Remind people",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(ClosedError, NotOpenError, MailNotAvailableError, NothingToMailError),
            response_example={"queued": 31},
        ),
    ),
)
def send_reminders(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[QueuedMails]:
    """Remind those who were mailed at least three days ago and have not sent; the server chooses them.

    At most three times. `queued` comes from the last hourly count, so that it shows nothing about one person.
    """

    def perform_request() -> QueuedMails:
        require_page_match(request, idempotent.session, caller, assessment)
        queued = mailings.queue_reminders(
            idempotent.session, AssessmentKey(caller.workspace_id, assessment), idempotent.now
        )
        return QueuedMails(queued.shown_count)

    return idempotent.run_once(perform_request, 202)
