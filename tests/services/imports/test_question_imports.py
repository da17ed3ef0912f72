"""Questions of XLSForm, LimeSurvey and SurveyJS become a draft that is valid, answered, scored and printed."""

import io
import json

import pytest
import xlsxwriter

from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers
from assessment.errors import InvalidError
from assessment.services.imports.questions.draft_questionnaire import make_draft
from assessment.services.imports.questions.limesurvey_reader import read_lss
from assessment.services.imports.questions.surveyjs_reader import read_definition
from assessment.services.imports.questions.xlsform_reader import read_xlsform
from assessment.services.people.response_files import read_responses
from assessment.services.questionnaires.upload_files import load_files

RUNGS = ("Never “ever”", "Seldom", "Often", "Mostly", "Always")
SURVEY = [
    ["type", "name", "label::English (en)", "label::Deutsch (de)", "hint"],
    ["start", "start", "", "", ""],
    ["begin_group", "care", "Customer care", "Kundendienst", ""],
    ["select_one freq", "care_1", "We answer within a day.", "Wir antworten am selben Tag.", "Working days"],
    ["select_one freq", "care_2", "We know who\\answers.", "…", ""],
    ["select_one freq", "care_3", "We learn from it.", "…", ""],
    ["end_group", "", "", "", ""],
    ["begin group", "shop", "Shop", "Laden", ""],
    ["select_one freq", "shop_1", "The shop takes part.", "…", ""],
    ["select_one yn", "shop_2", "Do you have a shop?", "…", ""],
    ["text", "shop_3", "Anything more?", "…", ""],
    ["select_multiple freq", "shop_4", "Several", "…", ""],
    ["end group", "", "", "", ""],
]
CHOICES = [
    ["list_name", "name", "label::English (en)"],
    *[["freq", number, label] for number, label in enumerate(RUNGS)],
    ["freq", 99, "Don't know"],
    ["yn", "y", "Yes"],
    ["yn", "n", "No"],
]

REPEATED_CHOICES = [[*row[:2], "Often"] if row[0] == "freq" and row[1] in (1, 2) else row for row in CHOICES]


def make_workbook(**sheets):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return target.getvalue()


@pytest.fixture(scope="module")
def form():
    return make_workbook(survey=SURVEY, choices=CHOICES, settings=[["form_title", "form_id"], ["Our café", "c"]])


def load_draft(survey, name="our-cafe"):
    return load_files({name: text.encode() for name, text in make_draft(survey, name).items()})


def test_xlsform_becomes_a_valid_questionnaire(form):
    survey = read_xlsform(form)

    questionnaire = load_draft(survey)

    texts = questionnaire.text("en")
    assert [function.id for function in questionnaire.functions] == ["customer-care", "shop"]
    assert texts.functions == {"customer-care": "Customer care", "shop": "Shop"}
    assert texts.items["CARE-1"].rungs == RUNGS
    assert (texts.items["CARE-1"].text, texts.items["CARE-1"].hint) == ("We answer within a day.", "Working days")
    assert texts.items["CARE-2"].text == "We know who\\answers."
    assert [skipped.name for skipped in survey.skipped] == ["shop_2", "shop_3", "shop_4"]
    assert questionnaire.rules


def test_draft_is_scored_and_advises(form):
    questionnaire = load_draft(read_xlsform(form))
    items = [item.id for item in questionnaire.items]
    lines = [f"respondent,role,functions,seconds,{','.join(items)}"]
    for number in range(12):
        cells = [str((number + place) % 3) for place in range(len(items))]
        lines.append(f"r{number},practitioner,customer-care;shop,,{','.join(cells)}")

    answers = read_responses("\n".join(lines), questionnaire).answers
    result = score_answers(questionnaire, answers, AssessmentSettings(minimum_group=3), date="2026-03-02")

    assert set(result.functions) == {"customer-care", "shop"}
    assert result.functions["customer-care"].score is not None
    assert result.overall.score is not None
    assert result.advice


# The lines are as long as LimeSurvey writes them.
# ruff: noqa: E501
OLD_LSS = """<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType>
<surveys><rows><row><sid>1</sid><language>de</language></row></rows></surveys>
<surveys_languagesettings><rows><row><surveyls_title><![CDATA[Unser <b>Laden</b>]]></surveyls_title></row></rows></surveys_languagesettings>
<groups><rows><row><gid>7</gid><group_name>Dienst</group_name><language>de</language></row></rows></groups>
<questions><rows>
<row><qid>1</qid><parent_qid>0</parent_qid><gid>7</gid><type>L</type><title>D1</title><question><![CDATA[<p>Wie oft?</p>]]></question><question_order>1</question_order><language>de</language></row>
<row><qid>2</qid><parent_qid>0</parent_qid><gid>7</gid><type>F</type><title>D2</title><question>Wir</question><question_order>2</question_order><language>de</language></row>
<row><qid>3</qid><parent_qid>0</parent_qid><gid>7</gid><type>T</type><title>D3</title><question>Sonst?</question><question_order>3</question_order><language>de</language></row>
</rows></questions>
<subquestions><rows>
<row><qid>5</qid><parent_qid>2</parent_qid><type>T</type><title>SQ002</title><question>lernen.</question><question_order>2</question_order><language>de</language></row>
<row><qid>4</qid><parent_qid>2</parent_qid><type>T</type><title>SQ001</title><question>antworten.</question><question_order>1</question_order><language>de</language></row>
</rows></subquestions>
<answers><rows>ANSWERS</rows></answers>
</document>""".replace(
    "ANSWERS",
    "".join(
        f"<row><qid>{qid}</qid><code>A{n}</code><answer>{label}</answer><sortorder>{n}</sortorder><language>de</language></row>"
        for qid in (1, 2)
        for n, label in enumerate(RUNGS)
    ),
)
NEW_LSS = """<?xml version="1.0" encoding="UTF-8"?>
<document>
<surveys><rows><row><sid>1</sid><language>en</language></row></rows></surveys>
<groups><rows><row><gid>7</gid></row></rows></groups>
<group_l10ns><rows><row><gid>7</gid><group_name>Care</group_name><language>en</language></row></rows></group_l10ns>
<questions><rows>
<row><qid>1</qid><parent_qid>0</parent_qid><gid>7</gid><type>A</type><title>Q1</title></row>
<row><qid>2</qid><parent_qid>0</parent_qid><gid>7</gid><type>M</type><title>Q2</title></row>
</rows></questions>
<subquestions><rows><row><qid>3</qid><parent_qid>1</parent_qid><title>SQ1</title></row></rows></subquestions>
<question_l10ns><rows>
<row><qid>1</qid><question>We</question><language>en</language></row>
<row><qid>1</qid><question>Wir</question><language>de</language></row>
<row><qid>3</qid><question>learn.</question><language>en</language></row>
</rows></question_l10ns>
<answers><rows/></answers>
</document>"""
DEFINITION = {
    "title": {"default": "Our shop", "de": "Unser Laden"},
    "pages": [
        {
            "name": "care",
            "title": "Care",
            "elements": [
                {
                    "type": "panel",
                    "elements": [
                        {"type": "radiogroup", "name": "r1", "title": "How often?", "choices": list(RUNGS)},
                        {"type": "rating", "name": "r2", "title": "How good?", "minRateDescription": "Bad"},
                    ],
                },
                {
                    "type": "matrix",
                    "name": "m",
                    "title": "We",
                    "columns": [{"value": n, "text": label} for n, label in enumerate(RUNGS)],
                    "rows": ["learn.", {"value": "x", "text": "teach."}],
                },
                {"type": "comment", "name": "c"},
                {"type": "rating", "name": "r3", "rateMax": 10},
                {"type": "html", "name": "h"},
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("survey", "texts", "skipped"),
    [
        (read_lss(OLD_LSS.encode()), ["Wie oft?", "Wir antworten.", "Wir lernen."], ["D3"]),
        (read_lss(NEW_LSS.encode()), ["We learn."], ["Q2"]),
        (
            read_definition(json.dumps(DEFINITION).encode()),
            ["How often?", "How good?", "We learn.", "We teach."],
            ["c", "r3"],
        ),
    ],
    ids=["old lss", "new lss", "surveyjs"],
)
def test_questions_of_other_tools_become_a_valid_questionnaire(survey, texts, skipped):
    questionnaire = load_draft(survey)

    assert [question.text for question in survey.questions] == texts
    assert [question.name for question in survey.skipped] == skipped
    assert len(questionnaire.functions) == 1
    own = [item.id for item in questionnaire.items if item.function]
    assert [questionnaire.text("en").items[id_].text for id_ in own] == texts


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (read_lss, b"<document/>"),
        (read_lss, b"<document><questions>"),
        (read_lss, b'<!DOCTYPE x [<!ENTITY a "b">]><document><questions/></document>'),
        (read_lss, "<document><questions/></document>".encode("utf-16")),
        (read_definition, b"[]"),
        (read_definition, b'{"pages": 1}'),
        (read_definition, b"[" * 100_000),
        (read_xlsform, b"PK"),
        (read_xlsform, make_workbook(other=[["a"]])),
    ],
    ids=range(9),
)
def test_other_file_is_refused(read, content):
    with pytest.raises(InvalidError):
        read(content)


def test_survey_without_fitting_questions_makes_no_draft():
    with pytest.raises(InvalidError):
        make_draft(read_definition(b'{"elements": [{"type": "comment", "name": "c"}]}'), "x")


def read_form(*rows, settings=(), choices=CHOICES):
    form = make_workbook(survey=[SURVEY[0], *rows], choices=choices, settings=settings)
    return read_xlsform(form)


@pytest.mark.parametrize(("language", "text"), [("Deutsch (de)", "Wir."), ("English (en)", "We."), ("", "We.")])
def test_xlsform_is_read_in_its_default_language(language, text):
    survey = read_form(
        ["select_one freq", "a", "We.", "Wir.", ""], settings=[["form_title", "default_language"], ["Form", language]]
    )

    assert [question.text for question in survey.questions] == [text]


def test_single_choice_with_other_becomes_an_item():
    survey = read_form(["select_one freq or_other", "a", "We.", "Wir.", ""])

    assert [question.labels for question in survey.questions] == [RUNGS]


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("select_one_from_file towns.csv", "Where?", "in a file"),
        ("select_one freq", "How often does ${a1} answer?", "earlier answer"),
    ],
)
def test_question_of_an_xlsform_is_left_out_with_its_own_reason(kind, text, reason):
    (skipped,) = read_form([kind, "a", text, "", ""]).skipped

    assert reason in skipped.reason


@pytest.mark.parametrize(
    ("codes", "count"),
    [((-2, -1, 0, 1, 2), 1), ((1, 2, 3, 4, 5, -1), 1), ((2, 1, 0, -1, -2), 1), ((0, 1, 2, 3, 99), 0)],
)
def test_code_of_a_regular_scale_is_an_answer(codes, count):
    choices = [["list_name", "name", "label"], *(["s", code, f"Answer {code}"] for code in codes)]

    assert len(read_form(["select_one s", "a", "We.", "", ""], choices=choices).questions) == count
