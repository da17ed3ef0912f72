"""Router of the API: all handlers with their guard, dependencies and error handler."""

from functools import cache
from typing import Any

from litestar import Router
from litestar.di import Provide

from assessment.api import (
    assessments,
    benchmarks,
    callers,
    comments,
    comparisons,
    documents,
    invitations,
    once,
    organisations,
    problems,
    questionnaires,
    reference,
    responses,
    results,
)
from assessment.api.bodies import JSON_MOST
from assessment.api.callers import Clock, Identify
from assessment.api.rates import Rates

PREFIX = "/api"
PROVIDED = ("settings", "now", "library", "reading", "writing", "caller", "once", "press", "engine")

NOUNS: tuple[Any, ...] = (
    questionnaires.list_questionnaires,
    questionnaires.read_questionnaire,
    organisations.list_organisations,
    organisations.create_organisation,
    assessments.list_assessments,
    assessments.create_assessment,
    assessments.read_assessment,
    assessments.change_assessment,
    assessments.open_assessment,
    assessments.close_assessment,
    invitations.list_invitations,
    invitations.create_invitations,
    invitations.read_invitation,
    invitations.change_invitation,
    invitations.replace_invitation,
    invitations.create_link,
    invitations.revoke_invitation,
    responses.take_in_responses,
    responses.export_responses,
    results.read_progress,
    results.read_scores,
    results.read_report,
    results.read_export,
    comments.read_comments,
    comments.write_comments,
    comparisons.read_comparison,
    benchmarks.list_benchmarks,
)


def router(identify: Identify, clock: Clock, rates: Rates | None = None) -> Router:
    """Create the router; `identify` returns the holder of a key."""
    return Router(
        PREFIX,
        route_handlers=[Router("/v1", route_handlers=list(NOUNS)), documents.read_openapi, documents.read_reference],
        guards=[callers.admitting(identify, clock, rates or Rates())],
        dependencies={
            "caller": Provide(callers.caller, sync_to_thread=False),
            "once": Provide(once.once),
            "description": Provide(description, sync_to_thread=False),
        },
        exception_handlers={Exception: problems.answer},
        request_max_body_size=JSON_MOST,
    )


@cache
def description() -> reference.Json:
    """Return the OpenAPI description; it never changes while the process runs."""
    return reference.describe(Router("/api/v1", route_handlers=list(NOUNS)), PROVIDED)
