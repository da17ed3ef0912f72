"""Load the demo data through the same services as real data."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.demo.answers import NOT_APPLICABLE_REASONS, generate_answers
from assessment.demo.comments import generate_comments
from assessment.demo.people import DemoPerson, list_people
from assessment.demo.scenario import (
    ANSWER_REMARK,
    ASKER,
    CONSULTANCY,
    CONSULTANT_EMAIL,
    CONTACTS,
    DAYS_SINCE_OPENING,
    OPEN_DAYS,
    ORGANISATION,
    QUESTIONNAIRE_ID,
    TARGETS,
    WAVES,
    DemoWave,
)
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.comments import Comments
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup, client_organisations, closing
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth import api_keys, users
from assessment.services.auth.permissions import SCOPES
from assessment.services.people import people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.services.people.people_invitations import LinkedInvitation
from assessment.services.reports import report_requests
from assessment.services.reports.rendering import render_pdf
from assessment.services.results import consultant_comments, voices
from assessment.services.results.consultant_comments import CommentsRevision, LogoImage
from assessment.services.survey import response_lifecycle, survey_entry
from assessment.storage.answer_writer import AnswerWriter
from assessment.storage.assessments import Assessment
from assessment.storage.database import read_session, write_session

ProgressCallback: TypeAlias = Callable[[int], object]

PASSWORD_BYTES = 12
CHOSEN_PER_FUNCTION = 4
ANSWERING_STEPS = 37  # places in time between which people are spread
ANSWERING_TIME = timedelta(minutes=20)
STEP_COUNT = sum(len(list_people(wave)) for wave in WAVES)


class LoadTarget(Struct, frozen=True):
    """Target: an empty database with the newest schema."""

    engine: Engine
    catalogue: QuestionnaireCatalogue
    secret: str


class DemoAccess(Struct, frozen=True):
    """Access data of a loaded demo; `invitations` has link tokens by role."""

    workspace: str
    email: str
    password: str
    api_key: str
    assessment: str
    open_assessment: str
    invitations: dict[str, str]


class DemoClient(Struct, frozen=True):
    """Ids of the invented organisation in the database."""

    workspace_id: str
    organisation_id: str


def load_waves(place: LoadTarget, now: datetime, progress: ProgressCallback) -> DemoAccess:
    """Load three waves, the newest still open at `now`; `progress` gets the number of people done."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    began = now - timedelta(days=WAVES[0].days_ago + OPEN_DAYS + 1)
    with write_session(place.engine) as session:
        workspace_id = users.find_or_create_workspace(session, CONSULTANCY, began)
        user_id = users.add_user(session, workspace_id, CONSULTANT_EMAIL, password, began, admin=True)
        key = api_keys.add_key(session, workspace_id, "Demo", SCOPES, now, secret=place.secret)
        organisation = client_organisations.create_organisation(session, workspace_id, ORGANISATION, began)
    client = DemoClient(workspace_id, organisation.id)
    writer = AnswerWriter(place.engine, lambda: began)  # before any wave closes
    writer.start()
    try:
        waves = _load_all_waves(place, writer, client, now, progress)
    finally:
        writer.stop()
    (wave, closed, _), (_, opened, tokens) = waves[-2:]
    with write_session(place.engine) as session:
        closed_at = now - timedelta(days=wave.days_ago)
        _write_comments(session, AssessmentKey(workspace_id, closed), place.catalogue, user_id, closed_at)
    return DemoAccess(workspace_id, CONSULTANT_EMAIL, password, key.text, closed, opened, tokens)


def render_report(engine: Engine, loaded: DemoAccess) -> bytes:
    """Render the PDF report of the newest closed wave."""
    with read_session(engine) as session:
        asked = report_requests.request_report(session, AssessmentKey(loaded.workspace, loaded.assessment))
    return render_pdf(asked.questionnaire, asked.job)


def _load_all_waves(
    place: LoadTarget, writer: AnswerWriter, client: DemoClient, now: datetime, progress: ProgressCallback
) -> list[tuple[DemoWave, str, dict[str, str]]]:
    waves: list[tuple[DemoWave, str, dict[str, str]]] = []
    for number, wave in enumerate(WAVES):
        is_open = wave.days_ago == 0
        ends = now - timedelta(days=wave.days_ago) + timedelta(days=OPEN_DAYS - DAYS_SINCE_OPENING if is_open else 0)
        begins = ends - timedelta(days=OPEN_DAYS)
        assessment, invited = _open_wave(
            place, client, list_people(wave), begins, ends, waves[-1][1] if waves else None
        )
        _answer_wave(
            place, writer, assessment, list(zip(list_people(wave), invited, strict=True)), (number, begins), progress
        )
        if not is_open:
            with write_session(place.engine) as session:
                closing.close_assessment(session, AssessmentKey(client.workspace_id, assessment.id), ends)
            with write_session(place.engine) as session:
                _choose_comments(session, AssessmentKey(client.workspace_id, assessment.id), ends)
        guests = zip(list_people(wave), invited, strict=True)
        waves.append((wave, assessment.id, {person.role: guest.token for person, guest in guests if person.is_visitor}))
    return waves


def _choose_comments(session: Session, key: AssessmentKey, now: datetime) -> None:
    """Choose the first few comments of each function for the report, as the consultant would."""
    pools = voices.load_released_voices(session, key).pools
    telling = [[voice.id for voice in pool.voices if voice.text not in NOT_APPLICABLE_REASONS] for pool in pools]
    chosen = [id_ for ids in telling for id_ in ids[:CHOSEN_PER_FUNCTION]]
    voices.choose_voices(session, key, chosen, now)


def _write_comments(
    session: Session, key: AssessmentKey, catalogue: QuestionnaireCatalogue, user_id: str, now: datetime
) -> None:
    """Save the consultant's name and answer for the report."""
    own = Comments(author=ASKER, remarks={"answer": ANSWER_REMARK})
    revision = CommentsRevision(comments=own, logo=LogoImage(), user_id=user_id, saved_at=now)
    consultant_comments.save_comments(session, key, revision, catalogue)


def _open_wave(
    place: LoadTarget,
    client: DemoClient,
    people: Sequence[DemoPerson],
    begins: datetime,
    ends: datetime,
    wave_of: str | None,
) -> tuple[Assessment, tuple[LinkedInvitation, ...]]:
    new = AssessmentInput(
        organisation=client.organisation_id,
        questionnaire=QUESTIONNAIRE_ID,
        title=f"Social media at work, {ends.year}",
        asker=ASKER,
        targets=TARGETS,
        contacts=CONTACTS,
        wave_of=wave_of,
        closes_on=ends.date(),
    )
    invitees = [
        Invitee(role=person.role, functions=person.functions, email=person.email, name=person.name) for person in people
    ]
    with write_session(place.engine) as session:
        draft = assessment_setup.create_assessment(session, client.workspace_id, new, place.catalogue, begins)
        invited = people_invitations.invite_people(
            session, AssessmentKey(client.workspace_id, draft.id), invitees, place.catalogue, begins
        )
        opened = assessment_setup.open_assessment(
            session, AssessmentKey(client.workspace_id, draft.id), place.catalogue, begins
        )
    return opened, invited


def _answer_wave(
    place: LoadTarget,
    writer: AnswerWriter,
    assessment: Assessment,
    people: Sequence[tuple[DemoPerson, LinkedInvitation]],
    wave: tuple[int, datetime],
    progress: ProgressCallback,
) -> None:
    """Let each person enter by the link, answer and send; in the open wave a few stop earlier."""
    number, begins = wave
    is_open = number == len(WAVES) - 1
    with write_session(place.engine) as session:
        questionnaire = load_questionnaire(session, assessment)
        started = [(person, guest) for person, guest in people if person.has_draft or not is_open]
        respondents = [
            (person, survey_entry.enter_survey(session, guest.token, secret=place.secret).respondent)
            for person, guest in started
        ]
    saved = []
    for person, respondent in respondents:
        answers = generate_answers(questionnaire, person, WAVES[number], number)
        if is_open and not person.has_sent:
            answers = dict(list(answers.items())[: len(answers) // 3])
        else:
            answers |= generate_comments(person)
        saved += response_lifecycle.save_answers(
            writer, questionnaire, respondent, answers, _get_answering_time(person, begins)
        )
    for future in saved:
        future.result()
    with write_session(place.engine) as session:
        for person, respondent in respondents:
            if person.has_sent or not is_open:
                sent_at = _get_answering_time(person, begins) + ANSWERING_TIME
                response_lifecycle.send_response(session, respondent, sent_at)
    progress(len(people))


def _get_answering_time(person: DemoPerson, begins: datetime) -> datetime:
    """Return when a person answers: half of them in the first quarter of the days since the opening."""
    share = (person.number % ANSWERING_STEPS / ANSWERING_STEPS) ** 2
    return begins + share * timedelta(days=DAYS_SINCE_OPENING - 1) + timedelta(minutes=person.number)
