"""Errors of htmx saves: an explanation next to the question instead of an error page."""

from collections.abc import Callable
from typing import Any, TypeAlias

from litestar import Request, Response
from litestar.response import Redirect, Template

from assessment.errors import AlreadySentError, AppError, ClosedError, UnauthenticatedError
from assessment.web.http.csrf import StaleFormError
from assessment.web.http.page_responses import render_block
from assessment.web.survey.answer_forms import ResponseMismatchError
from assessment.web.survey.response_states import MovedError, SessionRenewedError, SetAsideError, WithdrawnError

ErrorResponse: TypeAlias = Response[Any] | Template | Redirect
ErrorHandler: TypeAlias = Callable[[Request[Any, Any, Any], Exception], ErrorResponse]

ANSWERS_PATH = "/survey/answers/"
OUTCOMES_BY_ERROR: dict[type[AppError], str] = {
    ResponseMismatchError: "other-link",
    StaleFormError: "other-link",
    AlreadySentError: "sent",
    SessionRenewedError: "sent",
    ClosedError: "closed",
    WithdrawnError: "withdrawn",
    SetAsideError: "set-aside",
    MovedError: "moved",
    UnauthenticatedError: "lost",
}
SCRIPT_STATUSES = (401, 403)  # survey.js handles these: it shows its own text and keeps the answer
CLIENT_ERRORS = range(400, 500)
RETRIED_STATUSES = (408, 429)


def wrap_error_handler(handler: ErrorHandler) -> ErrorHandler:
    """Wrap an exception handler: htmx saves get the fragment with the reason, other requests the page."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> ErrorResponse:
        return _render_reason(error) if _is_answer_error(request, error) else handler(request, error)

    return handle


def _is_answer_error(request: Request[Any, Any, Any], error: Exception) -> bool:
    is_script = request.headers.get("hx-request") == "true" and request.scope["path"].startswith(ANSWERS_PATH)
    status = getattr(error, "status", 500)
    return is_script and status in CLIENT_ERRORS and status not in RETRIED_STATUSES


def _render_reason(error: Exception) -> Template:
    outcome = next((word for kind, word in OUTCOMES_BY_ERROR.items() if isinstance(error, kind)), "outdated")
    status = getattr(error, "status", 409)
    language = {"language": error.respondent.language} if isinstance(error, MovedError) else {}
    return render_block(
        "survey/section.html", "state", status if status in SCRIPT_STATUSES else 409, outcome=outcome, **language
    )
