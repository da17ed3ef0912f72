"""Why a form was not taken: a page of its own, reached by a redirect, so that Back never sends the form again."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from assessment.errors import AssessmentError, InvalidError, NotFoundError
from assessment.policies import PUBLIC
from assessment.web import failures
from assessment.web.csrf import StaleFormError
from assessment.web.pages import away, page
from assessment.web.survey.forms import MisfiledError
from assessment.web.survey.paths import PROBLEM

# Problems with a page of their own: template and status.
PAGES = {"lost": ("survey/lost.html", 401), "untied": ("survey/untied.html", 409)}
PROBLEMS: dict[str, Callable[[], AssessmentError]] = {
    "stale": lambda: StaleFormError("This form is from an older visit. Go back, reload the page and try again."),
    "other-link": lambda: MisfiledError(
        "Nothing was saved, so that nobody's answers are mixed up. Open your own link again; "
        "what you saved before is still there."
    ),
    "damaged": lambda: InvalidError("This form is damaged."),
    "not-found": NotFoundError,
}
KINDS: tuple[tuple[type[AssessmentError], str], ...] = (
    (StaleFormError, "stale"),
    (MisfiledError, "other-link"),
    (InvalidError, "damaged"),
    (NotFoundError, "not-found"),
)


def is_plain_form(request: Request[Any, Any, Any]) -> bool:
    """Return whether the browser itself sent a form; scripts read the status of what they fetch."""
    return request.method == "POST" and request.headers.get("hx-request") != "true"


def redirect_problem(kind: str) -> Redirect:
    """Redirect to the page about one kind of problem."""
    return away(f"{PROBLEM}?kind={kind}")


def redirect_failure(request: Request[Any, Any, Any], error: Exception) -> Response[Any] | Redirect:
    """Redirect a form that the server refused; show all else where it happened.

    Requests of other sites, overload and faults of the server keep their status.
    """
    kind = next((name for each, name in KINDS if isinstance(error, each)), "")
    return redirect_problem(kind) if kind and is_plain_form(request) else failures.answer(request, error)


@get(PROBLEM, policy=PUBLIC, sync_to_thread=False)
def show_problem(request: Request[None, None, State], kind: FromQuery[str] = "") -> Template | Response[Any]:
    """Explain why a form was not taken, and what to do."""
    if kind in PAGES:
        return page(*PAGES[kind])
    make_error = PROBLEMS.get(kind, NotFoundError)
    return failures.expected(request, make_error())
