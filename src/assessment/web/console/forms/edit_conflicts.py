"""Edit conflicts: if someone else has saved first, show the typed values, the stored values and who changed them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.errors import AlreadyOpenError, ConflictError
from assessment.i18n import Translator, get_translator
from assessment.i18n.messages import N_
from assessment.services.auth.principals import Consultant
from assessment.services.operations import audit_trail
from assessment.services.operations.audit_trail import AuditedChange
from assessment.web.actors import describe_actor
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError
from assessment.web.console.forms.setting_switches import SWITCH_LABELS
from assessment.web.console.labels import QuestionnaireLabels

TEMPLATE = "console/conflict.html"
EMPTY_VALUE = "–"
CHANGE_SENTENCES = {
    audit_trail.ASSESSMENT_CHANGED: N_("{who} changed these settings while you were editing."),
    audit_trail.ASSESSMENT_OPENED: N_("{who} opened this assessment."),
    audit_trail.ASSESSMENT_CLOSED: N_("{who} closed this assessment."),
    audit_trail.ASSESSMENT_REOPENED: N_("{who} opened this assessment again."),
    audit_trail.ASSESSMENT_ARCHIVED: N_("{who} archived this assessment."),
    audit_trail.ASSESSMENT_RESTORED: N_("{who} restored this assessment."),
    audit_trail.CLIENT_CHANGED: N_("{who} changed this client while you were editing."),
    audit_trail.CLIENT_ARCHIVED: N_("{who} archived this client."),
    audit_trail.CLIENT_RESTORED: N_("{who} restored this client."),
    audit_trail.INVITATION_CHANGED: N_("{who} changed this invitation while you were editing."),
    audit_trail.INVITATION_REPLACED: N_("{who} replaced this invitation."),
    audit_trail.INVITATION_REVOKED: N_("{who} revoked this invitation."),
}
FIELD_LABELS = {  # in the order of the forms
    "organisation_name": N_("Name of the organisation"),
    "title": N_("Title"),
    "asker": N_("Sender name"),
    "closes_on": N_("Closing date"),
    "targets": N_("Targets"),
    "weights": N_("Weights"),
    "contacts": N_("Contacts"),
    "confidentiality": N_("Confidentiality"),
    "mode": N_("Who answers"),
    "minimum_group": N_("Smallest group shown"),
    "domains": N_("The client’s mail domains (optional)"),
    "share_results": N_("Show the results to the people invited"),
    **SWITCH_LABELS,
    "name": N_("Name"),
    "contact_name": N_("Contact person"),
    "contact_email": N_("Email of the contact person"),
    "email": N_("Email"),
    "role": N_("Role"),
    "functions": N_("Areas"),
    "lines": N_("One person per line: name, email, role, areas"),
}
VALUE_LABELS = {
    "confidential": N_("Confidential"),
    "anonymous": N_("Anonymous"),
    "attributable": N_("Attributable"),
    "survey": N_("Individual survey"),
    "consensus": N_("Team consensus"),
    "yes": N_("yes"),
}


class FieldVersions(Struct, frozen=True):
    """Typed and stored value of a field; `changed_by` is empty if unknown."""

    label: str
    typed: str
    stored: str = ""
    changed_by: str = ""


class EditConflict(Struct, frozen=True):
    """Sentences about the changes of others, and the fields that differ."""

    sentences: tuple[str, ...]
    versions: tuple[FieldVersions, ...] = ()


class EditConflictError(InvalidFormError):
    """Raised if the edited object has changed since the form was rendered (412)."""

    status = 412


class StateConflictError(InvalidFormError):
    """Raised if the state of the edited object no longer allows the action (409)."""

    status = 409


def describe_changes(
    session: Session, consultant: Consultant, subject: str, revision: int | None, unknown: str
) -> tuple[EditConflict, Mapping[str, str] | None]:
    """Return sentences about the changes since a revision, and the actor by field.

    If the audit log has no such changes, returns the sentence `unknown`, and None instead of the actors.
    """
    words = get_translator(consultant.language)
    changes = audit_trail.list_changes_since(session, consultant.workspace_id, subject, revision or 0)
    sentences = dict.fromkeys(_format_sentence(words, change) for change in changes)
    changed_by = {field: describe_actor(words, change.actor) for change in changes for field in change.fields}
    if not changes:
        return EditConflict((words.gettext(unknown),)), None
    return EditConflict(tuple(sentences)), changed_by


def compare_versions(
    typed: FormData, stored: FormData, changed_by: Mapping[str, str] | None, labels: QuestionnaireLabels, language: str
) -> tuple[FieldVersions, ...]:
    """List the fields whose typed and stored values differ, in the order of the form."""
    words = get_translator(language)
    fields = [name for name in _sort_fields([*typed.fields, *stored.fields]) if _has_field(typed, name)]
    different = [name for name in fields if _list_values(typed, name) != _list_values(stored, name)]
    actors, author = ({}, EMPTY_VALUE) if changed_by is None else (changed_by, words.gettext("you"))
    return tuple(
        FieldVersions(
            _format_label(words, labels, name),
            _format_value(words, labels, name, typed),
            _format_value(words, labels, name, stored),
            actors.get(name.partition(":")[0], author),
        )
        for name in different
    )


@contextmanager
def preserve_form_on_conflict(
    session: Session, consultant: Consultant, form: FormData, labels: QuestionnaireLabels | None = None, *subjects: str
) -> Iterator[None]:
    """Turn a `ConflictError` into a 409 page with the typed values, and who changed the state of `subjects`."""
    try:
        yield
    except ConflictError as error:
        words = get_translator(consultant.language)
        sentences = [
            _format_sentence(words, change)
            for subject in subjects
            if (change := audit_trail.find_last_state_change(session, consultant.workspace_id, subject)) is not None
        ]
        labels = labels or QuestionnaireLabels(roles={}, functions={}, channels={}, title="")
        typed = tuple(
            FieldVersions(_format_label(words, labels, name), _format_value(words, labels, name, form))
            for name in _sort_fields(form.fields)
            if _list_values(form, name)
        )
        context = {
            "consultant": consultant,
            "title": AlreadyOpenError.title if isinstance(error, AlreadyOpenError) else error.title,
            "detail": "" if error.detail == error.title else error.detail,
            "problems": error.problems,
            "sentences": sentences,
            "typed": typed,
            "assessment_id": subjects[0] if subjects else "",
            "form_errors": NO_ERRORS,
        }
        raise StateConflictError(TEMPLATE, [], context) from error


def _sort_fields(names: Sequence[str] | Mapping[str, object]) -> list[str]:
    """Sort fields by the order of the forms, without those that have no label."""
    order = {name: position for position, name in enumerate(FIELD_LABELS)}
    fields = [name for name in dict.fromkeys(names) if name.partition(":")[0] in order]
    return sorted(fields, key=lambda name: order[name.partition(":")[0]])


def _has_field(typed: FormData, name: str) -> bool:
    """Check whether the form had this field: browsers do not send an unticked checkbox."""
    is_promise = name == "share_results" and typed.text("promises") == "asked"
    return name in typed.fields or is_promise or name in SWITCH_LABELS


def _list_values(form: FormData, name: str) -> list[str]:
    return sorted(part for value in form.list_values(name) for part in value.split("\n" if name == "lines" else None))


def _format_label(words: Translator, labels: QuestionnaireLabels, name: str) -> str:
    base, *rest = name.split(":")
    titles = [labels.channels.get(part, labels.function(part)) for part in rest]
    label = words.gettext(FIELD_LABELS[base])
    return f"{label}: {', '.join(titles)}" if titles else label


def _format_value(words: Translator, labels: QuestionnaireLabels, name: str, form: FormData) -> str:
    values = form.list_values(name)
    if name == "closes_on" and (day := _parse_date(form.text(name))):
        return words.format_date(day)
    if name == "role":
        return labels.role(form.text(name)) or EMPTY_VALUE
    if name == "functions":
        return ", ".join(labels.function(value) for value in values) or EMPTY_VALUE
    if name in ("confidentiality", "mode", "share_results") or name in SWITCH_LABELS:
        return ", ".join(words.gettext(VALUE_LABELS.get(value, value)) for value in values) or EMPTY_VALUE
    return "\n".join(values) or EMPTY_VALUE


def _parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _format_sentence(words: Translator, change: AuditedChange) -> str:
    return words.gettext(CHANGE_SENTENCES[change.action]).format(who=describe_actor(words, change.actor))
