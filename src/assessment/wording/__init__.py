"""Words, numbers and dates in the reader's language: the only place that makes text of messages.

English stands in the source. A translation is `locale/<language>/LC_MESSAGES/assessment.po`, read
as it is: there is no compiled copy that could grow stale.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent, get_decimal_symbol

from assessment.domain.display import without_zeros
from assessment.domain.report.figures import Figure, Span
from assessment.domain.report.message import Message, Share
from assessment.errors import Filled
from assessment.wording.sentences import SENTENCES

DOMAIN = "assessment"
SOURCE_LANGUAGE = "en"
LOCALES = Path(__file__).parent.parent / "locale"
I_SOUND = re.compile("h?[ií](?![aeou])", re.IGNORECASE)  # before it, Spanish says "e" for "y"
WRITTEN_AS = {"en": "en_GB"}  # the texts are spelt the British way; dates and lists go with them
GROUPED_FROM = {"es": 10_000}  # Babel leaves this rule of Unicode's out
PLUS, MINUS, DASH, TO = "+", "\N{MINUS SIGN}", "–", "–"
PREDICATES = ("risk",)  # names of classes that end a sentence: "the risk is critical", not "Critical"


class Wording:
    """One language. `gettext` and `ngettext` serve templates and whatever else is visible."""

    def __init__(self, language: str = SOURCE_LANGUAGE, folder: Path = LOCALES) -> None:
        self.locale = _locale(language)
        self._habits = _locale(WRITTEN_AS.get(str(self.locale), str(self.locale)))
        self.language = str(self.locale).replace("_", "-")
        self._catalogue = _catalogue(folder, self.locale)
        self._writers: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
            (Message, self.text),
            (Share, lambda share: self.percent(share.percent)),
            ((int, Decimal), self.number),
            (date, self.date),
            (tuple, lambda entries: self.listed([self.value(one) for one in entries])),
        )

    @property
    def right_to_left(self) -> bool:
        """Tell whether the language runs from right to left."""
        return bool(self.locale.text_direction == "rtl")

    def gettext(self, text: str) -> str:
        """Translate a text of the interface."""
        return self._catalogue.gettext(text)

    def told(self, text: str) -> str:
        """Translate what a service or an error says, with the values in it; nothing stays nothing."""
        if isinstance(text, Filled):
            values = {name: self.value(value) for name, value in text.values.items()}
            return self.gettext(text.template).format_map(values)
        return self.gettext(text) if text else ""

    def pgettext(self, context: str, text: str) -> str:
        """Translate a text that means something else elsewhere."""
        return self._catalogue.pgettext(context, text)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Translate a text in singular or plural."""
        return self._catalogue.ngettext(singular, plural, count)

    def text(self, message: Message) -> str:
        """Make text of a message; ids unknown here are a programmer's mistake and raise KeyError."""
        template = SENTENCES[message.id]
        values = {name: self.value(value) for name, value in message.values.items()}
        values |= {name: _in_lower_case(values[name]) for name in PREDICATES if name in values}
        if isinstance(template, tuple):
            return self.ngettext(*template, int(message.values["count"])).format_map(values)
        return self.gettext(template).format_map(values)

    def text_of(self, kind: str, name: str) -> str:
        """Make text of a short message without values, by its kind and name."""
        return self.text(Message(f"{kind}.{name.replace(' ', '-')}"))

    def texts(self, messages: Sequence[Message]) -> list[str]:
        """Make text of several messages."""
        return [self.text(message) for message in messages]

    def value(self, value: Any) -> str:  # noqa: ANN401 - a message's values are of several kinds
        """Write one value of a message."""
        for kind, write in self._writers:
            if isinstance(value, kind):
                return write(value)
        return str(value)

    def number(self, number: Decimal | int) -> str:
        """Write a number with the decimals that it has; a minus is one, as wide as a plus, not a hyphen."""
        is_grouped = abs(Decimal(number)) >= GROUPED_FROM.get(self.locale.language, 0)
        return _decimal(number, _pattern(number), self.language, is_grouped=is_grouped)

    def typed(self, number: float) -> str:
        """Write a number as one types it into a field: the language's decimal mark, no thousands apart."""
        return format(Decimal(repr(number)).normalize(), "f").replace(".", get_decimal_symbol(self.locale))

    def signed(self, number: Decimal) -> str:
        """Write a number with its sign."""
        return f"{PLUS if number > 0 else ''}{self.number(number)}"

    def percent(self, percent: Decimal | int) -> str:
        """Write a percentage: 60 becomes "60%"."""
        share = Decimal(percent).scaleb(-2)
        places = max(0, -int(Decimal(percent).as_tuple().exponent))
        pattern = self.locale.percent_formats[None].pattern
        return _percentage(share, _with_places(pattern, places), self.language)

    def span(self, span: Span, *, signed: bool = False) -> str:
        """Write an interval; with signs and a semicolon where it has a minus, since "−4–1" is hard to read."""
        if signed or min(span) < 0:
            return self.separated([self.signed(end) for end in span])
        return f"{self.number(span[0])}{TO}{self.number(span[1])}"

    def separated(self, entries: Sequence[str]) -> str:
        """Join entries that may hold commas: "a; b, c"."""
        return self.gettext("; ").join(entries)

    def figure(self, figure: Figure, *, signed: bool = False, percent: bool = False) -> str:
        """Write a figure: its number, "10 or less", or a dash where there is none."""
        if figure.word is not None:
            return self.text(figure.word)
        if figure.shown is None:
            return DASH
        write = self.signed if signed else self.percent if percent else self.number
        if figure.bound is None:
            return write(figure.shown)
        number = write(without_zeros(figure.shown))
        return self.text(Message("bound.at-most" if figure.bound == "at most" else "bound.at-least", {"value": number}))

    def why(self, figure: Figure) -> str:
        """Say why a figure is missing; nothing where it is there."""
        return self.text(figure.missing) if figure.missing else ""

    def briefly(self, figure: Figure) -> str:
        """Say in a word or two why a figure is missing, for a chart without room for more."""
        if figure.missing is None:
            return ""
        hidden = figure.missing.id in ("missing.hidden", "missing.one-side")
        return self.text(Message("missing.brief")) if hidden else self.text(figure.missing)

    def date(self, day: date | str, style: str = "long") -> str:
        """Write a date; ISO text is read first, what is none is left as it is."""
        if isinstance(day, str):
            try:
                day = datetime.fromisoformat(day).date()
            except ValueError:
                return str(day)
        return format_date(day, format=style, locale=self._habits)

    def listed(self, entries: Sequence[str]) -> str:
        """Join entries as a sentence does: "a, b and c"."""
        joined = str(format_list(list(entries), locale=self._habits)) if entries else ""
        if self.locale.language == "es" and len(entries) > 1 and I_SOUND.match(entries[-1]):
            return f"{joined.removesuffix(entries[-1]).removesuffix('y ')}e {entries[-1]}"
        return joined


@lru_cache(maxsize=16)
def wording(language: str = SOURCE_LANGUAGE) -> Wording:
    """Words in a language, English where it is unknown."""
    return Wording(language)


def languages(folder: Path = LOCALES) -> tuple[str, ...]:
    """Languages that the program can speak."""
    found = sorted(path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return tuple(dict.fromkeys([SOURCE_LANGUAGE, *found]))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE_LANGUAGE)


def _catalogue(folder: Path, locale: Locale) -> NullTranslations:
    for name in (str(locale), locale.language):
        source = folder / name / "LC_MESSAGES" / f"{DOMAIN}.po"
        if source.is_file():
            return _compiled(source)
    return NullTranslations()


def _compiled(source: Path) -> GNUTranslations:
    with source.open("rb") as lines:
        catalogue = read_po(lines)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=4096)
def _decimal(number: Decimal | int, pattern: str, language: str, *, is_grouped: bool) -> str:
    written = str(format_decimal(number, format=pattern, locale=language, group_separator=is_grouped))
    return written.replace("-", MINUS)


@lru_cache(maxsize=4096)
def _percentage(share: Decimal, pattern: str, language: str) -> str:
    return str(format_percent(share, format=pattern, locale=language)).replace("-", MINUS)


def _pattern(number: Decimal | int) -> str:
    places = max(0, -int(number.as_tuple().exponent)) if isinstance(number, Decimal) else 0
    return _with_places("#,##0", places)


def _with_places(pattern: str, places: int) -> str:
    return pattern.replace("0", "0." + "0" * places, 1) if places else pattern


def _in_lower_case(name: str) -> str:
    return name[:1].lower() + name[1:]
