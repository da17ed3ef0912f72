"""Why the last close left the earlier results standing: which figures, in words, and never how many people."""

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.reopening import PERSONAL
from assessment.services.reopening import LAST, NO_AREAS, REPLACED, stands_for_good
from assessment.storage.assessments import Assessment
from assessment.wording import wording
from assessment.wording.sentences import N_

TITLES = {
    PERSONAL: N_("What people say of their own work"),
    "indices.perception_gap": N_("Leaders and practitioners"),
    "indices.set_up_to_fail": N_("Authority and support"),
    "indices.outlook": N_("Roles in four years"),
}


class Standing(Struct, frozen=True):
    """`areas` are figures by which new results would have revealed too much; none where another reason is set."""

    is_withdrawn: bool
    areas: tuple[str, ...]
    is_replaced: bool = False
    is_last: bool = False


def standing(assessment: Assessment, questionnaire: Questionnaire, language: str) -> Standing:
    """Say it in the reader's language."""
    words, functions = wording(language), questionnaire.text(language).functions
    titles = {path: words.gettext(title) for path, title in TITLES.items()}
    titles |= {f"functions.{id_}": title for id_, title in functions.items()}
    return Standing(
        # Not while it is open: the page would show at once, not hourly, that someone has withdrawn.
        is_withdrawn=assessment.state == "closed" and stands_for_good(assessment),
        areas=tuple(titles.get(path, path) for path in assessment.held_back if path not in NO_AREAS),
        is_replaced=REPLACED in assessment.held_back,
        is_last=LAST in assessment.held_back,
    )
