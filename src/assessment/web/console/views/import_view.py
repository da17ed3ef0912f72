"""View of an import: problems by file and line, the use of each column, questions that become items."""

from collections.abc import Iterable

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import Problem
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.services.imports.import_reader import ReadExport
from assessment.web.console.labels import QuestionnaireLabels

MAX_SHOWN_PROBLEMS = 200
MAX_SHOWN_NAMES = 100
USES = {
    "respondent": N_("Respondent"),
    "seconds": N_("Seconds"),
    "complete or not": N_("Complete or not"),
    "role": N_("Role"),
    "functions": N_("Functions"),
}
FUNCTION_PREFIX = "functions: "


class ShownProblem(Struct, frozen=True):
    """A mistake in an uploaded file, in the reader's language where there is a translation."""

    file: str
    line: int | None
    text: str


class UsedColumn(Struct, frozen=True):
    """Heading of a column, and what it is used for."""

    heading: str
    use: str


class ImportView(Struct, frozen=True):
    """Names that map and names that do not; lists have the first `MAX_SHOWN_NAMES`."""

    responses: int
    incomplete: int
    scale: str
    code_scale: str
    is_guessed: bool
    columns: tuple[UsedColumn, ...]
    unused: tuple[str, ...]
    unused_count: int
    missing: tuple[UsedColumn, ...]


def translate_problems(language: str, problems: Iterable[Problem]) -> tuple[ShownProblem, ...]:
    """Translate the first `MAX_SHOWN_PROBLEMS`."""
    translator = get_translator(language)
    return tuple(
        ShownProblem(
            " ".join(part for part in (problem.file, problem.column) if part),
            problem.line,
            f"{translator.translate_error(problem.message)} {translator.translate_error(problem.remedy)}".strip(),
        )
        for problem in list(problems)[:MAX_SHOWN_PROBLEMS]
    )


def build_import_view(
    read: ReadExport, questionnaire: Questionnaire, labels: QuestionnaireLabels, language: str
) -> ImportView:
    """Describe what was read in the reader's language."""
    translator, texts = get_translator(language), questionnaire.text(language)
    report = read.report

    def describe_use(use: str) -> str:
        if use in questionnaire.item:
            return texts.items[use].text
        if use.startswith(FUNCTION_PREFIX):
            return labels.function(use.removeprefix(FUNCTION_PREFIX))
        return translator.gettext(USES[use]) if use in USES else use

    return ImportView(
        responses=report.rows,
        incomplete=report.incomplete,
        scale=report.scale,
        code_scale=report.code_scale,
        is_guessed=read.is_guessed,
        columns=tuple(UsedColumn(heading, describe_use(use)) for heading, use in report.columns.items()),
        unused=tuple(report.unused[:MAX_SHOWN_NAMES]),
        unused_count=len(report.unused),
        missing=tuple(UsedColumn(id_, describe_use(id_)) for id_ in report.missing_items),
    )
