"""Export raw answers as CSV, workbook or SPSS file, for attributable assessments only."""

import csv
import io
import math
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, EVIDENCE_KINDS, NOT_ASKED, Answers, list_answer_codes
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, Mode
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.scoring.careless_responses import screen_responses
from assessment.domain.survey.comment_fields import is_comment, list_known_keys
from assessment.errors import NotAttributableError, NotClosedError
from assessment.i18n.messages import N_
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.operations import audit_trail
from assessment.services.results.figure_export import escape_formula
from assessment.storage import answer_loader, assessments
from assessment.storage.answer_loader import LoadedAnswers
from assessment.storage.survey import written_texts

NOT_ATTRIBUTABLE = N_("Respondents were promised that nobody sees a single person’s answers.")
NOT_CLOSED_YET = N_("Answers can be exported once the assessment is closed.")


class ExportedAnswers(Struct, frozen=True):
    """Counted responses without careless ones; `texts` are comments and reasons, by key and respondent."""

    questionnaire: Questionnaire
    language: str
    answers: Answers
    texts: dict[str, dict[str, str]]

    @property
    def text_keys(self) -> list[str]:
        """Return the keys of texts that someone wrote, in the order of the questionnaire: items, then comments."""
        known = (*self.questionnaire.item, *list_known_keys(self.questionnaire))
        return [key for key in known if key in self.texts]


def export_responses(session: Session, key: AssessmentKey, now: datetime) -> str:
    """Render the CSV and record the export in the audit log."""
    content = render_responses_csv(session, key)
    record_export(session, key, now)
    return content


def record_export(session: Session, key: AssessmentKey, now: datetime) -> None:
    """Record an export in the audit log."""
    audit_trail.record_event(session, key.workspace_id, now, audit_trail.RESPONSES_EXPORTED, key.assessment_id)


def render_responses_csv(session: Session, key: AssessmentKey) -> str:
    """Render one row per counted response; raises as `load_exported_answers`."""
    exported = load_exported_answers(session, key)
    file = io.StringIO(newline="")
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(list_columns(exported))
    for row in iterate_rows(exported):
        out.writerow([escape_formula(cell) for cell in row])
    return file.getvalue()


def load_exported_answers(session: Session, key: AssessmentKey) -> ExportedAnswers:
    """Load the counted responses, without careless ones.

    `NotAttributableError` if answers were given in confidence, `NotClosedError` before the close.
    """
    assessment = assessments.find_assessment(session, key)
    if assessment.confidentiality != Confidentiality.ATTRIBUTABLE:
        raise NotAttributableError(NOT_ATTRIBUTABLE)
    if assessment.state != AssessmentState.CLOSED:
        raise NotClosedError(NOT_CLOSED_YET)
    questionnaire = load_questionnaire(session, assessment)
    loaded_answers = answer_loader.load_answers(session, key, questionnaire, named=True)
    texts = _load_texts(session, key, loaded_answers)
    answers = loaded_answers.select_counted(questionnaire.scoring.submitted_share)
    if assessment.mode != Mode.CONSENSUS:
        answers = answers.select_rows(screen_responses(questionnaire, answers).is_kept)
    return ExportedAnswers(questionnaire, assessment.language, answers, texts)


def list_columns(exported: ExportedAnswers) -> list[str]:
    """Return the names of the columns, as in the file format of responses."""
    return _make_header(exported.questionnaire) + [
        key if is_comment(key) else f"{key}:reason" for key in exported.text_keys
    ]


def iterate_rows(exported: ExportedAnswers) -> Iterator[list[str]]:
    """Yield the cells of each response, in the order of `list_columns`."""
    keys = exported.text_keys
    rows = _iterate_rows(exported.questionnaire, exported.answers)
    for name, row in zip(exported.answers.respondents, rows, strict=True):
        yield [*row, *(exported.texts[key].get(name, "") for key in keys)]


def _load_texts(session: Session, key: AssessmentKey, loaded_answers: LoadedAnswers) -> dict[str, dict[str, str]]:
    """Return comments and reasons by key and respondent."""
    names = dict(zip(loaded_answers.ids, loaded_answers.answers.respondents, strict=True))
    texts: dict[str, dict[str, str]] = {}
    for row in written_texts.load_written_texts(session, key):
        if row.response_id in names:
            texts.setdefault(row.key, {})[names[row.response_id]] = row.text
    return texts


def _make_header(questionnaire: Questionnaire) -> list[str]:
    items = [item.id for item in questionnaire.items]
    return [
        "respondent",
        "role",
        "functions",
        "seconds",
        *items,
        *(f"{id_}:evidence" for id_ in find_rated_columns(questionnaire)),
    ]


def find_rated_columns(questionnaire: Questionnaire) -> dict[str, int]:
    """Map the ids of rated items, which ask for evidence, to their columns."""
    return {item.id: column for column, item in enumerate(questionnaire.items) if not item.options}


def _iterate_rows(questionnaire: Questionnaire, answers: Answers) -> Iterator[list[str]]:
    texts = [
        {code: text for text, code in list_answer_codes(item.options).items()} | {NOT_ASKED: ""}
        for item in questionnaire.items
    ]
    kinds = {BLANK: ""} | dict(enumerate(EVIDENCE_KINDS))
    evidence = answers.evidence if answers.evidence is not None else answers.values * 0 + BLANK
    functions = [function.id for function in questionnaire.functions]
    for index, name in enumerate(answers.respondents):
        seconds = answers.seconds[index]
        yield [
            name,
            answers.roles[index],
            ";".join(
                function_id for function_id, member in zip(functions, answers.functions[index], strict=True) if member
            ),
            "" if math.isnan(seconds) else f"{seconds:g}",
            *(texts[column][code] for column, code in enumerate(answers.values[index].tolist())),
            *(kinds[int(evidence[index, column])] for column in find_rated_columns(questionnaire).values()),
        ]
