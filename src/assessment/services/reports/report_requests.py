"""Report requests: choose release, audience and language, and assemble the contents of the report."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.comparison.published_scores import find_rescoring_reasons, list_published_scores
from assessment.domain.comparison.waves import compare_waves
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import EarlierWave, Report, ReportDetails
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.file_formats import FileFormat, list_format_audiences
from assessment.domain.report.plan_edits import sort_advice
from assessment.domain.report.sections.change import EarlierAction
from assessment.domain.report.source import build_source
from assessment.domain.verification.provenance import JSON_NULL, ReportContents, strip_careless_log
from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n import SOURCE_LANGUAGE, list_languages
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth import workspace_preferences
from assessment.services.reports.rendering import RenderJob, build_job_report
from assessment.services.results import benchmark_ranks, consultant_comments, published_results, voices, wave_comparison
from assessment.services.results.consultant_comments import ConsultantComments
from assessment.services.results.wave_comparison import WavePair
from assessment.storage import assessments
from assessment.storage.assessments import Assessment


class ReportRequest(Struct, frozen=True):
    """Requested report with its questionnaire and the consultant's own comments."""

    questionnaire: Questionnaire
    job: RenderJob
    comments: ConsultantComments

    def filename(self, assessment_id: str) -> str:
        """Return a file name that is unique per audience, language and format."""
        return (
            f"report-{assessment_id}-{self.job.audience.replace(':', '-')}-{self.job.language}.{self.job.file_format}"
        )


def load_report(
    session: Session, key: AssessmentKey, audience: str | None = None, language: str | None = None
) -> Report:
    """Return the report for pages; parameters as in `request_report`."""
    asked = request_report(session, key, audience, language)
    return build_job_report(asked.questionnaire, asked.job)


def request_report(
    session: Session,
    key: AssessmentKey,
    audience: str | None = None,
    language: str | None = None,
    preferred: str | None = None,
    *,
    file_format: FileFormat = FileFormat.PDF,
) -> ReportRequest:
    """Assemble the report of the newest release.

    Language: `language`, otherwise `preferred` if available, otherwise the assessment's. `ConflictError` before the
    close; `InvalidError` lists the available audiences and languages.
    """
    assessment = assessments.find_assessment(session, key)
    release = published_results.load_release(session, key)
    result = published_results.decode_result(release)
    questionnaire = load_questionnaire(session, assessment)
    problems = [
        *_find_unknown_value("audience", audience, list_format_audiences(file_format, questionnaire, result)),
        *_find_unknown_value("language", language, list_report_languages(questionnaire)),
    ]
    if problems:
        raise InvalidError("There is no such report.", problems)
    details = ReportDetails(
        organisation=assessment.organisation,
        title=assessment.title,
        date=result.computed_at,
        protection=assessment.confidentiality,
    )
    if (rank := benchmark_ranks.rank_whole(session, assessment, questionnaire, result.overall.score)) is not None:
        details = replace(details, rank=rank)
    spoken = language or (preferred if preferred in list_report_languages(questionnaire) else assessment.language)
    own = consultant_comments.load_comments(session, key)
    logo = workspace_preferences.load_logo(session, key.workspace_id) if own.logo is None else None
    preferences = workspace_preferences.load_preferences(session, key.workspace_id)
    if not own.comments.author:
        details = replace(details, author=preferences.prepared_by)
    if preferences.accent:
        details = replace(details, accent=preferences.accent)
    details = consultant_comments.add_saved_comments(details, own, questionnaire, result, spoken, workspace_logo=logo)
    details = voices.add_chosen_comments(details, session, assessment, questionnaire, result)
    earlier, before = _load_earlier_wave(session, assessment, spoken)
    contents = ReportContents(strip_careless_log(release.content), details, earlier, before)
    job = RenderJob(contents, release.digest, spoken, audience or FULL_EDITION, file_format)
    return ReportRequest(questionnaire, job, own)


def _load_earlier_wave(
    session: Session, assessment: Assessment, language: str
) -> tuple[EarlierWave | None, msgspec.Raw]:
    """Return the comparison with the earlier wave, and its release; nothing without a comparable earlier wave."""
    pair = wave_comparison.find_earlier_pair(session, assessment)
    if pair is None:
        return None, JSON_NULL
    compared = compare_waves(pair.earlier.wave, pair.later.wave)
    split = {} if isinstance(pair.attribution, str) else pair.attribution
    earlier = EarlierWave(
        compared,
        split,
        date=pair.earlier.wave.result.computed_at,
        published=list_published_scores(pair.earlier.wave),
        reasons=find_rescoring_reasons(pair.earlier.wave, pair.later.wave),
    )
    if actions := _load_earlier_actions(session, assessment, pair, language):
        earlier = replace(earlier, actions=actions)
    return earlier, strip_careless_log(pair.earlier.release.content)


def _load_earlier_actions(
    session: Session, assessment: Assessment, pair: WavePair, language: str
) -> tuple[EarlierAction, ...]:
    """Return the actions of the earlier roadmap whose progress was recorded, in its order."""
    if assessment.wave_of is None:
        return ()
    own = consultant_comments.load_comments(
        session, AssessmentKey(assessment.workspace_id, assessment.wave_of)
    ).comments
    questionnaire, result = pair.earlier.wave.questionnaire, pair.earlier.wave.result
    details = ReportDetails("", actions=own.actions, order=own.order)
    source = build_source(questionnaire, result, details, language if language in questionnaire.texts else None)
    return tuple(
        EarlierAction(edit.title or source.name_rule(advice), edit.status)
        for advice in sort_advice(result.advice, details)
        if advice.id not in own.dropped and (edit := own.actions.get(advice.id)) is not None and edit.status is not None
    )


def list_report_languages(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the languages available in both the program and the questionnaire."""
    known = {SOURCE_LANGUAGE, *list_languages()}
    return tuple(sorted(known & set(questionnaire.texts)))


def _find_unknown_value(name: str, value: str | None, offered: tuple[str, ...]) -> list[Problem]:
    if value is None or value in offered:
        return []
    return [
        Problem(
            "This is not offered.", with_values("There is {known}.", known=offered), column=name, code="unknown-value"
        )
    ]
