"""Edit conflicts: if someone else has saved first, show the typed values, the stored values and who changed them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.errors import AlreadyOpenError, ConflictError
from assessment.services import auditing
from assessment.services.auditing import Change
from assessment.services.principals import Consultant
from assessment.web.actors import describe_actor
from assessment.web.console.form import Form
from assessment.web.console.names import Names
from assessment.web.console.refusals import NONE, RefusedError
from assessment.wording import Wording, wording
from assessment.wording.sentences import N_

TEMPLATE = "console/conflict.html"
EMPTY = "–"
SENTENCES = {
    auditing.ASSESSMENT_CHANGED: N_("{who} changed these settings while you were editing."),
    auditing.ASSESSMENT_OPENED: N_("{who} opened this assessment."),
    auditing.ASSESSMENT_CLOSED: N_("{who} closed this assessment."),
    auditing.ASSESSMENT_REOPENED: N_("{who} opened this assessment again."),
    auditing.INVITATION_CHANGED: N_("{who} changed this invitation while you were editing."),
    auditing.INVITATION_REPLACED: N_("{who} replaced this invitation."),
    auditing.INVITATION_REVOKED: N_("{who} revoked this invitation."),
}
EDITS = frozenset({auditing.ASSESSMENT_CHANGED, auditing.INVITATION_CHANGED})
LABELS = {  # in the order of the forms
    "organisation_name": N_("Name of the organisation"),
    "title": N_("Title"),
    "asker": N_("Sender name"),
    "closes_on": N_("Closing date"),
    "targets": N_("Targets"),
    "weights": N_("Weights"),
    "contacts": N_("Contacts"),
    "confidentiality": N_("Confidentiality"),
    "mode": N_("Who answers"),
    "minimum_group": N_("Minimum group"),
    "domains": N_("The client’s mail domains (optional)"),
    "share_results": N_("Show those who answered the results"),
    "in_benchmarks": N_("Count in benchmarks"),
    "name": N_("Name"),
    "email": N_("Email"),
    "role": N_("Role"),
    "functions": N_("Areas"),
    "lines": N_("One person per line: name, email, role, areas"),
}
VALUES = {
    "confidential": N_("Confidential"),
    "anonymous": N_("Anonymous"),
    "attributable": N_("Attributable"),
    "survey": N_("Individual survey"),
    "consensus": N_("Team consensus"),
    "yes": N_("yes"),
}


class Version(Struct, frozen=True):
    """Typed and stored value of a field; `changed_by` is empty if unknown."""

    label: str
    typed: str
    stored: str = ""
    changed_by: str = ""


class Conflict(Struct, frozen=True):
    """Sentences about the changes of others, and the fields that differ."""

    sentences: tuple[str, ...]
    versions: tuple[Version, ...] = ()


class ChangedFormError(RefusedError):
    """Raised if the edited object has changed since the form was rendered (412)."""

    status = 412


class LateFormError(RefusedError):
    """Raised if the state of the edited object no longer allows the action (409)."""

    status = 409


def describe_changes(
    session: Session, consultant: Consultant, subject: str, revision: int | None, unknown: str
) -> tuple[Conflict, Mapping[str, str] | None]:
    """Return sentences about the changes since a revision, and the actor by field.

    If the audit log has no such changes, returns the sentence `unknown`, and None instead of the actors.
    """
    words = wording(consultant.language)
    changes = auditing.changes_since(session, consultant.workspace_id, subject, revision or 0)
    sentences = dict.fromkeys(_sentence(words, change) for change in changes)
    changed_by = {field: describe_actor(words, change.actor) for change in changes for field in change.fields}
    if not changes:
        return Conflict((words.gettext(unknown),)), None
    return Conflict(tuple(sentences)), changed_by


def compare_versions(
    typed: Form, stored: Form, changed_by: Mapping[str, str] | None, names: Names, language: str
) -> tuple[Version, ...]:
    """List the fields whose typed and stored values differ, in the order of the form."""
    words = wording(language)
    fields = [name for name in _in_order([*typed.fields, *stored.fields]) if _is_asked(typed, name)]
    different = [name for name in fields if _values(typed, name) != _values(stored, name)]
    known, author = ({}, EMPTY) if changed_by is None else (changed_by, words.gettext("you"))
    return tuple(
        Version(
            _label(words, names, name),
            _show(words, names, name, typed),
            _show(words, names, name, stored),
            known.get(name.partition(":")[0], author),
        )
        for name in different
    )


@contextmanager
def keep_typed(
    session: Session, consultant: Consultant, form: Form, names: Names | None = None, *subjects: str
) -> Iterator[None]:
    """Turn a `ConflictError` into a 409 page with the typed values, and who changed the state of `subjects`."""
    try:
        yield
    except ConflictError as error:
        words = wording(consultant.language)
        sentences = [
            _sentence(words, change)
            for subject in subjects
            if (change := auditing.last_state_change(session, consultant.workspace_id, subject)) is not None
        ]
        known = names or Names(roles={}, functions={}, channels={}, title="")
        typed = tuple(
            Version(_label(words, known, name), _show(words, known, name, form))
            for name in _in_order(form.fields)
            if _values(form, name)
        )
        context = {
            "consultant": consultant,
            "title": AlreadyOpenError.title if isinstance(error, AlreadyOpenError) else error.title,
            "detail": "" if error.detail == error.title else error.detail,
            "problems": error.problems,
            "sentences": sentences,
            "typed": typed,
            "assessment_id": subjects[0] if subjects else "",
            "faults": NONE,
        }
        raise LateFormError(TEMPLATE, [], context) from error


def _in_order(names: Sequence[str] | Mapping[str, object]) -> list[str]:
    """Sort fields by the order of the forms, without those that have no label."""
    order = {name: position for position, name in enumerate(LABELS)}
    shown = [name for name in dict.fromkeys(names) if name.partition(":")[0] in order]
    return sorted(shown, key=lambda name: order[name.partition(":")[0]])


def _is_asked(typed: Form, name: str) -> bool:
    """Check whether the form had this field: browsers do not send an unticked checkbox."""
    is_promise = name == "share_results" and typed.text("promises") == "asked"
    return name in typed.fields or is_promise or name == "in_benchmarks"


def _values(form: Form, name: str) -> list[str]:
    return sorted(part for value in form.chosen(name) for part in value.split("\n" if name == "lines" else None))


def _label(words: Wording, names: Names, name: str) -> str:
    base, *rest = name.split(":")
    titles = [names.channels.get(part, names.function(part)) for part in rest]
    label = words.gettext(LABELS[base])
    return f"{label}: {', '.join(titles)}" if titles else label


def _show(words: Wording, names: Names, name: str, form: Form) -> str:
    values = form.chosen(name)
    if name == "closes_on" and (day := _day(form.text(name))):
        return words.date(day)
    if name == "role":
        return names.role(form.text(name)) or EMPTY
    if name == "functions":
        return ", ".join(names.function(each) for each in values) or EMPTY
    if name in ("confidentiality", "mode", "share_results", "in_benchmarks"):
        return ", ".join(words.gettext(VALUES.get(each, each)) for each in values) or EMPTY
    return "\n".join(values) or EMPTY


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _sentence(words: Wording, change: Change) -> str:
    return words.gettext(SENTENCES[change.action]).format(who=describe_actor(words, change.actor))
