"""Feasibility: which figures the invited people are enough for, now and at an expected response rate."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.domain.assessment import AssessmentKey
from assessment.domain.disclosure.feasibility import ALL_PERCENT, DEFAULT_RESPONSE_PERCENT
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.feasibility import Feasibility, load_feasibility
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import KeyHolder

NEED_EXAMPLE = {"roles": ["colleague"], "functions": ["care"], "counting": 6, "expected": 3, "enough": 10}
RESPONSE_EXAMPLE = {
    "response_percent": 60,
    "needed": 6,
    "enough": 10,
    "invited": 40,
    "is_consensus_offered": False,
    "domains": [],
    "without_domains": {
        "counting": 40,
        "groups": [{"role": "colleague", "function": "care", "counting": 6, "expected": 3}],
        "figures": [
            {"path": "overall", "is_shown": True, "is_shown_if_all_answer": True, "needs": []},
            {"path": "functions.care", "is_shown": False, "is_shown_if_all_answer": True, "needs": [NEED_EXAMPLE]},
        ],
    },
    "with_domains": None,
    "addresses": {"shared": ["info@northwind.example"], "free_mail": []},
}


@get(
    "/assessments/{assessment:str}/feasibility",
    sync_to_thread=True,
    **build_route_options(
        "Read the feasibility",
        "Assessments",
        Operation(
            scope="read:assessments",
            parameters=("response_percent",),
            has_etag=True,
            error_statuses=(404,),
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def read_feasibility(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    response_percent: Annotated[
        int,
        QueryParameter(ge=1, le=ALL_PERCENT, description="How many of 100 invited people you expect to answer."),
    ] = DEFAULT_RESPONSE_PERCENT,
) -> Response[Feasibility]:
    """Which figures the invited people are enough for: if all of them answer, and at an expected response.

    Computed from invitations alone, never from answers; revoked invitations are left out. Only people who count towards
    the minimum group are counted, without mail domains and, where `domains` are named, with them (`with_domains`).
    `path` is a figure's place in the scores. `needs` names the groups to extend, and with how many invited people
    (`enough`) the figure would be shown; it is empty where the figure depends on others. `groups` crosses roles and
    functions of invited people. `addresses` are worth a look: mailboxes that several people read, and free-mail
    providers. Blank, inapplicable and careless answers can hide more.
    """
    current = assessment_setup.get_assessment(read_session, AssessmentKey(caller.workspace_id, assessment))
    questionnaire = find_questionnaire(read_session, current, catalogue)
    feasibility = load_feasibility(read_session, current, questionnaire, response_percent)
    return etags.respond_with_etag(request, etags.encode_json(feasibility))
