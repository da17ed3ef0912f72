"""Labels of a questionnaire's roles, functions and channels."""

from collections.abc import Iterable

from msgspec import Struct

from assessment.domain.answers import CONSENSUS_ROLE
from assessment.domain.closed_sets import Mode
from assessment.domain.questionnaire import Questionnaire
from assessment.i18n import get_translator
from assessment.storage.assessments import Assessment


class QuestionnaireLabels(Struct, frozen=True):
    """Labels by id, in the questionnaire's order."""

    roles: dict[str, str]
    functions: dict[str, str]
    channels: dict[str, str]
    title: str

    def role(self, id_: str) -> str:
        """Return a role's label, or the id if unknown."""
        return self.roles.get(id_, id_)

    def function(self, id_: str) -> str:
        """Return a function's label, or the id if unknown."""
        return self.functions.get(id_, id_)

    def join_functions(self, ids: Iterable[str]) -> str:
        """Join the labels of functions with commas."""
        return ", ".join(self.function(id_) for id_ in ids)


def get_labels(questionnaire: Questionnaire, assessment: Assessment, language: str) -> QuestionnaireLabels:
    """Return the labels for an assessment in the consultant's language; consensus mode has a single role."""
    texts = questionnaire.text(language)
    roles = {role.id: texts.roles.get(role.id, role.id) for role in questionnaire.roles}
    return QuestionnaireLabels(
        roles={CONSENSUS_ROLE: get_translator(language).gettext("Team answer")}
        if assessment.mode == Mode.CONSENSUS
        else roles,
        functions={function.id: texts.functions.get(function.id, function.id) for function in questionnaire.functions},
        channels={channel.id: texts.channels.get(channel.id, channel.id) for channel in questionnaire.channels},
        title=texts.title,
    )
