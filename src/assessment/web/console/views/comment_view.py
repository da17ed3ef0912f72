"""Names of the parts of the consultant's comments, and their values as text, for histories and conflicts."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from assessment.domain.closed_sets import ActionStatus
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Report
from assessment.domain.report.comment_parts import AboutReport, PartKind, PartValue
from assessment.domain.report.comments import ModerationInput
from assessment.domain.report.details import REMARK_PLACES, ActionEdit, ConsultantFinding, FindingEdit
from assessment.domain.report.finding_edits import ADVICE_PREFIX
from assessment.i18n import Translator
from assessment.i18n.action_texts import name_status
from assessment.i18n.messages import N_
from assessment.i18n.remark_places import name_remark_place
from assessment.web.console.forms.edit_conflicts import FieldVersions
from assessment.web.console.forms.field_texts import EMPTY_VALUE

FIELD_LABELS = {
    "title": N_("Title"),
    "wave": N_("Name of this wave"),
    "author": N_("Prepared by"),
    "confidentiality": N_("Note on every page"),
    "start": N_("Start on"),
    "note": N_("Your comment"),
    "owner": N_("Owner"),
    "due": N_("Due on"),
    "status": N_("Status"),
    "baseline": N_("Today"),
    "goal": N_("Goal"),
    "moderated": N_("Moderated value"),
    "reason": N_("Reason"),
    "text": N_("Words in the report"),
}


class CommentNames(Struct, frozen=True):
    """Names of advice, figures and remark places in the reader's language."""

    advice: Mapping[str, str]
    figures: Mapping[str, str]
    places: Mapping[str, str]
    findings: Mapping[str, str] = {}

    def name_part(self, part: str, translator: Translator) -> str:
        """Name a part of the comments."""
        kind, _, identifier = part.partition(":")
        advice = self.advice.get(identifier, identifier)
        finding = self.findings.get(identifier) or self.advice.get(identifier.removeprefix(ADVICE_PREFIX), identifier)
        return {
            PartKind.ABOUT: translator.gettext("Cover"),
            PartKind.FINDINGS: translator.gettext("Own findings"),
            PartKind.ORDER: translator.gettext("Order of the actions"),
            PartKind.REMARK: self.places.get(identifier, identifier),
            PartKind.MODERATION: translator.gettext("Moderated: {figure}").format(
                figure=self.figures.get(identifier, identifier)
            ),
            PartKind.ACTION: translator.gettext("Action: {title}").format(title=advice),
            PartKind.DROPPED: translator.gettext("Left out or brought back: {title}").format(title=advice),
            PartKind.FINDING: translator.gettext("Finding: {title}").format(title=finding),
            PartKind.FINDING_ORDER: translator.gettext("Order of the findings"),
            PartKind.DROPPED_FINDING: translator.gettext("Left out or brought back: {title}").format(title=finding),
        }[PartKind(kind)]


def build_names(
    questionnaire: Questionnaire, organisation: str, translator: Translator, report: Report | None = None
) -> CommentNames:
    """Collect the names in the reader's language; those of computed findings from the report."""
    texts = questionnaire.text(translator.language)
    dimensions = {name: text.title for name, text in texts.dimensions.items()}
    advice = {}
    for rule in questionnaire.rules:
        text = texts.rules.get(rule.id)
        advice[rule.id] = text.title if text else rule.id
    figures = {"overall": organisation}
    for function in questionnaire.functions:
        name = texts.functions.get(function.id, function.id)
        figures[f"functions.{function.id}"] = name
        for dimension in questionnaire.dimensions:
            path = f"functions.{function.id}.dimensions.{dimension.id}"
            figures[path] = f"{name} · {dimensions.get(dimension.id, dimension.id)}"
    places = {place: name_remark_place(place, translator) for place in REMARK_PLACES}
    places |= {function.id: texts.functions.get(function.id, function.id) for function in questionnaire.functions}
    stated = (*report.answer.stated, *report.answer.dropped) if report else ()
    findings = {finding.id: translator.render_message(finding.computed) for finding in stated}
    return CommentNames(advice, figures, places, findings)


def compare_part_versions(
    typed: PartValue, stored: PartValue, changed_by: str, names: CommentNames, translator: Translator
) -> tuple[FieldVersions, ...]:
    """List the fields of a part whose typed and stored values differ."""
    both = dict(_list_texts(typed, names, translator)), dict(_list_texts(stored, names, translator))
    labels = dict.fromkeys([*both[0], *both[1]])
    return tuple(
        FieldVersions(label, both[0].get(label) or EMPTY_VALUE, both[1].get(label) or EMPTY_VALUE, changed_by)
        for label in labels
        if both[0].get(label) != both[1].get(label)
    )


def _list_texts(value: PartValue, names: CommentNames, translator: Translator) -> Iterator[tuple[str, str]]:
    """Yield label and text of each field of a part."""
    if isinstance(value, str):
        yield translator.gettext("Text"), value
    elif isinstance(value, tuple):
        yield translator.gettext("Entries"), "\n".join(_format_entry(entry, names) for entry in value)
    elif isinstance(value, AboutReport | ActionEdit | FindingEdit | ModerationInput):
        for name in value.__struct_fields__:
            if name in FIELD_LABELS:
                yield translator.gettext(FIELD_LABELS[name]), _format_field(getattr(value, name), translator)


def _format_entry(entry: ConsultantFinding | str, names: CommentNames) -> str:
    if isinstance(entry, str):
        return names.advice.get(entry) or names.findings.get(entry, entry)
    return "\n".join(text for text in (entry.title, entry.text) if text)


def _format_field(value: str | float | ActionStatus | None, translator: Translator) -> str:
    if isinstance(value, ActionStatus):
        return name_status(value, translator)
    return "" if value is None else translator.format_for_input(value) if isinstance(value, float) else str(value)
