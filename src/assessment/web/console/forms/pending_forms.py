"""Pending forms: a form submitted after its session has expired is shown again after sign-in.

Nothing is stored on the server; the sign-in page carries the fields as hidden fields. Every form of the console
contains a signature of its author (an HMAC of the user id), so that only the same user gets the form back, and no other
site can forge one. The form is shown, never executed: the author sends it again, with the new session's CSRF token.
"""

from typing import Any

from litestar import Request
from msgspec import Struct

from assessment.errors import ForbiddenError
from assessment.settings import Settings
from assessment.web.console.forms.form_data import RETURNED_FIELD, FormData
from assessment.web.console.redirect_paths import validate_redirect_path
from assessment.web.http import csrf
from assessment.web.http.form_request import MAX_FIELDS, FormRequest
from assessment.web.http.guards import PRESERVES_FORM

FIELD_PREFIX = "kept:"
PATH_FIELD = f"{FIELD_PREFIX}path"
MAX_FORM_BYTES = 1024 * 1024 - 16 * 1024  # percent-encoded; with email, password and tokens it fits into one request
MAX_FORM_FIELDS = MAX_FIELDS - 10
UNESCAPED = (
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._ "  # one byte each in a form; others three
)
OWN_FIELDS = frozenset({csrf.TOKEN_FIELD, RETURNED_FIELD})


class PendingForm(Struct, frozen=True):
    """Form fields, and the path they were sent to."""

    path: str
    fields: dict[str, tuple[str, ...]]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names and values of hidden fields."""
        return tuple((name, value) for name, values in self.fields.items() for value in values)

    @property
    def prefixed_pairs(self) -> tuple[tuple[str, str], ...]:
        """As `pairs`, with prefixed names, which do not clash with fields of the sign-in page."""
        return ((PATH_FIELD, self.path), *((f"{FIELD_PREFIX}{name}", value) for name, value in self.pairs))

    @property
    def is_too_long(self) -> bool:
        """Return whether the sign-in page can't carry it."""
        pairs = self.prefixed_pairs
        size = sum(_count_sent_bytes(name) + _count_sent_bytes(value) + len("&=") for name, value in pairs)
        return size > MAX_FORM_BYTES or len(pairs) > MAX_FORM_FIELDS

    @property
    def typed_text(self) -> str:
        """Everything typed, to be copied: values only, the longest first, with a blank line between two."""
        values = [value for name, value in self.pairs if value and name != csrf.AUTHOR_FIELD]
        return "\n\n".join(sorted(values, key=len, reverse=True))

    def is_typed_by(self, settings: Settings, user_id: str) -> bool:
        """Return whether the author's signature is of this user."""
        marks = self.fields.get(csrf.AUTHOR_FIELD, ())
        return bool(marks) and csrf.is_author(settings, user_id, marks[0])


def _count_sent_bytes(text: str) -> int:
    """Count the bytes that a browser sends for a text in a form, with CRLF as line ends."""
    content = text.replace("\r\n", "\n").replace("\n", "\r\n").encode(errors="surrogatepass")
    return len(content) + 2 * len(content.translate(None, UNESCAPED))


def read_request_form(request: Request[Any, Any, Any]) -> PendingForm | None:
    """Return the form of a request if its route preserves forms and the form has an author's signature."""
    if not request.route_handler.opt.get(PRESERVES_FORM) or not isinstance(request, FormRequest):
        return None
    fields = {name: values for name, values in request.read_fields().items() if name not in OWN_FIELDS}
    return PendingForm(request.scope["path"], fields) if csrf.AUTHOR_FIELD in fields else None


def read_pending_form(form: FormData) -> PendingForm | None:
    """Return the form that the sign-in page has carried in prefixed fields."""
    path = validate_redirect_path(form.raw(PATH_FIELD))
    fields = {
        name.removeprefix(FIELD_PREFIX): values
        for name, values in form.fields.items()
        if name.startswith(FIELD_PREFIX) and name != PATH_FIELD
    }
    return PendingForm(path, fields) if path and fields else None


def check_returned_form(request: Request[Any, Any, Any], user_id: str) -> None:
    """Raise `ForbiddenError` for a returned form of another user, or of a route that does not preserve forms."""
    if not isinstance(request, FormRequest) or request.method in csrf.SAFE_METHODS:
        return
    if RETURNED_FIELD not in request.read_fields():
        return
    pending_form = read_request_form(request)
    if pending_form is None or not pending_form.is_typed_by(request.app.state.settings, user_id):
        raise ForbiddenError("Another user typed this form. Open the page and fill it in again.")
