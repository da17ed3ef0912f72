"""Lint routing: items and item pairs that nobody is asked, and surveys that are too long or empty."""

from collections.abc import Iterator

from assessment.domain.questionnaire import Item, Questionnaire
from assessment.domain.survey.duration import measure_surveys
from assessment.domain.survey.routing import list_asked_items
from assessment.questionnaires.file_formats import STRUCTURE_FILE
from assessment.questionnaires.lint.warning import LintWarning, make_item_warning
from assessment.questionnaires.toml_lines import KeyPath

MAX_MINUTES = {"one function": 12, "every function": 24}  # estimated by domain.duration; chosen by judgement


def find_unasked_items(questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Yield items that nobody is asked, and check items whose practice item other people are asked."""
    asked = {
        item.id
        for survey in measure_surveys(questionnaire, sizes=(1,))
        for item in list_asked_items(questionnaire, survey.role, survey.functions)
    }
    for item in questionnaire.items:
        if item.id not in asked:
            yield make_item_warning(
                questionnaire, item, f"Nobody is asked `{item.id}`.", "Add a role, or remove the item."
            )
        elif item.checks and not _is_asked_together(questionnaire, item, questionnaire.item[item.checks]):
            message = f"Nobody is asked both `{item.id}` and `{item.checks}`, so the check can't find anything."
            yield make_item_warning(questionnaire, item, message, "Give both a role and a function in common.")
    yield from _find_separated_items(questionnaire)


def check_survey_lengths(questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Yield roles whose survey is empty, or in any language too long in one function or in all."""
    for language in questionnaire.texts:
        for survey in measure_surveys(questionnaire, language=language):
            named = " and ".join(f"`{name}`" for name in survey.functions)
            place: KeyPath = ("roles", [role.id for role in questionnaire.roles].index(survey.role), "id")
            if not survey.questions:
                if language == questionnaire.source_language:
                    message = f"`{survey.role}` in {named} has nothing to answer."
                    remedy = "Ask the role something there, or remove the role."
                    yield LintWarning(STRUCTURE_FILE, place, message, remedy)
                continue
            within = "one function" if len(survey.functions) == 1 else "every function"
            if survey.middle > MAX_MINUTES[within]:
                message = (
                    f"`{survey.role}` in {named} reads {survey.words} words and gives {survey.questions} answers: "
                    f"{survey.middle:.1f} minutes in `{language}`."
                )
                remedy = f"Cut words: at most {MAX_MINUTES[within]} minutes in {within}."
                yield LintWarning(STRUCTURE_FILE, place, message, remedy)


def _find_separated_items(questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Yield indices that need two answers of one person, or one item asked of both sides, and can't have them."""
    indices = questionnaire.indices
    if (risk := indices.set_up_to_fail) is not None:
        one, other = (_find_roles(questionnaire, ids) for ids in (risk.authority, risk.support))
        if not one & other:
            message = "No role is asked for authority and support both, so the index has no people."
            yield LintWarning(STRUCTURE_FILE, ("indices", "set_up_to_fail"), message, "Ask one role for both.")
    if (gap := indices.perception_gap) is not None:
        both = {gap.leader, gap.practitioner}
        if not any(both <= {*item.roles} for item in questionnaire.items if item.dimension):
            message = f"No practice item is asked of `{gap.leader}` and `{gap.practitioner}` both."
            yield LintWarning(
                STRUCTURE_FILE, ("indices", "perception_gap"), message, "Ask both of some items, or remove the index."
            )


def _find_roles(questionnaire: Questionnaire, ids: tuple[str, ...]) -> set[str]:
    return {role for id_ in ids for role in questionnaire.item[id_].roles}


def _is_asked_together(questionnaire: Questionnaire, one: Item, other: Item) -> bool:
    return any(
        {one, other} <= {*list_asked_items(questionnaire, survey.role, survey.functions)}
        for survey in measure_surveys(questionnaire, sizes=(1, 2))
    )
