"""Edit conflicts: if someone else has saved first, show the typed values, the stored values and who changed them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256

from msgspec import Struct, json
from sqlalchemy.orm import Session

from assessment.errors import AlreadyOpenError, ConflictError
from assessment.i18n import Translator, get_translator
from assessment.i18n.messages import N_
from assessment.services.auth.principals import Consultant
from assessment.services.operations import audit_trail
from assessment.services.operations.audit_trail import AuditedChange
from assessment.web.actors import describe_actor
from assessment.web.console.forms.field_texts import EMPTY_VALUE, format_label, format_value, list_parts, sort_fields
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError
from assessment.web.console.forms.setting_switches import SWITCH_LABELS
from assessment.web.console.labels import QuestionnaireLabels

TEMPLATE = "console/conflict.html"
MARK_FIELD = "mark"  # hidden field of a form whose object has no revision
SETTINGS_CHANGED = N_("{who} changed these settings while you were editing.")
CHANGE_SENTENCES = {
    audit_trail.ASSESSMENT_CHANGED: SETTINGS_CHANGED,
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
    translator = get_translator(consultant.language)
    changes = audit_trail.list_changes_since(session, consultant.workspace_id, subject, revision or 0)
    sentences = dict.fromkeys(_format_sentence(translator, change) for change in changes)
    changed_by = {field: describe_actor(translator, change.actor) for change in changes for field in change.fields}
    if not changes:
        return EditConflict((translator.gettext(unknown),)), None
    return EditConflict(tuple(sentences)), changed_by


def compare_versions(
    typed: FormData, stored: FormData, changed_by: Mapping[str, str] | None, labels: QuestionnaireLabels, language: str
) -> tuple[FieldVersions, ...]:
    """List the fields whose typed and stored values differ, in the order of the form."""
    translator = get_translator(language)
    fields = [name for name in sort_fields([*typed.fields, *stored.fields]) if _has_field(typed, name)]
    different = [name for name in fields if list_parts(typed, name) != list_parts(stored, name)]
    actors, author = ({}, EMPTY_VALUE) if changed_by is None else (changed_by, translator.gettext("you"))
    return tuple(
        FieldVersions(
            format_label(translator, labels, name),
            format_value(translator, labels, name, typed),
            format_value(translator, labels, name, stored),
            actors.get(name.partition(":")[0], author),
        )
        for name in different
    )


def make_mark(stored: FormData) -> str:
    """Return a hash that changes with the stored values."""
    return sha256(json.encode(sorted(stored.fields.items()))).hexdigest()[:16]


def describe_changed_mark(
    form: FormData, stored: FormData, labels: Mapping[str, str], actor: str, language: str
) -> EditConflict | None:
    """Return what differs if the stored values are not those that the form was made from; None if they are.

    None too if the form has exactly the stored values: without scripts, a second click sends a form twice. `labels` are
    the fields in the order of the form, `actor` is the last one who changed the stored values.
    """
    is_same = all(form.list_values(name) == stored.list_values(name) for name in {*labels, *stored.fields})
    if is_same or form.text(MARK_FIELD) in ("", make_mark(stored)):
        return None
    translator = get_translator(language)
    author = describe_actor(translator, actor)
    different = [name for name in labels if form.list_values(name) != stored.list_values(name)]
    versions = tuple(
        FieldVersions(
            translator.gettext(labels[name]),
            ", ".join(form.list_values(name)) or EMPTY_VALUE,
            ", ".join(stored.list_values(name)) or EMPTY_VALUE,
            author,
        )
        for name in different
    )
    return EditConflict((translator.gettext(SETTINGS_CHANGED).format(who=author),), versions)


@contextmanager
def preserve_form_on_conflict(
    session: Session, consultant: Consultant, form: FormData, labels: QuestionnaireLabels | None = None, *subjects: str
) -> Iterator[None]:
    """Turn a `ConflictError` into a 409 page with the typed values, and who changed the state of `subjects`."""
    try:
        yield
    except ConflictError as error:
        translator = get_translator(consultant.language)
        sentences = [
            _format_sentence(translator, change)
            for subject in subjects
            if (change := audit_trail.find_last_state_change(session, consultant.workspace_id, subject)) is not None
        ]
        labels = labels or QuestionnaireLabels(roles={}, functions={}, channels={}, title="")
        typed = tuple(
            FieldVersions(format_label(translator, labels, name), format_value(translator, labels, name, form))
            for name in sort_fields(form.fields)
            if list_parts(form, name)
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


def _has_field(typed: FormData, name: str) -> bool:
    """Check whether the form had this field: browsers do not send an unticked checkbox."""
    is_promise = name == "share_results" and typed.text("promises") == "asked"
    return name in typed.fields or is_promise or name in SWITCH_LABELS


def _format_sentence(translator: Translator, change: AuditedChange) -> str:
    return translator.gettext(CHANGE_SENTENCES[change.action]).format(who=describe_actor(translator, change.actor))
