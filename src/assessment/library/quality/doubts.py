"""A doubt: where in a questionnaire's folder something may not be meant, what, and how to mend it."""

from msgspec import Struct

from assessment.domain.questionnaire import Item, Questionnaire
from assessment.library.files import STRUCTURE
from assessment.library.places import Path


class Doubt(Struct, frozen=True):
    """One thing worth a second look; `file` within the folder, `path` within the file."""

    file: str
    path: Path
    message: str
    remedy: str


def about(questionnaire: Questionnaire, item: Item, message: str, remedy: str) -> Doubt:
    """Return a doubt about an item, at the place where it is defined."""
    return Doubt(STRUCTURE, ("items", questionnaire.items.index(item), "id"), message, remedy)
