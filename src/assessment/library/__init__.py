"""Questionnaire files -> validated, versioned questionnaires."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from assessment.domain.questionnaire import Questionnaire

STRUCTURE = "questionnaire.toml"
ADVICE = "advice.toml"
TRANSLATIONS = "translations"


def load(folder: Path) -> Questionnaire:
    """Read one questionnaire."""
    content: dict[str, Any] = tomllib.loads((folder / STRUCTURE).read_text("utf-8"))
    content |= tomllib.loads((folder / ADVICE).read_text("utf-8"))
    content["texts"] = {
        file.stem: tomllib.loads(file.read_text("utf-8")) | {"language": file.stem}
        for file in sorted((folder / TRANSLATIONS).glob("*.toml"))
    }
    return msgspec.convert(content, Questionnaire)


def shipped() -> Path:
    """Return the folder of the questionnaires that come with the program."""
    packaged = Path(__file__).parent.parent / "_data" / "questionnaires"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "questionnaires"
