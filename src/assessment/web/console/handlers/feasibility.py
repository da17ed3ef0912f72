"""Feasibility page: which figures the invited people are enough for, before the settings lock."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.disclosure.feasibility import (
    ALL_PERCENT,
    DEFAULT_RESPONSE_PERCENT,
    ReleaseForecast,
    RoleInFunction,
)
from assessment.domain.questionnaire import Questionnaire
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.feasibility import Feasibility, load_feasibility
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.storage.assessments import Assessment
from assessment.web.console.forms.form_errors import NO_ERRORS, FormErrors
from assessment.web.console.labels import get_labels
from assessment.web.console.views.figure_groups import HiddenFigures, describe_hidden_figures
from assessment.web.http.page_responses import render_page

TEMPLATE = "console/feasibility.html"
WRONG_PERCENT = N_("Give a whole number from 1 to 100.")


class ForecastView(Struct, frozen=True):
    """One side of the page: the forecast with or without mail domains; `rows` are the groups by role."""

    has_domains: bool
    is_applied: bool
    forecast: ReleaseForecast
    rows: tuple[tuple[str, tuple[RoleInFunction, ...]], ...]
    hidden: tuple[HiddenFigures, ...]


class FeasibilityView(Struct, frozen=True):
    """Content of the page and of its summary; `sides` begins with the rule that applies.

    `share` is the expected response as text.
    """

    feasibility: Feasibility
    share: str
    sides: tuple[ForecastView, ...]

    @property
    def hidden(self) -> tuple[HiddenFigures, ...]:
        """Lines hidden under the rule that applies."""
        return self.sides[0].hidden


@get("/assessments/{assessment_id:str}/feasibility", name="console:feasibility", policy=CONSULTANT, sync_to_thread=True)
def show_feasibility(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    response: FromQuery[str] = str(DEFAULT_RESPONSE_PERCENT),
) -> Template:
    """Show the forecast at an expected response in percent; a wrong one is shown again with the default's forecast."""
    assessment = assessment_setup.get_assessment(read_session, AssessmentKey(consultant.workspace_id, assessment_id))
    questionnaire = find_questionnaire(read_session, assessment, catalogue)
    percent = parse_percent(response)
    form_errors = NO_ERRORS
    if percent is None:
        form_errors = FormErrors((("response", get_translator(consultant.language).gettext(WRONG_PERCENT)),))
    context: dict[str, Any] = {
        "consultant": consultant,
        "assessment": assessment,
        "can_change": consultant.can_edit,
        "names": get_labels(questionnaire, assessment, consultant.language),
        "view": build_view(read_session, consultant, assessment, questionnaire, percent or DEFAULT_RESPONSE_PERCENT),
        "response": response,
        "form_errors": form_errors,
    }
    return render_page(TEMPLATE, 200 if percent else 422, **context)


def parse_percent(text: str) -> int | None:
    """Parse a whole number from 1 to 100, with or without a percent sign; None if it is not one."""
    digits = text.strip().removesuffix("%").strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(ALL_PERCENT))):
        return None
    return int(digits) if 1 <= int(digits) <= ALL_PERCENT else None


def build_view(
    session: Session, consultant: Consultant, assessment: Assessment, questionnaire: Questionnaire, percent: int
) -> FeasibilityView:
    """Build the forecast with and without mail domains, the one that applies first."""
    feasibility = load_feasibility(session, assessment, questionnaire, percent)
    sides = [(False, feasibility.without_domains)]
    if feasibility.with_domains is not None:
        sides.insert(0, (True, feasibility.with_domains))
    names, translator = get_labels(questionnaire, assessment, consultant.language), get_translator(consultant.language)
    return FeasibilityView(
        feasibility,
        translator.format_percent(percent),
        tuple(
            ForecastView(
                has_domains=has_domains,
                is_applied=forecast is feasibility.applied,
                forecast=forecast,
                rows=tuple(
                    (role, tuple(group for group in forecast.groups if group.role == role)) for role in names.roles
                ),
                hidden=describe_hidden_figures(forecast.figures, names, translator),
            )
            for has_domains, forecast in sides
        ),
    )
