"""LimeSurvey: structure of a survey (.lss), in the old layout and in the new one with texts by language."""

import re
from xml.etree import ElementTree as ET

from assessment.errors import InvalidError, Problem, with_values
from assessment.services.imports.questions.source_questions import RUNG_COUNT, WRONG_TYPE, SourceSurvey

NOT_A_STRUCTURE = "This is not the structure of a LimeSurvey survey (.lss)."
SINGLE_CHOICES, ARRAYS = ("L", "!", "O"), ("F", "H", "1")
FIVE_POINTS, FIVE_POINT_ARRAY = "5", "A"
SILENT_TYPES = ("X", "*")  # text displays and equations
MAX_STRUCTURE_BYTES = 20 * 1024**2
MAX_DIGITS = 9
Row = dict[str, str]


def read_lss(content: bytes) -> SourceSurvey:
    """Read the questions in the survey's own language; raises InvalidError."""
    root = _parse_xml(content)
    settings = next(iter(_list_rows(root, "surveys")), {})
    language = settings.get("language", "en")
    titles = next(iter(_list_rows(root, "surveys_languagesettings")), {})
    survey = SourceSurvey(_strip_tags(titles.get("surveyls_title", "")), language)
    texts = _list_texts(root, "question_l10ns", "qid", "question", language)
    groups = _list_texts(root, "group_l10ns", "gid", "group_name", language)
    groups |= {row["gid"]: _strip_tags(row["group_name"]) for row in _list_rows(root, "groups") if "group_name" in row}
    answers = _list_answers(root, language)
    parts: dict[str, list[Row]] = {}
    rows = [row for row in _list_rows(root, "questions") if row.get("language", language) == language]
    subrows = [row for row in _list_rows(root, "subquestions") if row.get("language", language) == language]
    for row in (*rows, *subrows):
        if row.get("parent_qid", "0") not in ("", "0"):
            parts.setdefault(row["parent_qid"], []).append(row)
    if any("qid" not in row for row in (*rows, *subrows)):
        raise InvalidError(NOT_A_STRUCTURE, [Problem("A question has no qid.", column="questions")])
    tops = [row for row in rows if row.get("parent_qid", "0") in ("", "0")]
    order = list(groups)
    tops.sort(key=lambda row: (_find_place(order, row.get("gid", "")), _read_number(row, "question_order")))
    for row in tops:
        _read_question(row, survey, texts, groups, answers, parts.get(row["qid"], []))
    return survey


def _read_question(
    row: Row,
    survey: SourceSurvey,
    texts: dict[str, str],
    groups: dict[str, str],
    answers: dict[str, list[tuple[str, str]]],
    parts: list[Row],
) -> None:
    kind, name, group = row.get("type", ""), row.get("title", row["qid"]), groups.get(row.get("gid", ""), "")
    text = texts.get(row["qid"]) or _strip_tags(row.get("question", "")) or name
    numbers = [(str(number), str(number)) for number in range(1, RUNG_COUNT + 1)]
    if kind in SINGLE_CHOICES or kind == FIVE_POINTS:
        survey.add_choice(name, text, group, numbers if kind == FIVE_POINTS else answers.get(row["qid"], []))
    elif kind in ARRAYS or kind == FIVE_POINT_ARRAY:
        options = numbers if kind == FIVE_POINT_ARRAY else answers.get(row["qid"], [])
        for part in sorted(parts, key=lambda part: _read_number(part, "question_order")):
            label = texts.get(part["qid"]) or _strip_tags(part.get("question", "")) or part.get("title", "")
            survey.add_choice(f"{name}_{part.get('title', part['qid'])}", f"{text} {label}".strip(), group, options)
    elif kind not in SILENT_TYPES:
        survey.skip_question(name, text, with_values(WRONG_TYPE, kind=kind))


def _parse_xml(content: bytes) -> ET.Element:
    """Parse without document types: entities could grow without end."""
    if len(content) > MAX_STRUCTURE_BYTES:
        raise InvalidError(NOT_A_STRUCTURE, [Problem("The file is larger than 20 MB.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError(NOT_A_STRUCTURE, [Problem("The file is not UTF-8.")]) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InvalidError(NOT_A_STRUCTURE, [Problem("The file defines a document type.")])
    try:
        root = ET.fromstring(text.encode())  # noqa: S314  # neither document type nor entities, see above
    except ET.ParseError as error:
        line = error.position[0]
        raise InvalidError(NOT_A_STRUCTURE, [Problem("This is not well-formed XML.", line=line)]) from error
    if root.find("questions") is None:
        raise InvalidError(NOT_A_STRUCTURE, [Problem("There are no questions in it.")])
    return root


def _list_rows(root: ET.Element, name: str) -> list[Row]:
    rows = root.findall(f"{name}/rows/row")
    return [{cell.tag: (cell.text or "").strip() for cell in row} for row in rows]


def _list_texts(root: ET.Element, table: str, key: str, column: str, language: str) -> dict[str, str]:
    rows = [row for row in _list_rows(root, table) if row.get("language", language) == language]
    return {row[key]: _strip_tags(row.get(column, "")) for row in rows if key in row}


def _list_answers(root: ET.Element, language: str) -> dict[str, list[tuple[str, str]]]:
    """Map each question to its answers in order: (code, label)."""
    labels = _list_texts(root, "answer_l10ns", "aid", "answer", language)
    rows = [row for row in _list_rows(root, "answers") if row.get("language", language) == language]
    rows.sort(key=lambda row: _read_number(row, "sortorder"))
    answers: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        label = labels.get(row.get("aid", "")) or _strip_tags(row.get("answer", "")) or row.get("code", "")
        answers.setdefault(row.get("qid", ""), []).append((row.get("code", ""), label))
    return answers


def _read_number(row: Row, column: str) -> int:
    """Return a number that orders rows; 0 for what is none."""
    text = row.get(column, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0


def _find_place(order: list[str], group: str) -> int:
    return order.index(group) if group in order else len(order)


def _strip_tags(text: str) -> str:
    return " ".join(re.sub(r"<[^<>]{0,1000}>", " ", text).replace("&nbsp;", " ").split())
