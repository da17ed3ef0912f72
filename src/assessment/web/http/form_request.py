"""Request class that limits the number of form fields before parsing."""

import asyncio
from functools import cached_property
from typing import Any

import anyio.to_thread
from litestar._parsers import parse_url_encoded_form_data
from litestar.datastructures import FormMultiDict, Headers
from litestar.enums import RequestEncodingType
from litestar.plugins.htmx import HTMXRequest
from litestar.types import Empty

from assessment.errors import TooLargeError, with_values

LOCK_KEY = "form_lock"
MAX_FIELDS = 2000  # a section of the survey has about a hundred
LARGE_FORM_BYTES = 16 * 1024  # from here on, a form is parsed in a thread


def _parse_form(body: bytes) -> dict[str, Any]:
    return dict(parse_url_encoded_form_data.__wrapped__(body))


class FormRequest(HTMXRequest):
    @cached_property
    def headers(self) -> Headers:
        """Headers, which a request of a respondent reads a dozen times."""
        return Headers.from_scope(self.scope)

    async def check_form(self) -> None:
        """Parse the form; raises `TooLargeError` above the limit of fields.

        Calls the undecorated parser: the framework's is memoized and would keep the last 1,024 bodies, a gigabyte
        at our size limit, with passwords and answers in it.
        """
        if self.content_type[0] == RequestEncodingType.MULTI_PART:
            return  # the framework limits these to 1,000 parts
        body = await self.body()
        if body.count(b"&") >= MAX_FIELDS:
            raise TooLargeError(with_values("This form has more than {most} fields.", most=MAX_FIELDS))
        state = self._connection_state
        if state.form is not Empty:
            return
        if len(body) > LARGE_FORM_BYTES:  # a million escapes take half a second
            state.form = await anyio.to_thread.run_sync(_parse_form, body)
        else:
            state.form = _parse_form(body)

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
        if form is Empty or not isinstance(form, dict):
            return {}
        values = {name: value if isinstance(value, list) else [value] for name, value in form.items()}
        return {name: tuple(text for text in sent if isinstance(text, str)) for name, sent in values.items()}
