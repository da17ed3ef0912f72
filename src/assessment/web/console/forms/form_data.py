"""Text fields of a submitted form."""

from typing import Any

from litestar import Request
from msgspec import Struct

from assessment.errors import UnreadableError
from assessment.services.survey.answer_validation import is_storable

RETURNED_FIELD = "_returned"  # hidden field of a form that is sent again after sign-in: shown, not executed


class FormData(Struct, frozen=True):
    """Form fields by name; a missing field reads as empty."""

    fields: dict[str, tuple[str, ...]]

    @property
    def is_returned(self) -> bool:
        """Return whether the form was sent again after sign-in, to be shown and not executed."""
        return RETURNED_FIELD in self.fields

    def text(self, name: str) -> str:
        """Return a field's text, stripped."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """Return a field's text, not stripped: for passwords and pasted lines."""
        values = self.fields.get(name, ())
        return values[0] if values else ""

    def list_values(self, name: str) -> tuple[str, ...]:
        """Return the values of ticked checkboxes."""
        return tuple(value for value in self.fields.get(name, ()) if value)


async def provide_form(request: Request[Any, Any, Any]) -> FormData:
    """Dependency: parse the form without uploaded files; raises `UnreadableError` for characters like NUL."""
    fields: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            if not is_storable(value):
                raise UnreadableError("A field holds a character that can’t be kept. Type it again.")
            fields.setdefault(name, []).append(value)
    return FormData({name: tuple(values) for name, values in fields.items()})
