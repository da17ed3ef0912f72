"""The library: loading, digests, keeping, versions, preview and schema."""

import re
import shutil
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from assessment.domain.disclosure.guard import build_guard
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.errors import InvalidError, NotFoundError
from assessment.questionnaires import (
    QuestionnaireCatalogue,
    decode_questionnaire,
    encode_questionnaire,
    find_differing_items,
    find_differing_parts,
    find_problems,
    find_shipped_folder,
    load_questionnaire,
    make_json_schema,
    render_text,
)
from assessment.questionnaires.checks.advice import check_advice
from assessment.questionnaires.checks.schema_check import check_shape
from assessment.questionnaires.checks.structure import check_structure
from assessment.questionnaires.checks.translation import check_translation
from assessment.questionnaires.file_formats import FILE_TYPES
from assessment.questionnaires.toml_lines import map_lines
from tests import questionnaire_files

ID = "social-media-integration"
PARTS = {"questionnaire": "questionnaire.toml", "advice": "advice.toml", "translation": "translations/en.toml"}
JUNK = st.sampled_from([None, True, -1, 0, 1e308, float("nan"), "", "junk", [], [[]], {}, {"id": []}, [{"id": {}}]])


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return load_questionnaire(find_shipped_folder() / ID)


@pytest.fixture
def shelf(tmp_path):
    questionnaire_files.copy_questionnaire(find_shipped_folder() / ID, tmp_path / ID)
    return tmp_path


def read_content(part: str) -> dict[str, object]:
    return tomllib.loads((find_shipped_folder() / ID / PARTS[part]).read_text("utf-8"))


def replace_text(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_shipped_questionnaires_have_no_mistakes():
    assert find_problems([find_shipped_folder()]) == []


def test_texts_fit_phone_width(questionnaire):
    for language, texts in questionnaire.texts.items():
        longer = 1 if language == questionnaire.source_language else 1.2  # English is short
        for id_, text in texts.items.items():
            assert len(text.text) <= 120 * longer, id_
            assert 0 < len(text.short) <= 30 * longer, id_
            assert len(text.label) <= 40 * longer, id_
            assert all(len(rung) <= 80 * longer for rung in text.rungs), id_


def test_no_item_asks_for_age(questionnaire):
    texts = render_text(questionnaire, "en")

    assert not re.search(r"\b(age|old are you|young|year of birth)\b", texts, re.IGNORECASE)


def test_digest_is_independent_of_file_formatting(shelf, questionnaire):
    structure = shelf / ID / "questionnaire.toml"
    text = re.sub(r"#.*", "", structure.read_text("utf-8"))
    text = text.replace("target = 75\n", "target = 75.0\n").replace("weight = 1.0\n", "").replace(" = ", "=")
    structure.write_bytes(text.replace("\n", "\r\n").encode())

    assert load_questionnaire(shelf / ID).digest == questionnaire.digest


def test_digest_changes_with_content(shelf, questionnaire):
    replace_text(shelf / ID / "advice.toml", "below = 60", "below = 61")

    assert load_questionnaire(shelf / ID).digest != questionnaire.digest


def test_corrected_translation_changes_only_its_own_digest(shelf, questionnaire):
    replace_text(
        shelf / ID / "translations/en.toml",
        'title = "Bring social contacts into the service queue"',
        'title = "A single queue"',
    )

    corrected = load_questionnaire(shelf / ID)

    assert corrected.digest == questionnaire.digest
    assert corrected.texts["en"].digest != questionnaire.texts["en"].digest


def test_added_translation_is_valid(shelf, questionnaire):
    shutil.copy(shelf / ID / "translations/en.toml", shelf / ID / "translations/pt-BR.toml")

    found = load_questionnaire(shelf / ID)

    assert found.digest == questionnaire.digest
    assert found.text("pt-BR").language == "pt-BR"
    assert found.text("fi").language == "en"


def test_text_with_revision_is_valid(shelf):
    replace_text(shelf / ID / "questionnaire.toml", 'id = "CS-P1"\n', 'id = "CS-P1"\nrevision = 2\n')
    replace_text(shelf / ID / "translations/en.toml", "[items.CS-P1]\n", "[items.CS-P1]\nrevision = 2\n")

    found = load_questionnaire(shelf / ID)

    assert found.item["CS-P1"].revision == 2


def test_stored_questionnaire_decodes_to_the_same(questionnaire):
    assert decode_questionnaire(encode_questionnaire(questionnaire)) == questionnaire


@pytest.mark.parametrize("kept", [b"", b"{}", b'{"id": 1}', b"\xff", b"[" * 100_000])
def test_decoding_other_content_raises_invalid(kept):
    with pytest.raises(InvalidError):
        decode_questionnaire(kept)


def test_differing_items_of_two_versions_are_returned(questionnaire):
    first, second, *rest = questionnaire.items
    changed = structs.replace(second, roles=("leader",))
    new = structs.replace(questionnaire, items=(changed, *rest, structs.replace(first, id="CS-P9")))

    assert find_differing_items(questionnaire, new) == (first.id, second.id, "CS-P9")
    assert find_differing_items(questionnaire, questionnaire) == ()


def test_differing_parts_exclude_translations(questionnaire):
    new = structs.replace(questionnaire, horizons=("now",), texts={}, digest="other")

    assert find_differing_parts(questionnaire, new) == ("horizons",)


def test_catalogue_without_version_returns_newest(shelf):
    shutil.copytree(shelf / ID, shelf / "newer")
    replace_text(shelf / "newer/questionnaire.toml", 'version = "1.1.0"', 'version = "1.10.0"')
    shutil.copytree(shelf / ID, shelf / "middle")
    replace_text(shelf / "middle/questionnaire.toml", 'version = "1.1.0"', 'version = "1.9.0"')

    catalogue = QuestionnaireCatalogue([shelf])

    assert catalogue.get(ID).version == "1.10.0"
    assert catalogue.get(ID, "1.1.0").version == "1.1.0"
    assert [one.version for one in catalogue.list()] == ["1.10.0", "1.9.0", "1.1.0"]


def test_unknown_questionnaire_raises_not_found(shelf):
    catalogue = QuestionnaireCatalogue([shelf])

    with pytest.raises(NotFoundError, match="no questionnaire other"):
        catalogue.get("other")
    with pytest.raises(NotFoundError, match=r"@9\.0\.0"):
        catalogue.get(ID, "9.0.0")


def test_catalogue_reloads_questionnaire_only_after_change(shelf):
    catalogue = QuestionnaireCatalogue([shelf])
    first = catalogue.get(ID)

    again = catalogue.get(ID)
    replace_text(shelf / ID / "questionnaire.toml", 'version = "1.1.0"', 'version = "1.1.10"')
    changed = catalogue.get(ID)

    assert again is first
    assert changed.version == "1.1.10"


def test_invalid_questionnaire_does_not_hide_others(shelf):
    shutil.copytree(shelf / ID, shelf / "broken")
    replace_text(shelf / "broken/questionnaire.toml", 'version = "1.1.0"', "version = 1")

    catalogue = QuestionnaireCatalogue([shelf])

    assert [one.id for one in catalogue.list()] == [ID]
    assert catalogue.find_problems()[0].file == str(shelf / "broken/questionnaire.toml")
    with pytest.raises(InvalidError):
        catalogue.get("broken")


def test_version_with_two_contents_is_reported_with_items(shelf):
    shutil.copytree(shelf / ID, shelf / "zz")
    replace_text(shelf / "zz/questionnaire.toml", 'roles = ["leader", "staff"]', 'roles = ["leader"]')

    problems = QuestionnaireCatalogue([shelf]).find_problems()

    assert [problem.file for problem in problems] == [str(shelf / "zz")]
    assert "CS-P2, MK-P2, HR-P2" in problems[0].message


def test_preview_shows_items_rungs_and_advice_in_order(questionnaire):
    text = render_text(questionnaire, "en")

    flat = " ".join(text.split())
    texts = questionnaire.texts["en"]
    order = [
        flat.index(f"{id_} {texts.items[id_].text}") for section in questionnaire.sections for id_ in section.items
    ]
    assert order == sorted(order)
    for item in questionnaire.items:
        assert all(label in flat for label in (*texts.items[item.id].rungs, *texts.items[item.id].options.values()))
    assert all(rule.title in flat for rule in texts.rules.values())


@pytest.mark.parametrize("part", PARTS)
def test_json_schema_accepts_shipped_file_and_rejects_unknown_keys(part):
    found = make_json_schema(part)

    root = found["$defs"][found["$ref"].rsplit("/", 1)[1]]
    assert read_content(part).keys() <= root["properties"].keys()
    assert root["additionalProperties"] is False
    assert msgspec.json.encode(found)


def test_every_toml_key_has_its_line():
    source = b"""# a comment
a."b.c".d = [1, # one
  { e = 2, f = [3] },
]
[[t]]
id = 1
[t.u]
v = 1
[[t]]
id = '''
2'''
[[t.w]]
x = 1
"""

    found = map_lines(source)

    assert found["a", "b.c", "d"] == 2
    assert found["a", "b.c", "d", 1, "f", 0] == 3
    assert found["t", 0, "id"] == 6
    assert found["t", 0, "u", "v"] == 8
    assert found["t", 1] == 9
    assert found["t", 1, "id"] == 10
    assert found["t", 1, "w", 0, "x"] == 13


def list_paths(value, path=()):
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from list_paths(inner, (*path, key))


def corrupt_value(value, path, junk):
    if not path:
        return junk
    value[path[0]] = corrupt_value(value[path[0]], path[1:], junk)
    return value


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(data=st.data(), junk=JUNK)
def test_arbitrary_file_content_never_crashes_check(data, junk):
    contents = {part: read_content(part) for part in PARTS}
    part = data.draw(st.sampled_from(sorted(PARTS)))
    path = data.draw(st.sampled_from([path for path in list_paths(contents[part]) if path]))
    spoiled = corrupt_value(contents[part], path, junk)
    reported = []

    def report(*said):
        reported.append(said)

    for one, kind in FILE_TYPES.items():
        check_shape(contents[one], kind, report)
    check_structure(contents["questionnaire"], report)
    check_advice(contents["advice"], contents["questionnaire"], report)
    check_translation(contents["translation"], contents["questionnaire"], contents["advice"], report)

    if not reported:
        assert msgspec.convert(spoiled, FILE_TYPES[part])


def test_shipped_questionnaire_is_complete(questionnaire):
    kinds = [item.kind for item in questionnaire.items]

    assert [kinds.count(kind) for kind in (Kind.PRACTICE, Kind.HAND_OFF, Kind.PERSONAL)] == [33, 15, 12]
    assert [kinds.count(kind) for kind in (Kind.CHECK, Kind.CHOICE)] == [2, 1]
    assert [rule.number for rule in questionnaire.rules] == list(range(1, 51))
    assert [rule.number for rule in questionnaire.rules if rule.pinned] == [1, 2, 16, 24]
    assert [rule.number for rule in questionnaire.rules if rule.pinned_if_contested] == [31]
    assert [rule.next_step for rule in questionnaire.rules if rule.next_step] == [1, 2] * 3


def test_questionnaire_stored_with_disclosure_constants_keeps_digest(questionnaire):
    """Those of version 1.0.0 were: they stay readable, and the constants are the engine's."""
    kept = msgspec.json.decode(encode_questionnaire(questionnaire))
    kept["disclosure"] |= {"least_minimum_group": 1, "step": 1, "lowest": 0, "highest": 100, "comments_from": 1}
    kept["digest"] = "of-that-time"

    found = decode_questionnaire(msgspec.json.encode(kept))

    assert found.digest == "of-that-time"
    assert found.disclosure == questionnaire.disclosure
    rules = build_guard(found.disclosure, None)
    assert (rules.needed, rules.step, rules.lowest, rules.highest) == (6, 5, 10, 90)


def test_example_in_guide_equals_program_output(shelf):
    guide = " ".join((Path(__file__).parents[2] / "docs/questionnaires.md").read_text("utf-8").split())
    structure = shelf / ID / "questionnaire.toml"
    text = structure.read_text("utf-8")
    structure.write_text(text.replace('dimension = "purpose"', 'dimension = "porpoise"', 1), "utf-8")

    said = [
        str(problem).removeprefix(str(shelf)) for problem in find_problems([shelf]) if "porpoise" in problem.message
    ]

    assert f"questionnaires{said[0]}" in guide
