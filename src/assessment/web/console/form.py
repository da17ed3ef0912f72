"""What a form brings: text, whatever was sent in its place."""

from typing import Any

from litestar import Request
from msgspec import Struct

from assessment.errors import UnreadableError
from assessment.services.answering import is_writable

RETURNED = "_returned"  # the form comes back after sign-in: it is shown, not executed


class Form(Struct, frozen=True):
    """Fields by name; one that was not sent is empty."""

    fields: dict[str, tuple[str, ...]]

    @property
    def is_returned(self) -> bool:
        """Whether the form comes back after sign-in, to be shown and not executed."""
        return RETURNED in self.fields

    def text(self, name: str) -> str:
        """Return a field's text, without the blanks around it."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """Return a field's text as it was sent."""
        sent = self.fields.get(name, ())
        return sent[0] if sent else ""

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return what is ticked."""
        return tuple(value for value in self.fields.get(name, ()) if value)


async def form(request: Request[Any, Any, Any]) -> Form:
    """Provide the form; files are not taken."""
    sent: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            if not is_writable(value):
                raise UnreadableError("A field holds a character that can't be kept. Type it anew.")
            sent.setdefault(name, []).append(value)
    return Form({name: tuple(values) for name, values in sent.items()})
