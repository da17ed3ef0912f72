"""Why a form was not taken: a page of its own, reached by a redirect, so that Back never sends the form again."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from assessment.access_policies import PUBLIC
from assessment.errors import AppError, InvalidError, NotFoundError
from assessment.web.http import error_pages
from assessment.web.http.csrf import StaleFormError
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey.answer_forms import ResponseMismatchError
from assessment.web.survey.navigation import PROBLEM

# Problems with a page of their own: template and status.
PAGES = {"lost": ("survey/lost.html", 401), "untied": ("survey/untied.html", 409)}
PROBLEMS: dict[str, Callable[[], AppError]] = {
    "stale": lambda: StaleFormError("This form is from an older visit. Go back, reload the page and try again."),
    "other-link": lambda: ResponseMismatchError(
        "Nothing was saved, so that nobody’s answers are mixed up. Open your own link again; "
        "what you saved before is still there."
    ),
    "damaged": lambda: InvalidError("This form is damaged."),
    "not-found": NotFoundError,
}
KINDS: tuple[tuple[type[AppError], str], ...] = (
    (StaleFormError, "stale"),
    (ResponseMismatchError, "other-link"),
    (InvalidError, "damaged"),
    (NotFoundError, "not-found"),
)


def is_plain_form(request: Request[Any, Any, Any]) -> bool:
    """Return whether the browser itself sent a form; scripts read the status of what they fetch."""
    return request.method == "POST" and request.headers.get("hx-request") != "true"


def redirect_problem(kind: str) -> Redirect:
    """Redirect to the page about one kind of problem."""
    return redirect_to(f"{PROBLEM}?kind={kind}")


def redirect_failure(request: Request[Any, Any, Any], error: Exception) -> Response[Any] | Redirect:
    """Redirect a refused form to the page about its problem; render any other error in place.

    Requests of other sites, overload and faults of the server keep their status.
    """
    kind = next((name for error_class, name in KINDS if isinstance(error, error_class)), "")
    return redirect_problem(kind) if kind and is_plain_form(request) else error_pages.render_error(request, error)


@get(PROBLEM, policy=PUBLIC, sync_to_thread=False)
def show_problem(request: Request[None, None, State], kind: FromQuery[str] = "") -> Template | Response[Any]:
    """Explain why a form was not taken, and what to do."""
    if kind in PAGES:
        return render_page(*PAGES[kind])
    make_error = PROBLEMS.get(kind, NotFoundError)
    return error_pages.render_app_error(request, make_error())
