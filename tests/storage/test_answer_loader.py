"""Load answers into arrays: each in its respondent's row, independent of other data in the database."""

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from assessment.domain.answers import BLANK, EVIDENCE_KINDS, NOT_ASKED, list_answer_codes
from assessment.domain.assessment import AssessmentKey
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.storage import answer_loader, database, tables
from benchmarks.sample_database import ASSESSMENT, NOW, WORKSPACE, fill_database

PEOPLE = 120


@pytest.fixture(scope="module")
def questionnaire():
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


@pytest.fixture
def filled(database_url, questionnaire):
    engine = database.make_engine(database_url)
    fill_database(engine, questionnaire, PEOPLE, seed=3)
    yield engine
    engine.dispose()


def load_all_answers(engine, questionnaire):
    with database.read_session(engine) as session:
        return answer_loader.load_answers(
            session, AssessmentKey(WORKSPACE, ASSESSMENT), questionnaire, named=True
        ).answers


def test_loaded_answers_equal_table_rows(filled, questionnaire):
    with database.read_session(filled) as session:
        stored = session.execute(select(tables.answer)).all()

    answers = load_all_answers(filled, questionnaire)

    row = {name: number for number, name in enumerate(answers.respondents)}
    column = {item.id: number for number, item in enumerate(questionnaire.items)}
    values = np.where(answers.values == NOT_ASKED, NOT_ASKED, BLANK)
    evidence = np.full(values.shape, BLANK)
    for one in stored:
        place = row[one.response_id], column[one.item_id]
        values[place] = list_answer_codes(questionnaire.item[one.item_id].options)[one.value]
        evidence[place] = EVIDENCE_KINDS.index(one.evidence) if one.evidence else BLANK
    assert np.array_equal(answers.values, values)
    assert np.array_equal(answers.evidence, evidence)


def test_seconds_are_page_sum_and_unknown_if_page_is_missing(filled, questionnaire):
    time = tables.section_time
    first = load_all_answers(filled, questionnaire).respondents[0]
    with database.write_session(filled) as session:
        page = session.execute(select(time.c.section).where(time.c.response_id == first)).scalars().first()
        here = (time.c.response_id == first) & (time.c.section == page)
        session.execute(update(time).where(here).values(seconds=None))
    with database.read_session(filled) as session:
        stored = session.execute(select(time.c.response_id, time.c.seconds)).all()

    answers = load_all_answers(filled, questionnaire)

    sums = dict.fromkeys(answers.respondents, 0.0)
    for who, seconds in stored:
        sums[who] += np.nan if seconds is None else seconds
    assert np.isnan(answers.seconds[0])
    assert np.isfinite(answers.seconds[1:]).all()
    assert answers.seconds[1:] == pytest.approx([sums[name] for name in answers.respondents[1:]])


def test_withdrawn_and_other_assessments_are_excluded(filled, questionnaire):
    before = load_all_answers(filled, questionnaire)
    gone = before.respondents[5]
    with database.write_session(filled) as session:
        session.execute(update(tables.response).where(tables.response.c.id == gone).values(state="withdrawn"))
        held = session.execute(select(tables.assessment)).mappings().one()
        session.execute(insert(tables.assessment).values({**held, "id": "other"}))
        for name, assessment in (("x", "other"), ("y", ASSESSMENT)):
            values = {"id": name, "workspace_id": WORKSPACE, "assessment_id": assessment, "role": "leader"}
            values |= {"functions": "hr", "language": "en", "state": "started"}
            session.execute(insert(tables.response).values(values))
            given = {"response_id": name, "item_id": "HR-P1", "workspace_id": WORKSPACE, "value": "4"}
            session.execute(insert(tables.answer).values(given | {"sequence": 1, "saved_at": NOW}))

    after = load_all_answers(filled, questionnaire)

    assert gone not in after.respondents
    assert "x" not in after.respondents
    row = after.respondents.index("y")
    assert (after.values[row] >= 0).sum() == 1
    kept = [number for number, name in enumerate(before.respondents) if name != gone]
    others = [number for number in range(len(after)) if number != row]
    assert np.array_equal(after.values[others], before.values[kept])
