"""Exports and workbooks of other tools are read in child processes with limits."""

import subprocess
import sys

import pytest

from assessment.errors import InvalidError
from assessment.services.imports import import_reader
from assessment.services.imports.questions.xlsform_reader import read_xlsform
from assessment.services.people.list_import import list_files
from tests.services.imports import exports
from tests.services.imports.test_question_imports import CHOICES, SURVEY, make_workbook

GREEDY = """
import resource
from assessment.services.imports import import_child
import_child.LIMITS.apply_limits()
assert resource.getrlimit(resource.RLIMIT_CPU)[0] == import_child.LIMITS.seconds
try:
    bytearray(import_child.LIMITS.memory)
except MemoryError:
    print("refused")
"""


@pytest.fixture(scope="module")
def short(catalogue):
    return catalogue.get("social-media-pulse")


def test_child_has_limits_of_memory_and_time():
    done = subprocess.run([sys.executable, "-c", GREEDY], capture_output=True, text=True, check=True)

    assert done.stdout == "refused\n"


def test_export_and_survey_are_read_in_the_child(short):
    content = exports.write_csv(exports.Exporter(short, "es").by_words()).encode("utf-16")

    read = import_reader.read_export(content, b"", short)
    survey = import_reader.read_survey(make_workbook(survey=SURVEY, choices=CHOICES), "our-cafe")

    assert (read.report.rows, read.report.problems, read.is_guessed) == (4, [], False)
    assert len(survey.questions) == 4
    assert set(survey.files) == {"questionnaire.toml", "advice.toml", "translations/en.toml"}


def test_child_that_dies_is_a_problem_of_the_file_and_frees_its_place(short, monkeypatch):
    monkeypatch.setattr(import_reader, "CHILD_MODULE", "assessment.no_such_module")

    for _ in range(import_reader.MAX_CHILDREN + 1):
        with pytest.raises(InvalidError) as refused:
            import_reader.read_export(b"a,b\n1,2\n", b"", short)

        assert [problem.message for problem in refused.value.problems] == [import_reader.NOT_READABLE]


def test_form_whose_child_dies_is_refused(monkeypatch, tmp_path):
    dying = tmp_path / "child.py"
    dying.write_text("import os\nos.kill(os.getpid(), 9)\n")
    monkeypatch.setattr(list_files, "CHILD", dying)

    with pytest.raises(InvalidError):
        read_xlsform(make_workbook(survey=SURVEY, choices=CHOICES))
