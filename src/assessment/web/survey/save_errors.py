"""Errors of htmx saves: an explanation next to the question instead of an error page."""

from collections.abc import Callable
from typing import Any, TypeAlias

from litestar import Request, Response
from litestar.response import Redirect, Template

from assessment.errors import AlreadySentError, AssessmentError, ClosedError, UnauthenticatedError
from assessment.web.csrf import StaleFormError
from assessment.web.pages import block
from assessment.web.survey.forms import MisfiledError
from assessment.web.survey.states import MovedError, RenewedError, SetAsideError, WithdrawnError

Answer: TypeAlias = Response[Any] | Template | Redirect
Handler: TypeAlias = Callable[[Request[Any, Any, Any], Exception], Answer]

ANSWERS = "/survey/answers/"
OUTCOMES: dict[type[AssessmentError], str] = {
    MisfiledError: "other-link",
    StaleFormError: "other-link",
    AlreadySentError: "sent",
    RenewedError: "sent",
    ClosedError: "closed",
    WithdrawnError: "withdrawn",
    SetAsideError: "set-aside",
    MovedError: "moved",
    UnauthenticatedError: "lost",
}
UNSWAPPED = (401, 403)  # survey.js handles these: it shows its own text and keeps the answer
CLIENT_ERRORS = range(400, 500)
TRIED_AGAIN = (408, 429)


def or_reason(handler: Handler) -> Handler:
    """Wrap an exception handler: htmx saves get the fragment with the reason, other requests the page."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Answer:
        return _reason(error) if _is_explained(request, error) else handler(request, error)

    return handle


def _is_explained(request: Request[Any, Any, Any], error: Exception) -> bool:
    is_script = request.headers.get("hx-request") == "true" and request.scope["path"].startswith(ANSWERS)
    status = getattr(error, "status", 500)
    return is_script and status in CLIENT_ERRORS and status not in TRIED_AGAIN


def _reason(error: Exception) -> Template:
    outcome = next((word for kind, word in OUTCOMES.items() if isinstance(error, kind)), "outdated")
    status = getattr(error, "status", 409)
    language = {"language": error.who.language} if isinstance(error, MovedError) else {}
    return block("survey/section.html", "state", status if status in UNSWAPPED else 409, outcome=outcome, **language)
