"""Lint warnings."""

from msgspec import Struct

from assessment.domain.questionnaire import Item, Questionnaire
from assessment.questionnaires.file_formats import STRUCTURE_FILE
from assessment.questionnaires.toml_lines import KeyPath


class LintWarning(Struct, frozen=True):
    """One lint warning; `file` is relative to the questionnaire's folder, `path` the key path in the file."""

    file: str
    path: KeyPath
    message: str
    remedy: str


def make_item_warning(questionnaire: Questionnaire, item: Item, message: str, remedy: str) -> LintWarning:
    """Return a warning at the definition of an item."""
    return LintWarning(STRUCTURE_FILE, ("items", questionnaire.items.index(item), "id"), message, remedy)
