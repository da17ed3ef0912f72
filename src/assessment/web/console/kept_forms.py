"""Forms that outlived their session: they travel through the sign-in page as hidden fields, and come back filled in.

Nothing is stored on the server. Every form of the console contains a mark of its author (an HMAC of the user's id), so
a form returns only to the user who typed it, and no other site can make one up. A form that returns is shown, never
executed: its author checks it and sends it again, with the token of the new session.
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
LENGTH_MOST = 300_000  # bytes; percent-encoded three times as many, which is less than a request may have
OWN = frozenset({csrf.FIELD, RETURNED})

Fields: TypeAlias = Mapping[str, tuple[str, ...]]


class KeptForm(Struct, frozen=True):
    """Fields that were typed, and the path that they were sent to."""

    path: str
    fields: dict[str, tuple[str, ...]]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names and values, one for each hidden field."""
        return tuple((name, value) for name, values in self.fields.items() for value in values)

    @property
    def kept_pairs(self) -> tuple[tuple[str, str], ...]:
        """As `pairs`, named so that they do not clash with fields of the sign-in page."""
        return ((PATH, self.path), *((f"{PREFIX}{name}", value) for name, value in self.pairs))

    @property
    def is_too_long(self) -> bool:
        """Whether it does not fit through the sign-in page."""
        return sum(len(name.encode()) + len(value.encode()) for name, value in self.pairs) > LENGTH_MOST

    def is_by(self, settings: Settings, user_id: str) -> bool:
        """Whether this user typed it."""
        marks = self.fields.get(csrf.AUTHOR, ())
        return bool(marks) and csrf.is_author(settings, user_id, marks[0])


def form_of(request: Request[Any, Any, Any]) -> KeptForm | None:
    """Return the form of a request whose route keeps forms, if its author marked it."""
    if not request.route_handler.opt.get(KEEPS_FORM) or not isinstance(request, FormRequest):
        return None
    fields = {name: values for name, values in request.read_fields().items() if name not in OWN}
    return KeptForm(request.scope["path"], fields) if csrf.AUTHOR in fields else None


def read_kept(form: Form) -> KeptForm | None:
    """Return the form that the sign-in page has carried."""
    path = form.raw(PATH)
    fields = {
        name.removeprefix(PREFIX): values
        for name, values in form.fields.items()
        if name.startswith(PREFIX) and name != PATH
    }
    return KeptForm(path, fields) if path and fields else None


def check_returned(request: Request[Any, Any, Any], user_id: str) -> None:
    """Refuse a returned form whose route does not show it, or that another user typed."""
    if not isinstance(request, FormRequest) or request.method in csrf.SAFE:
        return
    if RETURNED not in request.read_fields():
        return
    kept = form_of(request)
    if kept is None or not kept.is_by(request.app.state.settings, user_id):
        raise ForbiddenError("Another user typed this form. Open the page and fill it in again.")
