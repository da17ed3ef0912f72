"""Lint personal items and choices that no index and no rule uses."""

from collections.abc import Iterator

from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.questionnaires.lint.warning import LintWarning, make_item_warning


def find_unused_items(questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Yield personal items and choices that nothing uses."""
    used = {*_list_index_items(questionnaire), *_list_rule_items(questionnaire)}
    for item in questionnaire.items:
        if item.kind in (Kind.PERSONAL, Kind.CHOICE) and item.id not in used:
            message = f"Nothing is made of `{item.id}`: no index and no rule uses it."
            yield make_item_warning(questionnaire, item, message, "Use it, or spare people the question.")


def _list_index_items(questionnaire: Questionnaire) -> Iterator[str]:
    indices = questionnaire.indices
    if (risk := indices.set_up_to_fail) is not None:
        yield from (*risk.authority, *risk.support, risk.red_flag.authority, risk.red_flag.support)
    if (roles := indices.outlook) is not None:
        yield from (*roles.independence, *roles.readiness)
    if indices.perception_gap is not None and indices.perception_gap.goals is not None:
        yield indices.perception_gap.goals


def _list_rule_items(questionnaire: Questionnaire) -> Iterator[str]:
    for rule in questionnaire.rules:
        for condition in (*rule.any, *rule.all, *rule.only_if, *rule.unless):
            if condition.item is not None:
                yield condition.item
