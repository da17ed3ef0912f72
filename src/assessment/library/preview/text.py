"""Preview as plain text, in the order of the survey."""

from collections.abc import Iterator, Sequence
from textwrap import indent, wrap

from assessment.domain.questionnaire import Questionnaire
from assessment.library.preview.parts import ItemPart, Label, Length, Preview, RulePart, preview
from assessment.wording import Wording, wording

WIDTH = 88
HANGING = " " * 4


def show(questionnaire: Questionnaire, language: str) -> str:
    """Render items with ladders and routing, advice with conditions, weights and cut points."""
    made = preview(questionnaire, language)
    return "\n".join(_lines(made, wording(made.language))) + "\n"


def _lines(made: Preview, words: Wording) -> Iterator[str]:
    yield f"{made.title} · {made.id} {made.version} · {made.language}"
    yield from ["", *wrap(made.introduction, WIDTH)]
    for section in made.sections:
        yield from _heading(section.title)
        for item in section.items:
            yield from _item(item)
    for horizon in made.horizons:
        yield from _heading(horizon.title)
        for rule in horizon.rules:
            yield from _rule(rule)
    yield from _heading(words.gettext("How long it takes"))
    yield from _columns([(f"{each.role}, {each.functions}", _length(each, words)) for each in made.lengths])
    yield from _heading(words.gettext("Weights"))
    yield from _labels(made.weights)
    yield from _heading(words.gettext("Thresholds and cut points"))
    yield from _labels(made.cut_points)


def _length(length: Length, words: Wording) -> str:
    count, minutes = length.questions, length.minutes
    text = words.ngettext("{count} question, {minutes} minutes", "{count} questions, {minutes} minutes", count)
    return text.format(count=count, minutes=minutes)


def _heading(title: str) -> list[str]:
    return ["", title, "=" * len(title)]


def _item(item: ItemPart) -> Iterator[str]:
    yield ""
    yield from wrap(f"{item.id}  {item.text}", WIDTH, subsequent_indent=HANGING)
    if item.hint:
        yield from _below(item.hint)
    if item.asked:
        yield from _below(f"({item.asked})")
    if item.use:
        yield from _below(f"[{item.use}]")
    for rung in item.ladder:
        yield from _below(f"{rung.value}  {rung.label}")


def _rule(rule: RulePart) -> Iterator[str]:
    yield ""
    yield f"{rule.number}  {rule.title} ({rule.owner})"
    yield from _below(f"[{rule.facts}]")
    yield from _below(f"[{rule.fires}]")
    yield from _below(rule.why)
    for step in rule.steps:
        yield from _below(f"- {step}")
    yield from _below(f"-> {rule.indicator}")


def _labels(labels: Sequence[Label]) -> Iterator[str]:
    yield from _columns([(each.label, each.value) for each in labels])


def _columns(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    widest = max((len(left) for left, _ in rows), default=0)
    yield from (f"{left.ljust(widest)}  {right}" for left, right in rows)


def _below(text: str) -> list[str]:
    return indent("\n".join(wrap(text, WIDTH - len(HANGING))), HANGING).splitlines()
