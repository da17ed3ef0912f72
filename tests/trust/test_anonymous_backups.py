"""Two backups of an anonymous survey, one in the middle: nothing in them says whose answers are whose.

Someone has both files, and the list of who was invited in which order and answered in which order. They match
invitations to responses by order of rows, by equal values, and by time.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.answer import Answer
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.operations import backups
from assessment.services.people import people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.services.survey import answer_validation, response_lifecycle, survey_entry
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from assessment.storage.backup.backup_file import BackupReader
from tests.trust.conftest import Place
from tests.web import people

PEOPLE = 40
MOST_BY_CHANCE = 6  # of 40 guesses one is right on average; more than six happen once in 10,000 times
SHARED = {"workspace_id", "assessment_id", "role", "functions", "language", "state", "counts", "draft_number"}


class AnonymousSurvey:
    """An open anonymous assessment; `truth` maps each invitation to its response, which only the test knows."""

    def __init__(self, place: Place) -> None:
        self.place, self.truth = place, {}
        new = AssessmentInput(
            organisation=place.organisation,
            questionnaire="social-media-integration",
            title="A",
            confidentiality="anonymous",
        )
        guests = [Invitee(role="staff", functions=("hr",), email=f"p{n}@example.org") for n in range(PEOPLE)]
        with database.write_session(place.engine) as session:
            draft = assessment_setup.create_assessment(session, place.home, new, place.catalogue, people.NOW)
            self.key = AssessmentKey(place.home, draft.id)
            self.invited = people_invitations.invite_people(session, self.key, guests, place.catalogue, people.NOW)
            assessment_setup.open_assessment(session, self.key, place.catalogue, people.NOW)

    def answer(self, invitee, number: int) -> None:
        now = people.NOW + timedelta(minutes=number)
        writer = AnswerWriter(self.place.engine, lambda: now)
        writer.start()
        with database.write_session(self.place.engine) as session:
            respondent = survey_entry.enter_survey(session, invitee.token, secret=people.SECRET).respondent
        asked = self.place.catalogue.get("social-media-integration")
        items = islice(answer_validation.map_asked_items(asked, respondent).values(), 3)
        chosen = {item.id: Answer(item.options[0] if item.options else str(number % 5)) for item in items}
        for future in response_lifecycle.save_answers(writer, asked, respondent, chosen, now):
            future.result(30)
        writer.stop()
        with database.write_session(self.place.engine) as session:
            response_lifecycle.send_response(
                session, respondent, now, person_id=invitee.invitation.id, secret=people.SECRET
            )
        self.truth[invitee.invitation.id] = respondent.response_id


@pytest.fixture
def files(place: Place, tmp_path):
    """Both backups, and the truth."""
    survey = AnonymousSurvey(place)
    paths = []
    for half in (range(PEOPLE // 2), range(PEOPLE // 2, PEOPLE)):
        for number in half:
            survey.answer(survey.invited[number], number)
        path = tmp_path / f"{half.stop}.backup"
        backups.create_backup(
            place.engine, path, key=None, secret=people.SECRET, program="1.0.0", now=datetime(2026, 3, 2, tzinfo=UTC)
        )
        paths.append(path)
    return survey, paths


def read_rows(path):
    """Rows of a backup by table, in the order of the file."""
    rows = defaultdict(list)
    with path.open("rb") as file:
        for chunk in BackupReader(file, None).read_chunks():
            rows[chunk.table] += [dict(zip(chunk.columns, row, strict=True)) for row in chunk.rows]
    return rows


def count_right(survey, ids, responses):
    return sum(survey.truth[invitation] == response for invitation, response in zip(ids, responses, strict=True))


def test_order_of_rows_matches_no_better_than_chance(files):
    survey, paths = files
    order = [invitee.invitation.id for invitee in survey.invited]  # invited, and answered, in this order
    own = set(survey.truth.values())

    halves = [read_rows(path) for path in paths]
    early = [row["id"] for row in halves[0]["response"] if row["id"] in own]
    late = [row["id"] for row in halves[1]["response"] if row["id"] in own and row["id"] not in early]
    by_answers = list(dict.fromkeys(row["response_id"] for row in halves[1]["answer"] if row["response_id"] in own))
    by_id = [row["id"] for row in halves[1]["invitation"] if row["id"] in survey.truth]

    assert (len(early), len(late)) == (PEOPLE // 2, PEOPLE // 2)
    assert count_right(survey, order, early + late) <= MOST_BY_CHANCE
    assert count_right(survey, order, by_answers) <= MOST_BY_CHANCE
    assert (
        count_right(survey, by_id, [row["id"] for row in halves[1]["response"] if row["id"] in own]) <= MOST_BY_CHANCE
    )


def test_no_value_of_an_invitation_is_in_a_response(files):
    survey, paths = files
    rows = read_rows(paths[1])
    own = set(survey.truth.values())

    about_people = collect_values(rows, {"invitation", "invitation_link", "mark", "outbox", "audit_entry"}, survey)
    about_answers = {
        str(value)
        for table, column in (("response", "id"), ("answer", "response_id"), ("respondent_session", "response_id"))
        for row in rows[table]
        if row[column] in own
        for name, value in row.items()
        if name not in SHARED and value is not None
    }

    common = {value for value in about_people & about_answers if len(value) > 3}
    assert {value for value in common if not value.startswith("2026-")} == set()


def collect_values(rows, names, survey):
    ids = set(survey.truth)
    return {
        str(value)
        for table in names
        for row in rows[table]
        if ids & {str(part) for part in row.values()} or table == "mark"
        for name, value in row.items()
        if name not in SHARED and value is not None
    }


def test_all_times_of_answers_are_the_same_day(files):
    survey, paths = files
    own = set(survey.truth.values())

    rows = read_rows(paths[1])
    times = {str(row["saved_at"]) for row in rows["answer"] if row["response_id"] in own}
    times |= {str(row["sent_at"]) for row in rows["response"] if row["id"] in own and row["sent_at"]}
    times |= {str(row["shown_at"]) for row in rows["section_time"] if row["response_id"] in own}

    assert len(times) <= 1
