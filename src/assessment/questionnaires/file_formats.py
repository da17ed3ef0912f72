"""File formats of a questionnaire, and their JSON Schemas for editors."""

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct, field

from assessment.domain.questionnaire import (
    AdviceRule,
    Block,
    BlockText,
    Channel,
    Dimension,
    DimensionText,
    Function,
    Item,
    ItemText,
    Role,
    RuleText,
    Section,
)
from assessment.domain.questionnaire_rules import (
    BenchmarkRules,
    ComparisonRules,
    DisclosureRules,
    IndexRules,
    PriorityRules,
    ScoringRules,
)

STRUCTURE_FILE = "questionnaire.toml"
ADVICE_FILE = "advice.toml"
TRANSLATIONS_FOLDER = "translations"

FilePart: TypeAlias = Literal["questionnaire", "advice", "translation"]


class StructureFile(Struct, frozen=True, kw_only=True):
    """`questionnaire.toml`: what is asked of whom, and how it is scored."""

    id: str
    version: str
    source_language: str
    functions: tuple[Function, ...]
    dimensions: tuple[Dimension, ...]
    roles: tuple[Role, ...]
    channels: tuple[Channel, ...] = ()
    items: tuple[Item, ...]
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...]
    horizons: tuple[str, ...]
    scoring: ScoringRules
    indices: IndexRules
    disclosure: DisclosureRules
    comparison: ComparisonRules
    benchmark: BenchmarkRules
    prioritising: PriorityRules


class AdviceFile(Struct, frozen=True):
    """`advice.toml`: which advice is given when."""

    rules: tuple[AdviceRule, ...]


class RevisedItemText(ItemText, frozen=True):
    """An item's text, and the revision of the item that it is a text of."""

    revision: int = 1


class TranslationFile(Struct, frozen=True, kw_only=True):
    """`translations/<language>.toml`: all that people read, in one language."""

    title: str
    introduction: str
    functions: dict[str, str]
    dimensions: dict[str, DimensionText]
    roles: dict[str, str]
    role_descriptions: dict[str, str]
    channels: dict[str, str] = field(default_factory=dict)
    sections: dict[str, str]
    classes: dict[str, str]
    class_meanings: dict[str, str]
    horizons: dict[str, str]
    blocks: dict[str, BlockText] = field(default_factory=dict)
    items: dict[str, RevisedItemText]
    rules: dict[str, RuleText]
    translated_from: str = ""  # digest of the source language's texts at the last comparison
    unchanged: tuple[str, ...] = ()  # texts that are correctly the same as in the source language


FILE_TYPES: dict[FilePart, type[Struct]] = {
    "questionnaire": StructureFile,
    "advice": AdviceFile,
    "translation": TranslationFile,
}


def make_json_schema(part: FilePart = "questionnaire") -> dict[str, Any]:
    """Return the JSON Schema of one of the files; unknown keys are rejected."""
    schema = msgspec.json.schema(FILE_TYPES[part])
    for definition in schema["$defs"].values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
