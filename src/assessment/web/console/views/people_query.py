"""Search, filters, order and page of the list of people, as they are in its URL."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct, structs

from assessment.i18n.collation import collation_key
from assessment.storage.people.people_table import DELIVERY_STATES, MAX_PAGE, PAGE_SIZE, SORT_COLUMNS, PeopleQuery
from assessment.web.console.labels import QuestionnaireLabels

MAX_SEARCH_LENGTH = 100
MAX_DIGITS = 4
DESCENDING_MARK = "-"
CHANGED_FIELDS = {"search": "q", "state": "state", "role": "role", "function": "function", "page": "page"}


class PeopleView(Struct, frozen=True):
    """Query of the list of people; templates ask it for the links that change one part of it."""

    query: PeopleQuery
    path: str

    @property
    def query_string(self) -> str:
        """Return the part of the URL after the question mark; empty for the first page of all people."""
        return _format_query(self.query)

    @property
    def first_number(self) -> int:
        """Number of the first person on this page."""
        return (self.query.page - 1) * PAGE_SIZE + 1

    def link_to_page(self, page: int) -> str:
        return self._link(page=page)

    def link_to_state(self, state: str) -> str:
        return self._link(state=state, page=1)

    def link_to_sort(self, column: str) -> str:
        """Return the link that sorts by a column, or by the same one the other way round."""
        is_same = self.query.sort == column
        return self._link(sort=column, is_descending=is_same and not self.query.is_descending, page=1)

    def get_order(self, column: str) -> str:
        """Return the value of `aria-sort`."""
        if self.query.sort != column:
            return "none"
        return "descending" if self.query.is_descending else "ascending"

    def _link(self, **changes: object) -> str:
        text = _format_query(structs.replace(self.query, **changes))
        return f"{self.path}?{text}" if text else self.path


def parse_people_query(text: str, language: str, labels: QuestionnaireLabels) -> PeopleQuery:
    """Parse the query of a URL; unknown values filter nothing."""
    fields = dict(parse_qsl(text))
    sort = fields.get("sort", "").removeprefix(DESCENDING_MARK)
    page = fields.get("page", "")
    return PeopleQuery(
        search=" ".join(fields.get("q", "").replace("\0", "").split())[:MAX_SEARCH_LENGTH],
        state=_take_known(fields.get("state", ""), DELIVERY_STATES),
        role=_take_known(fields.get("role", ""), labels.roles),
        function=_take_known(fields.get("function", ""), labels.functions),
        sort=sort if sort in SORT_COLUMNS else SORT_COLUMNS[0],
        is_descending=sort in SORT_COLUMNS and fields.get("sort", "").startswith(DESCENDING_MARK),
        page=min(max(1, int(page)), MAX_PAGE)
        if page.isascii() and page.isdecimal() and len(page) < len("10000")
        else 1,
        language=language,
        roles=_sort_by_label(labels.roles, language),
        functions=_sort_by_label(labels.functions, language),
    )


def _take_known(value: str, known: Sequence[str] | Mapping[str, str]) -> str:
    return value if value in known else ""


def _sort_by_label(labels: Mapping[str, str], language: str) -> tuple[str, ...]:
    return tuple(sorted(labels, key=lambda id_: collation_key(labels[id_], language)))


def _format_query(query: PeopleQuery) -> str:
    values = {name: str(getattr(query, field)) for field, name in CHANGED_FIELDS.items()}
    if query.sort != SORT_COLUMNS[0] or query.is_descending:
        values["sort"] = (DESCENDING_MARK if query.is_descending else "") + query.sort
    return urlencode({name: value for name, value in values.items() if value and (name, value) != ("page", "1")})
