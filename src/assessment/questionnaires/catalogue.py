"""Catalogue of the questionnaires in some folders, cached until a file changes."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, NotFoundError, Problem, with_values
from assessment.questionnaires.loader import find_questionnaire_folders, load_questionnaire
from assessment.questionnaires.serialization import find_differing_items, find_differing_parts

FileStamp: TypeAlias = tuple[tuple[str, int, int], ...]


def find_shipped_folder() -> Path:
    """Return the folder of the shipped questionnaires: in the package, otherwise in the checkout."""
    packaged = Path(__file__).parent.parent / "_data" / "questionnaires"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "questionnaires"


class QuestionnaireCatalogue:
    """Questionnaires by id and version; if two folders have the same version, the first one is used."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)

    def get(self, id_: str, version: str | None = None) -> Questionnaire:
        """Return a questionnaire, in its newest version unless one is named.

        Raises NotFoundError; InvalidError if the folder of that name has mistakes.
        """
        matches = [entry for entry in self.list() if entry.id == id_ and version in (None, entry.version)]
        if matches:
            return max(matches, key=_parse_version)
        for folder, error in self._list_broken_folders():
            if folder.name == id_:
                raise error
        wanted = f"{id_}@{version}" if version else id_
        raise NotFoundError(with_values("There is no questionnaire {name}.", name=wanted))

    def list(self) -> tuple[Questionnaire, ...]:
        """Return all valid questionnaires by id, the newest version first."""
        questionnaires: dict[tuple[str, str], Questionnaire] = {}
        for _, questionnaire in self._load_folders():
            if isinstance(questionnaire, Questionnaire):
                questionnaires.setdefault((questionnaire.id, questionnaire.version), questionnaire)
        newest_first = sorted(questionnaires.values(), key=_parse_version, reverse=True)
        return tuple(sorted(newest_first, key=lambda questionnaire: questionnaire.id))

    def find_problems(self) -> tuple[Problem, ...]:
        """Return every mistake in every folder, and versions with two different contents."""
        mistakes = [problem for _, error in self._list_broken_folders() for problem in error.problems]
        return (*mistakes, *self._find_version_conflicts())

    def _list_broken_folders(self) -> Sequence[tuple[Path, InvalidError]]:
        return [(folder, error) for folder, error in self._load_folders() if isinstance(error, InvalidError)]

    def _find_version_conflicts(self) -> Sequence[Problem]:
        first: dict[tuple[str, str], Questionnaire] = {}
        conflicts = []
        for folder, entry in self._load_folders():
            if not isinstance(entry, Questionnaire):
                continue
            other = first.setdefault((entry.id, entry.version), entry)
            if other.digest != entry.digest:
                differing = ", ".join(find_differing_items(other, entry) or find_differing_parts(other, entry))
                message = f"{entry.id} {entry.version} is there twice, with different contents: {differing}."
                conflicts.append(Problem(message, "Give the changed one a new version.", file=str(folder)))
        return conflicts

    def _load_folders(self) -> Sequence[tuple[Path, Questionnaire | InvalidError]]:
        folders = [folder for path in self.folders for folder in find_questionnaire_folders(path)]
        return [(folder, _load_cached(folder, _stamp_files(folder))) for folder in folders]


@lru_cache(maxsize=64)
def _load_cached(folder: Path, _seen: FileStamp) -> Questionnaire | InvalidError:
    """Load a folder; cached by the modification times and sizes of its files."""
    try:
        return load_questionnaire(folder)
    except InvalidError as error:
        return error


def _stamp_files(folder: Path) -> FileStamp:
    files = sorted(folder.glob("**/*.toml"))
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def _parse_version(questionnaire: Questionnaire) -> tuple[int, ...]:
    return tuple(int(part) for part in questionnaire.version.split("."))
