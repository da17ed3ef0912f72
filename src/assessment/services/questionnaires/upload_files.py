"""Files of an uploaded questionnaire: one by one, or as a zip of their folder, within limits."""

import re
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from msgspec.structs import replace

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.questionnaires import find_problems, load_questionnaire
from assessment.questionnaires.file_formats import ADVICE_FILE, STRUCTURE_FILE, TRANSLATIONS_FOLDER
from assessment.questionnaires.toml_document import MAX_FILE_BYTES

MAX_ARCHIVE_BYTES = 2 * 1024**2
MAX_FILES = 40
MAX_UNPACKED_BYTES = 4 * 1024**2
TRANSLATION_NAME = re.compile(rf"{TRANSLATIONS_FOLDER}/[A-Za-z0-9-]{{1,35}}\.toml")
IGNORED_NAMES = re.compile(r"(^|/)(__MACOSX/|\.)|/$|\.(md|txt)$", re.IGNORECASE)
NOT_A_ZIP = N_("This file can’t be read as a zip archive.")
TOO_LARGE = N_("This is too large for a questionnaire: at most 40 files and 4 MB.")
HAS_MISTAKES = N_("The questionnaire has mistakes.")


def unpack_archive(content: bytes) -> dict[str, bytes]:
    """Unpack a zip of a questionnaire's folder, or of its files; `InvalidError` for anything else.

    Sizes in the directory of a zip can be false, so no more is unpacked than the limit.
    """
    files: dict[str, bytes] = {}
    rest = MAX_UNPACKED_BYTES
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_FILES or any(entry.flag_bits & 1 for entry in entries):
                raise InvalidError(TOO_LARGE)
            for entry in entries:
                if is_ignored(entry.filename):
                    continue
                with archive.open(entry) as member:
                    files[entry.filename] = member.read(rest + 1)
                rest -= len(files[entry.filename])
                if rest < 0:
                    raise InvalidError(TOO_LARGE)
    except (BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        # RuntimeError includes NotImplementedError: zipfile raises it for compression it does not know.
        raise InvalidError(NOT_A_ZIP) from error
    return files


def is_ignored(name: str) -> bool:
    """Return whether a file of a folder is none of the questionnaire's: notes, and what systems add."""
    return IGNORED_NAMES.search(name) is not None


def load_files(files: Mapping[str, bytes]) -> Questionnaire:
    """Load a questionnaire from its files; `InvalidError` lists every mistake by file and line."""
    named = _strip_folder(files)
    problems = _find_name_problems(named)
    if problems:
        raise InvalidError(HAS_MISTAKES, problems)
    with TemporaryDirectory(prefix="questionnaire-") as folder:
        root = Path(folder)
        (root / TRANSLATIONS_FOLDER).mkdir()
        for name, content in named.items():
            (root / name).write_bytes(content)
        problems = [_name_relative(problem, root) for problem in find_problems([root])]
        if problems:
            raise InvalidError(HAS_MISTAKES, problems)
        return load_questionnaire(root)


def _strip_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Remove the folder that all names begin with, and put languages uploaded one by one into their folder."""
    names = [name.replace("\\", "/") for name in files]
    folder = next((str(PurePosixPath(name).parent) for name in names if name.endswith(f"/{STRUCTURE_FILE}")), "")
    prefix = f"{folder}/" if folder not in ("", ".") else ""
    stripped = [name.removeprefix(prefix) for name in names]
    known = (STRUCTURE_FILE, ADVICE_FILE)
    placed = [
        name if "/" in name or name in known or not name.endswith(".toml") else f"{TRANSLATIONS_FOLDER}/{name}"
        for name in stripped
    ]
    return dict(zip(placed, files.values(), strict=True))


def _find_name_problems(files: Mapping[str, bytes]) -> list[Problem]:
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_UNPACKED_BYTES:
        return [Problem(TOO_LARGE, code="too-long")]
    remedy = with_values(
        "Send {structure}, {advice} and one file for each language, like {language}.",
        structure=STRUCTURE_FILE,
        advice=ADVICE_FILE,
        language=f"{TRANSLATIONS_FOLDER}/en.toml",
    )
    unknown = [name for name in files if not _is_expected(name)]
    problems = [
        Problem(
            N_("This file does not belong to a questionnaire."), remedy, file=_shorten_name(name), code="unknown-field"
        )
        for name in unknown
    ]
    missing = [name for name in (STRUCTURE_FILE, ADVICE_FILE) if name not in files]
    problems += [Problem(N_("This file is missing."), remedy, file=name, code="missing") for name in missing]
    large = [name for name, content in files.items() if len(content) > MAX_FILE_BYTES]
    return problems + [Problem(TOO_LARGE, file=_shorten_name(name), code="too-long") for name in large]


def _is_expected(name: str) -> bool:
    return name in (STRUCTURE_FILE, ADVICE_FILE) or TRANSLATION_NAME.fullmatch(name) is not None


def _name_relative(problem: Problem, root: Path) -> Problem:
    """Name the file as it was uploaded, not as it was written for the check."""
    return replace(problem, file=problem.file.removeprefix(f"{root}/") if problem.file != str(root) else "")


def _shorten_name(name: str) -> str:
    return name[:100].encode("utf-8", "replace").decode()
