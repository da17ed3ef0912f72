"""Forms with a problem, shown again after a redirect: what was typed waits in one cookie of this browser.

Nothing of it is stored on the server. A form that does not fit into the cookie can't be redirected.
"""

import base64
import zlib
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from litestar.response import Redirect
from msgspec import Meta, Struct

from assessment.settings import Settings
from assessment.web.http import cookies
from assessment.web.http.page_responses import redirect_to

MAX_DECOMPRESSED_BYTES = 200_000
MAX_AGE_SECONDS = 3600


class ReturnedForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of a form, the path of the page that shows them, and what is wrong (a message id) with which field."""

    path: str = ""
    fields: dict[str, str] = {}
    field: str = ""
    problem: str = ""
    status: Annotated[int, Meta(ge=200, le=499)] = 200


def redirect_form(request: Request[Any, Any, Any], form: ReturnedForm, query: str = "") -> Redirect | None:
    """Redirect (303) to the page that shows the form; None if the form is too long for a cookie."""
    packed = base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(form))).decode()
    if len(packed) > cookies.MAX_STORED_LENGTH:
        return None
    settings: Settings = request.app.state.settings
    cookie = cookies.make_named_cookie(cookies.get_full_name(cookies.RETURNED_FORM, settings), packed, settings)
    cookie.max_age = MAX_AGE_SECONDS
    redirect = redirect_to(f"{form.path}{query}")
    redirect.cookies = [cookie]
    return redirect


def read_form(request: Request[Any, Any, Any], path: str) -> ReturnedForm | None:
    """Return the form that waits for a page; None if there is none."""
    value = request.cookies.get(cookies.get_full_name(cookies.RETURNED_FORM, request.app.state.settings), "")
    try:
        decoded = zlib.decompressobj().decompress(base64.urlsafe_b64decode(value), MAX_DECOMPRESSED_BYTES)
        form = msgspec.json.decode(decoded, type=ReturnedForm)
    except (ValueError, zlib.error):  # none, or not one of ours
        return None
    return form if form.path == path else None


def make_form_removal_cookies(request: Request[Any, Any, Any], path: str = "") -> list[Cookie]:
    """Return the cookie that deletes the waiting form, if there is one (of that page)."""
    settings: Settings = request.app.state.settings
    name = cookies.get_full_name(cookies.RETURNED_FORM, settings)
    if name not in request.cookies or (path and read_form(request, path) is None):
        return []
    return [cookies.make_removal_cookie(name, settings)]


def truncate_fields(form: Mapping[str, str], *names: str, max_length: int) -> dict[str, str]:
    """Return some fields of a form, each truncated to `max_length` characters."""
    return {name: form.get(name, "")[:max_length] for name in names}
