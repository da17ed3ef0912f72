"""Language negotiation: the reader's choice, otherwise Accept-Language, otherwise the language of the survey.

A choice is made by the query parameter `lang` and kept in a cookie. It is never stored with answers: together with
a role and a function, the language could identify a person.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from urllib.parse import urlencode

from babel import Locale, negotiate_locale
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope
from msgspec import Struct

from assessment.i18n import SOURCE_LANGUAGE, list_languages
from assessment.web.http import cookies
from assessment.web.http.csrf import SAFE_METHODS

LANGUAGE_PARAMETER = "lang"
INTERFACE_LANGUAGES = list_languages()
STATE_KEY = "speech"
MIN_OPTIONS = 2  # languages to choose from
MAX_CACHED_NAMES = 256
MAX_CACHED_HEADERS = 256
MAX_ACCEPTED_LENGTH = 1000  # browsers send at most a few hundred letters


class PageLanguage(Struct, frozen=True):
    """Negotiated language of a request; `default_language` is also the language of titles."""

    language: str
    available_languages: tuple[str, ...]
    default_language: str

    @property
    def language_pair(self) -> tuple[str, str]:
        return self.language, self.default_language


class LanguageOption(Struct, frozen=True):
    """Entry of the language switch: a language by its own name, and the URL of this page in it."""

    language: str
    name: str
    address: str
    is_current_language: bool


def negotiate_language(
    connection: ASGIConnection,  # type: ignore[type-arg]
    available_languages: Collection[str] = INTERFACE_LANGUAGES,
    default_language: str = SOURCE_LANGUAGE,
) -> str:
    """Choose one of `available_languages`, and store the choice in the request's state."""
    choices = tuple(language for language in INTERFACE_LANGUAGES if language in available_languages)
    requested = connection.query_params.get(LANGUAGE_PARAMETER) or cookies.read_cookie(connection, "language")
    language = (
        requested
        if requested in choices
        else _match_accepted(connection.headers.get("accept-language", "")[:MAX_ACCEPTED_LENGTH], choices)
    )
    connection.scope.setdefault("state", {})[STATE_KEY] = PageLanguage(
        language or default_language, choices, default_language
    )
    return language or default_language


def get_page_language(connection: ASGIConnection) -> PageLanguage:  # type: ignore[type-arg]
    """Return the negotiated language; if a handler has not restricted it, out of all that have a catalogue."""
    if STATE_KEY not in connection.scope.get("state", {}):
        negotiate_language(connection)
    page_language: PageLanguage = connection.scope["state"][STATE_KEY]
    return page_language


def list_language_names(tags: Collection[str]) -> dict[str, str]:
    """Map language tags to the languages' own names, sorted by name."""
    return dict(sorted(((tag, _get_native_name(tag)) for tag in tags), key=lambda entry: entry[1].casefold()))


def list_language_options(connection: ASGIConnection) -> tuple[LanguageOption, ...]:  # type: ignore[type-arg]
    """Return the entries of the language switch; none if there is only one language.

    None either on the page that answers a form: a link would load another page, without what was typed or is shown
    only once.
    """
    page_language = get_page_language(connection)
    if len(page_language.available_languages) < MIN_OPTIONS or connection.scope.get("method") not in SAFE_METHODS:
        return ()
    return tuple(
        LanguageOption(language, name, _build_language_url(connection, language), language == page_language.language)
        for language, name in list_language_names(page_language.available_languages).items()
    )


async def set_language_cookie(message: Message, scope: Scope) -> None:
    """Store the choice of the query parameter in a cookie; only on HTML responses."""
    if message["type"] != "http.response.start" or LANGUAGE_PARAMETER.encode() not in scope.get("query_string", b""):
        return
    connection: ASGIConnection = ASGIConnection(scope)  # type: ignore[type-arg]
    requested = connection.query_params.get(LANGUAGE_PARAMETER)
    headers = MutableScopeHeaders.from_message(message)
    if requested in INTERFACE_LANGUAGES and headers.get("content-type", "").startswith("text/html"):
        cookie = cookies.make_cookie("language", requested, connection.app.state.settings)
        headers.add("set-cookie", cookie.to_header(header=""))


@lru_cache(MAX_CACHED_HEADERS)
def _match_accepted(header: str, choices: tuple[str, ...]) -> str | None:
    return negotiate_locale(list(_parse_accept_language(header)), choices, sep="-")


def _parse_accept_language(header: str) -> Iterator[str]:
    """Yield the tags of Accept-Language by descending weight, without `*` and tags with a malformed weight."""
    weighted_tags = []
    for part in header.split(","):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        weight_value = float(weight) if weight.replace(".", "", 1).isdecimal() else 0.0 if weight else 1.0
        weighted_tags.append((tag, weight_value))
    yield from (
        tag
        for tag, weight_value in sorted(weighted_tags, key=lambda weighted_tag: -weighted_tag[1])
        if weight_value and tag.strip("*")
    )


def _build_language_url(connection: ASGIConnection, language: str) -> str:  # type: ignore[type-arg]
    parameters = [(name, value) for name, value in connection.query_params.multi_items() if name != LANGUAGE_PARAMETER]
    return f"?{urlencode([*parameters, (LANGUAGE_PARAMETER, language)])}"


@lru_cache(MAX_CACHED_NAMES)
def _get_native_name(language: str) -> str:
    name = Locale.parse(language, sep="-").get_language_name() or language
    return name[:1].upper() + name[1:]
