"""Preview as plain text, in the order of the survey."""

from collections.abc import Iterator, Sequence
from textwrap import indent, wrap

from assessment.domain.questionnaire import Questionnaire
from assessment.i18n import Translator, get_translator
from assessment.questionnaires.preview.content import (
    ItemPart,
    LabelledValue,
    QuestionnairePreview,
    RulePart,
    SurveyLength,
    build_preview,
)

LINE_WIDTH = 88
HANGING_INDENT = " " * 4


def render_text(questionnaire: Questionnaire, language: str) -> str:
    """Render items with ladders and routing, advice with conditions, weights and cut points."""
    preview = build_preview(questionnaire, language)
    return "\n".join(_format_preview(preview, get_translator(preview.language))) + "\n"


def _format_preview(preview: QuestionnairePreview, translator: Translator) -> Iterator[str]:
    yield f"{preview.title} · {preview.id} {preview.version} · {preview.language}"
    yield from ["", *wrap(preview.introduction, LINE_WIDTH)]
    for section in preview.sections:
        yield from _format_heading(section.title)
        for item in section.items:
            yield from _format_item(item)
    for horizon in preview.horizons:
        yield from _format_heading(horizon.title)
        for rule in horizon.rules:
            yield from _format_rule(rule)
    yield from _format_heading(translator.gettext("How long it takes"))
    yield from _format_columns(
        [(f"{length.role}, {length.functions}", _format_length(length, translator)) for length in preview.lengths]
    )
    yield from _format_heading(translator.gettext("Weights"))
    yield from _format_labels(preview.weights)
    yield from _format_heading(translator.gettext("Thresholds and cut points"))
    yield from _format_labels(preview.cut_points)


def _format_length(length: SurveyLength, translator: Translator) -> str:
    count, minutes = length.questions, length.minutes
    text = translator.ngettext("{count} question, {minutes} minutes", "{count} questions, {minutes} minutes", count)
    return text.format(count=count, minutes=minutes)


def _format_heading(title: str) -> list[str]:
    return ["", title, "=" * len(title)]


def _format_item(item: ItemPart) -> Iterator[str]:
    yield ""
    yield from wrap(f"{item.id}  {item.text}", LINE_WIDTH, subsequent_indent=HANGING_INDENT)
    if item.hint:
        yield from _indent_text(item.hint)
    if item.asked:
        yield from _indent_text(f"({item.asked})")
    if item.use:
        yield from _indent_text(f"[{item.use}]")
    for rung in item.ladder:
        yield from _indent_text(f"{rung.value}  {rung.label}")


def _format_rule(rule: RulePart) -> Iterator[str]:
    yield ""
    yield f"{rule.number}  {rule.title} ({rule.owner})"
    yield from _indent_text(f"[{rule.facts}]")
    yield from _indent_text(f"[{rule.fires}]")
    yield from _indent_text(rule.why)
    for step in rule.steps:
        yield from _indent_text(f"- {step}")
    yield from _indent_text(f"-> {rule.indicator}")


def _format_labels(labels: Sequence[LabelledValue]) -> Iterator[str]:
    yield from _format_columns([(label.label, label.value) for label in labels])


def _format_columns(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    widest = max((len(left) for left, _ in rows), default=0)
    yield from (f"{left.ljust(widest)}  {right}" for left, right in rows)


def _indent_text(text: str) -> list[str]:
    return indent("\n".join(wrap(text, LINE_WIDTH - len(HANGING_INDENT))), HANGING_INDENT).splitlines()
