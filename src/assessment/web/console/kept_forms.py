"""Pending forms: a form submitted after its session has expired is shown again after sign-in.

Nothing is stored on the server; the sign-in page carries the fields as hidden fields. Every form of the console
contains a signature of its author (an HMAC of the user id), so that only the same user gets the form back, and no other
site can forge one. The form is shown, never executed: the author sends it again, with the new session's CSRF token.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from litestar import Request
from msgspec import Struct

from assessment.errors import ForbiddenError
from assessment.settings import Settings
from assessment.web import csrf
from assessment.web.console.form import RETURNED, Form
from assessment.web.guards import KEEPS_FORM
from assessment.web.requests import FormRequest

PREFIX = "kept:"
PATH = f"{PREFIX}path"
LENGTH_MOST = 300_000  # bytes; percent-encoding triples them at most, which still fits into one request
OWN = frozenset({csrf.FIELD, RETURNED})

Fields: TypeAlias = Mapping[str, tuple[str, ...]]


class KeptForm(Struct, frozen=True):
    """Form fields, and the path they were sent to."""

    path: str
    fields: dict[str, tuple[str, ...]]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names and values of hidden fields."""
        return tuple((name, value) for name, values in self.fields.items() for value in values)

    @property
    def kept_pairs(self) -> tuple[tuple[str, str], ...]:
        """As `pairs`, with prefixed names, which do not clash with fields of the sign-in page."""
        return ((PATH, self.path), *((f"{PREFIX}{name}", value) for name, value in self.pairs))

    @property
    def is_too_long(self) -> bool:
        """Return whether the sign-in page can't carry it."""
        return sum(len(name.encode()) + len(value.encode()) for name, value in self.pairs) > LENGTH_MOST

    def is_by(self, settings: Settings, user_id: str) -> bool:
        """Return whether the author's signature is of this user."""
        marks = self.fields.get(csrf.AUTHOR, ())
        return bool(marks) and csrf.is_author(settings, user_id, marks[0])


def form_of(request: Request[Any, Any, Any]) -> KeptForm | None:
    """Return the form of a request if its route preserves forms and the form has an author's signature."""
    if not request.route_handler.opt.get(KEEPS_FORM) or not isinstance(request, FormRequest):
        return None
    fields = {name: values for name, values in request.read_fields().items() if name not in OWN}
    return KeptForm(request.scope["path"], fields) if csrf.AUTHOR in fields else None


def read_kept(form: Form) -> KeptForm | None:
    """Return the form that the sign-in page has carried in prefixed fields."""
    path = form.raw(PATH)
    fields = {
        name.removeprefix(PREFIX): values
        for name, values in form.fields.items()
        if name.startswith(PREFIX) and name != PATH
    }
    return KeptForm(path, fields) if path and fields else None


def check_returned(request: Request[Any, Any, Any], user_id: str) -> None:
    """Raise `ForbiddenError` for a returned form of another user, or of a route that does not preserve forms."""
    if not isinstance(request, FormRequest) or request.method in csrf.SAFE:
        return
    if RETURNED not in request.read_fields():
        return
    kept = form_of(request)
    if kept is None or not kept.is_by(request.app.state.settings, user_id):
        raise ForbiddenError("Another user typed this form. Open the page and fill it in again.")
