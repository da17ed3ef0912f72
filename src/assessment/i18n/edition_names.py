"""Names of the editions of a report."""

from collections.abc import Mapping

from assessment.domain.report.audiences import (
    BOARD_EDITION,
    FULL_EDITION,
    FUNCTION_EDITION_PREFIX,
    RESPONDENT_EDITION,
)
from assessment.i18n.translator import Translator


def name_audience(audience: str, functions: Mapping[str, str], translator: Translator) -> str:
    """Name the edition for an audience; `functions` are the names of functions by id."""
    names = {
        FULL_EDITION: translator.gettext("Full report"),
        BOARD_EDITION: translator.gettext("Board edition"),
        RESPONDENT_EDITION: translator.gettext("Summary for those who answered"),
    }
    if audience in names:
        return names[audience]
    identifier = audience.removeprefix(FUNCTION_EDITION_PREFIX)
    return translator.gettext("Playbook for {function}").format(function=functions.get(identifier, identifier))
