"""Parse and validate CSV files of responses. All mistakes are reported at once; a file with a mistake is refused."""

from collections import defaultdict

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import (
    BLANK,
    CONSENSUS_ROLE,
    EVIDENCE_KINDS,
    NOT_ASKED,
    Answers,
    AnswerValues,
    BoolArray,
    list_answer_codes,
)
from assessment.domain.closed_sets import Mode
from assessment.domain.questionnaire import Item, Questionnaire
from assessment.domain.survey.comment_fields import MAX_COMMENT_LENGTH, find_comment_function
from assessment.domain.survey.routing import build_asked_matrix
from assessment.domain.text_normalisation import normalize_text
from assessment.errors import InvalidError, with_values
from assessment.i18n.messages import N_
from assessment.services.people.response_table import (
    MAX_PROBLEMS,
    REQUIRED_COLUMNS,
    CsvTable,
    ResponseTableReader,
    TooManyProblemsError,
)

MAX_REPORTED_PROBLEMS = 200
MAX_FIELD_LENGTH = 2000
UNKNOWN_CODE = -9


class ResponseFile(Struct, frozen=True):
    """Answers of a file; `texts` maps an item (reasons) or the key of a comment to one text per respondent."""

    answers: Answers
    texts: dict[str, tuple[str, ...]]
    lines: tuple[int, ...] = ()  # line number of each respondent


def read_responses(text: str, questionnaire: Questionnaire, *, mode: str = Mode.SURVEY, file: str = "") -> ResponseFile:
    """Read responses from CSV text, with or without byte order mark.

    `InvalidError` lists the mistakes by line and column, at most `MAX_REPORTED_PROBLEMS`.
    """
    reader = _ResponseReader(questionnaire, mode, file)
    try:
        responses = reader.read(text)
    except TooManyProblemsError:
        responses = ResponseFile(_make_empty_answers(questionnaire), {})
    if reader.problems:
        problems = sorted(reader.problems, key=lambda problem: problem.line or 0)[:MAX_REPORTED_PROBLEMS]
        count = len(reader.problems)
        raise InvalidError(_format_problem_count(count), problems, count)
    return responses


def _format_problem_count(count: int) -> str:
    if count > MAX_PROBLEMS:
        return with_values("More than {most} mistakes in the responses; nothing was taken in.", most=MAX_PROBLEMS)
    if count > 1:
        return with_values("{count} mistakes in the responses; nothing was taken in.", count=count)
    return N_("1 mistake in the responses; nothing was taken in.")


class _ResponseReader(ResponseTableReader):
    """Reads one file and collects its problems."""

    def __init__(self, questionnaire: Questionnaire, mode: str, file: str) -> None:
        super().__init__(questionnaire, file)
        self.roles = (CONSENSUS_ROLE,) if mode == Mode.CONSENSUS else tuple(role.id for role in questionnaire.roles)
        self.functions = tuple(function.id for function in questionnaire.functions)

    def read(self, text: str) -> ResponseFile:
        sheet = self.read_table(text)
        rows = len(sheet.lines)
        if any(name not in sheet.columns for name in REQUIRED_COLUMNS):
            return ResponseFile(_make_empty_answers(self.questionnaire), {})
        roles, members = self._read_roles(sheet), self._read_functions(sheet)
        asked = build_asked_matrix(self.questionnaire, roles, members)
        # Without a valid role and function, the items to be asked are unknown.
        placed = np.isin(np.asarray(roles, dtype=object), self.roles) & members.any(axis=1)
        values = np.full((rows, len(self.questionnaire.items)), NOT_ASKED, dtype=np.int8)
        for number, item in enumerate(self.questionnaire.items):
            values[:, number] = self._read_answers(sheet, item, asked[:, number], placed)
        answers = Answers(self._read_respondents(sheet), tuple(roles), members, self._read_seconds(sheet), values)
        texts = self._read_reasons(sheet) | self._read_comments(sheet, members)
        return ResponseFile(self._add_evidence(sheet, answers), texts, tuple(sheet.lines))

    def _read_respondents(self, sheet: CsvTable) -> tuple[str, ...]:
        seen: dict[str, int] = {}
        names = tuple(normalize_text(name) for name in sheet.columns["respondent"])
        for line, name in zip(sheet.lines, names, strict=True):
            if not name:
                self.add_problem(
                    line,
                    "respondent",
                    N_("The respondent is missing."),
                    N_("Give every row a name of its own."),
                    "missing",
                )
            elif name in seen:
                self.add_problem(
                    line,
                    "respondent",
                    with_values("{name} stands on line {line} too.", name=repr(name), line=seen[name]),
                    N_("Keep one of them."),
                    "duplicate",
                )
            seen.setdefault(name, line)
        return names

    def _read_roles(self, sheet: CsvTable) -> list[str]:
        for line, role in zip(sheet.lines, sheet.columns["role"], strict=True):
            if role not in self.roles:
                remedy = with_values("Use {names}.", names=self.roles)
                if role == CONSENSUS_ROLE:
                    remedy = with_values(
                        "Use {names}, or settings with {setting}.", names=self.roles, setting='mode = "consensus"'
                    )
                self.add_problem(line, "role", with_values("No role {name}.", name=repr(role)), remedy, "unknown-value")
        return sheet.columns["role"]

    def _read_functions(self, sheet: CsvTable) -> BoolArray:
        number = {function: index for index, function in enumerate(self.functions)}
        members = np.zeros((len(sheet.lines), len(self.functions)), dtype=np.bool_)
        for row, cell in enumerate(sheet.columns["functions"]):
            named = [name.strip() for name in cell.split(";") if name.strip()]
            for name in named:
                if name in number:
                    members[row, number[name]] = True
                else:
                    remedy = with_values("Use {names}, joined by a semicolon.", names=self.functions)
                    self.add_problem(
                        sheet.lines[row],
                        "functions",
                        with_values("No function {name}.", name=repr(name)),
                        remedy,
                        "unknown-value",
                    )
            if not named:
                self.add_problem(
                    sheet.lines[row], "functions", N_("The function is missing."), N_("Name one or more."), "missing"
                )
        return members

    def _read_seconds(self, sheet: CsvTable) -> NDArray[np.float64]:
        seconds = np.full(len(sheet.lines), np.nan)
        for row, cell in enumerate(sheet.columns.get("seconds", [])):
            value = _parse_seconds(cell)
            if cell and value is None:
                remedy = N_("Write seconds as a number like 312.5, or leave the cell empty.")
                self.add_problem(
                    sheet.lines[row],
                    "seconds",
                    with_values("{cell} is not a time.", cell=repr(cell)),
                    remedy,
                    "wrong-format",
                )
            elif value is not None:
                seconds[row] = value
        return seconds

    def _read_answers(self, sheet: CsvTable, item: Item, asked: BoolArray, placed: BoolArray) -> NDArray[np.int8]:
        allowed = list_answer_codes(item.options)
        cells = sheet.columns.get(item.id)
        if cells is None:
            return np.where(asked, BLANK, NOT_ASKED).astype(np.int8)
        codes_of = defaultdict(lambda: UNKNOWN_CODE, allowed)
        codes = np.fromiter(map(codes_of.__getitem__, cells), dtype=np.int8, count=len(cells))
        for row in np.flatnonzero(codes == UNKNOWN_CODE).tolist():
            remedy = with_values("Use {names}, or leave the cell empty.", names=tuple(code for code in allowed if code))
            self.add_problem(
                sheet.lines[row],
                item.id,
                with_values("{cell} is no answer to this item.", cell=repr(cells[row])),
                remedy,
                "unknown-value",
            )
        for row in np.flatnonzero((codes > BLANK) & ~asked & placed).tolist():
            role, functions = sheet.columns["role"][row], sheet.columns["functions"][row]
            message = with_values(
                "This item is not asked of {role} in {functions}.", role=repr(role), functions=repr(functions)
            )
            self.add_problem(
                sheet.lines[row], item.id, message, N_("Empty the cell, or correct role and functions."), "not-allowed"
            )
        return np.where(asked, codes, NOT_ASKED).astype(np.int8)

    def _add_evidence(self, sheet: CsvTable, answers: Answers) -> Answers:
        columns = {name: cells for name, cells in sheet.columns.items() if name.endswith(":evidence")}
        if not columns:
            return answers
        allowed = {"": BLANK, **{kind: number for number, kind in enumerate(EVIDENCE_KINDS)}}
        evidence: AnswerValues = np.full(answers.values.shape, BLANK, dtype=np.int8)
        for number, item in enumerate(self.questionnaire.items):
            for row, cell in enumerate(columns.get(f"{item.id}:evidence", ())):
                if cell not in allowed:
                    remedy = with_values("Use {names}, or leave the cell empty.", names=EVIDENCE_KINDS)
                    self.add_problem(
                        sheet.lines[row],
                        f"{item.id}:evidence",
                        with_values("{cell} is no evidence.", cell=repr(cell)),
                        remedy,
                        "unknown-value",
                    )
                evidence[row, number] = allowed.get(cell, BLANK)
        return Answers(answers.respondents, answers.roles, answers.functions, answers.seconds, answers.values, evidence)

    def _read_comments(self, sheet: CsvTable, members: BoolArray) -> dict[str, tuple[str, ...]]:
        comments = {key: sheet.columns[key] for key in self.comment_keys if key in sheet.columns}
        for key, cells in comments.items():
            function = find_comment_function(self.questionnaire, key)
            for row, cell in enumerate(cells):
                if len(cell) > MAX_COMMENT_LENGTH:
                    remedy = with_values("Keep it to {most} characters.", most=MAX_COMMENT_LENGTH)
                    self.add_problem(
                        sheet.lines[row],
                        key,
                        with_values("This comment has {count} characters.", count=len(cell)),
                        remedy,
                        "too-long",
                    )
                if cell and function and not members[row, self.functions.index(function)]:
                    message = with_values(
                        "This comment is about {function}, where the respondent does not belong.",
                        function=repr(function),
                    )
                    self.add_problem(
                        sheet.lines[row], key, message, N_("Empty the cell, or correct the functions."), "not-allowed"
                    )
        return {key: tuple(cells) for key, cells in comments.items()}

    def _read_reasons(self, sheet: CsvTable) -> dict[str, tuple[str, ...]]:
        reasons = {name: cells for name, cells in sheet.columns.items() if name.endswith(":reason")}
        for name, cells in reasons.items():
            for line, cell in zip(sheet.lines, cells, strict=True):
                if len(cell) > MAX_FIELD_LENGTH:
                    remedy = with_values("Keep it to {most} characters.", most=MAX_FIELD_LENGTH)
                    self.add_problem(
                        line,
                        name,
                        with_values("This reason has {count} characters.", count=len(cell)),
                        remedy,
                        "too-long",
                    )
        return {name.removesuffix(":reason"): tuple(cells) for name, cells in reasons.items()}


def _make_empty_answers(questionnaire: Questionnaire) -> Answers:
    items, functions = len(questionnaire.items), len(questionnaire.functions)
    return Answers(
        (), (), np.zeros((0, functions), np.bool_), np.zeros(0, np.float64), np.zeros((0, items), dtype=np.int8)
    )


def _parse_seconds(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if np.isfinite(value) and value >= 0 else None
