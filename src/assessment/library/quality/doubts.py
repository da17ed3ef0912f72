"""Lint warnings."""

from msgspec import Struct

from assessment.domain.questionnaire import Item, Questionnaire
from assessment.library.files import STRUCTURE
from assessment.library.places import Path


class Doubt(Struct, frozen=True):
    """One lint warning; `file` is relative to the questionnaire's folder, `path` the key path in the file."""

    file: str
    path: Path
    message: str
    remedy: str


def about(questionnaire: Questionnaire, item: Item, message: str, remedy: str) -> Doubt:
    """Return a warning at the definition of an item."""
    return Doubt(STRUCTURE, ("items", questionnaire.items.index(item), "id"), message, remedy)
