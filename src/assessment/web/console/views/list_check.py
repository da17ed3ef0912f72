"""View of the check page of a list of people: words to choose, lines to correct, and addresses that occur twice."""

from collections.abc import Sequence

from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import Problem
from assessment.services.people import invitee_checks, people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.services.people.list_import.list_reading import (
    FUNCTION_WORD,
    ROLE_WORD,
    DuplicateLine,
    ListChoices,
    ListPerson,
    ListWord,
    PeopleList,
    find_duplicates,
)
from assessment.storage.assessments import Assessment
from assessment.web.console.delivery_choice import choose_delivery
from assessment.web.console.forms.form_data import FormData

MAX_SHOWN = 100  # lines with a field each: a browser sends at most 2000 fields
MAX_SINGLE = 12  # lines without a role or function that get a field each
SAMPLES = 3  # cells shown of each column


class WrongCell(Struct, frozen=True):
    """Cell to correct on the check page."""

    person: ListPerson
    column: str
    value: str
    problem: Problem


class ColumnSample(Struct, frozen=True):
    """Column of the list with its first cells."""

    index: int
    heading: str
    meaning: str
    cells: tuple[str, ...]


class ListCheck(Struct, frozen=True):
    """Checked list; `invitees` are the people in order, complete only if `is_ready`."""

    people_list: PeopleList
    invitees: tuple[Invitee, ...]
    wrong: tuple[WrongCell, ...]
    duplicates: tuple[DuplicateLine, ...]
    choices: ListChoices

    @property
    def is_ready(self) -> bool:
        """Return whether all people can be added."""
        return bool(self.invitees) and not (self.people_list.open_words or self.wrong or self.duplicates)

    @property
    def is_confirmed(self) -> bool:
        """Return whether the reader has seen and sent every suggestion."""
        return not any(word.is_suggested for word in self.people_list.words)

    @property
    def valid_people(self) -> tuple[ListPerson, ...]:
        """People without a problem."""
        wrong = {cell.person.row.key for cell in self.wrong} | {line.person.row.key for line in self.duplicates}
        return tuple(
            person for person in self.people_list.people if person.row.key not in wrong and not person.has_unknown_word
        )

    @property
    def wrong_groups(self) -> dict[str, list[WrongCell]]:
        """Cells to correct by message."""
        groups: dict[str, list[WrongCell]] = {}
        for cell in self.wrong:
            groups.setdefault(str(cell.problem.message), []).append(cell)
        return groups

    @property
    def samples(self) -> tuple[ColumnSample, ...]:
        """Columns that have a heading or a cell."""
        table = self.people_list.table
        columns = []
        for index, meaning in enumerate(table.columns):
            cells = [row.cells[index] for row in table.rows if index < len(row.cells) and row.cells[index]]
            if cells or table.headings[index]:
                columns.append(
                    ColumnSample(index, table.headings[index], meaning, tuple(dict.fromkeys(cells))[:SAMPLES])
                )
        return tuple(columns)

    @property
    def left_out(self) -> tuple[tuple[int, int, str], ...]:
        """Key, line and text of the rows that the reader leaves out one by one."""
        rows = self.people_list.table.rows
        return tuple(
            (row.key, row.line, " · ".join(filter(None, row.cells))[:120])
            for row in rows
            if row.key in self.choices.left_out
        )

    @property
    def carried_fixes(self) -> tuple[tuple[str, str], ...]:
        """Names and values of corrections that need no field any more."""
        visible = {(cell.person.row.key, cell.column) for cell in self.wrong[:MAX_SHOWN]}
        visible |= {(person.row.key, kind) for kind in (ROLE_WORD, FUNCTION_WORD) for person in self.list_single(kind)}
        return tuple(
            (f"fix:{key}:{column}", value)
            for (key, column), value in self.choices.fixes.items()
            if (key, column) not in visible and value
        )

    def is_remembered(self, word: ListWord) -> bool:
        """Return whether the choice for a word comes from an earlier list of the client."""
        return bool(word.choice) and self.choices.remembered.get((word.kind, word.key)) == word.choice

    def list_single(self, kind: str) -> tuple[ListPerson, ...]:
        """Return the people without a role or function, if they are few enough to choose for each."""
        people = [person for person in self.people_list.people if kind in person.missing]
        return tuple(people) if 1 < len(people) <= MAX_SINGLE else ()

    def get_fix(self, key: int, column: str) -> str:
        """Return what the reader has chosen for a cell; empty if nothing."""
        return self.choices.fixes.get((key, column), "")


def check_list(
    session: Session,
    assessment: Assessment,
    questionnaire: Questionnaire,
    people_list: PeopleList,
    choices: ListChoices,
    form: FormData,
) -> ListCheck:
    """Check the people of a list, with the delivery that the form chooses."""
    people = [structs.replace(person, invitee=choose_delivery(person.invitee, form)) for person in people_list.people]
    wrong = [cell for person in people for cell in _find_wrong_cells(person, questionnaire, assessment.mode)]
    taken = people_invitations.load_invited_addresses(session, assessment)
    return ListCheck(
        structs.replace(people_list, people=tuple(people)),
        tuple(person.invitee for person in people),
        tuple(wrong),
        find_duplicates(people, taken),
        choices,
    )


def _find_wrong_cells(person: ListPerson, questionnaire: Questionnaire, mode: str) -> Sequence[WrongCell]:
    """Return problems of name and address: those of roles and functions are grouped by word."""
    problems = invitee_checks.find_invitee_problems(0, person.invitee, questionnaire, mode)
    values = {"name": person.invitee.name or "", "email": person.invitee.email or ""}
    return [
        WrongCell(person, problem.column, values[problem.column], problem)
        for problem in problems
        if problem.column in values
    ]
