"""Inputs of scores for the results page: weights of functions and roles, contacts by channel."""

from collections.abc import Mapping

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.source import to_exact_decimal
from assessment.domain.result import Result
from assessment.i18n import Translator


class FunctionFormula(Struct, frozen=True):
    """Weight of a function in the whole, and of channels in its hand-offs, as texts."""

    weight: str
    contacts: tuple[str, ...]


class FormulaView(Struct, frozen=True):
    """Weights as texts; `roles` are the names of roles with their shares, `embedding_items` ids of items."""

    functions: Mapping[str, FunctionFormula]
    roles: tuple[str, ...]
    minimum_dimensions: int
    minimum_functions: int
    embedding_items: frozenset[str]
    outlook_cut: str


def build_formula_view(questionnaire: Questionnaire, result: Result, translator: Translator) -> FormulaView:
    """Collect the weights that a result was computed with."""
    texts, outlook = questionnaire.text(translator.language), questionnaire.indices.outlook
    return FormulaView(
        functions={
            name: FunctionFormula(
                translator.format_number(to_exact_decimal(function.weight)),
                tuple(
                    f"{texts.channels.get(channel, channel)} {translator.format_number(to_exact_decimal(share))}"
                    for channel, share in function.hand_off.contacts.items()
                ),
            )
            for name, function in result.functions.items()
        },
        roles=tuple(
            f"{texts.roles.get(role.id, role.id)} {translator.format_percent(to_exact_decimal(100 * role.weight))}"
            for role in questionnaire.roles
        ),
        minimum_dimensions=questionnaire.scoring.minimum_dimensions,
        minimum_functions=questionnaire.scoring.minimum_functions,
        embedding_items=frozenset(item.id for item in questionnaire.items if item.embedding),
        outlook_cut=translator.format_number(to_exact_decimal(outlook.cut)) if outlook else "",
    )
