"""The guard of every route: requires a policy, a session where the policy has one, and a valid CSRF token."""

from collections.abc import Mapping

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from assessment.access_policies import get_policy
from assessment.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from assessment.services.survey.answer_validation import is_storable
from assessment.web.http import cookies, csrf
from assessment.web.http.form_request import FormRequest

PRESERVES_FORM = "preserves_form"  # in `opt` of a POST: if the session has expired, the form is not lost


class LostSessionError(UnauthenticatedError):
    """Raised for a form of ours without a valid session; holds the fields, so that they can be shown again."""

    def __init__(self, form: Mapping[str, object], status: int) -> None:
        super().__init__()
        self.status = status
        self.form = {name: value for name, value in form.items() if isinstance(value, str)}


API_PREFIX = "/api/"


async def enforce_policy(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Refuse requests from other sites, and private routes without a session cookie.

    The dependency of the policy (`respondent`, `consultant`) validates the session itself.
    """
    policy = get_policy(handler)
    if policy is None:
        if connection.scope.get("method") == "OPTIONS" and connection.scope["path"].startswith(API_PREFIX):
            return  # lists the methods of a path, as the description of the API does
        raise ForbiddenError
    if not is_storable(connection.scope["path"]):
        raise NotFoundError  # e.g. NUL: no id contains it, and PostgreSQL refuses it even in a query
    if policy.name == "key":
        return
    if isinstance(connection, FormRequest) and connection.method not in csrf.SAFE_METHODS:
        await connection.check_form()
    session = cookies.read_cookie(connection, policy.cookie) if policy.cookie else None
    try:
        await csrf.check_request(connection, session)
        if policy.cookie and not session:
            raise UnauthenticatedError  # noqa: TRY301
    except (UnauthenticatedError, csrf.StaleFormError) as error:
        if not handler.opt.get(PRESERVES_FORM) or not isinstance(connection, Request):
            raise
        raise LostSessionError(await connection.form(), error.status) from error
