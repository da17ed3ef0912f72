"""Content of a link's start page. Read-only, and the same for everyone who has the link, except the browser's draft."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, DeliveryMode, Mode, ResponseState
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.promises import Promises, mask_address
from assessment.domain.survey.routing import list_asked_items
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.assessments.reopening import is_release_compared
from assessment.services.survey import duration_estimate, own_drafts, survey_promises
from assessment.services.survey.browser_drafts import (
    NO_COOKIES,
    BrowserCookies,
    BrowserDraft,
    find_browser_draft,
)
from assessment.services.survey.role_reporting import can_report_role
from assessment.services.survey.survey_links import SurveyLink, find_link
from assessment.storage.people import role_reports
from assessment.storage.people.role_reports import RoleReport
from assessment.storage.survey import responses


class EntryState(StrEnum):
    """State of the assessment, or revoked if the link can't begin a response; closed takes precedence."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    REVOKED = "revoked"


class StartPage(Struct, frozen=True, kw_only=True):
    """Content of the start page.

    All fields describe the invitation and its assessment, except `draft`, which belongs to this browser, and
    `unseen_links`: the days of links made for the person that a browser with a draft has not shown yet.
    `further_links`: the days of all links made for the person after the first one.
    `is_reopened`: open again after a release. `is_earlier_release_kept`: the last close published no further release.
    `role_report`: what the person said about a wrong role, shown to everyone who has the link.
    """

    state: EntryState
    workspace_id: str
    assessment_id: str
    organisation: str
    title: str
    asker: str
    language: str
    promises: Promises
    confidentiality: Confidentiality
    mode: Mode
    closes_on: date | None
    time_zone: str
    role: str
    functions: tuple[str, ...]
    masked_address: str
    further_links: tuple[date, ...]
    revoked_on: date | None
    is_replaced: bool
    questionnaire: Questionnaire | None
    questions: int
    minutes: tuple[int, int] | None
    draft: BrowserDraft | None = None
    unseen_links: tuple[date, ...] = ()
    last_link_author: str = ""
    is_released: bool = False
    is_reopened: bool = False
    is_earlier_release_kept: bool = False
    can_report_role: bool = False
    role_report: RoleReport | None = None

    @property
    def assessment_key(self) -> AssessmentKey:
        return AssessmentKey(self.workspace_id, self.assessment_id)

    @property
    def is_private(self) -> bool:
        return self.promises.is_private

    @property
    def has_own_answers(self) -> bool:
        """Return whether this browser opens saved or sent answers of the link."""
        draft = self.draft
        return draft is not None and (draft.has_answers or draft.state == ResponseState.SENT)

    @property
    def can_finish_draft(self) -> bool:
        """Return whether "Finish on this device" can first show the code of this browser's draft."""
        return self.draft is not None and self.draft.moved_on is None and self.has_own_answers

    @property
    def may_add_no_results(self) -> bool:
        """Return whether a further release may be withheld for lack of new answers."""
        return self.is_reopened and is_release_compared(self.confidentiality, self.mode)


def load_start_page(
    session: Session, token: str, browser: BrowserCookies = NO_COOKIES, secret: str = "", now: datetime | None = None
) -> StartPage:
    """Load the start page. Read-only, so that mail scanners can open links without effect."""
    link = find_link(session, token)
    row = link.row
    functions = tuple(row.functions.split(";"))
    questionnaire, questions, minutes = None, 0, None
    if row.questionnaire_digest is not None:
        questionnaire = load_questionnaire(session, row)
        questions = len(list_asked_items(questionnaire, row.role, functions))
        minutes = duration_estimate.estimate_minutes(
            session, row.workspace_id, questionnaire, row.role, functions, row.language
        )
    unseen_links = own_drafts.list_unseen_links(session, link, browser, secret)
    further_links = own_drafts.list_further_links(session, row.workspace_id, link.invitation_ids)
    return StartPage(
        state=_get_entry_state(session, link, now),
        workspace_id=row.workspace_id,
        assessment_id=row.assessment_id,
        organisation=row.organisation,
        title=row.title,
        asker=row.asker,
        language=row.language,
        promises=survey_promises.load_link_promises(session, link),
        confidentiality=row.confidentiality,
        mode=row.mode,
        closes_on=row.closes_on,
        time_zone=row.time_zone,
        role=row.role,
        functions=functions,
        masked_address=mask_address(row.email) if row.deliver == DeliveryMode.MAIL and row.email else "",
        further_links=further_links,
        revoked_on=row.revoked_on,
        is_replaced=link.invitation_ids[-1] != row.id,
        questionnaire=questionnaire,
        questions=questions,
        minutes=minutes,
        draft=find_browser_draft(session, link, browser, secret, now) if link.is_private else None,
        unseen_links=unseen_links,
        last_link_author=own_drafts.find_link_maker(session, row.workspace_id, link.invitation_ids)
        if unseen_links or further_links
        else "",
        is_released=row.is_released,
        is_reopened=row.assessment_state == AssessmentState.OPEN and row.is_released,
        is_earlier_release_kept=bool(row.held_back),
        can_report_role=can_report_role(link, now),
        role_report=role_reports.find_role_report(session, row.workspace_id, row.id),
    )


def _get_entry_state(session: Session, link: SurveyLink, now: datetime | None) -> EntryState:
    state = EntryState(link.state(now))
    if state == EntryState.CLOSED or not link.row.revoked_on:
        return state
    is_begun = not link.is_private and responses.find_newest_response(session, link.row.workspace_id, link.row.id)
    return state if is_begun else EntryState.REVOKED
