"""The list of clients: search, filter and order, all of them in the address."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from assessment.domain.closed_sets import AssessmentState
from assessment.domain.text_normalisation import fold_name
from assessment.i18n.collation import collation_key
from assessment.i18n.messages import N_
from assessment.services.results.client_portfolio import ClientWaves

PATH = "/console/clients"
PAGE_SIZE = 50
MAX_SEARCH_LENGTH = 100
ARCHIVED = "archived"
FILTER_LABELS = {
    "": N_("All"),
    "open": N_("Survey open"),
    "results": N_("With results"),
    "waiting": N_("No results yet"),
    ARCHIVED: N_("Archived"),
}
FILTERS: Mapping[str, Callable[[ClientWaves], bool]] = {
    "": lambda client: client.organisation.archived_on is None,
    "open": lambda client: _is_active(client) and any(wave.state == AssessmentState.OPEN for wave in client.waves),
    "results": lambda client: _is_active(client) and client.newest_result is not None,
    "waiting": lambda client: _is_active(client) and client.newest_result is None,
    ARCHIVED: lambda client: client.organisation.archived_on is not None,
}
SORT_ORDERS = ("name", "level", "closed")
DEFAULT_ORDER = ("sort", SORT_ORDERS[0])


class ClientQuery(Struct, frozen=True):
    """Search, filter and order; `page` counts from 1."""

    search: str = ""
    status: str = ""
    sort: str = SORT_ORDERS[0]
    page: int = 1

    def build_path(self, **changes: str) -> str:
        """Return the path of the list with other parameters, on its first page unless one is named."""
        fields = {"q": self.search, "status": self.status, "sort": self.sort} | changes
        different = {name: value for name, value in fields.items() if value and (name, value) != DEFAULT_ORDER}
        return f"{PATH}?{urlencode(different)}" if different else PATH


class ClientPage(Struct, frozen=True):
    """One page of the list, and its number; `counts` are of all filters, under the same search."""

    clients: tuple[ClientWaves, ...]
    counts: dict[str, int]
    page: int
    pages: int


def parse_query(search: str, status: str, sort: str, page: str) -> ClientQuery:
    """Parse the parameters of the address; unknown ones are ignored."""
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < len(str(10**6)) else 1
    return ClientQuery(
        search.strip()[:MAX_SEARCH_LENGTH].replace("\0", ""),
        status if status in FILTERS else "",
        sort if sort in SORT_ORDERS else SORT_ORDERS[0],
        max(1, number),
    )


def select_page(clients: Iterable[ClientWaves], query: ClientQuery, language: str) -> ClientPage:
    """Select, sort and cut the clients of a page; equal ones are sorted by name as the language sorts.

    A number past the end is that of the last page: its only client may have been archived.
    """
    matching = [client for client in clients if _matches_search(client, query.search)]
    counts = {name: sum(map(accept, matching)) for name, accept in FILTERS.items()}
    chosen = sorted(filter(FILTERS[query.status], matching), key=lambda client: _make_key(client, query.sort, language))
    pages = -(-len(chosen) // PAGE_SIZE)
    page = min(query.page, max(1, pages))
    first = (page - 1) * PAGE_SIZE
    return ClientPage(tuple(chosen[first : first + PAGE_SIZE]), counts, page, pages)


def _is_active(client: ClientWaves) -> bool:
    return client.organisation.archived_on is None


def _matches_search(client: ClientWaves, search: str) -> bool:
    texts: Sequence[str] = (client.organisation.name, *(wave.title for wave in client.waves))
    return any(fold_name(search) in fold_name(text) for text in texts)


def _make_key(client: ClientWaves, sort: str, language: str) -> tuple[Any, ...]:
    by_name = collation_key(client.organisation.name, language)
    result = client.newest_result
    match sort:
        case "level":  # the lowest first: they need the consultant most; those without a level come last
            level = result.level if result else None
            return level is None, result is None, level or 0, by_name
        case "closed":
            closed_on = result.closed_on if result else None
            return closed_on is None, -closed_on.toordinal() if closed_on else 0, by_name
        case _:
            return (by_name,)
