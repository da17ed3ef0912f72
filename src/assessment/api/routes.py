"""All routes of the API, and what they have in common."""

from typing import Any

from litestar import Router
from litestar.di import Provide
from litestar.exceptions import HTTPException

from assessment.api import callers, once, problems, questionnaires
from assessment.api.bodies import JSON_MOST
from assessment.api.callers import Clock, Identify
from assessment.api.rates import Rates
from assessment.errors import AssessmentError

PREFIX = "/api"
VERSION_1 = "/api/v1"
PROVIDED = ("settings", "now", "library", "reading", "writing")  # by the application

HANDLERS: tuple[Any, ...] = (
    questionnaires.list_questionnaires,
    questionnaires.read_questionnaire,
)


def router(identify: Identify, clock: Clock, rates: Rates | None = None) -> Router:
    """Make the API's routes; `identify` tells whose a key is."""
    return Router(
        VERSION_1,
        route_handlers=list(HANDLERS),
        guards=[callers.admitting(identify, clock, rates or Rates())],
        dependencies={
            "caller": Provide(callers.caller, sync_to_thread=False),
            "once": Provide(once.once),
        },
        exception_handlers={
            AssessmentError: problems.answer,
            HTTPException: problems.answer,
            Exception: problems.answer,
        },
        request_max_body_size=JSON_MOST,
    )
