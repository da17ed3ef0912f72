"""An assessment's settings from a TOML file, with every mistake by line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from assessment.domain.answers import AssessmentSettings
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.settings_rules import find_setting_problems
from assessment.errors import Problem
from assessment.questionnaires.checks.schema_check import check_shape
from assessment.questionnaires.toml_document import TomlDocument
from assessment.questionnaires.toml_lines import KeyPath as Place


def read_settings(
    file: Path | None, questionnaire: Questionnaire, minimum_group: int | None = None
) -> tuple[AssessmentSettings, Sequence[Problem]]:
    """Return the usable settings and all problems with them.

    `minimum_group` is from the command line and overrides the file.
    """
    settings, problems = _read_file(file, questionnaire) if file else (AssessmentSettings(), [])
    if minimum_group is None:
        return settings, problems
    own = structs.replace(AssessmentSettings(), minimum_group=minimum_group)
    problems += [
        Problem(problem.message, problem.remedy, file="--minimum-group")
        for problem in find_setting_problems(questionnaire, own)
    ]
    return structs.replace(settings, minimum_group=minimum_group), problems


def _read_file(file: Path, questionnaire: Questionnaire) -> tuple[AssessmentSettings, list[Problem]]:
    document = TomlDocument(file)
    misshapen: list[Place] = []

    def report(path: Place, message: str, remedy: str) -> None:
        misshapen.append(path)
        document.report(path, message, remedy)

    check_shape(document.content, AssessmentSettings, report)
    settings = msgspec.convert(_remove_paths(document.content, misshapen), AssessmentSettings)
    for fault in find_setting_problems(questionnaire, settings):
        document.report(_parse_pointer(fault.pointer), fault.message, fault.remedy)
    return settings, sorted(document.problems, key=lambda problem: problem.line or 0)


def _remove_paths(content: dict[str, Any], paths: Sequence[Place]) -> dict[str, Any]:
    """Remove invalid values, so that the rest can be checked as well."""
    return {
        key: _remove_paths(value, [path[1:] for path in paths if path[0] == key]) if isinstance(value, dict) else value
        for key, value in content.items()
        if (key,) not in paths
    }


def _parse_pointer(pointer: str) -> Place:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
