"""Router of the survey: link and start page, sections, check page, sending, withdrawal."""

from litestar import Router
from litestar.di import Provide

from assessment.errors import AlreadySentError, AppError, ClosedError, UnauthenticatedError
from assessment.routers import OwnedRouter
from assessment.web.http.guards import LostSessionError
from assessment.web.survey import dependencies, problems
from assessment.web.survey.handlers import (
    code_page,
    conflict_page,
    finish_on_device,
    lost_session,
    role_report,
    section_pages,
    sending,
    start_page,
    unsubscribe_page,
)
from assessment.web.survey.handlers.preview import render_preview
from assessment.web.survey.response_states import MovedError, SessionRenewedError, SetAsideError, WithdrawnError
from assessment.web.survey.save_errors import wrap_error_handler

__all__ = ["create_router", "render_preview"]


def create_router() -> Router:
    return OwnedRouter(
        "/",
        route_handlers=[
            start_page.show_start_page,
            start_page.remove_tail,
            start_page.enter_survey,
            role_report.show_role_form,
            role_report.report_role,
            unsubscribe_page.show_unsubscribe_form,
            unsubscribe_page.unsubscribe_person,
            unsubscribe_page.show_unsubscribed_page,
            code_page.show_code_form,
            code_page.enter_code,
            code_page.show_withdrawal_form,
            code_page.enter_link_and_code,
            section_pages.continue_survey,
            section_pages.return_to_start,
            section_pages.show_section,
            section_pages.save_section,
            section_pages.save_answer,
            conflict_page.show_conflicts,
            conflict_page.choose_answer,
            lost_session.show_form,
            lost_session.resume_section,
            problems.show_problem,
            sending.show_check_page,
            sending.send_answers,
            sending.show_sent_elsewhere,
            sending.show_sent_page,
            sending.download_copy,
            sending.show_withdraw_form,
            sending.withdraw_answers,
            sending.show_withdrawn_page,
            finish_on_device.show_finish_form,
            finish_on_device.end_browser_sessions,
            finish_on_device.forget_browser,
            finish_on_device.show_finished_page,
            finish_on_device.dismiss_links,
        ],
        dependencies={
            "respondent": Provide(dependencies.provide_respondent),
            "questionnaire": Provide(dependencies.provide_questionnaire),
            "own_draft": Provide(dependencies.provide_own_draft, sync_to_thread=True),
        },
        exception_handlers={
            kind: wrap_error_handler(handler)
            for kind, handler in {
                AlreadySentError: sending.show_finished_state,
                ClosedError: sending.show_finished_state,
                WithdrawnError: sending.show_finished_state,
                SetAsideError: sending.show_finished_state,
                MovedError: finish_on_device.show_moved_page,
                SessionRenewedError: finish_on_device.renew_session,
                UnauthenticatedError: finish_on_device.show_lost_page,
                LostSessionError: lost_session.show_resume_page,
                AppError: problems.redirect_failure,
            }.items()
        },
    )
