"""Makes questionnaires for tests: writes data as TOML, and gives every id of a questionnaire another name."""

import csv
import io
import json
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FIXED_WORDS = ("kind", "figure", "effort", "impact", "version", "source_language")
HOLDING_IDS = ("id", "options", "horizons", "classes")
FIXED_COLUMNS = ("respondent", "role", "functions", "seconds")


def format_toml(value: Any) -> str:
    """Write a document, one line per top-level key: JSON's text, numbers and lists are TOML's as well."""
    return "".join(f"{json.dumps(key)} = {_format_inline(inner)}\n" for key, inner in value.items())


def _format_inline(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_format_inline(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(_format_inline(inner) for inner in value)}]"
    return json.dumps(value)


def write_questionnaire(folder: Path, structure: Any, advice: Any, texts: Any) -> Path:
    """Write a questionnaire's folder."""
    (folder / "translations").mkdir(parents=True)
    (folder / "questionnaire.toml").write_text(format_toml(structure), encoding="utf-8")
    (folder / "advice.toml").write_text(format_toml(advice), encoding="utf-8")
    (folder / "translations" / "en.toml").write_text(format_toml(texts), encoding="utf-8")
    return folder


def copy_questionnaire(source: Path, folder: Path) -> Path:
    """A copy to change: in English alone, for a change would have to be made in every language."""
    shutil.copytree(source, folder)
    for translation in (folder / "translations").iterdir():
        if translation.name != "en.toml":
            translation.unlink()
    return folder


def make_new_names(*documents: Any) -> dict[str, str]:
    """A new name for every id: of what has one, of options, horizons and classes."""
    ids = dict.fromkeys(name for document in documents for name in _iterate_ids(document))
    return {name: f"zz-{number}-qq" for number, name in enumerate(ids)}


def _iterate_ids(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from _iterate_ids(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from _iterate_ids(inner, key)
    elif isinstance(value, str) and (key in HOLDING_IDS or key.startswith(("low_", "high_"))):
        yield value


def rename_ids(value: Any, names: Mapping[str, str], *, keys: bool = False) -> Any:
    """The same document with the new names in the places of ids; `keys`: those of tables as well."""
    if isinstance(value, dict):
        return {
            names.get(key, key) if keys else key: inner if key in FIXED_WORDS else rename_ids(inner, names, keys=keys)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [rename_ids(inner, names, keys=keys) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def rename_texts(texts: Any, names: Mapping[str, str]) -> Any:
    """The texts under their new ids; what people read stays."""
    return {table: _texts_by_id(inner, names) if isinstance(inner, dict) else inner for table, inner in texts.items()}


def _texts_by_id(table: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = {names[key]: inner for key, inner in table.items()}
    for inner in found.values():
        if isinstance(inner, dict) and "options" in inner:
            inner["options"] = {names[option]: text for option, text in inner["options"].items()}
    return found


def rename_responses(text: str, names: Mapping[str, str]) -> str:
    """A file of responses in which every id has its new name."""
    head, *body = csv.reader(io.StringIO(text))
    written = io.StringIO(newline="")
    out = csv.writer(written)
    out.writerow([name if name in FIXED_COLUMNS else names[name] for name in head])
    out.writerows([[_rename_cell(head[at], cell, names) for at, cell in enumerate(row)] for row in body])
    return written.getvalue()


def _rename_cell(column: str, cell: str, names: Mapping[str, str]) -> str:
    if column in ("respondent", "seconds"):
        return cell
    return ";".join(names.get(part, part) for part in cell.split(";"))


def read_toml(file: Path) -> Any:
    """A TOML file's content."""
    return tomllib.loads(file.read_text(encoding="utf-8"))
