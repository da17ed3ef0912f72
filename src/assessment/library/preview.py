"""A questionnaire as plain text: all that people read, in the order in which they read it."""

from collections.abc import Iterator
from textwrap import indent, wrap

from assessment.domain.questionnaire import Item, Questionnaire, Texts

WIDTH = 88
HANGING = " " * 4


def show(questionnaire: Questionnaire, language: str) -> str:
    """Lay out sections, items with their ladders, and advice, in `language` where there is one."""
    texts = questionnaire.text(language)
    lines = [
        f"{texts.title} · {questionnaire.id} {questionnaire.version} · {texts.language}",
        "",
        *wrap(texts.introduction, WIDTH),
    ]
    for section in questionnaire.sections:
        title = texts.sections[section.id]
        lines += ["", title, "=" * len(title)]
        for id_ in section.items:
            lines += ["", *_item(questionnaire.item[id_], texts)]
    for horizon in questionnaire.horizons:
        lines += ["", texts.horizons[horizon], "=" * len(texts.horizons[horizon])]
        for rule in questionnaire.rules:
            if rule.horizon == horizon:
                lines += ["", *_rule(rule.id, f"{rule.number}{'!' if rule.pinned else ''}", texts)]
    return "\n".join(lines) + "\n"


def _item(item: Item, texts: Texts) -> Iterator[str]:
    text = texts.items[item.id]
    yield from wrap(f"{item.id}  {text.text}", WIDTH, subsequent_indent=HANGING)
    if text.hint:
        yield from _below(text.hint)
    yield from _below(f"({', '.join(texts.roles[role] for role in item.roles)})")
    labels = [(str(raw), rung) for raw, rung in enumerate(text.rungs)]
    labels += [(option, text.options[option]) for option in item.options]
    for value, label in labels:
        yield from _below(f"{value}  {label}")


def _rule(id_: str, number: str, texts: Texts) -> Iterator[str]:
    text = texts.rules[id_]
    yield f"{number}  {text.title} ({text.owner})"
    yield from _below(text.why)
    for step in text.steps:
        yield from _below(f"- {step}")
    yield from _below(f"-> {text.indicator}")


def _below(text: str) -> list[str]:
    return indent("\n".join(wrap(text, WIDTH - len(HANGING))), HANGING).splitlines()
