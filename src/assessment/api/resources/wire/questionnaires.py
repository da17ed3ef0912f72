"""Wire types of questionnaires."""

from msgspec import Struct

from assessment.domain.questionnaire import AdviceRule, Item, Kind, Questionnaire, QuestionnaireTexts


class QuestionnaireEntry(Struct, frozen=True):
    """A questionnaire in a list."""

    id: str
    version: str
    digest: str
    title: str
    languages: tuple[str, ...]
    functions: tuple[str, ...]
    roles: tuple[str, ...]
    items: int


class FunctionOut(Struct, frozen=True):
    """A business function; `weight` and `target` (0-100) are what an assessment starts with."""

    id: str
    title: str
    weight: float
    target: float


class DimensionOut(Struct, frozen=True):
    """An aspect of embedding, with its five levels in words."""

    id: str
    title: str
    question: str
    levels: tuple[str, ...]


class RoleOut(Struct, frozen=True):
    """How a respondent stands to social media."""

    id: str
    title: str
    description: str
    weight: float


class ChannelOut(Struct, frozen=True):
    """A channel people move to."""

    id: str
    title: str


class ItemOut(Struct, frozen=True):
    """One question. `rungs` are the labels of the answers 0 to 4; a choice has `options` instead."""

    id: str
    kind: Kind
    function: str | None
    dimension: str | None
    channel: str | None
    roles: tuple[str, ...]
    text: str
    hint: str
    rungs: tuple[str, ...]
    options: dict[str, str]
    key: str
    revision: int


class RuleOut(Struct, frozen=True):
    """A piece of advice that a result can lead to."""

    id: str
    number: int
    function: str | None
    title: str
    why: str
    steps: tuple[str, ...]
    owner: str
    indicator: str
    horizon: str
    effort: str
    impact: str


class QuestionnaireOut(Struct, frozen=True):
    """All that is asked, and all that can be advised, in one language."""

    id: str
    version: str
    digest: str
    title: str
    introduction: str
    language: str
    languages: tuple[str, ...]
    functions: tuple[FunctionOut, ...]
    dimensions: tuple[DimensionOut, ...]
    roles: tuple[RoleOut, ...]
    channels: tuple[ChannelOut, ...]
    items: tuple[ItemOut, ...]
    advice: tuple[RuleOut, ...]
    bands: tuple[float, ...]


def build_entry(questionnaire: Questionnaire) -> QuestionnaireEntry:
    return QuestionnaireEntry(
        id=questionnaire.id,
        version=questionnaire.version,
        digest=questionnaire.digest,
        title=questionnaire.text(questionnaire.source_language).title,
        languages=tuple(sorted(questionnaire.texts)),
        functions=tuple(function.id for function in questionnaire.functions),
        roles=tuple(role.id for role in questionnaire.roles),
        items=len(questionnaire.items),
    )


def build_questionnaire_out(questionnaire: Questionnaire, language: str) -> QuestionnaireOut:
    texts = questionnaire.text(language)
    return QuestionnaireOut(
        id=questionnaire.id,
        version=questionnaire.version,
        digest=questionnaire.digest,
        title=texts.title,
        introduction=texts.introduction,
        language=texts.language,
        languages=tuple(sorted(questionnaire.texts)),
        functions=tuple(FunctionOut(f.id, texts.functions[f.id], f.weight, f.target) for f in questionnaire.functions),
        dimensions=tuple(_build_dimension(dimension.id, texts) for dimension in questionnaire.dimensions),
        roles=tuple(
            RoleOut(role.id, texts.roles[role.id], texts.role_descriptions.get(role.id, ""), role.weight)
            for role in questionnaire.roles
        ),
        channels=tuple(ChannelOut(channel.id, texts.channels[channel.id]) for channel in questionnaire.channels),
        items=tuple(_build_item(item, texts) for item in questionnaire.items),
        advice=tuple(_build_rule(rule, texts) for rule in questionnaire.rules),
        bands=questionnaire.scoring.bands,
    )


def _build_dimension(dimension: str, texts: QuestionnaireTexts) -> DimensionOut:
    text = texts.dimensions[dimension]
    return DimensionOut(dimension, text.title, text.question, text.levels)


def _build_item(item: Item, texts: QuestionnaireTexts) -> ItemOut:
    text = texts.items[item.id]
    return ItemOut(
        id=item.id,
        kind=item.kind,
        function=item.function,
        dimension=item.dimension,
        channel=item.channel,
        roles=item.roles,
        text=text.text,
        hint=text.hint,
        rungs=text.rungs,
        options=text.options,
        key=item.key or item.id,
        revision=item.revision,
    )


def _build_rule(rule: AdviceRule, texts: QuestionnaireTexts) -> RuleOut:
    text = texts.rules[rule.id]
    return RuleOut(
        id=rule.id,
        number=rule.number,
        function=rule.function,
        title=text.title,
        why=text.why,
        steps=text.steps,
        owner=text.owner,
        indicator=text.indicator,
        horizon=texts.horizons[rule.horizon],
        effort=rule.effort,
        impact=rule.impact,
    )
