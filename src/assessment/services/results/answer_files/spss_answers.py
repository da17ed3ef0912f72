"""Raw answers as an SPSS file: every question is the label of its variable, and every answer has its words.

"I don't know" and "Does not apply" are user-missing; what was not asked or not answered is system-missing.
"""

import math

from assessment.domain.answers import BLANK, DONT_KNOW, EVIDENCE_KINDS, NOT_APPLICABLE, NOT_ASKED
from assessment.domain.questionnaire import Item, QuestionnaireTexts
from assessment.domain.survey.comment_fields import OPEN_QUESTION, SECTION_PREFIX, is_comment
from assessment.i18n import get_translator
from assessment.services.results.answer_export import ExportedAnswers, find_rated_columns
from assessment.services.results.answer_files.spss_format import (
    Cell,
    SpssVariable,
    make_valid_names,
    render_system_file,
)

MISSING_CODES = (float(DONT_KNOW), float(NOT_APPLICABLE))
YES_NO = {0.0: "0", 1.0: "1"}


def render_spss_file(exported: ExportedAnswers) -> bytes:
    """Render the responses, with labels in the language of the assessment."""
    variables = [*_list_person_variables(exported), *_list_answer_variables(exported)]
    names = make_valid_names([variable.name for variable in variables])
    named = [
        SpssVariable(
            name,
            variable.label,
            variable.text_bytes,
            variable.decimals,
            variable.value_labels,
            variable.missing,
        )
        for name, variable in zip(names, variables, strict=True)
    ]
    rows = [_build_row(exported, index) for index in range(len(exported.answers))]
    return render_system_file(named, rows, _get_texts(exported).title)


def _get_texts(exported: ExportedAnswers) -> QuestionnaireTexts:
    return exported.questionnaire.text(exported.language)


def _list_person_variables(exported: ExportedAnswers) -> list[SpssVariable]:
    texts = _get_texts(exported)
    roles = {float(number): texts.roles.get(role, role) for number, role in enumerate(_list_roles(exported), start=1)}
    names = exported.answers.respondents
    return [
        SpssVariable("respondent", "respondent", text_bytes=_measure_texts(names)),
        SpssVariable("role", "role", value_labels=roles),
        *(
            SpssVariable(f"function_{function.id}", texts.functions[function.id], value_labels=YES_NO)
            for function in exported.questionnaire.functions
        ),
        SpssVariable("seconds", "seconds", decimals=1),
    ]


def _list_roles(exported: ExportedAnswers) -> list[str]:
    """Return the roles of the questionnaire, then others: a record that a function agreed on has its own."""
    known = [role.id for role in exported.questionnaire.roles]
    return list(dict.fromkeys([*known, *exported.answers.roles]))


def _list_answer_variables(exported: ExportedAnswers) -> list[SpssVariable]:
    texts, questionnaire = _get_texts(exported), exported.questionnaire
    evidence = {float(number): kind for number, kind in enumerate(EVIDENCE_KINDS)}
    words = get_translator(exported.language)
    missing = {
        float(DONT_KNOW): words.gettext("I don’t know"),
        float(NOT_APPLICABLE): words.gettext("Does not apply"),
    }
    items = [
        SpssVariable(
            item.id,
            texts.items[item.id].text,
            value_labels=_list_value_labels(item, texts) | missing,
            missing=MISSING_CODES,
        )
        for item in questionnaire.items
    ]
    rated = [
        SpssVariable(f"{id_}_evidence", texts.items[id_].text, value_labels=evidence)
        for id_ in find_rated_columns(questionnaire)
    ]
    written = [
        SpssVariable(
            key if is_comment(key) else f"{key}_reason",
            _label_text(key, exported),
            text_bytes=_measure_texts(exported.texts[key].values()),
        )
        for key in exported.text_keys
    ]
    return [*items, *rated, *written]


def _list_value_labels(item: Item, texts: QuestionnaireTexts) -> dict[float, str]:
    """Label 0 to 4 by the rungs; the options of a choice are counted from 0 too, in their order."""
    text = texts.items[item.id]
    labels = [text.options.get(option, option) for option in item.options] or list(text.rungs)
    return {float(number): label for number, label in enumerate(labels)}


def _label_text(key: str, exported: ExportedAnswers) -> str:
    """Return the question that a reason or a comment belongs to, in its words."""
    texts = _get_texts(exported)
    if key == OPEN_QUESTION:
        return get_translator(exported.language).gettext("Is there anything else you would like to say?")
    if is_comment(key):
        return texts.sections.get(key.removeprefix(SECTION_PREFIX), key)
    return texts.items[key].text if key in texts.items else key


def _measure_texts(texts: object) -> int:
    return max([1, *(len(str(text).encode("utf-8", "replace")) for text in texts)])  # type: ignore[attr-defined]


def _build_row(exported: ExportedAnswers, index: int) -> list[Cell]:
    answers = exported.answers
    name, seconds = answers.respondents[index], float(answers.seconds[index])
    values: list[Cell] = [
        None if code in (BLANK, NOT_ASKED) else float(code) for code in answers.values[index].tolist()
    ]
    columns = find_rated_columns(exported.questionnaire).values()
    kinds = [BLANK if answers.evidence is None else int(answers.evidence[index, column]) for column in columns]
    return [
        name,
        float(_list_roles(exported).index(answers.roles[index]) + 1),
        *(float(member) for member in answers.functions[index]),
        None if math.isnan(seconds) else seconds,
        *values,
        *(None if kind == BLANK else float(kind) for kind in kinds),
        *(exported.texts[key].get(name, "") for key in exported.text_keys),
    ]
