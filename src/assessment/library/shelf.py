"""Catalogue of the questionnaires in some folders, cached until a file changes."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, NotFoundError, Problem, with_values
from assessment.library.keeping import differing_items, differing_parts
from assessment.library.loading import load, questionnaire_folders

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]


def shipped() -> Path:
    """Return the folder of the shipped questionnaires: in the package, otherwise in the checkout."""
    packaged = Path(__file__).parent.parent / "_data" / "questionnaires"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "questionnaires"


class Library:
    """Questionnaires by id and version; if two folders have the same version, the first one is used."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)

    def get(self, id_: str, version: str | None = None) -> Questionnaire:
        """Return a questionnaire, in its newest version unless one is named.

        Raises NotFoundError; InvalidError if the folder of that name has mistakes.
        """
        found = [one for one in self.list() if one.id == id_ and version in (None, one.version)]
        if found:
            return max(found, key=_order)
        for folder, error in self._broken():
            if folder.name == id_:
                raise error
        wanted = f"{id_}@{version}" if version else id_
        raise NotFoundError(with_values("There is no questionnaire {name}.", name=wanted))

    def list(self) -> tuple[Questionnaire, ...]:
        """Return all valid questionnaires by id, the newest version first."""
        found: dict[tuple[str, str], Questionnaire] = {}
        for _, one in self._contents():
            if isinstance(one, Questionnaire):
                found.setdefault((one.id, one.version), one)
        newest_first = sorted(found.values(), key=_order, reverse=True)
        return tuple(sorted(newest_first, key=lambda one: one.id))

    def problems(self) -> tuple[Problem, ...]:
        """Return every mistake in every folder, and versions with two different contents."""
        mistakes = [problem for _, error in self._broken() for problem in error.problems]
        return (*mistakes, *self._clashes())

    def _broken(self) -> Sequence[tuple[Path, InvalidError]]:
        return [(folder, one) for folder, one in self._contents() if isinstance(one, InvalidError)]

    def _clashes(self) -> Sequence[Problem]:
        first: dict[tuple[str, str], Questionnaire] = {}
        clashes = []
        for folder, one in self._contents():
            if not isinstance(one, Questionnaire):
                continue
            other = first.setdefault((one.id, one.version), one)
            if other.digest != one.digest:
                differing = ", ".join(differing_items(other, one) or differing_parts(other, one))
                message = f"{one.id} {one.version} is there twice, with different contents: {differing}."
                clashes.append(Problem(message, "Give the changed one a new version.", file=str(folder)))
        return clashes

    def _contents(self) -> Sequence[tuple[Path, Questionnaire | InvalidError]]:
        folders = [folder for path in self.folders for folder in questionnaire_folders(path)]
        return [(folder, _load(folder, _stamp(folder))) for folder in folders]


@lru_cache(maxsize=64)
def _load(folder: Path, _seen: Stamp) -> Questionnaire | InvalidError:
    """Load a folder; cached by the modification times and sizes of its files."""
    try:
        return load(folder)
    except InvalidError as error:
        return error


def _stamp(folder: Path) -> Stamp:
    files = sorted(folder.glob("**/*.toml"))
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def _order(questionnaire: Questionnaire) -> tuple[int, ...]:
    return tuple(int(part) for part in questionnaire.version.split("."))
