"""Content of a preview: all texts, and how the answers are used."""

from collections.abc import Iterator

from msgspec import Struct, structs

from assessment.domain.duration import surveys
from assessment.domain.questionnaire import Condition, Item, Questionnaire, Rule, Section, Texts
from assessment.wording import Wording, wording

SEPARATOR = " · "
PARTS = ("any", "all", "only_if", "unless")
SETTINGS = ("scoring", "indices", "disclosure", "comparison", "benchmark", "prioritising")


class Label(Struct, frozen=True):
    """A value with its label."""

    value: str
    label: str


class ItemPart(Struct, frozen=True):
    """An item with its ladder, who is asked, and how the answer is used.

    A block is an entry of its own, with stem and ladder; its items follow without a ladder.
    """

    id: str
    text: str
    hint: str
    asked: str
    use: str
    ladder: tuple[Label, ...]


class SectionPart(Struct, frozen=True):
    """One page of the survey."""

    title: str
    items: tuple[ItemPart, ...]


class RulePart(Struct, frozen=True):
    """One advice and its conditions."""

    number: str
    title: str
    owner: str
    why: str
    steps: tuple[str, ...]
    indicator: str
    fires: str
    facts: str


class HorizonPart(Struct, frozen=True):
    """Advice of one horizon."""

    title: str
    rules: tuple[RulePart, ...]


class Length(Struct, frozen=True):
    """Estimated duration of one role's survey."""

    role: str
    functions: str
    questions: int
    minutes: str


class Preview(Struct, frozen=True):
    title: str
    id: str
    version: str
    digest: str
    language: str
    introduction: str
    sections: tuple[SectionPart, ...]
    horizons: tuple[HorizonPart, ...]
    lengths: tuple[Length, ...]
    weights: tuple[Label, ...]
    cut_points: tuple[Label, ...]


def preview(questionnaire: Questionnaire, language: str) -> Preview:
    """Build the preview in `language` if the questionnaire has it, otherwise in its source language."""
    texts = questionnaire.text(language)
    words = wording(texts.language)
    return Preview(
        title=texts.title,
        id=questionnaire.id,
        version=questionnaire.version,
        digest=questionnaire.digest,
        language=texts.language,
        introduction=texts.introduction,
        sections=tuple(
            SectionPart(texts.sections[section.id], tuple(_items(questionnaire, section, texts, words)))
            for section in questionnaire.sections
        ),
        horizons=tuple(_horizons(questionnaire, texts, words)),
        lengths=tuple(_lengths(questionnaire, texts, words)),
        weights=tuple(_weights(questionnaire, texts, words)),
        cut_points=tuple(_settings(questionnaire)),
    )


def _items(questionnaire: Questionnaire, section: Section, texts: Texts, words: Wording) -> Iterator[ItemPart]:
    """Yield the items of a section, and each block before its first item."""
    for id_ in section.items:
        block = questionnaire.block_of.get(id_)
        if block is not None and block.items[0] == id_:
            text = texts.blocks[block.id]
            ladder = tuple(Label(str(raw), rung) for raw, rung in enumerate(text.rungs))
            yield ItemPart(block.id, text.stem, text.hint, asked="", use="", ladder=ladder)
        yield _item(questionnaire, questionnaire.item[id_], texts, words)


def _item(questionnaire: Questionnaire, item: Item, texts: Texts, words: Wording) -> ItemPart:
    text = texts.items[item.id]
    ladder = () if item.id in questionnaire.block_of else text.rungs
    rungs = (Label(str(raw), rung) for raw, rung in enumerate(ladder))
    options = (Label(option, text.options[option]) for option in item.options)
    return ItemPart(
        id=item.id,
        text=text.text,
        hint=text.hint,
        asked=SEPARATOR.join(_asked(item, texts)),
        use=SEPARATOR.join(_use(questionnaire, item, texts, words)),
        ladder=(*rungs, *options),
    )


def _asked(item: Item, texts: Texts) -> Iterator[str]:
    yield ", ".join(texts.roles[role] for role in item.roles)
    if item.function is not None:
        yield texts.functions[item.function]


def _use(questionnaire: Questionnaire, item: Item, texts: Texts, words: Wording) -> Iterator[str]:
    if item.dimension is not None:
        yield texts.dimensions[item.dimension].title
    if item.channel is not None:
        yield words.gettext("Hand-off: {channel}").format(channel=texts.channels[item.channel])
    if item.embedding:
        yield words.gettext("Embedding")
    if item.checks is not None:
        yield words.gettext("Checks {item}").format(item=item.checks)
    yield from _indices(questionnaire, item.id, words)
    rules = [rule.number for rule in questionnaire.rules if any(item.id == one.item for _, one in _conditions(rule))]
    if rules:
        yield words.gettext("Advice {numbers}").format(numbers=", ".join(map(str, sorted(rules))))
    if item.revision > 1 or item.key:
        revision = words.gettext("revision {number}").format(number=item.revision)
        yield f"{item.key or item.id}, {revision}"


def _indices(questionnaire: Questionnaire, id_: str, words: Wording) -> Iterator[str]:
    indices = questionnaire.indices
    risk, roles, gap = indices.set_up_to_fail, indices.outlook, indices.perception_gap
    named = (
        (words.gettext("Authority"), risk.authority if risk else ()),
        (words.gettext("Support"), risk.support if risk else ()),
        (words.gettext("Independence"), roles.independence if roles else ()),
        (words.gettext("Readiness"), roles.readiness if roles else ()),
        (words.gettext("Goal agreement"), (gap.goals,) if gap else ()),
    )
    yield from (label for label, ids in named if id_ in ids)


def _horizons(questionnaire: Questionnaire, texts: Texts, words: Wording) -> Iterator[HorizonPart]:
    for horizon in questionnaire.horizons:
        rules = tuple(_rule(rule, texts, words) for rule in questionnaire.rules if rule.horizon == horizon)
        if rules:
            yield HorizonPart(texts.horizons[horizon], rules)


def _rule(rule: Rule, texts: Texts, words: Wording) -> RulePart:
    text = texts.rules[rule.id]
    facts = [words.gettext("Effort {effort}, impact {impact}").format(effort=rule.effort, impact=rule.impact)]
    facts += [texts.functions[rule.function]] if rule.function else []
    facts += [words.gettext("Always first")] if rule.pinned else []
    facts += [words.gettext("About risk")] if rule.risk else []
    return RulePart(
        number=f"{rule.number}{'!' if rule.pinned else ''}",
        title=text.title,
        owner=text.owner,
        why=text.why,
        steps=text.steps,
        indicator=text.indicator,
        fires="; ".join(_fires(rule)),
        facts=SEPARATOR.join(facts),
    )


def _conditions(rule: Rule) -> Iterator[tuple[str, Condition]]:
    for part in PARTS:
        for condition in getattr(rule, part):
            yield part, condition


def _fires(rule: Rule) -> Iterator[str]:
    """Yield conditions with the keys of the file, where they are edited."""
    for part in PARTS:
        said = [_condition(condition) for held, condition in _conditions(rule) if held == part]
        if said:
            yield f"{part}: {', '.join(said)}"


def _condition(condition: Condition) -> str:
    subject = [part for part in (condition.item, condition.function, condition.dimension) if part]
    comparisons = ("below", "at_most", "at_least")
    cuts = [f"{name} {cut:g}" for name in comparisons if (cut := getattr(condition, name)) is not None]
    return " ".join([condition.figure.value, *subject, *cuts])


def _lengths(questionnaire: Questionnaire, texts: Texts, words: Wording) -> Iterator[Length]:
    for survey in surveys(questionnaire, language=texts.language):
        one = len(survey.functions) == 1
        quick, slow = survey.minutes
        yield Length(
            texts.roles[survey.role],
            texts.functions[survey.functions[0]] if one else words.gettext("All functions"),
            survey.questions,
            words.gettext("{quick} to {slow}").format(quick=quick, slow=slow),
        )


def _weights(questionnaire: Questionnaire, texts: Texts, words: Wording) -> Iterator[Label]:
    for role in questionnaire.roles:
        yield Label(f"{role.weight:g}", texts.roles[role.id])
    for function in questionnaire.functions:
        target = words.gettext("target {target}").format(target=f"{function.target:g}")
        yield Label(f"{function.weight:g}, {target}", texts.functions[function.id])


def _settings(questionnaire: Questionnaire) -> Iterator[Label]:
    """Yield every threshold and cut point by its key in the file."""
    for part in SETTINGS:
        yield from _flat(part, getattr(questionnaire, part))


def _flat(key: str, value: object) -> Iterator[Label]:
    if isinstance(value, Struct):
        for field in structs.fields(value):
            yield from _flat(f"{key}.{field.encode_name}", getattr(value, field.name))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{key}.{name}", inner)
    elif isinstance(value, tuple):
        yield Label(", ".join(_plain(each) for each in value), key)
    elif value is not None:
        yield Label(_plain(value), key)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
