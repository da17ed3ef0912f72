"""Page of a link on which a person says that the role or functions of the invitation are wrong."""

from collections.abc import Mapping
from datetime import datetime

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC
from assessment.errors import InvalidError, NotFoundError
from assessment.services.survey import role_reporting
from assessment.services.survey.survey_links import clean_token
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey.handlers.start_page import load_welcome
from assessment.web.survey.returned_forms import ReturnedForm, make_form_removal_cookies, read_form, redirect_form

FUNCTION_PREFIX = "function:"  # each checkbox has a name of its own, so that a form maps names to single values
MAX_LENGTH = 100


@get("/s/{token:str}/role", policy=PUBLIC, sync_to_thread=True)
def show_role_form(
    request: Request[None, None, State],
    token: FromPath[str],
    read_session: NamedDependency[Session],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Ask for the right role and functions; where nothing can be reported, the start page says why."""
    welcome = load_welcome(request, read_session, token, now)
    path = _build_form_path(token)
    if welcome is None or welcome.questionnaire is None or not welcome.can_report_role:
        return redirect_to(f"/s/{clean_token(token)}")
    returned = read_form(request, path)
    reported = welcome.role_report
    if returned is not None:
        role, functions = returned.fields.get("role", ""), _list_functions(returned.fields)
    elif reported is not None:
        role, functions = reported.role, reported.functions
    else:
        role, functions = welcome.role, welcome.functions
    page = render_page(
        "survey/role.html",
        returned.status if returned else 200,
        welcome=welcome,
        link=f"/s/{clean_token(token)}",
        language=welcome.language,
        texts=welcome.questionnaire.text(welcome.language),
        roles=welcome.questionnaire.roles,
        functions=welcome.questionnaire.functions,
        chosen_role=role,
        chosen_functions=functions,
        wrong_field=returned.field if returned else "",
        problem=returned.problem if returned else "",
        function_prefix=FUNCTION_PREFIX,
    )
    page.cookies = make_form_removal_cookies(request, path)
    return page


@post("/s/{token:str}/role", policy=PUBLIC, sync_to_thread=True)
def report_role(
    request: Request[None, None, State],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    write_session: NamedDependency[Session],
    now: NamedDependency[datetime],
) -> Redirect:
    """Store the report; the start page then shows it."""
    start = redirect_to(f"/s/{clean_token(token)}")
    functions = _list_functions(data)
    try:
        role_reporting.report_role(write_session, token, data.get("role", ""), functions, now)
    except NotFoundError:
        return start
    except InvalidError as error:
        problem = error.problems[0]
        fields = {"role": data.get("role", "")[:MAX_LENGTH]} | {f"{FUNCTION_PREFIX}{id_}": "1" for id_ in functions}
        form = ReturnedForm(_build_form_path(token), fields, problem.pointer.strip("/"), problem.message, status=422)
        return redirect_form(request, form) or redirect_to(form.path)
    return start


def _list_functions(fields: Mapping[str, str]) -> tuple[str, ...]:
    names = [name.removeprefix(FUNCTION_PREFIX) for name in fields if name.startswith(FUNCTION_PREFIX)]
    return tuple(name for name in names if len(name) <= MAX_LENGTH)


def _build_form_path(token: str) -> str:
    return f"/s/{clean_token(token)}/role"
