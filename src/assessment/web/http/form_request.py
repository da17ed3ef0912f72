"""Request class that limits the number of form fields before parsing."""

import asyncio
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import anyio.to_thread
from litestar.datastructures import FormMultiDict, Headers
from litestar.enums import RequestEncodingType
from litestar.plugins.htmx import HTMXRequest
from litestar.types import Empty

from assessment.errors import TooLargeError, with_values

LOCK_KEY = "form_lock"
MAX_FIELDS = 2000  # a section of the survey has about a hundred
LARGE_FORM_BYTES = 16 * 1024  # from here on, a form is parsed in a thread


def parse_form(body: bytes) -> Any:  # noqa: ANN401  # texts, and lists of texts of repeated names
    """Parse a form as the framework's parser, which is memoized and would keep the last 1,024 bodies.

    These would be a gigabyte at our size limit, with passwords and answers in it.
    """
    fields: dict[str, Any] = {}
    for pair in body.decode("latin-1").replace("+", " ").split("&"):
        if not pair:
            continue
        name, _, text = (unquote(part) if "%" in part else part for part in pair.partition("="))
        if name not in fields:
            fields[name] = text
        elif isinstance(fields[name], list):
            fields[name].append(text)
        else:
            fields[name] = [fields[name], text]
    return fields


def _list_texts(value: object) -> tuple[str, ...]:
    """Return the texts among the values of a field, without files."""
    if isinstance(value, str):
        return (value,)
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


class FormRequest(HTMXRequest):
    @cached_property
    def headers(self) -> Headers:
        """Headers, which a request of a respondent reads a dozen times."""
        return Headers.from_scope(self.scope)

    async def check_form(self) -> None:
        """Parse the form; raises `TooLargeError` above the limit of fields."""
        if self.content_type[0] == RequestEncodingType.MULTI_PART:
            return  # the framework limits these to 1,000 parts
        body = await self.body()
        if body.count(b"&") >= MAX_FIELDS:
            raise TooLargeError(with_values("This form has more than {most} fields.", most=MAX_FIELDS))
        state = self._connection_state
        if state.form is not Empty:
            return
        if len(body) > LARGE_FORM_BYTES:  # a million escapes take half a second
            state.form = await anyio.to_thread.run_sync(parse_form, body)
        else:
            state.form = parse_form(body)

    async def form(self) -> FormMultiDict:
        """Return the form, parsed once.

        Dependencies run at the same time: two that parsed the body of a large upload would each wait forever for the
        parts that the other has taken.
        """
        async with self.scope["state"].setdefault(LOCK_KEY, asyncio.Lock()):
            return await super().form()

    def read_fields(self) -> dict[str, tuple[str, ...]]:
        """Return the text fields of a form that `check_form` has parsed; empty for other requests."""
        form = self._connection_state.form
        return self._text_fields if isinstance(form, dict) else {}

    @cached_property
    def _text_fields(self) -> dict[str, tuple[str, ...]]:
        form: Any = self._connection_state.form
        return {name: _list_texts(value) for name, value in form.items()}
