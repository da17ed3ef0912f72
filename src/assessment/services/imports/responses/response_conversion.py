"""Convert an export of another tool to the CSV of responses, with a report of what maps and what does not."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import FormattedText, InvalidError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.services.imports.responses import column_matching, value_matching
from assessment.services.imports.responses.column_matching import fold_heading
from assessment.services.imports.responses.import_mapping import ChoiceColumn, ImportMapping, ItemColumn
from assessment.services.imports.responses.source_tables import SourceTable
from assessment.services.imports.responses.value_matching import Scales, ValueMatcher, is_number_or_code
from assessment.services.people.response_files import read_responses

MAX_SHOWN_VALUES = 10
FIXED_COLUMNS = ("respondent", "role", "functions", "seconds")


class ImportReport(Struct):
    """Columns that map, by their use; columns, items and values that do not, with the number of rows."""

    rows: int = 0
    incomplete: int = 0
    scale: str = ""
    code_scale: str = ""  # of codes like A1
    columns: dict[str, str] = field(default_factory=dict)  # heading to what it is used for
    unused: list[str] = field(default_factory=list)
    missing_items: list[str] = field(default_factory=list)
    unknown_values: dict[str, Counter[str]] = field(default_factory=dict)  # by heading
    first_lines: dict[tuple[str, str], int] = field(default_factory=dict)  # of each unknown value, by heading and cell
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0  # more than `problems` has if only the first are listed

    def add_unknown(self, heading: str, cell: str, line: int) -> None:
        """Count an answer without meaning, and record the line of the first one."""
        self.unknown_values.setdefault(heading, Counter())[cell] += 1
        self.first_lines.setdefault((heading, cell), line)


class ConvertedResponses(Struct, frozen=True):
    """CSV of responses, and the report; the CSV is valid only if the report has no problems."""

    csv: str
    report: ImportReport


class _Columns(Struct, frozen=True):
    """Numbers of the columns that are used."""

    respondent: int | None
    seconds: int | None
    submitted: int | None
    role: int | None
    functions: int | None
    ticked: Mapping[str, int]
    items: Mapping[str, ItemColumn]
    numbers: Mapping[str, int]


def convert_responses(table: SourceTable, questionnaire: Questionnaire, mapping: ImportMapping) -> ConvertedResponses:
    """Convert a table. Values that can't be mapped raise nothing; `report.problems` lists them."""
    report = ImportReport()
    columns = _find_columns(table, questionnaire, mapping, report)
    _describe_columns(table, questionnaire, columns, mapping, report)
    chosen = _choose_rows(table, columns, mapping, report)
    cells = [[table.rows[row][columns.numbers[name]] for row in chosen] for name in columns.items]
    report.scale = mapping.scale or value_matching.find_scale(cells)
    report.code_scale = mapping.scale or value_matching.find_code_scale(cells)
    scales = Scales(report.scale, report.code_scale)
    matchers = {
        id_: ValueMatcher(questionnaire.item[id_], questionnaire, mapping, column, scales)
        for id_, column in columns.items.items()
    }
    people = _PeopleReader(table, questionnaire, columns, mapping, report)
    rows = []
    for number, index in enumerate(chosen, start=1):
        row, line = table.rows[index], table.lines[index]
        about = people.read_row(row, line, number)
        rows.append([*about, *_convert_items(row, line, table.header, columns, matchers, report)])
    content = _render_csv([*FIXED_COLUMNS, *columns.items], rows)
    _add_value_problems(report)
    if not report.problems:
        _check_result(content, questionnaire, [table.lines[index] for index in chosen], report)
    return ConvertedResponses(content, report)


def _find_columns(
    table: SourceTable, questionnaire: Questionnaire, mapping: ImportMapping, report: ImportReport
) -> _Columns:
    named = {heading: number for number, heading in reversed(list(enumerate(table.header)))}
    short = {
        fold_heading(match[1]): number
        for heading, number in named.items()
        if (match := column_matching.CODE_HEADING.fullmatch(heading))
    }

    def find_named(name: str) -> int | None:
        number = named.get(name, short.get(fold_heading(name)))
        if number is None:
            message = with_values("There is no column {name}.", name=name)
            report.problems.append(Problem(message, "Take a heading of the file as it stands there.", column=name))
        return number

    def find_one(name: str, headings: frozenset[str]) -> int | None:
        return find_named(name) if name else column_matching.find_by_heading(table, headings)

    items = {
        id_: ItemColumn(table.header[number])
        for id_, number in column_matching.find_item_columns(table, questionnaire).items()
    }
    numbers = {id_: named[column.column] for id_, column in items.items()}
    for id_ in mapping.items:
        column = mapping.find_item(id_)
        if id_ not in questionnaire.item or column is None:
            message = with_values("The questionnaire has no item {name}.", name=id_)
            report.problems.append(Problem(message, column=f"items.{id_}"))
            continue
        number = find_named(column.column)
        if number is not None:
            items[id_], numbers[id_] = column, number
    ordered = {item.id: items[item.id] for item in questionnaire.items if item.id in items}
    respondent = find_one(mapping.respondent, column_matching.RESPONDENT_HEADINGS)
    seconds = find_one(mapping.seconds, column_matching.SECONDS_HEADINGS)
    submitted = find_one(mapping.submitted, column_matching.SUBMITTED_HEADINGS)
    taken = {number for number in (respondent, seconds, submitted, *numbers.values()) if number is not None}
    role = _find_choice(table, mapping.role, column_matching.list_role_names(questionnaire), taken, find_named)
    taken |= {role} if role is not None else set()
    names = column_matching.list_function_names(questionnaire)
    ticked = {
        id_: number for id_, name in mapping.functions.columns.items() if (number := find_named(name)) is not None
    }
    if not ticked and not mapping.functions.column:
        ticked = column_matching.find_ticked_columns(table, names, taken)
    functions = None if ticked else _find_choice(table, mapping.functions, names, taken, find_named)
    return _Columns(respondent, seconds, submitted, role, functions, ticked, ordered, numbers)


def _find_choice(
    table: SourceTable, choice: ChoiceColumn, names: column_matching.Names, taken: set[int], find_named: object
) -> int | None:
    if choice.constant:
        return None
    if choice.column:
        return find_named(choice.column)  # type: ignore[operator,no-any-return]
    known = {**names, **{fold_heading(text): id_ for text, id_ in choice.values.items()}}
    return column_matching.find_by_content(table, known, taken, column_matching.split_list)


def _describe_columns(
    table: SourceTable, questionnaire: Questionnaire, columns: _Columns, mapping: ImportMapping, report: ImportReport
) -> None:
    used = {
        columns.respondent: "respondent",
        columns.seconds: "seconds",
        columns.submitted: "complete or not",
        columns.role: "role",
        columns.functions: "functions",
    }
    used |= {number: f"functions: {id_}" for id_, number in columns.ticked.items()}
    used |= {columns.numbers[id_]: id_ for id_ in columns.items}
    for number, heading in enumerate(table.header):
        if number in used:
            report.columns[heading] = used[number]
        elif heading not in mapping.ignore and not _is_tool_heading(heading) and any(table.list_cells(number)):
            report.unused.append(heading)
    report.missing_items = [item.id for item in questionnaire.items if item.id not in columns.items]
    if not columns.items:
        message = N_("No column is a question of this questionnaire.")
        report.problems.append(Problem(message, N_("Map them in a mapping file.")))
    if columns.role is None and not mapping.role.constant:
        report.problems.append(
            Problem(N_("There is no column with the role."), N_("Name it in a mapping file."), column="role")
        )
    if columns.functions is None and not columns.ticked and not mapping.functions.constant:
        message = N_("There is no column with the functions.")
        report.problems.append(Problem(message, N_("Name it in a mapping file."), column="functions"))


def _is_tool_heading(heading: str) -> bool:
    code = column_matching.CODE_HEADING.fullmatch(heading)
    texts = {fold_heading(heading), *(fold_heading(part) for part in (code.groups() if code else ()))}
    return bool(texts & column_matching.TOOL_HEADINGS)


def _choose_rows(table: SourceTable, columns: _Columns, mapping: ImportMapping, report: ImportReport) -> list[int]:
    """Return the rows that were sent: tools export those under way too."""
    rows = range(len(table.rows))
    chosen = [
        row
        for row in rows
        if columns.submitted is None or mapping.keep_incomplete or table.rows[row][columns.submitted]
    ]
    report.rows, report.incomplete = len(chosen), len(rows) - len(chosen)
    return chosen


class _PeopleReader:
    """Reads respondent, role, functions and seconds of a row."""

    def __init__(
        self,
        table: SourceTable,
        questionnaire: Questionnaire,
        columns: _Columns,
        mapping: ImportMapping,
        report: ImportReport,
    ) -> None:
        self.table, self.columns, self.mapping, self.report = table, columns, mapping, report
        fold = {fold_heading(text): id_ for text, id_ in mapping.role.values.items()}
        self.roles = {**column_matching.list_role_names(questionnaire), **fold}
        fold = {fold_heading(text): id_ for text, id_ in mapping.functions.values.items()}
        self.functions = {**column_matching.list_function_names(questionnaire), **fold}
        self.order = [function.id for function in questionnaire.functions]

    def read_row(self, row: Sequence[str], line: int, number: int) -> list[str]:
        columns = self.columns
        name = row[columns.respondent] if columns.respondent is not None else ""
        seconds = row[columns.seconds].replace(",", ".") if columns.seconds is not None else ""
        return [
            " ".join(name.split()) or f"r{number}",
            self._read_role(row, line),
            ";".join(sorted(self._read_functions(row, line), key=self.order.index)),
            seconds if _is_number(seconds) else "",
        ]

    def _read_role(self, row: Sequence[str], line: int) -> str:
        if self.columns.role is None:
            return self.mapping.role.constant
        return self._look_up(row[self.columns.role], self.roles, self.columns.role, line)

    def _read_functions(self, row: Sequence[str], line: int) -> set[str]:
        if self.columns.ticked:
            return {id_ for id_, column in self.columns.ticked.items() if column_matching.is_tick(row[column])}
        if self.columns.functions is None:
            return set(filter(None, self.mapping.functions.constant.split(";"))) & set(self.order)
        cell = row[self.columns.functions]
        if fold_heading(cell) in self.functions:
            return set(self.functions[fold_heading(cell)].split(";")) & set(self.order)
        column = self.columns.functions
        ids = {self._look_up(part, self.functions, column, line) for part in column_matching.split_list(cell)}
        return ids & set(self.order)

    def _look_up(self, cell: str, names: Mapping[str, str], column: int, line: int) -> str:
        id_ = names.get(fold_heading(cell))
        if id_ is None and not cell:
            self.report.problems.append(Problem("This is empty.", line=line, column=self.table.header[column]))
        elif id_ is None:
            self.report.add_unknown(self.table.header[column], cell, line)
        return id_ or ""


def _is_number(text: str) -> bool:
    try:
        return 0 <= float(text) < float("inf")
    except ValueError:
        return False


def _convert_items(
    row: Sequence[str],
    line: int,
    header: Sequence[str],
    columns: _Columns,
    matchers: Mapping[str, ValueMatcher],
    report: ImportReport,
) -> list[str]:
    codes = []
    for id_, matcher in matchers.items():
        cell = row[columns.numbers[id_]]
        code = matcher.convert_cell(cell)
        if code is None:
            report.add_unknown(header[columns.numbers[id_]], cell, line)
        codes.append(code or "")
    return codes


def _add_value_problems(report: ImportReport) -> None:
    for heading, counts in report.unknown_values.items():
        is_unclear = any(
            is_number_or_code(value) and not (report.scale if value.isdecimal() else report.code_scale)
            for value in counts
        )
        values = ", ".join(f"{value!r} ({count})" for value, count in counts.most_common(MAX_SHOWN_VALUES))
        remedy = (
            N_('Say how numbers are coded: scale = "0-4" or scale = "1-5".')
            if is_unclear
            else N_("Map them under [values], or under the item.")
        )
        message = with_values("These answers have no meaning here: {values}.", values=values)
        line = min(report.first_lines[heading, value] for value in counts)
        report.problems.append(Problem(message, remedy, line=line, column=heading))


def _check_result(content: str, questionnaire: Questionnaire, lines: Sequence[int], report: ImportReport) -> None:
    """Read the result as the import of responses does: what is asked of whom, repeated respondents.

    `lines` are those of the export, which problems name; the result has one line for each row.
    """
    try:
        read_responses(content, questionnaire)
    except InvalidError as error:
        report.problems += [_translate_lines(problem, lines) for problem in error.problems]
        report.problem_count = error.problem_count


def _translate_lines(problem: Problem, lines: Sequence[int]) -> Problem:
    """Replace the line numbers of the result, which begins with its header, by those of the export."""
    message = problem.message
    if isinstance(message, FormattedText) and isinstance(number := message.values.get("line"), int):
        message = with_values(message.template, **message.values | {"line": lines[number - 2]})
    line = lines[problem.line - 2] if problem.line and problem.line > 1 else problem.line
    return replace(problem, message=message, line=line)


def _render_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO(newline="")
    out = csv.writer(file, lineterminator="\n")
    out.writerow(header)
    out.writerows(rows)
    return file.getvalue()
