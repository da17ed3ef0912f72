"""Draft questionnaire from the questions of another tool, to be completed by hand.

What another tool does not have comes from a questionnaire of the program: roles, scoring, the questions about
authority and support, and the advice about them. Each group of questions becomes a function with one dimension.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assessment.errors import InvalidError, Problem
from assessment.questionnaires import find_questionnaire_folders, find_shipped_folder
from assessment.questionnaires.file_formats import ADVICE_FILE, STRUCTURE_FILE, TRANSLATIONS_FOLDER
from assessment.services.imports.questions.source_questions import SourceQuestion, SourceSurvey
from assessment.services.imports.questions.toml_writer import format_toml
from assessment.services.questionnaires.upload_files import load_files

DIMENSION = "practice"
MAX_ID_CHARACTERS = 40
SOURCE_LANGUAGE = "en"
LEVELS = ["Level 1", "Level 2", "Level 3", "Level 4", "Level 5"]
Document = dict[str, Any]


def make_draft(survey: SourceSurvey, questionnaire_id: str, template: Path | None = None) -> dict[str, str]:
    """Return the files of a draft by name; raises InvalidError without any question that can become an item."""
    if not survey.questions:
        problem = Problem("No question has five ordered answers, so none can become an item.")
        raise InvalidError("Nothing can be imported.", [problem])
    folder = template or _find_shortest()
    structure = tomllib.loads((folder / STRUCTURE_FILE).read_text("utf-8"))
    advice = tomllib.loads((folder / ADVICE_FILE).read_text("utf-8"))
    texts = tomllib.loads((folder / TRANSLATIONS_FOLDER / f"{SOURCE_LANGUAGE}.toml").read_text("utf-8"))
    groups = _group_questions(survey.questions)
    own_ids = _make_item_ids(survey.questions, {item["id"] for item in structure["items"]})
    _replace_structure(structure, groups, own_ids, questionnaire_id)
    advice["rules"] = [rule for rule in advice["rules"] if _has_references(rule, structure)]
    for number, rule in enumerate(advice["rules"], start=1):
        rule["number"] = number
    _replace_texts(texts, survey, groups, own_ids, structure, advice)
    return {
        STRUCTURE_FILE: format_toml(structure),
        ADVICE_FILE: format_toml(advice),
        f"{TRANSLATIONS_FOLDER}/{SOURCE_LANGUAGE}.toml": format_toml(texts),
    }


def find_draft_problems(files: Mapping[str, str]) -> list[Problem]:
    """Return what an upload of the draft would refuse: double or long texts of the source, control characters."""
    try:
        load_files({name: text.encode() for name, text in files.items()})
    except InvalidError as error:
        return list(error.problems)
    return []


def _find_shortest() -> Path:
    """Return the folder of the shortest shipped questionnaire."""
    folders = find_questionnaire_folders(find_shipped_folder())
    return min(folders, key=lambda folder: (folder / STRUCTURE_FILE).stat().st_size)


def _group_questions(questions: Sequence[SourceQuestion]) -> dict[str, list[SourceQuestion]]:
    """Group questions by the id of a function made of the group's title."""
    groups: dict[str, list[SourceQuestion]] = {}
    names: dict[str, str] = {}
    for question in questions:
        if question.group not in names:
            names[question.group] = _make_unique(_slugify(question.group) or "all", set(names.values()))
        groups.setdefault(names[question.group], []).append(question)
    return groups


def _make_item_ids(questions: Sequence[SourceQuestion], taken: set[str]) -> dict[int, str]:
    """Map the identity of each question to a unique id."""
    ids: dict[int, str] = {}
    used = set(taken)
    for question in questions:
        ids[id(question)] = _make_unique(_slugify(question.name).upper() or "Q", used)
        used.add(ids[id(question)])
    return ids


def _replace_structure(
    structure: Document, groups: Mapping[str, list[SourceQuestion]], ids: Mapping[int, str], questionnaire_id: str
) -> None:
    roles = [role["id"] for role in structure["roles"]]
    general = [item for item in structure["items"] if not item.get("function")]
    items = [
        {
            "id": ids[id(question)],
            "kind": "practice",
            "function": function,
            "dimension": DIMENSION,
            "roles": roles,
            "embedding": True,
        }
        for function, questions in groups.items()
        for question in questions
    ]
    sections = [
        {"id": f"{function}-questions", "function": function, "items": [ids[id(question)] for question in questions]}
        for function, questions in groups.items()
    ]
    structure |= {
        "id": questionnaire_id,
        "version": "0.1.0",
        "source_language": SOURCE_LANGUAGE,
        "functions": [{"id": function, "weight": 1.0, "target": 75} for function in groups],
        "dimensions": [{"id": DIMENSION}],
        "items": items + general,
        "sections": sections + [section for section in structure["sections"] if not section.get("function")],
    }
    structure["scoring"] |= {"minimum_dimensions": 1, "minimum_functions": min(2, len(groups))}
    structure["indices"]["embedding"]["minimum_items"] = min(3, *(len(questions) for questions in groups.values()))


def _has_references(rule: Mapping[str, Any], structure: Document) -> bool:
    """Return whether the draft has everything that a rule refers to."""
    items = {item["id"] for item in structure["items"]}
    functions = {function["id"] for function in structure["functions"]}
    dimensions = {dimension["id"] for dimension in structure["dimensions"]}
    conditions = [condition for key in ("any", "all", "only_if", "unless") for condition in rule.get(key, ())]
    return all(
        part.get("item", next(iter(items))) in items
        and part.get("function", next(iter(functions))) in functions
        and part.get("dimension", DIMENSION) in dimensions
        and part.get("figure") not in ("hand-off", "channel", "gap", "dimension", "next-step")
        for part in (rule, *conditions)
    )


def _replace_texts(
    texts: Document,
    survey: SourceSurvey,
    groups: Mapping[str, list[SourceQuestion]],
    ids: Mapping[int, str],
    structure: Document,
    advice: Document,
) -> None:
    titles = {function: questions[0].group or survey.title or "All" for function, questions in groups.items()}
    general = {item["id"] for item in structure["items"]}
    own = {
        ids[id(question)]: {"text": question.text, "rungs": list(question.labels)}
        | ({"hint": question.hint} if question.hint else {})
        for questions in groups.values()
        for question in questions
    }
    sections = {section["id"] for section in structure["sections"]}
    rules = {rule["id"] for rule in advice["rules"]}
    texts |= {
        "title": survey.title or "Imported questionnaire",
        "introduction": survey.title or "Imported questionnaire",
        "functions": titles,
        "dimensions": {DIMENSION: {"title": "Practice", "question": "", "levels": LEVELS}},
        "sections": {f"{function}-questions": title for function, title in titles.items()}
        | {id_: title for id_, title in texts["sections"].items() if id_ in sections},
        "items": own | {id_: text for id_, text in texts["items"].items() if id_ in general},
        "rules": {id_: text for id_, text in texts["rules"].items() if id_ in rules},
    }
    texts.pop("translated_from", None)
    texts.pop("unchanged", None)


def _slugify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_ID_CHARACTERS].strip("-")


def _make_unique(name: str, taken: set[str]) -> str:
    number, chosen = 1, name
    while chosen in taken:
        number += 1
        chosen = f"{name}-{number}"
    return chosen
