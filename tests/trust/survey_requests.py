"""Every request that the survey takes, read from the routes of the app: a new route is tried without being listed."""

from collections.abc import Mapping

import httpx
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from msgspec import Struct

from assessment.access_policies import get_policy
from assessment.web import survey
from tests.web.people import OWN_PAGE, Person

ABSENT = "a" * 24  # response id of nobody
# These end or replace the session of the browser; all others come before.
LAST = ("/survey/finish", "/forget", "/survey/resume")


class SurveyRequest(Struct, frozen=True):
    """Method and path of a route, with the names of its parameters in braces."""

    method: str
    path: str

    async def send(self, person: Person, response_id: str, own: Mapping[str, str], code: str = "") -> httpx.Response:
        """Make the request for another response, with everything filled in that any form of the survey has.

        `own` has the hidden fields of a form of this browser. Raises `KeyError` if the path has an unknown parameter.
        """
        item = person.items(person.first)[0]
        link = person.link.removeprefix("/s/")
        path = self.path.format_map({"token": link, "section": person.first, "item": item, "tail": ")"})
        ids = {"response": response_id, "section": person.first, "mine": item, "other": item, "links": "1"}
        answers = {item: "1", f"{item}:sequence": "99", f"{item}:reason": "mine"}
        typed = {"link": link, "code": code, "then": "withdraw", "role": "leader", "function:hr": "1"}
        fields = {**own, **answers, **ids, **typed}
        if self.method == "GET":
            return await person.client.get(path, params=ids)
        return await person.client.request(self.method, path, data=fields, headers=OWN_PAGE)


def list_survey_requests(app: Litestar) -> list[SurveyRequest]:
    """List each method of each route that a respondent's browser uses, those that end its session last."""
    requests = [
        SurveyRequest(method, route.path_format)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS", "HEAD"}
        if is_of_survey(handler)
    ]
    return sorted(requests, key=_get_rank)


def _get_rank(request: SurveyRequest) -> tuple[int, str, str]:
    return LAST.index(request.path) + 1 if request.path in LAST else 0, request.path, request.method


def is_of_survey(handler: HTTPRouteHandler) -> bool:
    """Return whether the route requires a respondent, or is written in the package of the survey's pages."""
    policy = get_policy(handler)
    function = getattr(handler.fn, "func", handler.fn)  # those that run in a thread are wrapped
    return (policy is not None and policy.cookie == "respondent") or function.__module__.startswith(survey.__name__)
