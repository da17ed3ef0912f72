"""Comments of respondents: released with a result, chosen for reports (method 6.10)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.answers import Answers
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import Confidentiality, Mode
from assessment.domain.disclosure.comment_release import (
    WHOLE,
    WrittenComment,
    select_released_comments,
    shuffle_comments,
)
from assessment.domain.disclosure.guard import MIN_PEOPLE_FOR_COMMENTS, OPEN_GUARD, build_guard
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import ReportDetails
from assessment.domain.result import Result
from assessment.domain.scoring.careless_responses import screen_responses
from assessment.domain.survey.comment_fields import find_comment_function
from assessment.domain.survey.promises import are_answers_private
from assessment.errors import NotFoundError
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.results import published_results
from assessment.storage import assessments
from assessment.storage.answer_loader import LoadedAnswers
from assessment.storage.assessments import Assessment
from assessment.storage.results import releases, voices
from assessment.storage.results.releases import Release
from assessment.storage.results.voices import NewVoice, Voice
from assessment.storage.survey import written_texts

VOICES_CHOSEN = "voices.chosen"
SHUFFLE_SEED_BYTES = 32


class VoicePool(Struct, frozen=True):
    """Released comments about a function, or about the whole (`function` None), in the order drawn at the release.

    `has_too_few_people`: none may be shown, since fewer than ten people answered.
    """

    function: str | None
    voices: tuple[Voice, ...]
    has_too_few_people: bool = False


class ReleasedVoices(Struct, frozen=True):
    """All released comments of an assessment; `withdrawn`: some were deleted since, how many is not stored."""

    pools: tuple[VoicePool, ...]
    withdrawn: bool

    @property
    def is_empty(self) -> bool:
        return not any(pool.voices for pool in self.pools)

    def list_ids(self) -> list[str]:
        return [voice.id for pool in self.pools for voice in pool.voices]

    def list_chosen_ids(self) -> list[str]:
        return [voice.id for pool in self.pools for voice in pool.voices if voice.is_chosen]


def select_comments(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, loaded_answers: LoadedAnswers
) -> list[WrittenComment]:
    """Select the comments that a release of these answers would add; call before answers are rewritten at the close."""
    written = _load_written_comments(session, assessment, questionnaire)
    if not written:
        return []
    by_id = loaded_answers.label_by_response_id().select_counted(questionnaire.scoring.submitted_share)
    return select_released_comments(
        questionnaire,
        written,
        _drop_careless(questionnaire, assessment, by_id),
        OPEN_GUARD
        if are_answers_known(assessment)
        else build_guard(questionnaire.disclosure, assessment.minimum_group),
        _find_earlier_authors(session, assessment),
    )


def release_comments(
    session: Session,
    assessment: Assessment,
    release: Release,
    comments: Sequence[WrittenComment],
    random: Random = RANDOM,
) -> None:
    """Store comments with a release, in an order drawn now. Withdrawn ones disappear with it."""
    voices.delete_withdrawn_voices(session, assessment.key)
    is_anonymous = assessment.confidentiality == Confidentiality.ANONYMOUS
    voices.add_voices(
        session,
        assessment.key,
        release.number,
        [
            NewVoice(
                tokens.generate_id(random),
                None if is_anonymous else comment.response_id,
                comment.pool,
                comment.text,
            )
            for comment in shuffle_comments(comments, random(SHUFFLE_SEED_BYTES))
        ],
    )


def load_voices(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, result: Result
) -> ReleasedVoices:
    """Return the released comments, in the order of the functions, the whole last."""
    listed = voices.list_voices(session, assessment.key)
    people = {**result.respondents.by_function, WHOLE: result.respondents.counted}
    pools = (*(function.id for function in questionnaire.functions if function.id in result.functions), WHOLE)
    return ReleasedVoices(
        tuple(
            VoicePool(
                pool or None,
                tuple(voice for voice in listed if voice.pool == pool),
                not are_answers_known(assessment) and (people.get(pool) or 0) < MIN_PEOPLE_FOR_COMMENTS,
            )
            for pool in pools
        ),
        voices.has_withdrawn_voices(session, assessment.key),
    )


def load_released_voices(session: Session, key: AssessmentKey) -> ReleasedVoices:
    """Return the comments of the newest release; raises as `published_results.load_release`."""
    result = published_results.load_result(session, key)
    assessment = assessments.find_assessment(session, key)
    return load_voices(session, assessment, load_questionnaire(session, assessment), result)


def add_chosen_comments(
    details: ReportDetails, session: Session, assessment: Assessment, questionnaire: Questionnaire, result: Result
) -> ReportDetails:
    """Add the comments that the consultant chose to the details of a report."""
    released = load_voices(session, assessment, questionnaire, result)
    chosen = {
        pool.function or WHOLE: tuple(voice.text for voice in pool.voices if voice.is_chosen) for pool in released.pools
    }
    return replace(
        details,
        comments={place: texts for place, texts in chosen.items() if texts} or UNSET,
        are_comments_withdrawn=released.withdrawn or UNSET,
    )


def choose_voices(session: Session, key: AssessmentKey, chosen_ids: Collection[str], now: datetime) -> None:
    """Choose the comments that reports show, in all editions. Only chosen ones are shown, so none appear unread."""
    assessment = assessments.find_assessment(session, key, lock=True)
    if releases.latest(session, key) is None:
        raise NotFoundError
    voices.choose_voices(session, key, chosen_ids)
    audit_trail.record_event(session, key.workspace_id, now, VOICES_CHOSEN, assessment.id)


def are_answers_known(assessment: Assessment) -> bool:
    """Return whether answers are known anyway, so that nothing is hidden (method 6.8)."""
    return not are_answers_private(assessment.confidentiality, assessment.mode)


def _load_written_comments(
    session: Session, assessment: Assessment, questionnaire: Questionnaire
) -> list[WrittenComment]:
    written = written_texts.load_written_texts(session, assessment.key)
    return [
        WrittenComment(row.response_id, find_comment_function(questionnaire, row.key) or WHOLE, row.text)
        for row in written
    ]


def _drop_careless(questionnaire: Questionnaire, assessment: Assessment, answers: Answers) -> Answers:
    if assessment.mode == Mode.CONSENSUS:
        return answers
    return answers.select_rows(screen_responses(questionnaire, answers).is_kept)


def _find_earlier_authors(session: Session, assessment: Assessment) -> dict[str, set[str]] | None:
    if releases.latest(session, assessment.key) is None:
        return None
    return voices.list_authors(session, assessment.key)
