"""Load answers into arrays: each in its respondent's row, independent of other data in the database."""

import numpy as np
import pytest
from sqlalchemy import delete, func, insert, select, update

from assessment.domain.answers import BLANK, EVIDENCE_KINDS, NOT_ASKED, list_answer_codes
from assessment.domain.assessment import AssessmentKey
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.storage import answer_loader, database, retention, tables
from assessment.storage.survey import packed_answers, response_order, responses
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


def pack_all(engine):
    """Rewrite all responses, as the close of an anonymous assessment does."""
    with database.write_session(engine) as session:
        ids = response_order.list_response_ids(session, AssessmentKey(WORKSPACE, ASSESSMENT))
        response_order.rewrite_rows(session, WORKSPACE, ids)


def count_rows(engine):
    with database.read_session(engine) as session:
        return [
            session.scalar(select(func.count()).select_from(table)) for table in (tables.answer, tables.section_time)
        ]


def test_packed_responses_load_as_their_rows_did(filled, questionnaire):
    with database.write_session(filled) as session:
        gone = session.scalar(select(func.min(tables.response.c.id)))
        for table in (tables.answer, tables.section_time):
            session.execute(delete(table).where(table.c.response_id == gone))
    before = load_all_answers(filled, questionnaire)

    pack_all(filled)
    once = load_all_answers(filled, questionnaire)
    pack_all(filled)  # a close that was interrupted begins again
    twice = load_all_answers(filled, questionnaire)

    assert count_rows(filled) == [0, 0]
    for after in (once, twice):
        assert (after.respondents, after.roles) == (before.respondents, before.roles)
        assert np.array_equal(after.values, before.values)
        assert np.array_equal(after.evidence, before.evidence)
        assert after.seconds == pytest.approx(before.seconds, nan_ok=True)


def test_half_packed_responses_load_as_their_rows_did(filled, questionnaire):
    before = load_all_answers(filled, questionnaire)
    with database.write_session(filled) as session:
        ids = response_order.list_response_ids(session, AssessmentKey(WORKSPACE, ASSESSMENT))
        response_order.rewrite_rows(session, WORKSPACE, ids[: PEOPLE // 2])

    after = load_all_answers(filled, questionnaire)

    assert 0 < count_rows(filled)[1] < PEOPLE * len(questionnaire.sections)
    assert np.array_equal(after.values, before.values)
    assert np.array_equal(after.evidence, before.evidence)
    assert after.seconds == pytest.approx(before.seconds)


def test_packed_response_has_nothing_that_was_written_or_cleared(filled):
    added = {"workspace_id": WORKSPACE, "reason": "my own words", "sequence": 7, "saved_at": NOW}
    with database.write_session(filled) as session:
        first = session.scalar(select(func.min(tables.response.c.id)))
        session.execute(delete(tables.answer).where(tables.answer.c.response_id == first))
        for item, value in (("comment:hr", "1"), ("HR-P1", ""), ("HR-P2", "na")):
            session.execute(insert(tables.answer).values(**added, response_id=first, item_id=item, value=value))

    pack_all(filled)

    with database.read_session(filled) as session:
        row = session.execute(select(tables.response).where(tables.response.c.id == first)).one()
    assert row.packed_answers == "HR-P2\x1fna\x1f"
    assert not any("my own words" in str(value) for value in row)


def test_packed_answers_are_retained_until_they_are_erased(filled):
    key, until = AssessmentKey(WORKSPACE, ASSESSMENT), NOW.date()
    pack_all(filled)
    with database.write_session(filled) as session:
        session.execute(update(tables.assessment).values(state="closed", closed_on=until))
        due = retention.list_assessments_with_answers(session, until, None)
        ids = retention.list_responses_with_answers(session, key)
        for response_id in ids:
            responses.erase_response(session, WORKSPACE, response_id)
        left = retention.list_assessments_with_answers(session, until, None)

    assert (due, left) == ([(key, PEOPLE)], [])
    with database.read_session(filled) as session:
        texts = session.execute(select(*(tables.response.c[name] for name in packed_answers.PACKED_COLUMNS))).all()
    assert {tuple(row) for row in texts} == {(None, None, None)}


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
