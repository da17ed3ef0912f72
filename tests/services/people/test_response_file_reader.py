"""Large files of responses are read in a child process, with the same result and hardly any work for the server."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from assessment.domain.survey import routing
from assessment.errors import InvalidError, UnavailableError
from assessment.services.people import response_file_child, response_file_reader
from assessment.services.people.response_file_reader import read_response_file
from assessment.services.people.response_files import read_responses

ROWS = 6_000  # about 400 kB, with quotes
MOST_SHARE = 0.5  # of the processor time of reading it here, that is left for the thread of the request


@pytest.fixture
def text(questionnaire):
    asked = routing.list_asked_items(questionnaire, "staff", ["marketing"])
    items = [item.id for item in asked if not item.options][:12]
    heading = ",".join(["respondent", "role", "functions", *items, f"{items[0]}:reason"])
    answers = ",".join(['"3"', "4"] * (len(items) // 2))
    rows = (f'"person ""{number}""",staff,"marketing",{answers},"because, perhaps"' for number in range(ROWS))
    return "\n".join([heading, *rows])


def measure_thread(work):
    """Return the result and the processor time of this thread, in seconds."""
    began = time.thread_time()
    return work(), time.thread_time() - began


def test_large_file_read_in_a_child_equals_one_read_in_this_process(text, questionnaire):
    assert len(text) > response_file_reader.LARGE_TEXT

    there, here = read_response_file(text, questionnaire), read_responses(text, questionnaire)

    assert (there.answers.respondents, there.texts, there.lines) == (here.answers.respondents, here.texts, here.lines)
    assert there.answers.respondents[7] == 'person "7"'
    np.testing.assert_array_equal(there.answers.values, here.answers.values)
    np.testing.assert_array_equal(there.answers.functions, here.answers.functions)


def test_mistakes_of_a_large_file_are_the_same_as_read_here(text, questionnaire):
    wrong = text.replace('staff,"marketing","3"', 'staff,"marketing","9"')

    with pytest.raises(InvalidError) as there:
        read_response_file(wrong, questionnaire)
    with pytest.raises(InvalidError) as here:
        read_responses(wrong, questionnaire)

    assert (there.value.detail, there.value.problems) == (here.value.detail, here.value.problems)
    assert there.value.problem_count == here.value.problem_count
    assert there.value.detail.values == here.value.detail.values  # it can still be translated


def test_large_file_leaves_little_work_for_the_thread_of_the_request(text, questionnaire):
    _, here = measure_thread(lambda: read_responses(text, questionnaire))

    _, there = measure_thread(lambda: read_response_file(text, questionnaire))

    assert there < here * MOST_SHARE


def test_mutant_without_a_child_process_does_the_work_in_the_thread(text, questionnaire, monkeypatch):
    _, here = measure_thread(lambda: read_responses(text, questionnaire))
    monkeypatch.setattr(response_file_reader, "LARGE_TEXT", 10**9)

    _, there = measure_thread(lambda: read_response_file(text, questionnaire))

    assert there > here * MOST_SHARE


def test_file_whose_child_process_dies_is_refused(text, questionnaire, monkeypatch):
    monkeypatch.setattr(response_file_reader, "CHILD_MODULE", "assessment.no_such_module")

    with pytest.raises(InvalidError) as refused:
        read_response_file(text, questionnaire)

    assert [problem.message for problem in refused.value.problems] == [response_file_reader.NOT_READABLE]


def test_file_is_refused_while_too_many_others_are_read(text, questionnaire, monkeypatch):
    monkeypatch.setattr(response_file_reader, "WAIT_SECONDS", 0)
    for _ in range(response_file_reader.MAX_CHILDREN):
        assert response_file_reader._children.acquire(blocking=False)

    try:
        with pytest.raises(UnavailableError):
            read_response_file(text, questionnaire)
    finally:
        for _ in range(response_file_reader.MAX_CHILDREN):
            response_file_reader._children.release()

    assert len(read_response_file(text, questionnaire).lines) == ROWS


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_child_process_has_a_lower_priority_and_limits():
    program = (
        "import json, os, resource; from assessment.services.people.response_file_child import LIMITS;"
        "before = os.nice(0); LIMITS.apply_limits(); print(json.dumps([os.nice(0) - before,"
        " resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0]]))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    lowered, memory, seconds = json.loads(done.stdout)
    assert 0 < lowered <= response_file_child.LIMITS.niceness  # 19 is the lowest there is
    assert (memory, seconds) == response_file_child.LIMITS[:2]
