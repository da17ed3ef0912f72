"""Validate the settings of an assessment and report all problems at once, each with its pointer."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from assessment.domain.answers import CONSENSUS_ROLE, AssessmentSettings
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import Confidentiality, Mode
from assessment.domain.days import describe_range, is_day_in_range
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey import settings_rules
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.errors import NotFoundError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.services.assessments import mail_domains
from assessment.services.survey.answer_validation import is_storable
from assessment.storage import assessments, organisations
from assessment.storage.assessments import Assessment
from assessment.storage.people import invitations

MAX_TEXT_LENGTH = 200
CLIENT_ARCHIVED = N_("This client is archived. Restore it first.")
SCORING_SETTINGS = ("weights", "targets", "contacts", "importance")


def list_setting_problems(
    session: Session,
    workspace_id: str,
    values: Mapping[str, Any],
    questionnaire: Questionnaire | None,
    operator_minimum: int | None,
    *,
    new_domains: list[str],
    further_problems: Iterable[Problem],
) -> list[Problem]:
    """Return all problems, including those that the caller has found; `new_domains` were not checked before.

    Without a questionnaire, only what does not depend on it is checked.
    """
    return [
        *(
            _find_independent_problems(values, operator_minimum)
            if questionnaire is None
            else find_setting_problems(values, questionnaire, operator_minimum)
        ),
        *_find_relation_problems(session, workspace_id, values),
        *mail_domains.find_domain_problems(session, workspace_id, new_domains),
        *further_problems,
    ]


def find_setting_problems(
    values: Mapping[str, Any], questionnaire: Questionnaire, operator_minimum: int | None
) -> Iterator[Problem]:
    """Yield the problems that need no look at other rows."""
    yield from _find_independent_problems(values, operator_minimum)
    if values["language"] not in questionnaire.texts:
        yield Problem(
            "The questionnaire has not been translated into this language.", pointer="/language", code="unknown-value"
        )
    terms = {name: values[name] for name in (*SCORING_SETTINGS, "mode", "minimum_group")}
    yield from settings_rules.find_setting_problems(questionnaire, AssessmentSettings(**terms))


def _find_independent_problems(values: Mapping[str, Any], operator_minimum: int | None) -> Iterator[Problem]:
    """Yield the problems that do not depend on the questionnaire; None: its own minimum group applies."""
    for name in ("title", "asker", "language"):
        if len(values[name]) > MAX_TEXT_LENGTH or not is_storable(values[name]):
            yield Problem(
                with_values("Give a text of at most {most} characters.", most=MAX_TEXT_LENGTH),
                pointer=f"/{name}",
                code="too-long",
            )
    if not values["title"].strip():
        yield Problem("Give the assessment a title.", pointer="/title", code="missing")
    if values["confidentiality"] not in tuple(Confidentiality):
        message = with_values("Known are {known}.", known=tuple(Confidentiality))
        yield Problem(message, pointer="/confidentiality", code="unknown-value")
    group = values["minimum_group"]
    if operator_minimum is not None and group is not None and group < operator_minimum:
        message = with_values("The operator has set a minimum group of {least}.", least=operator_minimum)
        yield Problem(message, pointer="/minimum_group", code="too-small")


def find_closing_date_problems(closes_on: date | None, now: datetime, time_zone: str) -> Iterator[Problem]:
    """Yield a problem for a past day in the workspace's time zone, or one that no clock reaches."""
    if closes_on is None:
        return
    if closes_on < get_workspace_day(now, time_zone):
        yield Problem(
            "The closing date is past.", "Choose a later one, or none.", pointer="/closes_on", code="date-past"
        )
    elif not is_day_in_range(closes_on):
        yield Problem(describe_range(), pointer="/closes_on", code="out-of-range")


def find_invited_role_problems(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, mode: str
) -> Iterator[Problem]:
    """Yield a problem if invitations have roles or functions that the questionnaire lacks."""
    roles = {CONSENSUS_ROLE} if mode == Mode.CONSENSUS else {role.id for role in questionnaire.roles}
    functions = {function.id for function in questionnaire.functions}
    for invitation in invitations.list_active_invitations(session, assessment.key):
        if invitation.role not in roles or not set(invitation.functions) <= functions:
            reason = "People are invited with roles or functions that this questionnaire does not have."
            yield Problem(reason, pointer="/questionnaire", code="not-allowed")
            return


def _find_relation_problems(session: Session, workspace_id: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        client = organisations.find_organisation(session, workspace_id, values["organisation_id"])
        if client.archived_on is not None:
            yield Problem(CLIENT_ARCHIVED, pointer="/organisation", code="not-allowed")
    except NotFoundError:
        yield Problem("There is no such organisation.", pointer="/organisation", code="not-found")
    if values["wave_of"] is None:
        return
    try:
        earlier = assessments.find_assessment(session, AssessmentKey(workspace_id, values["wave_of"]))
    except NotFoundError:
        yield Problem("There is no such assessment.", pointer="/wave_of", code="not-found")
        return
    if earlier.organisation_id != values["organisation_id"] or earlier.id == values.get("id"):
        yield Problem(
            "A wave follows another assessment of the same organisation.", pointer="/wave_of", code="not-allowed"
        )


def find_version_problems(assessment: Assessment, questionnaire: Questionnaire) -> Iterator[Problem]:
    """Yield a problem if the draft's questionnaire version is no longer available."""
    if questionnaire.version != assessment.questionnaire_version:
        reason = with_values(
            "Version {old} of the questionnaire is no longer available. Save the settings to use version {new}.",
            old=assessment.questionnaire_version,
            new=questionnaire.version,
        )
        yield Problem(reason, pointer="/questionnaire", code="not-allowed")
