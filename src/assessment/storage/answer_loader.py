"""Load answers into arrays in one linear pass.

Responses come as groups of equal rows from one statement (`answer_groups`); a second one finds people who have several.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from assessment.domain.answers import (
    BLANK,
    EVIDENCE_KINDS,
    NOT_ASKED,
    Answers,
    AnswerValues,
    BoolArray,
    list_answer_codes,
)
from assessment.domain.assessment import AssessmentKey
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.routing import build_survey_pages, is_asked
from assessment.storage import tables
from assessment.storage.answer_groups import (
    SENT,
    STARTED,
    UNKNOWN_SECONDS,
    UNLINKED,
    PackedGroup,
    ResponseGroups,
    load_groups,
)
from assessment.storage.columns import match_assessment, match_in_workspace
from assessment.storage.people import counting_people

response = tables.response
invitation = tables.invitation


class RouteGroup(Struct, frozen=True):
    """Respondents with the same role and functions, who are asked the same items."""

    role: str
    functions: tuple[str, ...]
    rows: NDArray[np.int64]


class LoadedAnswers(Struct, frozen=True):
    """Answers of all respondents; `sent`, `unlinked` and `ids` (response ids) are in the order of the rows.

    `unlinked` are anonymous drafts: a person may have several, so they count only once sent. `same_person_rows` are
    the rows of each person who has several, in order of preference after the sent one.
    """

    answers: Answers
    sent: BoolArray
    unlinked: BoolArray
    ids: tuple[str, ...]
    same_person_rows: tuple[tuple[int, ...], ...] = ()

    def select_counted(self, submitted_share: float) -> Answers:
        """Select responses that count at the close: sent, or with `submitted_share` of the asked items answered.

        Each person counts once: with the sent response, otherwise with the first draft that has enough answers
        (method 3).
        """
        asked = self.answers.values != NOT_ASKED
        answered = (self.answers.values != BLANK) & asked
        enough = answered.sum(axis=1) >= submitted_share * asked.sum(axis=1)
        counts = self.sent | (enough & answered.any(axis=1) & ~self.unlinked)
        for rows in self.same_person_rows:
            able = [row for row in rows if counts[row]]
            chosen = next((row for row in able if self.sent[row]), able[0] if able else None)
            counts[[row for row in rows if row != chosen]] = False
        return self.answers.select_rows(counts)

    def label_by_response_id(self) -> "LoadedAnswers":
        """Label the rows by response id, which stays the same from one release to the next."""
        return replace(self, answers=replace(self.answers, respondents=self.ids))


def load_answers(
    session: Session, key: AssessmentKey, questionnaire: Questionnaire, *, named: bool = False
) -> LoadedAnswers:
    """Load all responses of an assessment, ordered by their random ids.

    `named`: respondents are labelled by name or address, as an attributable assessment may. These are the current
    answers; for those behind a release see `release_snapshots`.
    """
    groups = load_groups(session, key)
    ids, routes = groups.ids, _group_by_route(groups.respondents)
    values, evidence = _fill_values(questionnaire, routes, groups.answers, len(ids))
    roles = np.full(len(ids), "", dtype=object)
    functions = np.zeros((len(ids), len(questionnaire.functions)), dtype=np.bool_)
    for route in routes:
        roles[route.rows] = route.role
        functions[route.rows] = [function.id in route.functions for function in questionnaire.functions]
    answers = Answers(
        respondents=_load_names(session, ids, key) if named else _make_numbers(len(ids)),
        roles=tuple(roles.tolist()),
        functions=functions,
        seconds=_sum_seconds(questionnaire, routes, groups, len(ids)),
        values=values,
        evidence=evidence,
        counts=counting_people.load_count_flags(session, key, ids),
    )
    sent, unlinked = (_flag_rows_in_state(groups.respondents, wanted, len(ids)) for wanted in (SENT, UNLINKED))
    return LoadedAnswers(answers, sent, unlinked, tuple(ids), _find_rows_of_same_person(session, ids, key))


def _group_by_route(people: Sequence[PackedGroup]) -> list[RouteGroup]:
    rows: dict[tuple[str, str], list[NDArray[np.int64]]] = {}
    for group in people:
        rows.setdefault((group.keys[0], group.keys[1]), []).append(group.rows)
    return [
        RouteGroup(role, tuple(within.split(";")), np.concatenate(row_arrays))
        for (role, within), row_arrays in rows.items()
    ]


def _flag_rows_in_state(people: Sequence[PackedGroup], wanted: str, count: int) -> BoolArray:
    flags = np.zeros(count, dtype=np.bool_)
    for group in people:
        flags[group.rows] = group.keys[2] == wanted
    return flags


def _fill_values(
    questionnaire: Questionnaire, routes: Sequence[RouteGroup], groups: Sequence[PackedGroup], count: int
) -> tuple[AnswerValues, AnswerValues | None]:
    """Fill values and evidence; unknown items and items not asked of the respondent are dropped.

    Evidence is None where nobody gave any: a file that was imported may not have asked for it.
    """
    place = {
        (item.id, text): (column, code)
        for column, item in enumerate(questionnaire.items)
        for text, code in list_answer_codes(item.options).items()
    }
    kinds = {text: code for code, text in enumerate(EVIDENCE_KINDS)}
    # Items first: reads and writes go item by item, so each is contiguous in memory.
    values = np.full((len(questionnaire.items), count), BLANK, dtype=np.int8)
    evidence = np.full_like(values, BLANK)
    for group in groups:
        item_id, value, kind = group.keys
        if (item_id, value) in place:
            column, code = place[item_id, value]
            values[column, group.rows] = code
            if kind in kinds:
                evidence[column, group.rows] = kinds[kind]
    for route in routes:
        for column, item in enumerate(questionnaire.items):
            if not is_asked(item, route.role, route.functions):
                values[column, route.rows], evidence[column, route.rows] = NOT_ASKED, BLANK
    return values.T, evidence.T if (evidence != BLANK).any() else None


def _sum_seconds(
    questionnaire: Questionnaire, routes: Sequence[RouteGroup], groups: ResponseGroups, count: int
) -> NDArray[np.float64]:
    """Return the response's own seconds, otherwise the sum over its pages; NaN if a page has none (method 3)."""
    pages = {group.keys[0]: np.full(count, np.nan) for group in groups.times}
    for group in groups.times:
        pages[group.keys[0]][group.rows] = group.figures
    nowhere = np.full(count, np.nan)
    totals = np.full(count, np.nan)
    for route in routes:
        page_seconds = [
            pages.get(page[0].id, nowhere) for page in build_survey_pages(questionnaire, route.role, route.functions)
        ]
        if page_seconds:
            totals[route.rows] = sum(page[route.rows] for page in page_seconds)
    for group in groups.respondents:
        is_reported = group.figures != UNKNOWN_SECONDS
        totals[group.rows[is_reported]] = group.figures[is_reported]
    return totals


def _find_rows_of_same_person(session: Session, ids: Sequence[str], key: AssessmentKey) -> tuple[tuple[int, ...], ...]:
    """Return the rows of each person who has several: by position in the replacement chain, then by draft number."""
    here = match_assessment(response, key)
    replacements = session.execute(
        select(invitation.c.id, invitation.c.replaces).where(
            *match_assessment(invitation, key),
            invitation.c.replaces.is_not(None),
        )
    ).all()
    has_several = session.scalar(select(exists().where(*here, response.c.draft_number > 1)))
    if not replacements and not has_several:
        return ()
    before = {row.id: row.replaces for row in replacements}
    several = select(response.c.invitation_id).where(*here, response.c.draft_number > 1)
    is_replacing = (invitation.c.workspace_id == key.workspace_id, invitation.c.replaces.is_not(None))
    rows = session.execute(
        select(response.c.id, response.c.invitation_id, response.c.draft_number).where(
            *here,
            response.c.state.in_((SENT, STARTED)),
            response.c.invitation_id.in_(several)
            | response.c.invitation_id.in_(select(invitation.c.id).where(*is_replacing))
            | response.c.invitation_id.in_(select(invitation.c.replaces).where(*is_replacing)),
        )
    ).all()
    place = {id_: row for row, id_ in enumerate(ids)}
    people: dict[str, list[tuple[int, int, int]]] = {}
    for row in rows:
        first, depth = row.invitation_id, 0
        while first in before:
            first, depth = before[first], depth + 1
        if row.id in place:
            people.setdefault(first, []).append((depth, row.draft_number, place[row.id]))
    return tuple(tuple(row for _, _, row in sorted(drafts)) for drafts in people.values() if len(drafts) > 1)


def _make_numbers(count: int) -> tuple[str, ...]:
    return tuple(f"r{number}" for number in range(1, count + 1))


def _load_names(session: Session, ids: Sequence[str], key: AssessmentKey) -> tuple[str, ...]:
    """Return label, address or name, made unique by the response id."""
    query = (
        select(response.c.id, func.coalesce(response.c.label, invitation.c.email, invitation.c.name, response.c.id))
        .join(invitation, match_in_workspace(invitation.c.id, response.c.invitation_id), isouter=True)
        .where(*match_assessment(response, key))
    )
    goes_by: dict[str, str] = dict(session.execute(query).all())
    names: dict[str, None] = {}
    for id_ in ids:
        name = goes_by.get(id_, id_)
        names[f"{name} ({id_})" if name in names else name] = None
    return tuple(names)
