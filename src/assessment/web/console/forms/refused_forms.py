"""Refused forms: a form that a race or an unavailable database has refused comes back filled in."""

from typing import Any

from litestar import Request, Response

from assessment.errors import ConflictError, UnavailableError
from assessment.web.console.forms import pending_forms
from assessment.web.http import error_pages
from assessment.web.http.page_responses import render_page


def show_refused_form(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Show the reason and a button that brings the form back, or that it is too long; others get the error page.

    An error that the database reports ends the request's transaction, and arrives in an `ExceptionGroup`.
    """
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    pending_form = pending_forms.read_request_form(request)
    is_shown = pending_form is not None and not request.headers.get("hx-request")
    if not is_shown or not isinstance(error, ConflictError | UnavailableError):
        return error_pages.render_error(request, error)
    return render_page("console/resume.html", error.status, pending_form=pending_form, token="", error=error)
