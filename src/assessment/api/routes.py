"""Router of the API: all handlers with their guard, dependencies and error handler."""

from functools import cache
from typing import Any

from litestar import Router
from litestar.di import Provide

from assessment.api.http import authentication, idempotency, problems
from assessment.api.http.authentication import CountRequest, IdentifyKey
from assessment.api.http.request_bodies import MAX_JSON_BYTES
from assessment.api.openapi import description, documents, schemas
from assessment.api.resources import (
    assessment_archive,
    assessment_states,
    assessments,
    benchmarks,
    bulk_jobs,
    charts,
    comments,
    comparisons,
    feasibility,
    findings,
    invitation_changes,
    invitation_mails,
    invitations,
    keys,
    next_wave,
    organisations,
    own_templates,
    portfolio,
    published_reports,
    questionnaire_uploads,
    questionnaires,
    report_files,
    responses,
    results,
    roadmap,
    share_links,
    users,
    voices,
    webhook_deliveries,
    webhooks,
    workspace,
)
from assessment.routers import OwnedRouter

PREFIX = "/api"
PROVIDED_DEPENDENCIES = (
    "settings",
    "now",
    "catalogue",
    "read_session",
    "write_session",
    "caller",
    "idempotent",
    "render_pool",
    "engine",
)

ROUTE_HANDLERS: tuple[Any, ...] = (
    questionnaires.list_questionnaires,
    questionnaires.read_questionnaire,
    questionnaire_uploads.upload_questionnaire,
    questionnaire_uploads.publish_questionnaire,
    questionnaire_uploads.delete_questionnaire,
    organisations.list_organisations,
    organisations.create_organisation,
    organisations.read_organisation,
    organisations.change_organisation,
    organisations.archive_organisation,
    organisations.restore_organisation,
    organisations.erase_organisation,
    assessments.list_assessments,
    assessments.create_assessment,
    assessments.read_assessment,
    assessments.change_assessment,
    assessment_states.open_assessment,
    assessment_states.close_assessment,
    next_wave.create_next_wave,
    next_wave.read_differences,
    assessment_archive.delete_draft,
    assessment_archive.archive_assessment,
    assessment_archive.restore_assessment,
    feasibility.read_feasibility,
    invitations.list_invitations,
    invitations.create_invitations,
    invitations.read_invitation,
    invitation_changes.change_invitation,
    invitation_changes.replace_invitation,
    invitations.create_link,
    invitation_mails.send_invitations,
    invitation_mails.send_reminders,
    invitations.revoke_invitation,
    responses.take_in_responses,
    responses.export_responses,
    responses.export_answer_workbook,
    responses.export_spss_file,
    bulk_jobs.read_job,
    bulk_jobs.list_job_invitations,
    portfolio.export_portfolio,
    results.read_progress,
    results.read_scores,
    *report_files.FILE_HANDLERS,
    results.read_export,
    voices.read_voices,
    comments.read_comments,
    comments.write_comments,
    own_templates.fill_word_document,
    own_templates.write_own_slides,
    charts.list_charts,
    charts.read_chart_svg,
    charts.read_chart_png,
    published_reports.list_published_reports,
    published_reports.publish_report,
    published_reports.read_published_report,
    published_reports.read_published_file,
    published_reports.withdraw_published_report,
    share_links.list_share_links,
    share_links.create_share_link,
    share_links.read_share_link,
    share_links.revoke_share_link,
    findings.read_findings,
    findings.change_finding,
    roadmap.read_roadmap,
    roadmap.change_action,
    comparisons.read_comparison,
    benchmarks.list_benchmarks,
    webhooks.list_webhooks,
    webhooks.create_webhook,
    webhooks.read_webhook,
    webhooks.change_webhook,
    webhooks.delete_webhook,
    webhooks.rotate_secret,
    webhook_deliveries.list_deliveries,
    webhook_deliveries.replay_delivery,
    keys.list_keys,
    keys.create_key,
    keys.read_key,
    keys.change_key,
    keys.rotate_key,
    keys.revoke_key,
    users.list_users,
    users.create_user,
    users.read_user,
    users.change_user,
    users.renew_link,
    users.remove_user,
    workspace.read_workspace,
    workspace.change_workspace,
)


def create_router(identify: IdentifyKey, count_request: CountRequest) -> Router:
    """Create the router; `identify` returns the holder of a key, `count_request` limits the rate of requests."""
    return OwnedRouter(
        PREFIX,
        route_handlers=[
            OwnedRouter("/v1", route_handlers=list(ROUTE_HANDLERS)),
            documents.read_openapi,
            documents.read_reference,
        ],
        guards=[authentication.create_guard(identify, count_request)],
        dependencies={
            "caller": Provide(authentication.provide_caller, sync_to_thread=False),
            "idempotent": Provide(idempotency.provide_idempotent_request),
            "description": Provide(get_description, sync_to_thread=False),
        },
        exception_handlers={Exception: problems.render_problem},
        request_max_body_size=MAX_JSON_BYTES,
    )


@cache
def get_description() -> schemas.JsonObject:
    """Return the OpenAPI description; it never changes while the process runs."""
    return description.describe_routes(Router("/api/v1", route_handlers=list(ROUTE_HANDLERS)), PROVIDED_DEPENDENCIES)
