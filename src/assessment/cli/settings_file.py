"""An assessment's settings from a TOML file, with every mistake by line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from assessment.domain.answers import Settings
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.settings_rules import faults
from assessment.errors import Problem
from assessment.library.places import Path as Place
from assessment.library.reading import Document
from assessment.library.shaping import check_shape


def read_settings(
    file: Path | None, questionnaire: Questionnaire, minimum_group: int | None = None
) -> tuple[Settings, Sequence[Problem]]:
    """Return the usable settings and all problems with them.

    `minimum_group` is from the command line and overrides the file.
    """
    settings, problems = _from(file, questionnaire) if file else (Settings(), [])
    if minimum_group is None:
        return settings, problems
    own = structs.replace(Settings(), minimum_group=minimum_group)
    problems += [Problem(found.message, found.remedy, file="--minimum-group") for found in faults(questionnaire, own)]
    return structs.replace(settings, minimum_group=minimum_group), problems


def _from(file: Path, questionnaire: Questionnaire) -> tuple[Settings, list[Problem]]:
    document = Document(file)
    misshapen: list[Place] = []

    def report(path: Place, message: str, remedy: str) -> None:
        misshapen.append(path)
        document.report(path, message, remedy)

    check_shape(document.content, Settings, report)
    settings = msgspec.convert(_without(document.content, misshapen), Settings)
    for fault in faults(questionnaire, settings):
        document.report(_place(fault.pointer), fault.message, fault.remedy)
    return settings, sorted(document.problems, key=lambda problem: problem.line or 0)


def _without(content: dict[str, Any], paths: Sequence[Place]) -> dict[str, Any]:
    """Remove invalid values, so that the rest can be checked as well."""
    return {
        key: _without(value, [path[1:] for path in paths if path[0] == key]) if isinstance(value, dict) else value
        for key, value in content.items()
        if (key,) not in paths
    }


def _place(pointer: str) -> Place:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
