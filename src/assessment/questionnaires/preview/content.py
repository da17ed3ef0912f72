"""Content of a preview: all texts, and how the answers are used."""

from collections.abc import Iterator

from msgspec import Struct, structs

from assessment.domain.questionnaire import AdviceRule, Item, Questionnaire, QuestionnaireTexts, RuleCondition, Section
from assessment.domain.survey.duration import measure_surveys
from assessment.i18n import Translator, get_translator

SEPARATOR = " · "
CONDITION_PARTS = ("any", "all", "only_if", "unless")
SETTING_PARTS = ("scoring", "indices", "disclosure", "comparison", "benchmark", "prioritising")


class LabelledValue(Struct, frozen=True):
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
    ladder: tuple[LabelledValue, ...]


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


class SurveyLength(Struct, frozen=True):
    """Estimated duration of one role's survey."""

    role: str
    functions: str
    questions: int
    minutes: str


class QuestionnairePreview(Struct, frozen=True):
    title: str
    id: str
    version: str
    digest: str
    language: str
    introduction: str
    sections: tuple[SectionPart, ...]
    horizons: tuple[HorizonPart, ...]
    lengths: tuple[SurveyLength, ...]
    weights: tuple[LabelledValue, ...]
    cut_points: tuple[LabelledValue, ...]


def build_preview(questionnaire: Questionnaire, language: str) -> QuestionnairePreview:
    """Build the preview in `language` if the questionnaire has it, otherwise in its source language."""
    texts = questionnaire.text(language)
    translator = get_translator(texts.language)
    return QuestionnairePreview(
        title=texts.title,
        id=questionnaire.id,
        version=questionnaire.version,
        digest=questionnaire.digest,
        language=texts.language,
        introduction=texts.introduction,
        sections=tuple(
            SectionPart(texts.sections[section.id], tuple(_build_items(questionnaire, section, texts, translator)))
            for section in questionnaire.sections
        ),
        horizons=tuple(_build_horizons(questionnaire, texts, translator)),
        lengths=tuple(_build_lengths(questionnaire, texts, translator)),
        weights=tuple(_build_weights(questionnaire, texts, translator)),
        cut_points=tuple(_build_settings(questionnaire)),
    )


def _build_items(
    questionnaire: Questionnaire, section: Section, texts: QuestionnaireTexts, translator: Translator
) -> Iterator[ItemPart]:
    """Yield the items of a section, and each block before its first item."""
    for id_ in section.items:
        block = questionnaire.block_of.get(id_)
        if block is not None and block.items[0] == id_:
            text = texts.blocks[block.id]
            ladder = tuple(LabelledValue(str(raw), rung) for raw, rung in enumerate(text.rungs))
            yield ItemPart(block.id, text.stem, text.hint, asked="", use="", ladder=ladder)
        yield _build_item(questionnaire, questionnaire.item[id_], texts, translator)


def _build_item(
    questionnaire: Questionnaire, item: Item, texts: QuestionnaireTexts, translator: Translator
) -> ItemPart:
    text = texts.items[item.id]
    ladder = () if item.id in questionnaire.block_of else text.rungs
    rungs = (LabelledValue(str(raw), rung) for raw, rung in enumerate(ladder))
    options = (LabelledValue(option, text.options[option]) for option in item.options)
    return ItemPart(
        id=item.id,
        text=text.text,
        hint=text.hint,
        asked=SEPARATOR.join(_describe_respondents(item, texts)),
        use=SEPARATOR.join(_describe_use(questionnaire, item, texts, translator)),
        ladder=(*rungs, *options),
    )


def _describe_respondents(item: Item, texts: QuestionnaireTexts) -> Iterator[str]:
    yield ", ".join(texts.roles[role] for role in item.roles)
    if item.function is not None:
        yield texts.functions[item.function]


def _describe_use(
    questionnaire: Questionnaire, item: Item, texts: QuestionnaireTexts, translator: Translator
) -> Iterator[str]:
    if item.dimension is not None:
        yield texts.dimensions[item.dimension].title
    if item.channel is not None:
        yield translator.gettext("Hand-off: {channel}").format(channel=texts.channels[item.channel])
    if item.embedding:
        yield translator.gettext("Embedding")
    if item.checks is not None:
        yield translator.gettext("Checks {item}").format(item=item.checks)
    yield from _find_index_labels(questionnaire, item.id, translator)
    rules = [
        rule.number for rule in questionnaire.rules if any(item.id == one.item for _, one in _list_conditions(rule))
    ]
    if rules:
        yield translator.gettext("Advice {numbers}").format(numbers=", ".join(map(str, sorted(rules))))
    if item.revision > 1 or item.key:
        revision = translator.gettext("revision {number}").format(number=item.revision)
        yield f"{item.key or item.id}, {revision}"


def _find_index_labels(questionnaire: Questionnaire, id_: str, translator: Translator) -> Iterator[str]:
    indices = questionnaire.indices
    risk, roles, gap = indices.set_up_to_fail, indices.outlook, indices.perception_gap
    named = (
        (translator.gettext("Authority"), risk.authority if risk else ()),
        (translator.gettext("Support"), risk.support if risk else ()),
        (translator.gettext("Independence"), roles.independence if roles else ()),
        (translator.gettext("Readiness"), roles.readiness if roles else ()),
        (translator.gettext("Goal agreement"), (gap.goals,) if gap else ()),
    )
    yield from (label for label, ids in named if id_ in ids)


def _build_horizons(
    questionnaire: Questionnaire, texts: QuestionnaireTexts, translator: Translator
) -> Iterator[HorizonPart]:
    for horizon in questionnaire.horizons:
        rules = tuple(_build_rule(rule, texts, translator) for rule in questionnaire.rules if rule.horizon == horizon)
        if rules:
            yield HorizonPart(texts.horizons[horizon], rules)


def _build_rule(rule: AdviceRule, texts: QuestionnaireTexts, translator: Translator) -> RulePart:
    text = texts.rules[rule.id]
    facts = [translator.gettext("Effort {effort}, impact {impact}").format(effort=rule.effort, impact=rule.impact)]
    facts += [texts.functions[rule.function]] if rule.function else []
    facts += [translator.gettext("Always first")] if rule.pinned else []
    facts += [translator.gettext("About risk")] if rule.risk else []
    return RulePart(
        number=f"{rule.number}{'!' if rule.pinned else ''}",
        title=text.title,
        owner=text.owner,
        why=text.why,
        steps=text.steps,
        indicator=text.indicator,
        fires="; ".join(_describe_conditions(rule)),
        facts=SEPARATOR.join(facts),
    )


def _list_conditions(rule: AdviceRule) -> Iterator[tuple[str, RuleCondition]]:
    for part in CONDITION_PARTS:
        for condition in getattr(rule, part):
            yield part, condition


def _describe_conditions(rule: AdviceRule) -> Iterator[str]:
    """Yield conditions with the keys of the file, where they are edited."""
    for part in CONDITION_PARTS:
        conditions = [
            _describe_condition(condition)
            for condition_part, condition in _list_conditions(rule)
            if condition_part == part
        ]
        if conditions:
            yield f"{part}: {', '.join(conditions)}"


def _describe_condition(condition: RuleCondition) -> str:
    subject = [part for part in (condition.item, condition.function, condition.dimension) if part]
    comparisons = ("below", "at_most", "at_least")
    cuts = [f"{name} {cut:g}" for name in comparisons if (cut := getattr(condition, name)) is not None]
    return " ".join([condition.figure.value, *subject, *cuts])


def _build_lengths(
    questionnaire: Questionnaire, texts: QuestionnaireTexts, translator: Translator
) -> Iterator[SurveyLength]:
    for survey in measure_surveys(questionnaire, language=texts.language):
        one = len(survey.functions) == 1
        quick, slow = survey.minutes
        yield SurveyLength(
            texts.roles[survey.role],
            texts.functions[survey.functions[0]] if one else translator.gettext("All functions"),
            survey.questions,
            translator.gettext("{quick} to {slow}").format(quick=quick, slow=slow),
        )


def _build_weights(
    questionnaire: Questionnaire, texts: QuestionnaireTexts, translator: Translator
) -> Iterator[LabelledValue]:
    for role in questionnaire.roles:
        yield LabelledValue(f"{role.weight:g}", texts.roles[role.id])
    for function in questionnaire.functions:
        target = translator.gettext("target {target}").format(target=f"{function.target:g}")
        yield LabelledValue(f"{function.weight:g}, {target}", texts.functions[function.id])


def _build_settings(questionnaire: Questionnaire) -> Iterator[LabelledValue]:
    """Yield every threshold and cut point by its key in the file."""
    for part in SETTING_PARTS:
        yield from _flatten_setting(part, getattr(questionnaire, part))


def _flatten_setting(key: str, value: object) -> Iterator[LabelledValue]:
    if isinstance(value, Struct):
        for field in structs.fields(value):
            yield from _flatten_setting(f"{key}.{field.encode_name}", getattr(value, field.name))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _flatten_setting(f"{key}.{name}", inner)
    elif isinstance(value, tuple):
        yield LabelledValue(", ".join(_format_value(element) for element in value), key)
    elif value is not None:
        yield LabelledValue(_format_value(value), key)


def _format_value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
