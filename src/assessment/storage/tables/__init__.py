"""All tables. Ids are random text, so that they reveal no order; datetimes are aware, in UTC.

Tables that link people to their answers are WITHOUT ROWID on SQLite: row ids would reveal who answered after whom.
Queries use the Core tables of this module, named in the singular: `tables.answer.c.value`.
"""

from sqlalchemy import Table
from sqlmodel import SQLModel

from assessment.storage.tables.accounts import (
    AccountTokenRow,
    ApiKeyRow,
    ConsoleSessionRow,
    LimitedTryRow,
    MembershipRow,
    RecoveryCodeRow,
    UserRow,
    WorkspaceRow,
)
from assessment.storage.tables.answers import AnswerRow, MarkRow, RespondentSessionRow, ResponseRow, SectionTimeRow
from assessment.storage.tables.assessments import AssessmentRow
from assessment.storage.tables.bulk_jobs import BulkJobPartRow, BulkJobRow
from assessment.storage.tables.clients import (
    ListWordRow,
    OrganisationRow,
    PublishedQuestionnaireRow,
    WorkspaceQuestionnaireRow,
)
from assessment.storage.tables.delivery import (
    MailingRecipientRow,
    MailingRow,
    MailTemplateRow,
    OutboxRow,
    ReminderPlanRow,
    WebhookDeliveryRow,
    WebhookRow,
)
from assessment.storage.tables.operations import AuditEntryRow, AuditHeadRow, ErasureRow, ReplayRow
from assessment.storage.tables.people import (
    AnnouncedCountRow,
    ClosingNoticeRow,
    HourlyCountRow,
    InvitationLinkRow,
    InvitationRow,
    PeopleSummaryRow,
    RoleReportRow,
)
from assessment.storage.tables.published_reports import PublishedFileRow, PublishedReportRow, ShareLinkRow
from assessment.storage.tables.results import AttributionRow, BasisRow, CommentsRow, ReleaseRow, VoiceRow

metadata = SQLModel.metadata


def _find_core_table(model: type[SQLModel]) -> Table:
    return metadata.tables[str(model.__tablename__)]


workspace = _find_core_table(WorkspaceRow)
user = _find_core_table(UserRow)
membership = _find_core_table(MembershipRow)
recovery_code = _find_core_table(RecoveryCodeRow)
console_session = _find_core_table(ConsoleSessionRow)
account_token = _find_core_table(AccountTokenRow)
limited_try = _find_core_table(LimitedTryRow)
api_key = _find_core_table(ApiKeyRow)
organisation = _find_core_table(OrganisationRow)
list_word = _find_core_table(ListWordRow)
assessment = _find_core_table(AssessmentRow)
published_questionnaire = _find_core_table(PublishedQuestionnaireRow)
workspace_questionnaire = _find_core_table(WorkspaceQuestionnaireRow)
invitation = _find_core_table(InvitationRow)
invitation_link = _find_core_table(InvitationLinkRow)
role_report = _find_core_table(RoleReportRow)
response = _find_core_table(ResponseRow)
respondent_session = _find_core_table(RespondentSessionRow)
section_time = _find_core_table(SectionTimeRow)
answer = _find_core_table(AnswerRow)
mark = _find_core_table(MarkRow)
hourly_count = _find_core_table(HourlyCountRow)
announced_count = _find_core_table(AnnouncedCountRow)
people_summary = _find_core_table(PeopleSummaryRow)
closing_notice = _find_core_table(ClosingNoticeRow)
audit_entry = _find_core_table(AuditEntryRow)
audit_head = _find_core_table(AuditHeadRow)
erasure = _find_core_table(ErasureRow)
release = _find_core_table(ReleaseRow)
attribution = _find_core_table(AttributionRow)
basis = _find_core_table(BasisRow)
comments = _find_core_table(CommentsRow)
voice = _find_core_table(VoiceRow)
replay = _find_core_table(ReplayRow)
mail_template = _find_core_table(MailTemplateRow)
reminder_plan = _find_core_table(ReminderPlanRow)
mailing = _find_core_table(MailingRow)
mailing_recipient = _find_core_table(MailingRecipientRow)
outbox = _find_core_table(OutboxRow)
webhook = _find_core_table(WebhookRow)
webhook_delivery = _find_core_table(WebhookDeliveryRow)
published_report = _find_core_table(PublishedReportRow)
published_file = _find_core_table(PublishedFileRow)
share_link = _find_core_table(ShareLinkRow)
bulk_job = _find_core_table(BulkJobRow)
bulk_job_part = _find_core_table(BulkJobPartRow)
