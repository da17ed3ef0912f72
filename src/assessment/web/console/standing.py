"""Why the last close kept the earlier release: which figures, by label, and never how many people."""

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
    """Reason why new results were withheld; `areas` are the figures that would have revealed too much, if any."""

    is_withdrawn: bool
    areas: tuple[str, ...]
    is_replaced: bool = False
    is_last: bool = False


def standing(assessment: Assessment, questionnaire: Questionnaire, language: str) -> Standing:
    words, functions = wording(language), questionnaire.text(language).functions
    titles = {path: words.gettext(title) for path, title in TITLES.items()}
    titles |= {f"functions.{id_}": title for id_, title in functions.items()}
    return Standing(
        # Not while it is open: the page would reveal a withdrawal immediately, while counts are updated hourly.
        is_withdrawn=assessment.state == "closed" and stands_for_good(assessment),
        areas=tuple(titles.get(path, path) for path in assessment.held_back if path not in NO_AREAS),
        is_replaced=REPLACED in assessment.held_back,
        is_last=LAST in assessment.held_back,
    )
