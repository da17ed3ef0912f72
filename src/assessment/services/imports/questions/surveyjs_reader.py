"""SurveyJS: the definition of a survey as JSON."""

from collections.abc import Iterator
from typing import Any

from assessment.errors import InvalidError, Problem, with_values
from assessment.services.imports.json_files import parse_json_file
from assessment.services.imports.questions.source_questions import WRONG_TYPE, SourceSurvey

NOT_A_DEFINITION = "This is not the definition of a SurveyJS survey."
SINGLE_CHOICES, MATRIX, RATING = ("radiogroup", "dropdown", "buttongroup", "imagepicker"), "matrix", "rating"
SILENT_TYPES = ("html", "image", "expression")
MAX_DEPTH = 20


def read_definition(content: bytes) -> SourceSurvey:
    """Read the questions in the survey's own language; raises InvalidError."""
    data = parse_json_file(content, NOT_A_DEFINITION)
    if not isinstance(data, dict) or not isinstance(data.get("pages", data.get("elements")), list):
        raise InvalidError(NOT_A_DEFINITION, [Problem("It has neither pages nor elements.")])
    language = data.get("locale") if isinstance(data.get("locale"), str) else "en"
    survey = SourceSurvey(_get_text(data.get("title"), language), language or "en")
    pages = data.get("pages") or [{"elements": data.get("elements")}]
    for page in pages:
        if isinstance(page, dict):
            group = _get_text(page.get("title"), language) or str(page.get("name", ""))
            for element in _iterate_elements(page, 0):
                _read_element(element, survey, group, language)
    return survey


def _iterate_elements(container: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    elements = container.get("elements") or container.get("questions")
    for element in elements if isinstance(elements, list) else ():
        if not isinstance(element, dict):
            continue
        if element.get("type") == "panel" and depth < MAX_DEPTH:
            yield from _iterate_elements(element, depth + 1)
        else:
            yield element


def _read_element(element: dict[str, Any], survey: SourceSurvey, group: str, language: str | None) -> None:
    kind, name = str(element.get("type", "")), str(element.get("name", ""))
    text = _get_text(element.get("title"), language) or name
    hint = _get_text(element.get("description"), language)
    if kind in SINGLE_CHOICES:
        survey.add_choice(name, text, group, _list_choices(element.get("choices"), language), hint)
    elif kind == RATING:
        survey.add_choice(name, text, group, _list_rates(element, language), hint)
    elif kind == MATRIX:
        columns = _list_choices(element.get("columns"), language)
        for value, label in _list_choices(element.get("rows"), language):
            survey.add_choice(f"{name}_{value}", f"{text} {label}".strip(), group, columns, hint)
    elif kind not in SILENT_TYPES:
        survey.skip_question(name, text, with_values(WRONG_TYPE, kind=kind))


def _list_choices(choices: object, language: str | None) -> list[tuple[str, str]]:
    pairs = []
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict):
            value = str(choice.get("value", ""))
            pairs.append((value, _get_text(choice.get("text"), language) or value))
        else:
            pairs.append((str(choice), str(choice)))
    return pairs


def _list_rates(element: dict[str, Any], language: str | None) -> list[tuple[str, str]]:
    if element.get("rateValues"):
        return _list_choices(element["rateValues"], language)
    low, high = element.get("rateMin", 1), element.get("rateMax", element.get("rateCount", 5))
    if not isinstance(low, int) or not isinstance(high, int) or not 0 <= high - low <= MAX_DEPTH:
        return []
    ends = {low: element.get("minRateDescription"), high: element.get("maxRateDescription")}
    return [(str(rate), _get_text(ends.get(rate), language) or str(rate)) for rate in range(low, high + 1)]


def _get_text(value: object, language: str | None) -> str:
    """Return a text; of several languages the survey's own, otherwise the default."""
    if isinstance(value, dict):
        value = value.get(language) or value.get("default") or next(iter(value.values()), "")
    return " ".join(value.split()) if isinstance(value, str) else ""
