"""Answers as arrays: each in the place of who gave it, whatever else is in the database."""

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from assessment.domain.answers import BLANK, EVIDENCE, NOT_ASKED, codes
from assessment.library import load, shipped
from assessment.storage import database, gathering, tables
from benchmarks.population import ASSESSMENT, NOW, WORKSPACE, fill

PEOPLE = 120


@pytest.fixture(scope="module")
def questionnaire():
    return load(shipped() / "social-media-integration")


@pytest.fixture
def filled(database_url, questionnaire):
    engine = database.connect(database_url)
    fill(engine, questionnaire, PEOPLE, seed=3)
    yield engine
    engine.dispose()


def gathered(engine, questionnaire):
    with database.reading(engine) as session:
        return gathering.gather(session, WORKSPACE, ASSESSMENT, questionnaire, named=True).answers


def test_every_answer_stands_where_the_table_has_it(filled, questionnaire):
    with database.reading(filled) as session:
        stored = session.execute(select(tables.answer)).all()

    answers = gathered(filled, questionnaire)

    row = {name: number for number, name in enumerate(answers.respondents)}
    column = {item.id: number for number, item in enumerate(questionnaire.items)}
    values = np.where(answers.values == NOT_ASKED, NOT_ASKED, BLANK)
    evidence = np.full(values.shape, BLANK)
    for one in stored:
        place = row[one.response_id], column[one.item_id]
        values[place] = codes(questionnaire.item[one.item_id].options)[one.value]
        evidence[place] = EVIDENCE.index(one.evidence) if one.evidence else BLANK
    assert np.array_equal(answers.values, values)
    assert np.array_equal(answers.evidence, evidence)


def test_seconds_are_the_sum_of_the_pages_and_unknown_where_one_is_missing(filled, questionnaire):
    time = tables.section_time
    first = gathered(filled, questionnaire).respondents[0]
    with database.writing(filled) as session:
        page = session.execute(select(time.c.section).where(time.c.response_id == first)).scalars().first()
        here = (time.c.response_id == first) & (time.c.section == page)
        session.execute(update(time).where(here).values(seconds=None))
    with database.reading(filled) as session:
        stored = session.execute(select(time.c.response_id, time.c.seconds)).all()

    answers = gathered(filled, questionnaire)

    sums = dict.fromkeys(answers.respondents, 0.0)
    for who, seconds in stored:
        sums[who] += np.nan if seconds is None else seconds
    assert np.isnan(answers.seconds[0])
    assert np.isfinite(answers.seconds[1:]).all()
    assert answers.seconds[1:] == pytest.approx([sums[name] for name in answers.respondents[1:]])


def test_what_was_withdrawn_and_other_assessments_stay_out(filled, questionnaire):
    before = gathered(filled, questionnaire)
    gone = before.respondents[5]
    with database.writing(filled) as session:
        session.execute(update(tables.response).where(tables.response.c.id == gone).values(state="withdrawn"))
        held = session.execute(select(tables.assessment)).mappings().one()
        session.execute(insert(tables.assessment).values({**held, "id": "other"}))
        for name, assessment in (("x", "other"), ("y", ASSESSMENT)):
            values = {"id": name, "workspace_id": WORKSPACE, "assessment_id": assessment, "role": "leader"}
            values |= {"functions": "hr", "language": "en", "state": "started"}
            session.execute(insert(tables.response).values(values))
            given = {"response_id": name, "item_id": "HR-P1", "workspace_id": WORKSPACE, "value": "4"}
            session.execute(insert(tables.answer).values(given | {"sequence": 1, "saved_at": NOW}))

    after = gathered(filled, questionnaire)

    assert gone not in after.respondents
    assert "x" not in after.respondents
    row = after.respondents.index("y")
    assert (after.values[row] >= 0).sum() == 1
    kept = [number for number, name in enumerate(before.respondents) if name != gone]
    others = [number for number in range(len(after)) if number != row]
    assert np.array_equal(after.values[others], before.values[kept])
