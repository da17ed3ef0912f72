"""Questionnaires of a workspace: checked, stored, published once, and nobody else's."""

import io
import stat
import zipfile
from datetime import timedelta

import pytest

from assessment.domain.closed_sets import Confidentiality
from assessment.errors import ConflictError, InvalidError, NotFoundError
from assessment.questionnaires import decode_questionnaire, find_shipped_folder
from assessment.services.assessments import closing, next_wave
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.questionnaires import upload_files, workspace_questionnaires
from tests.services.conftest import NOW

FOLDER = find_shipped_folder() / "social-media-pulse"
STRUCTURE = "questionnaire.toml"


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def read_files(**changes):
    """The files of a shipped questionnaire, with a text of the structure replaced by another."""
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*.toml")}
    for old, new in changes.values():
        assert old.encode() in files[STRUCTURE], old
        files[STRUCTURE] = files[STRUCTURE].replace(old.encode(), new.encode(), 1)
    return files


def make_zip(files, **options):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def upload(world, files, workspace=None, now=NOW):
    with world.writing() as session:
        return workspace_questionnaires.upload_questionnaire(session, workspace or world.alice, files, now)


def publish(world, stored):
    with world.writing() as session:
        return workspace_questionnaires.publish_upload(session, stored.workspace_id, stored.id, stored.version, NOW)


def list_available(world, workspace):
    with world.reading() as session:
        available = workspace_questionnaires.list_available(session, workspace, world.catalogue)
    return {(questionnaire.id, questionnaire.version) for questionnaire in available}


def list_places(error):
    return {(problem.file, problem.line) for problem in error.value.problems}


def test_published_questionnaire_is_available_to_its_workspace_only(world):
    stored = upload(world, read_files())
    before = list_available(world, world.alice)

    publish(world, stored)

    assert stored.id == f"social-media-pulse-{workspace_questionnaires.make_tag(world.alice)}"
    assert list_available(world, world.alice) - before == {(stored.id, stored.version)}
    assert (stored.id, stored.version) not in list_available(world, world.bob)


def test_assessment_opens_with_a_published_questionnaire(world):
    stored = publish(world, upload(world, read_files()))

    survey = world.open(questionnaire=stored.id)

    with world.reading() as session:
        loaded = load_questionnaire(session, survey)
    assert (survey.questionnaire_id, survey.questionnaire_digest) == (stored.id, stored.digest)
    assert loaded == decode_questionnaire(stored.content)


def test_next_wave_keeps_the_version_next_to_a_newer_one(world):
    stored = publish(world, upload(world, read_files()))
    first = world.open(questionnaire=stored.id)
    with world.writing() as session:
        closing.close_assessment(session, first.key, NOW, without_results=True)
    publish(world, upload(world, read_files(version=(f'version = "{stored.version}"', 'version = "9.0.0"'))))

    with world.writing() as session:
        second = next_wave.create_next_wave(session, first.key, next_wave.NextWave("Second"), world.catalogue, NOW)

    assert (second.questionnaire_id, second.questionnaire_version) == (stored.id, stored.version)


def test_running_assessment_keeps_its_version_next_to_a_newer_one(world):
    version = upload(world, read_files()).version
    publish(world, upload(world, read_files()))
    name = f"social-media-pulse-{workspace_questionnaires.make_tag(world.alice)}"
    running = world.open(questionnaire=name)
    publish(world, upload(world, read_files(version=(f'version = "{version}"', 'version = "9.0.0"'))))

    newer, named = world.open(questionnaire=name), world.open(questionnaire=f"{name}@{version}")

    assert [survey.questionnaire_version for survey in (running, newer, named)] == [version, "9.0.0", version]


@pytest.mark.parametrize("name", ["unpublished", "of another workspace"])
def test_questionnaire_that_is_not_available_makes_no_assessment(world, name):
    stored = upload(world, read_files(), None if name == "unpublished" else world.bob)
    if name != "unpublished":
        publish(world, stored)

    with pytest.raises(InvalidError) as refused:
        world.draft(questionnaire=stored.id, confidentiality=Confidentiality.CONFIDENTIAL)

    assert [problem.pointer for problem in refused.value.problems] == ["/questionnaire"]


def test_other_workspace_finds_no_upload(world):
    stored = upload(world, read_files())

    with world.reading() as session, pytest.raises(NotFoundError):
        workspace_questionnaires.get_upload(session, world.bob, stored.id, stored.version)


def test_two_workspaces_publish_the_same_files(world):
    first = publish(world, upload(world, read_files()))
    second = publish(world, upload(world, read_files(weight=("target = 75", "target = 76")), world.bob))

    assert first.id != second.id


def test_upload_is_replaced_until_it_is_published(world):
    upload(world, read_files())
    changed = upload(world, read_files(target=("target = 75", "target = 76")), now=NOW + timedelta(hours=1))
    publish(world, changed)

    with pytest.raises(ConflictError) as refused:
        upload(world, read_files(target=("target = 75", "target = 77")))

    with world.reading() as session:
        (stored,) = workspace_questionnaires.list_uploads(session, world.alice)
    assert stored.digest == changed.digest
    assert [problem.column for problem in refused.value.problems] == ["functions"]


def test_published_version_is_not_deleted(world):
    stored = upload(world, read_files())
    publish(world, stored)

    with pytest.raises(ConflictError), world.writing() as session:
        workspace_questionnaires.delete_upload(session, world.alice, stored.id, stored.version, NOW)


def test_every_mistake_is_named_by_file_and_line(world):
    files = read_files(target=("target = 75", "target = 750"))
    files["translations/en.toml"] = files["translations/en.toml"].replace(b"title", b"tittle", 1)

    with pytest.raises(InvalidError) as refused:
        upload(world, files)

    places = list_places(refused)
    assert {file for file, _ in places} >= {STRUCTURE, "translations/en.toml"}
    assert all(line for file, line in places if file == STRUCTURE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("full_weight_answers = 3", "full_weight_answers = 1"),
        ("minimum_group = 5", "minimum_group = 2"),
        ("weight = 0.25", "weight = 0.15"),
        ("submitted_share = 0.5", "submitted_share = 0.1"),
    ],
)
def test_constants_of_disclosure_are_enforced(world, old, new):
    """More of these are in tests/privacy/test_hostile_questionnaires.py; here: an upload passes the same checks."""
    if old not in read_files()[STRUCTURE].decode():
        pytest.fail(old)

    with pytest.raises(InvalidError) as refused:
        upload(world, read_files(change=(old, new)))

    assert {file for file, _ in list_places(refused)} == {STRUCTURE}


def test_free_text_question_is_refused(world):
    with pytest.raises(InvalidError):
        upload(world, read_files(kind=('kind = "practice"', 'kind = "text"')))


def test_zip_of_the_folder_or_of_its_files_is_read():
    files = read_files()
    in_folder = {f"pulse/{name}": content for name, content in files.items()} | {
        "__MACOSX/pulse/._questionnaire.toml": b"\0",
        "pulse/README.md": b"#",
    }

    flat, nested = (upload_files.unpack_archive(make_zip(each)) for each in (files, in_folder))

    assert upload_files.load_files(flat) == upload_files.load_files(nested)


def test_single_files_are_put_in_their_places():
    flat = {name.rpartition("/")[2]: content for name, content in read_files().items()}

    assert upload_files.load_files(flat) == upload_files.load_files(read_files())


@pytest.mark.parametrize(
    "files",
    [
        {"../questionnaire.toml": b""},
        {"/etc/passwd": b""},
        {"questionnaire.toml": b"", "advice.toml": b"", "translations/../../x.toml": b""},
        {"questionnaire.toml": b"", "advice.toml": b"", "notes.py": b""},
        {"questionnaire.toml": b"", "advice.toml": b"", "translations\\..\\en.toml": b""},
        {"questionnaire.toml": b"x" * (1024 * 1024 + 1), "advice.toml": b""},
        {f"translations/l{number}.toml": b"" for number in range(41)},
        {},
    ],
    ids=range(8),
)
def test_files_with_other_names_or_sizes_are_refused(files):
    with pytest.raises(InvalidError):
        upload_files.load_files(files)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a zip",
        make_zip({"questionnaire.toml": b"\0" * (8 * 1024**2)}),
        make_zip({f"{number}.toml": b"" for number in range(41)}),
        make_zip({"questionnaire.toml": b"id = 1"})[:-30],
        make_zip({"questionnaire.toml": b"a" * 100}).replace(b"PK\x03\x04", b"PK\x03\x05"),
    ],
    ids=["empty", "text", "bomb", "many", "cut off", "altered"],
)
def test_archive_that_is_broken_or_too_large_is_refused(content):
    with pytest.raises(InvalidError):
        upload_files.unpack_archive(content)


def make_symlink(name, target):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return make_zip({entry: target})


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (make_zip({"questionnaire.toml": b"\n" + b".".join([b"a"] * 100_000) + b" = 1", "advice.toml": b""}), 2),
        (make_zip({"questionnaire.toml": b"[" + b".".join([b"a"] * 100_000) + b"]", "advice.toml": b""}), 1),
        (make_zip({"questionnaire.toml": b"a = " + b"[" * 5000 + b"]" * 5000, "advice.toml": b""}), 1),
        (make_zip({"questionnaire.toml": b"id = " + b"9" * 5000, "advice.toml": b""}), 1),
        (make_symlink("questionnaire.toml", b"/etc/passwd"), 1),
    ],
    ids=["long key", "long heading", "deep", "number", "symlink"],
)
def test_hostile_structure_is_refused_with_its_line(content, line):
    with pytest.raises(InvalidError) as refused:
        upload_files.load_files(upload_files.unpack_archive(content) | {"advice.toml": b"rules = []"})

    assert ("questionnaire.toml", line) in {(problem.file, problem.line) for problem in refused.value.problems}
