"""Why the last close kept the earlier release: which figures, by label, and never how many people."""

from msgspec import Struct

from assessment.domain.closed_sets import AssessmentState
from assessment.domain.disclosure.republication import PERSONAL_PATH
from assessment.domain.questionnaire import Questionnaire
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.services.assessments.reopening import (
    LAST_RELEASE,
    NO_FIGURES,
    NON_FIGURE_REASONS,
    PEOPLE_REPLACED,
    is_release_final,
)
from assessment.storage.assessments import Assessment

FIGURE_TITLES = {
    PERSONAL_PATH: N_("What people say of their own work"),
    "indices.perception_gap": N_("Leaders and practitioners"),
    "indices.set_up_to_fail": N_("Authority and support"),
    "indices.outlook": N_("Roles in four years"),
}


class WithheldResults(Struct, frozen=True):
    """Reason why new results were withheld; `figure_groups` are the figures that would have revealed too much, if any.

    `is_empty`: too few answers counted for any figure.
    """

    is_withdrawn: bool
    figure_groups: tuple[str, ...]
    is_replaced: bool = False
    is_last: bool = False
    is_empty: bool = False


def describe_withheld(assessment: Assessment, questionnaire: Questionnaire, language: str) -> WithheldResults:
    translator, functions = get_translator(language), questionnaire.text(language).functions
    titles = {path: translator.gettext(title) for path, title in FIGURE_TITLES.items()}
    titles |= {f"functions.{id_}": title for id_, title in functions.items()}
    return WithheldResults(
        # Not while it is open: the page would reveal a withdrawal immediately, while counts are updated hourly.
        is_withdrawn=assessment.state == AssessmentState.CLOSED and is_release_final(assessment),
        figure_groups=tuple(titles.get(path, path) for path in assessment.held_back if path not in NON_FIGURE_REASONS),
        is_replaced=PEOPLE_REPLACED in assessment.held_back,
        is_last=LAST_RELEASE in assessment.held_back,
        is_empty=NO_FIGURES in assessment.held_back,
    )
