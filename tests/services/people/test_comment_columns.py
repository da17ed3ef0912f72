"""Comments in files of responses: columns named by section, in both directions."""

import csv
import io

import pytest

from assessment.errors import InvalidError
from assessment.services.assessments import closing
from assessment.services.people import response_import
from assessment.services.people.response_files import read_responses
from assessment.services.results import answer_export

HEAD = "respondent,role,functions,seconds,MK-P1,MK-P1:reason,comment:marketing-work,open:comment"
FILE = f'{HEAD}\nanna,staff,marketing,,na,We outsource it,"Two\nlines",=1+1\nben,staff,marketing,,3,,,\n'


def test_comments_of_a_file_are_read_by_key(questionnaire):
    texts = read_responses(FILE, questionnaire).texts

    assert texts == {
        "MK-P1": ("We outsource it", ""),
        "comment:marketing-work": ("Two\nlines", ""),
        "open:comment": ("=1+1", ""),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FILE.replace("comment:marketing-work", "comment:sales"), "No such column."),
        (FILE.replace("comment:marketing-work", "comment:hr-work"), "This comment is about 'hr'"),
        (FILE.replace("=1+1", "x" * 1001), "This comment has 1001 characters."),
    ],
)
def test_comment_that_nobody_could_write_is_refused(questionnaire, text, message):
    with pytest.raises(InvalidError) as refused:
        read_responses(text, questionnaire)

    assert any(problem.message.startswith(message) for problem in refused.value.problems)


def test_exported_comments_and_reasons_are_those_imported(world, questionnaire, now):
    survey = world.open(confidentiality="attributable")
    with world.writing() as session:
        response_import.import_responses(session, survey.key, FILE, now)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)

    with world.reading() as session:
        content = answer_export.render_responses_csv(session, survey.key)

    rows = {row["respondent"]: row for row in csv.DictReader(io.StringIO(content, newline=""))}
    assert rows["anna"]["MK-P1:reason"] == "We outsource it"
    assert rows["anna"]["comment:marketing-work"] == "Two\nlines"
    assert rows["anna"]["open:comment"] == "'=1+1"
    assert rows["ben"]["open:comment"] == ""
    assert read_responses(content, questionnaire).texts["comment:marketing-work"] == ("Two\nlines", "")
