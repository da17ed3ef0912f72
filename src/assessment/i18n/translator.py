"""Translate messages and format numbers, dates and lists in the reader's language.

The source text is English. Translations are read from `locale/<language>/LC_MESSAGES/assessment.po` and compiled in
memory: a compiled copy on disk could be outdated.
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

from babel import Locale, UnknownLocaleError, dates, lists, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from assessment.domain.display import drop_zero_decimals
from assessment.domain.report.figures import ReportFigure, RoundedInterval
from assessment.domain.report.message import Message, Percentage
from assessment.errors import FormattedText
from assessment.i18n.messages import MESSAGES

CATALOGUE_DOMAIN = "assessment"
SOURCE_LANGUAGE = "en"
LOCALE_FOLDER = Path(__file__).parent / "locale"
SPANISH_I_SOUND = re.compile("h?[ií](?![aeou])", re.IGNORECASE)  # before this sound, Spanish "y" becomes "e"
FORMAT_LOCALES = {"en": "en_GB"}  # texts are in British English, so are dates and lists
MIN_GROUPED_NUMBER = {"es": 10_000}  # CLDR minimumGroupingDigits, which Babel ignores
PLUS, MINUS, DASH, RANGE_DASH = "+", "\N{MINUS SIGN}", "–", "–"
BOUND_MESSAGES = ("bound.at-most", "bound.at-least")
LOWER_CASE_VALUES = ("risk",)  # class names inside a sentence: "the risk is critical", not "Critical"


class Translator:
    """Translator for one language. `gettext` and `ngettext` also serve templates and forms."""

    def __init__(self, language: str = SOURCE_LANGUAGE, folder: Path = LOCALE_FOLDER) -> None:
        self.locale = _parse_locale(language)
        self._format_locale = _parse_locale(FORMAT_LOCALES.get(str(self.locale), str(self.locale)))
        self.language = str(self.locale).replace("_", "-")
        self._catalogue = _load_catalogue(folder, self.locale)
        self._formatters: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
            (Message, self.render_message),
            (Percentage, lambda share: self.format_percent(share.percent)),
            ((int, Decimal), self.format_number),
            (date, self.format_date),
            (tuple, lambda entries: self.join_list([self.format_value(entry) for entry in entries])),
        )

    def gettext(self, text: str) -> str:
        return self._catalogue.gettext(text)

    def translate_error(self, text: str) -> str:
        """Translate the text of a service or an error and insert its values; empty text stays empty."""
        if isinstance(text, FormattedText):
            values = {name: self.format_value(value) for name, value in text.values.items()}
            return self.gettext(text.template).format_map(values)
        return self.gettext(text) if text else ""

    def pgettext(self, context: str, text: str) -> str:
        """Translate a text that has another meaning in another context."""
        return self._catalogue.pgettext(context, text)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return self._catalogue.ngettext(singular, plural, count)

    def render_message(self, message: Message) -> str:
        """Render a message. Raises KeyError for an id that has no text."""
        template = MESSAGES[message.id]
        text = (
            self.ngettext(*template, int(message.values["count"]))
            if isinstance(template, tuple)
            else self.gettext(template)
        )
        values = {name: self.format_value(value) for name, value in message.values.items()}
        values |= {name: _lower_first_letter(values[name]) for name in LOWER_CASE_VALUES if name in values}
        for name, value in message.values.items():
            if isinstance(value, Message) and value.id in BOUND_MESSAGES:
                text, values[name] = self._move_unit_into_bound(text, name, value)
        return text.format_map(values)

    def _move_unit_into_bound(self, text: str, name: str, bound: Message) -> tuple[str, str]:
        """Move the unit after a bounded number into it: "10 points or less", not "10 or less points"."""
        unit = re.search(rf"(?<=\{{{name}\}}) (?:{'|'.join(self._list_units())})\b", text)
        if unit is None:
            return text, self.render_message(bound)
        number = f"{self.format_value(bound.values['value'])}{unit[0]}"
        return text[: unit.start()] + text[unit.end() :], self.render_message(Message(bound.id, {"value": number}))

    def _list_units(self) -> list[str]:
        """List the forms of the unit of scores, such as its singular and its cases."""
        return self.render_message(Message("unit.forms")).split()

    def render_messages(self, messages: Sequence[Message]) -> list[str]:
        return [self.render_message(message) for message in messages]

    def format_value(self, value: Any) -> str:  # noqa: ANN401 - a message's values are of several kinds
        """Format one value of a message by its type."""
        for kind, write in self._formatters:
            if isinstance(value, kind):
                return write(value)
        return str(value)

    def format_number(self, number: Decimal | int) -> str:
        """Format a number with all its decimals and U+2212 as minus, which is as wide as a plus."""
        is_grouped = abs(Decimal(number)) >= MIN_GROUPED_NUMBER.get(self.locale.language, 0)
        return _format_decimal(number, _build_pattern(number), self.language, is_grouped=is_grouped)

    def format_for_input(self, number: float) -> str:
        """Format a number for an input field: decimal mark of the language, no thousands separator."""
        return format(Decimal(repr(number)).normalize(), "f").replace(".", numbers.get_decimal_symbol(self.locale))

    def format_signed(self, number: Decimal) -> str:
        return f"{PLUS if number > 0 else ''}{self.format_number(number)}"

    def format_percent(self, percent: Decimal | int) -> str:
        """Format a percentage: 60 becomes "60%"."""
        share = Decimal(percent).scaleb(-2)
        places = max(0, -int(Decimal(percent).as_tuple().exponent))
        pattern = self.locale.percent_formats[None].pattern
        return _format_percentage(share, _add_decimals(pattern, places), self.language)

    def format_interval(self, span: RoundedInterval, *, signed: bool = False) -> str:
        """Format an interval; with signs and a semicolon if an end is negative, since "−4–1" is hard to read."""
        if signed or min(span) < 0:
            return self.join_with_semicolons([self.format_signed(end) for end in span])
        return f"{self.format_number(span[0])}{RANGE_DASH}{self.format_number(span[1])}"

    def join_with_semicolons(self, entries: Sequence[str]) -> str:
        """Join entries that may contain commas: "a; b, c"."""
        return self.gettext("; ").join(entries)

    def join_label(self, label: str, text: str) -> str:
        """Join a label and its text with the colon of the language: "a: b"."""
        return f"{self.gettext('{class_name}:').format(class_name=label)} {text}"

    def format_figure(self, figure: ReportFigure, *, signed: bool = False, percent: bool = False) -> str:
        """Format a figure: its number, "10 or less", or a dash if there is none."""
        if figure.word is not None:
            return self.render_message(figure.word)
        if figure.value is None:
            return DASH
        write = self.format_signed if signed else self.format_percent if percent else self.format_number
        if figure.bound is None:
            return write(figure.value)
        number = write(drop_zero_decimals(figure.value))
        return self.render_message(
            Message("bound.at-most" if figure.bound == "at most" else "bound.at-least", {"value": number})
        )

    def format_moderated(self, figure: ReportFigure) -> str:
        """Format the consultant's value of a figure; empty without one."""
        if figure.moderated is None:
            return ""
        return self.gettext("moderated {score}").format(score=self.format_number(figure.moderated))

    def explain_missing(self, figure: ReportFigure) -> str:
        """Explain why a figure is missing; empty if it isn't."""
        return self.render_message(figure.missing) if figure.missing else ""

    def format_missing_briefly(self, figure: ReportFigure) -> str:
        """Explain in one or two words why a figure is missing, for charts."""
        if figure.missing is None:
            return ""
        hidden = figure.missing.id in ("missing.hidden", "missing.one-side", "missing.withheld")
        return self.render_message(Message("missing.brief")) if hidden else self.render_message(figure.missing)

    def format_date(self, day: date | str, style: str = "long") -> str:
        """Format a date. ISO text is parsed first; any other text is returned unchanged."""
        if isinstance(day, str):
            try:
                day = datetime.fromisoformat(day).date()
            except ValueError:
                return str(day)
        return dates.format_date(day, format=style, locale=self._format_locale)

    def format_time(self, moment: datetime) -> str:
        """Format a moment in its own time zone, to the minute: "20 Nov 2026, 14:03"."""
        return f"{self.format_date(moment, 'medium')}, {moment:%H:%M}"

    def format_time_zone(self, name: str) -> str:
        """Return the city of a time zone (IANA name), "Berlin"; empty for one that belongs to no place, such as UTC."""
        if "/" not in name or name.startswith("Etc/"):
            return ""
        return str(dates.get_timezone_location(name, locale=self._format_locale, return_city=True))

    def join_list(self, entries: Sequence[str]) -> str:
        """Join entries as in a sentence: "a, b and c"."""
        joined = str(lists.format_list(list(entries), locale=self._format_locale)) if entries else ""
        if self.locale.language == "es" and len(entries) > 1 and SPANISH_I_SOUND.match(entries[-1]):
            return f"{joined.removesuffix(entries[-1]).removesuffix('y ')}e {entries[-1]}"
        return joined


@lru_cache(maxsize=16)
def get_translator(language: str = SOURCE_LANGUAGE) -> Translator:
    """Return the cached translator of a language; English if it is unknown."""
    return Translator(language)


def list_languages(folder: Path = LOCALE_FOLDER) -> tuple[str, ...]:
    """List the languages with a catalogue, English first."""
    codes = sorted(path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{CATALOGUE_DOMAIN}.po"))
    return tuple(dict.fromkeys([SOURCE_LANGUAGE, *codes]))


def _parse_locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE_LANGUAGE)


def _load_catalogue(folder: Path, locale: Locale) -> NullTranslations:
    for name in (str(locale), locale.language):
        source = folder / name / "LC_MESSAGES" / f"{CATALOGUE_DOMAIN}.po"
        if source.is_file():
            return _compile_catalogue(source)
    return NullTranslations()


def _compile_catalogue(source: Path) -> GNUTranslations:
    with source.open("rb") as lines:
        catalogue = read_po(lines)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=4096)
def _format_decimal(number: Decimal | int, pattern: str, language: str, *, is_grouped: bool) -> str:
    written = str(numbers.format_decimal(number, format=pattern, locale=language, group_separator=is_grouped))
    return written.replace("-", MINUS)


@lru_cache(maxsize=4096)
def _format_percentage(share: Decimal, pattern: str, language: str) -> str:
    return str(numbers.format_percent(share, format=pattern, locale=language)).replace("-", MINUS)


def _build_pattern(number: Decimal | int) -> str:
    places = max(0, -int(number.as_tuple().exponent)) if isinstance(number, Decimal) else 0
    return _add_decimals("#,##0", places)


def _add_decimals(pattern: str, places: int) -> str:
    return pattern.replace("0", "0." + "0" * places, 1) if places else pattern


def _lower_first_letter(name: str) -> str:
    return name[:1].lower() + name[1:]
