"""What a questionnaire calls its roles, functions and channels, for pages and for pasted lines."""

from msgspec import Struct

from assessment.domain.answers import CONSENSUS
from assessment.domain.questionnaire import Questionnaire
from assessment.storage.assessments import Assessment
from assessment.wording import wording


class Names(Struct, frozen=True):
    """Titles by id, in the questionnaire's order."""

    roles: dict[str, str]
    functions: dict[str, str]
    channels: dict[str, str]
    title: str

    def role(self, id_: str) -> str:
        """Return a role's title."""
        return self.roles.get(id_, id_)

    def function(self, id_: str) -> str:
        """Return a function's title."""
        return self.functions.get(id_, id_)


def names(questionnaire: Questionnaire, assessment: Assessment, language: str) -> Names:
    """Return the titles that an assessment needs, in the consultant's language; consensus mode has one role only."""
    texts = questionnaire.text(language)
    roles = {role.id: texts.roles.get(role.id, role.id) for role in questionnaire.roles}
    return Names(
        roles={CONSENSUS: wording(language).gettext("Agreed record")} if assessment.mode == CONSENSUS else roles,
        functions={each.id: texts.functions.get(each.id, each.id) for each in questionnaire.functions},
        channels={each.id: texts.channels.get(each.id, each.id) for each in questionnaire.channels},
        title=texts.title,
    )
