"""Sentences of the audit log: what was done, in the reader's language."""

from collections.abc import Mapping

from assessment.i18n import Translator
from assessment.i18n.messages import N_
from assessment.services.delivery import mail_queue, mail_texts, queued_mailings, reminder_plans
from assessment.services.operations import audit_trail
from assessment.services.questionnaires import workspace_questionnaires
from assessment.services.reports import published_reports, share_links
from assessment.services.webhooks import delivery_log, subscriptions
from assessment.storage.auth.audit_log import AuditEntry
from assessment.web.console.forms.field_texts import FIELD_LABELS

# Groups of the filter, and the actions in each. `{name}` is what the entry is about, the others are its details.
SENTENCES: Mapping[str, Mapping[str, str]] = {
    "accounts": {
        audit_trail.USER_ADDED: N_("Added the user {name} as {role}"),
        audit_trail.ROLE_CHANGED: N_("Made the user {name} {role}"),
        audit_trail.SET_UP_LINK_MADE: N_("Made a new link with which {name} sets a password"),
        audit_trail.PASSWORD_CHANGED: N_("Set a new password for {name}"),
        audit_trail.USER_DISABLED: N_("Disabled the user {name}"),
        audit_trail.USER_ENABLED: N_("Enabled the user {name}"),
        audit_trail.USER_REMOVED: N_("Removed the user {name}"),
        audit_trail.SECOND_FACTOR_SET_UP: N_("Set up two-step sign-in for {name}"),
        audit_trail.SECOND_FACTOR_REMOVED: N_("Turned off two-step sign-in for {name}"),
        audit_trail.RECOVERY_CODES_MADE: N_("Made new recovery codes for {name}"),
        audit_trail.RECOVERY_CODE_USED: N_("Used a recovery code for {name}"),
    },
    "keys": {
        audit_trail.KEY_ADDED: N_("Made the API key “{name}”: {scopes}"),
        audit_trail.KEY_CHANGED: N_("Changed the API key “{name}”: {scopes}"),
        audit_trail.KEY_REPLACED: N_("Replaced the API key “{name}”"),
        audit_trail.KEY_REVOKED: N_("Revoked the API key “{name}”"),
    },
    "webhooks": {
        subscriptions.WEBHOOK_ADDED: N_("Added a webhook to {url}"),
        subscriptions.WEBHOOK_CHANGED: N_("Changed the webhook to {url}"),
        subscriptions.WEBHOOK_ROTATED: N_("Replaced the signing secret of the webhook to {url}"),
        subscriptions.WEBHOOK_DELETED: N_("Deleted the webhook to {url}"),
        subscriptions.WEBHOOK_ENDED: N_("Ended the webhook {name}: its receiver is gone"),
        delivery_log.DELIVERY_REPLAYED: N_("Replayed {event} to the webhook {name}"),
    },
    "questionnaires": {
        workspace_questionnaires.QUESTIONNAIRE_UPLOADED: N_("Uploaded the questionnaire {name} {version}"),
        workspace_questionnaires.QUESTIONNAIRE_PUBLISHED: N_("Published the questionnaire {name} {version}"),
        workspace_questionnaires.QUESTIONNAIRE_DELETED: N_("Deleted the upload of the questionnaire {name} {version}"),
    },
    "workspace": {
        audit_trail.LOG_STARTED: N_("Started this log"),
        audit_trail.WORKSPACE_CREATED: N_("Created the workspace"),
        audit_trail.WORKSPACE_CHANGED: N_("Changed the workspace: {changes}"),
    },
    "clients": {
        audit_trail.CLIENT_CREATED: N_("Added the client “{name}”"),
        audit_trail.CLIENT_CHANGED: N_("Changed the client “{name}”: {fields}"),
        audit_trail.CLIENT_ARCHIVED: N_("Archived the client “{name}”"),
        audit_trail.CLIENT_RESTORED: N_("Restored the client “{name}”"),
        audit_trail.CLIENT_ERASED: N_("Erased the client {name}, with assessments: {assessments}, people: {people}"),
    },
    "assessments": {
        audit_trail.ASSESSMENT_CREATED: N_("Created the assessment “{name}”"),
        audit_trail.ASSESSMENT_CHANGED: N_("Changed settings of “{name}”: {settings}"),
        audit_trail.ASSESSMENT_OPENED: N_("Opened “{name}”"),
        audit_trail.ASSESSMENT_CLOSED: N_("Closed “{name}”"),
        audit_trail.ASSESSMENT_REOPENED: N_("Opened “{name}” again"),
        audit_trail.ASSESSMENT_ARCHIVED: N_("Archived “{name}”"),
        audit_trail.ASSESSMENT_RESTORED: N_("Restored “{name}”"),
        audit_trail.ASSESSMENT_DELETED: N_("Deleted the draft {name}"),
    },
    "reports": {
        published_reports.REPORT_PUBLISHED: N_("Published report {number} of “{name}”"),
        published_reports.REPORT_WITHDRAWN: N_("Withdrew report {number} of “{name}”"),
        share_links.LINK_SHARED: N_("Made a link to report {number} of “{name}”"),
        share_links.SHARE_REVOKED: N_("Revoked a link to report {number} of “{name}”"),
    },
    "people": {
        audit_trail.PEOPLE_INVITED: N_("Added people to “{name}”: {people}"),
        audit_trail.LINK_CREATED: N_("Made a link for a person in “{name}” (number {number})"),
        audit_trail.LINK_QUEUED: N_("Queued a further link for a person in “{name}”"),
        audit_trail.LINK_MAILED: N_("Mailed a further link to a person in “{name}”"),
        audit_trail.INVITATION_CHANGED: N_("Changed an invitation in “{name}”: {fields}"),
        audit_trail.INVITATION_REVOKED: N_("Revoked an invitation in “{name}”"),
        audit_trail.INVITATION_REPLACED: N_("Replaced an invitation in “{name}”"),
    },
    "mails": {
        mail_queue.MAILS_QUEUED: N_("Sent mails for “{name}”: {kind}, {mails}"),
        queued_mailings.MAILS_CANCELLED: N_("Stopped mails for “{name}”: {kind}"),
        reminder_plans.PLAN_CHANGED: N_("Changed the plan of mails for “{name}”"),
        mail_texts.TEMPLATE_CHANGED: N_("Changed the text of a mail for “{name}”: {kind}, {language}"),
    },
    "data": {
        audit_trail.RESPONSES_IMPORTED: N_("Imported responses into “{name}”: {responses}"),
        audit_trail.RESPONSES_EXPORTED: N_("Exported the raw answers of “{name}”"),
        audit_trail.RESPONDENT_EXPORTED: N_("Exported the data of a person in “{name}”"),
        audit_trail.RESPONDENT_ERASED: N_("Erased the data of a person in “{name}”"),
        audit_trail.RETENTION_APPLIED: N_("Erased at the end of the retention period in “{name}”: {erased}"),
    },
}
ACTION_GROUPS = {
    "accounts": N_("Users and passwords"),
    "keys": N_("API keys"),
    "webhooks": N_("Webhooks"),
    "questionnaires": N_("Questionnaires"),
    "workspace": N_("Workspace"),
    "clients": N_("Clients"),
    "assessments": N_("Assessments"),
    "reports": N_("Published reports"),
    "people": N_("People and links"),
    "mails": N_("Mails"),
    "data": N_("Import and export"),
}
UNKNOWN = N_("Recorded “{action}”")
VALUE_NAMES = {
    "role": {"owner": N_("owner"), "editor": N_("editor"), "viewer": N_("viewer")},
    "logo": {"new": N_("a new one"), "removed": N_("removed")},
    "erased": {"names": N_("names and addresses"), "answers": N_("answers")},
    "kind": {
        "invitation": N_("Invitation"),
        "reminder": N_("Reminder"),
        "closing-soon": N_("Closing soon"),
        "results": N_("Results"),
    },
}
WORKSPACE_LABELS = {
    "name": N_("Name"),
    "time_zone": N_("Time zone"),
    "sender_name": N_("Sender name"),
    "prepared_by": N_("Reports are prepared by"),
    "accent": N_("Colour of reports"),
    "languages": N_("Languages"),
    "retention_months": N_("Months until answers are due for deletion"),
    "logo": N_("Logo"),
}
BY_ACTION = {action: sentence for group in SENTENCES.values() for action, sentence in group.items()}


def list_actions(group: str) -> tuple[str, ...]:
    """Return the actions of a group; none, which admits all, if there is no such group."""
    return tuple(SENTENCES.get(group, {}))


def describe_entry(translator: Translator, entry: AuditEntry, name: str) -> str:
    """Return what was done; `name` is the name of what the entry is about, its id if that is gone."""
    details = {field: _format_detail(translator, field, value) for field, value in entry.details.items()}
    changes = translator.join_list([f"{_name_field(translator, field)} ({value})" for field, value in details.items()])
    values = _Details(details | {"name": name or entry.subject, "action": entry.action, "changes": changes})
    return translator.gettext(BY_ACTION.get(entry.action, UNKNOWN)).format_map(values)


def _name_field(translator: Translator, field: str) -> str:
    return translator.gettext(WORKSPACE_LABELS[field]) if field in WORKSPACE_LABELS else field


class _Details(dict[str, str]):
    """Details of an entry; older entries have fewer of them."""

    def __missing__(self, field: str) -> str:
        return "–"


def _format_detail(translator: Translator, field: str, value: object) -> str:
    if isinstance(value, list):
        return translator.join_list([translator.gettext(FIELD_LABELS.get(str(part), str(part))) for part in value])
    if field == "scopes":
        return translator.join_list(str(value).split())
    names = VALUE_NAMES.get(field, {})
    return translator.gettext(names[str(value)]) if value in names else str(value)
