"""Router of the consultants' console."""

from litestar import Router
from litestar.di import Provide

from assessment.errors import ConflictError, UnauthenticatedError, UnavailableError
from assessment.web.console import authentication
from assessment.web.console.form_data import provide_form
from assessment.web.console.form_errors import InvalidFormError, show_form_errors
from assessment.web.console.handlers import (
    assessment_page,
    exports,
    feasibility,
    home,
    link_export,
    mail_texts,
    mails,
    new_assessment,
    people,
    people_list,
    replacement,
    results,
    settings,
    sign_in,
    survey_preview,
)
from assessment.web.console.refused_forms import show_refused_form

__all__ = ["router"]

ROUTES = (
    sign_in.show_sign_in_form,
    sign_in.sign_in,
    sign_in.sign_out,
    home.show_home,
    new_assessment.show_new_form,
    new_assessment.create_assessment,
    assessment_page.show_assessment,
    assessment_page.show_progress,
    assessment_page.open_assessment,
    assessment_page.show_close_form,
    assessment_page.close_assessment,
    assessment_page.show_reopen_form,
    assessment_page.reopen_assessment,
    feasibility.show_feasibility,
    people.show_people,
    people.add_person,
    people_list.check_list_file,
    people_list.add_people,
    people.make_link,
    link_export.make_links,
    people.show_revoke_form,
    people.revoke_invitation,
    replacement.show_replacement_form,
    replacement.correct_invitation,
    mails.show_mails,
    mails.show_mail_progress,
    mails.send_invitations,
    mails.send_reminders,
    mails.send_closing_notice,
    mails.cancel_mails,
    mails.mail_person,
    mails.plan_mails,
    mails.stop_plan,
    mails.resume_plan,
    mail_texts.show_mail_text,
    mail_texts.change_mail_text,
    settings.show_settings_form,
    settings.change_settings,
    survey_preview.show_preview_form,
    survey_preview.preview_first_section,
    survey_preview.preview_section,
    results.show_results,
    results.download_report,
    results.download_deck,
    results.download_document,
    results.download_workbook,
    exports.export_figures,
    exports.export_responses,
    home.show_benchmarks,
)


router = Router(
    "/console",
    route_handlers=ROUTES,
    dependencies={
        "consultant": Provide(authentication.provide_consultant, sync_to_thread=True),
        "form": Provide(provide_form),
    },
    exception_handlers={
        UnauthenticatedError: authentication.ask_to_sign_in,
        InvalidFormError: show_form_errors,
        ConflictError: show_refused_form,
        ExceptionGroup: show_refused_form,
        UnavailableError: show_refused_form,
    },
)
