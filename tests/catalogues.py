"""The texts of the program, gathered from source and templates, and brought into the catalogues: `make catalogues`."""

import pkgutil
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

import assessment
from assessment.errors import AppError

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "src" / "assessment" / "i18n" / "locale"
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "NN_": (1, 2), "with_values": None}
ERROR_SOURCES = (
    "src/assessment/services",
    "src/assessment/web",
    "src/assessment/storage/database.py",
    "src/assessment/storage/answer_writer.py",
    "src/assessment/domain/mail_template.py",
    "src/assessment/domain/report/comments.py",
    "src/assessment/domain/report/finding_edits.py",
    "src/assessment/domain/report/plan_problems.py",
    "src/assessment/domain/survey/settings_rules.py",
)
WIDTH = 120
NO_TEXT = re.compile(r"/|[a-z]+(-[a-z]+)*$")  # the pointer or the code of a problem
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!%)\{\w*\}")


def collect_messages() -> Catalog:
    """Every text that someone may see, with the files it stands in."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping, "babel.cfg")
    catalogue = Catalog(project="assessment", charset="utf-8")
    for file, line, text, comments, context in extract_from_dir(ROOT, methods, options, KEYWORDS):
        catalogue.add(text, locations=[(file, line)], auto_comments=comments, context=context)
    for file, text in collect_error_texts():
        catalogue.add(text, locations=[(file, 1)])
    return catalogue


def collect_error_texts() -> Iterator[tuple[str, str]]:
    """Texts of refusals by services and pages: titles, and messages without a value. Nothing marks them there."""
    kinds = _list_error_types()
    yield from ((f"src/{kind.__module__.replace('.', '/')}.py", kind.title) for kind in kinds)
    first, second = {kind.__name__: None for kind in kinds} | {"Problem": None}, {"Problem": (2,)}
    for place in ERROR_SOURCES:
        for file in sorted((ROOT / place).rglob("*.py")) or [ROOT / place]:
            # Extraction takes most of the time, and few files have problems.
            for keywords in (first, second) if "Problem(" in file.read_text("utf-8") else (first,):
                for _, text, _, _ in extract_from_file("python", file, keywords=keywords):
                    if isinstance(text, str) and text and not NO_TEXT.match(text):
                        yield str(file.relative_to(ROOT)), text


def _list_error_types() -> list[type[AppError]]:
    """Every kind of error there is, whichever modules happen to be in use."""
    for module in pkgutil.walk_packages(assessment.__path__, "assessment."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            import_module(module.name)
    return _list_subclasses(AppError)


def _list_subclasses(kind: type[AppError]) -> list[type[AppError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in _list_subclasses(below))]


def find_path(language: str) -> Path:
    """Return the path of a language's catalogue."""
    return LOCALES / language / "LC_MESSAGES" / "assessment.po"


def read_catalogue(language: str) -> Catalog:
    """Read a language's catalogue."""
    with find_path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update_catalogue(language: str, template: Catalog) -> int:
    """Add what is new, drop what has gone; return how many texts have no translation."""
    catalogue = read_catalogue(language)
    written = catalogue.revision_date, catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.revision_date, catalogue.creation_date = written
    with find_path(language).open("wb") as file:
        write_po(file, catalogue, width=WIDTH, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    return sum(not all(list_translations(message)) for message in catalogue if message.id)


def list_texts(message: Message) -> tuple[str, ...]:
    """A message's source: one text, or singular and plural."""
    return tuple(message.id) if message.pluralizable else (message.id,)


def list_translations(message: Message) -> tuple[str, ...]:
    """A message's translation, in all its plural forms; empty where it is missing."""
    return tuple(message.string) if message.pluralizable else (message.string,)


def find_placeholders(written: tuple[str, ...]) -> set[str]:
    """The names of values that are put in."""
    return set(PLACEHOLDER.findall(" ".join(written)))


def list_languages() -> list[str]:
    """Languages that have a catalogue."""
    return sorted(file.parent.parent.name for file in LOCALES.glob("*/LC_MESSAGES/assessment.po"))


def main() -> int:
    """Bring all catalogues up to date and say what is left to translate."""
    template = collect_messages()
    missing = {language: update_catalogue(language, template) for language in list_languages()}
    for language, count in missing.items():
        sys.stdout.write(f"{language}: {count} of {len(template)} to translate\n")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
