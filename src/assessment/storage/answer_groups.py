"""Read the responses of an assessment as groups of equal rows, from one statement.

PostgreSQL groups the rows itself and returns each group packed (`row_packing`), a few hundred rows for any number of
respondents: several of its processes can work on that. SQLite would have to sort all answers first, which costs more
than to read them in the order of its key, as one text per response; numpy then groups them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Float,
    Select,
    String,
    Subquery,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ResponseState
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.database import is_sqlite
from assessment.storage.row_packing import (
    KEY_SEPARATOR,
    ROW_SEPARATOR,
    SEPARATOR,
    BinaryPacking,
    RowIndex,
    join_keys,
    join_texts,
)
from assessment.storage.survey.packed_answers import PACKED_COLUMNS

RESPONDENTS, ANSWERS, TIMES = "respondents", "answers", "times"
SENT, STARTED, UNLINKED = ResponseState.SENT.value, ResponseState.STARTED.value, "untied"
UNKNOWN_SECONDS = -1.0  # response without a total time of its own
NEXT_RESPONSE = "\x1d"  # group separator: never occurs in an id or an answer

response = tables.response
answer = tables.answer
section_time = tables.section_time

Column: TypeAlias = ColumnElement[Any]


class PackedGroup(Struct, frozen=True):
    """Rows with the same keys: their row numbers in the arrays, and one figure each in the same order."""

    keys: Sequence[str]
    rows: NDArray[np.int64]
    figures: NDArray[np.float64]


class ResponseGroups(Struct, frozen=True):
    """Response ids in order, and the groups of each kind: by role, functions and state; by answer; by section."""

    ids: list[str]
    respondents: Sequence[PackedGroup]
    answers: Sequence[PackedGroup]
    times: Sequence[PackedGroup]


def load_groups(session: Session, key: AssessmentKey) -> ResponseGroups:
    """Load all sent and unsent responses of an assessment, with their answers and the seconds of their sections."""
    return _read_texts(session, key) if is_sqlite(session.connection()) else _read_packed(session, key)


def _select_responses(key: AssessmentKey, *columns: Column) -> Subquery:
    names = ("id", "role", "functions", "state", "seconds", "invitation_id", "label", *PACKED_COLUMNS)
    named = (response.c[name] for name in names)
    condition = (*match_assessment(response, key), response.c.state.in_((SENT, STARTED)))
    return select(*named, *columns).where(*condition).subquery()


def _match_responses(table: Table, key: AssessmentKey, them: Subquery) -> tuple[Column, Column]:
    return table.c.workspace_id == key.workspace_id, table.c.response_id == them.c.id


def _name_state(them: Subquery) -> Column:
    is_unlinked = them.c.invitation_id.is_(None) & them.c.label.is_(None)
    return case((them.c.state == SENT, SENT), (is_unlinked, UNLINKED), else_=STARTED)


def _get_seconds(them: Subquery) -> Column:
    return func.coalesce(them.c.seconds, UNKNOWN_SECONDS)


def _read_texts(session: Session, assessment_key: AssessmentKey) -> ResponseGroups:
    them = _select_responses(assessment_key)
    between = literal_column(f"'{ROW_SEPARATOR}'", String)
    own_answers = (
        select(func.group_concat(join_keys((answer.c.item_id, answer.c.value, answer.c.evidence)), between))
        .where(*_match_responses(answer, assessment_key, them))
        .scalar_subquery()
    )
    timed = *_match_responses(section_time, assessment_key, them), section_time.c.seconds.is_not(None)
    sections = select(func.group_concat(section_time.c.section, between)).where(*timed).scalar_subquery()
    figures = (
        select(func.group_concat(section_time.c.seconds, literal_column(f"'{SEPARATOR}'")))
        .where(*timed)
        .scalar_subquery()
    )
    state, seconds = _name_state(them), _get_seconds(them)
    texts = zip(PACKED_COLUMNS, (own_answers, sections, figures), strict=True)
    own_texts = (func.coalesce(them.c[packed], text) for packed, text in texts)
    statement = select(them.c.id, them.c.role, them.c.functions, state, seconds, *own_texts)
    rows = session.execute(statement.order_by(them.c.id)).all()
    if not rows:
        return ResponseGroups([], (), (), ())
    ids, roles, functions, states, own_seconds, answer_texts, section_texts, figure_texts = zip(*rows, strict=True)
    names, codes = _number_keys(list(zip(roles, functions, states, strict=True)))
    by_route = _split_groups(names, codes, np.arange(len(ids)), np.asarray(own_seconds, dtype=np.float64))
    return ResponseGroups(
        list(ids),
        [PackedGroup(name, *group) for name, group in by_route],
        _group_tokens(answer_texts),
        _group_tokens(section_texts, np.fromstring(SEPARATOR.join(filter(None, figure_texts)), sep=SEPARATOR)),
    )


def _group_tokens(texts: Sequence[str | None], figures: NDArray[np.float64] | None = None) -> list[PackedGroup]:
    """Group the responses, by row, by the keys in their texts; `figures` has one for each key of each text."""
    tokens = f"{ROW_SEPARATOR}{NEXT_RESPONSE}{ROW_SEPARATOR}".join([text or "" for text in texts]).split(ROW_SEPARATOR)
    names, codes = _number_keys(tokens)
    is_key = np.isin(codes, [number for number, name in enumerate(names) if name not in ("", NEXT_RESPONSE)])
    next_response = names.index(NEXT_RESPONSE) if len(texts) > 1 else -1
    rows = np.cumsum(codes == next_response)[is_key]
    groups = _split_groups(names, codes[is_key], rows, np.zeros(len(rows)) if figures is None else figures)
    return [PackedGroup(name.split(KEY_SEPARATOR), *group) for name, group in groups]


def _number_keys(keys: Sequence[Any]) -> tuple[list[Any], NDArray[Any]]:
    """Return the distinct keys, and the number of each key among them."""
    number = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    # A stable sort of 16-bit integers is a radix sort, in linear time.
    kind = np.uint16 if len(number) <= np.iinfo(np.uint16).max else np.int64
    return list(number), np.fromiter(map(number.__getitem__, keys), dtype=kind, count=len(keys))


def _split_groups(
    names: Sequence[Any], codes: NDArray[Any], rows: NDArray[np.int64], figures: NDArray[np.float64]
) -> Iterator[tuple[Any, tuple[NDArray[np.int64], NDArray[np.float64]]]]:
    """Yield each key with its rows and figures; none without rows."""
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))[:-1]
    parts = zip(names, np.split(rows[order], ends), np.split(figures[order], ends), strict=True)
    return ((name, (group_rows, group_figures)) for name, group_rows, group_figures in parts if len(group_rows))


def _read_packed(session: Session, assessment_key: AssessmentKey) -> ResponseGroups:
    packing = BinaryPacking()
    read = session.execute(_select_packed_rows(packing, assessment_key)).all()
    ids = np.array(
        [response_id for row in read if row.kind == RESPONDENTS for response_id in row.ids.split(SEPARATOR)],
        dtype=np.bytes_,
    )
    order = np.argsort(ids)
    places = [packing.read_places(row.places) for row in read if row.kind == RESPONDENTS]
    rows = RowIndex(np.concatenate([np.zeros(0, dtype=np.int64), *places])[order])
    groups: dict[str, list[PackedGroup]] = {RESPONDENTS: [], ANSWERS: [], TIMES: []}
    for kind, _, packed, figures, key in read:
        groups[kind].append(
            PackedGroup(key.split(KEY_SEPARATOR), rows[packing.read_places(packed)], packing.read_figures(figures))
        )
    return ResponseGroups(ids[order].astype(np.str_).tolist(), groups[RESPONDENTS], groups[ANSWERS], groups[TIMES])


def _select_packed_rows(packing: BinaryPacking, assessment_key: AssessmentKey) -> CompoundSelect[Any]:
    them = _select_responses(assessment_key, packing.place.label("place"))

    def select_packed(
        kind: str, keys: Sequence[Column], figure: Column | None = None, ids: Column | None = None
    ) -> Select[Any]:
        parts: tuple[Column, ...] = (
            literal(kind).label("kind"),
            (literal("") if ids is None else join_texts(ids)).label("ids"),
            packing.places(them.c.place).label("places"),
            packing.empty if figure is None else packing.figures(figure),
        )
        key = join_keys(keys)
        return select(*parts, key).group_by(key)

    state, seconds = _name_state(them), _get_seconds(them)
    people = select_packed(RESPONDENTS, (them.c.role, them.c.functions, state), seconds, them.c.id)
    answers = select_packed(ANSWERS, (answer.c.item_id, answer.c.value, answer.c.evidence))
    times = select_packed(TIMES, (section_time.c.section,), section_time.c.seconds).where(
        section_time.c.seconds.is_not(None)
    )
    answer_texts = func.string_to_array(them.c.packed_answers, ROW_SEPARATOR)
    one_answer = func.unnest(answer_texts).table_valued("key").render_derived()
    sections = func.string_to_array(them.c.packed_sections, ROW_SEPARATOR)
    figures = cast(func.string_to_array(them.c.packed_seconds, SEPARATOR), ARRAY(Float))
    one_time = func.unnest(sections, figures).table_valued("section", "seconds").render_derived()
    is_packed = them.c.packed_answers.is_not(None)
    return union_all(
        people.select_from(them),
        answers.join_from(answer, them, and_(*_match_responses(answer, assessment_key, them))),
        times.join_from(section_time, them, and_(*_match_responses(section_time, assessment_key, them))),
        select_packed(ANSWERS, (one_answer.c.key,)).select_from(them.join(one_answer, true())).where(is_packed),
        select_packed(TIMES, (one_time.c.section,), one_time.c.seconds)
        .select_from(them.join(one_time, true()))
        .where(is_packed),
    )
