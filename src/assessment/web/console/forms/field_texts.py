"""Fields of the console's forms as text for readers: in the order of the forms, with labels, formatted values."""

from collections.abc import Mapping, Sequence
from datetime import date

from assessment.i18n import Translator
from assessment.i18n.messages import N_
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.setting_switches import SWITCH_LABELS
from assessment.web.console.labels import QuestionnaireLabels

EMPTY_VALUE = "–"
FIELD_LABELS = {  # in the order of the forms
    "organisation_name": N_("Name of the client"),
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
    "functions": N_("Functions"),
    "lines": N_("One person per line: name, email, role, functions"),
}
VALUE_LABELS = {
    "confidential": N_("Confidential"),
    "anonymous": N_("Anonymous"),
    "attributable": N_("Attributable"),
    "survey": N_("Individual survey"),
    "consensus": N_("Team consensus"),
    "yes": N_("yes"),
}


def sort_fields(names: Sequence[str] | Mapping[str, object]) -> list[str]:
    """Sort fields by the order of the forms, without those that have no label."""
    order = {name: position for position, name in enumerate(FIELD_LABELS)}
    fields = [name for name in dict.fromkeys(names) if name.partition(":")[0] in order]
    return sorted(fields, key=lambda name: order[name.partition(":")[0]])


def list_parts(form: FormData, name: str) -> list[str]:
    """Return what a field says, for comparisons: neither order nor white space counts."""
    return sorted(part for value in form.list_values(name) for part in value.split("\n" if name == "lines" else None))


def format_label(translator: Translator, labels: QuestionnaireLabels, name: str) -> str:
    """Return the label of a field; `targets:hr` names the function too."""
    base, *rest = name.split(":")
    titles = [labels.channels.get(part, labels.function(part)) for part in rest]
    label = translator.gettext(FIELD_LABELS[base])
    return f"{label}: {', '.join(titles)}" if titles else label


def format_value(translator: Translator, labels: QuestionnaireLabels, name: str, form: FormData) -> str:
    """Return the value of a field as a reader knows it; a dash if it is empty."""
    values = form.list_values(name)
    if name == "closes_on" and (day := _parse_date(form.text(name))):
        return translator.format_date(day)
    if name == "role":
        return labels.role(form.text(name)) or EMPTY_VALUE
    if name == "functions":
        return ", ".join(labels.function(value) for value in values) or EMPTY_VALUE
    if name in ("confidentiality", "mode", "share_results") or name in SWITCH_LABELS:
        return ", ".join(translator.gettext(VALUE_LABELS.get(value, value)) for value in values) or EMPTY_VALUE
    return "\n".join(values) or EMPTY_VALUE


def _parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
