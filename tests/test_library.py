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

from assessment.domain.disclosure import guard
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.errors import InvalidError, NotFoundError
from assessment.library import (
    Library,
    check,
    differing_items,
    differing_parts,
    from_json,
    load,
    schema,
    shipped,
    show,
    to_json,
)
from assessment.library.advice import check_advice
from assessment.library.files import FILES
from assessment.library.places import places
from assessment.library.shaping import check_shape
from assessment.library.structure import check_structure
from assessment.library.translation import check_translation
from tests import instruments

ID = "social-media-integration"
PARTS = {"questionnaire": "questionnaire.toml", "advice": "advice.toml", "translation": "translations/en.toml"}
JUNK = st.sampled_from([None, True, -1, 0, 1e308, float("nan"), "", "junk", [], [[]], {}, {"id": []}, [{"id": {}}]])


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return load(shipped() / ID)


@pytest.fixture
def shelf(tmp_path):
    instruments.copied(shipped() / ID, tmp_path / ID)
    return tmp_path


def content(part: str) -> dict[str, object]:
    return tomllib.loads((shipped() / ID / PARTS[part]).read_text("utf-8"))


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_every_shipped_questionnaire_is_without_mistakes():
    assert check([shipped()]) == []


def test_every_text_fits_a_phone(questionnaire):
    for language, texts in questionnaire.texts.items():
        longer = 1 if language == questionnaire.source_language else 1.2  # English is short
        for id_, text in texts.items.items():
            assert len(text.text) <= 120 * longer, id_
            assert 0 < len(text.short) <= 30 * longer, id_
            assert len(text.label) <= 40 * longer, id_
            assert all(len(rung) <= 80 * longer for rung in text.rungs), id_


def test_nobody_is_asked_for_their_age(questionnaire):
    texts = show(questionnaire, "en")

    assert not re.search(r"\b(age|old are you|young|year of birth)\b", texts, re.IGNORECASE)


def test_the_digest_is_the_same_however_the_file_is_laid_out(shelf, questionnaire):
    structure = shelf / ID / "questionnaire.toml"
    text = re.sub(r"#.*", "", structure.read_text("utf-8"))
    text = text.replace("target = 75\n", "target = 75.0\n").replace("weight = 1.0\n", "").replace(" = ", "=")
    structure.write_bytes(text.replace("\n", "\r\n").encode())

    assert load(shelf / ID).digest == questionnaire.digest


def test_the_digest_tells_every_change_of_content(shelf, questionnaire):
    replace(shelf / ID / "advice.toml", "below = 60", "below = 61")

    assert load(shelf / ID).digest != questionnaire.digest


def test_a_corrected_translation_changes_its_own_digest_alone(shelf, questionnaire):
    replace(
        shelf / ID / "translations/en.toml",
        'title = "Bring social contacts into the service queue"',
        'title = "A single queue"',
    )

    corrected = load(shelf / ID)

    assert corrected.digest == questionnaire.digest
    assert corrected.texts["en"].digest != questionnaire.texts["en"].digest


def test_a_translation_may_be_added(shelf, questionnaire):
    shutil.copy(shelf / ID / "translations/en.toml", shelf / ID / "translations/pt-BR.toml")

    found = load(shelf / ID)

    assert found.digest == questionnaire.digest
    assert found.text("pt-BR").language == "pt-BR"
    assert found.text("fi").language == "en"


def test_a_revised_text_says_its_revision_and_is_no_mistake(shelf):
    replace(shelf / ID / "questionnaire.toml", 'id = "CS-P1"\n', 'id = "CS-P1"\nrevision = 2\n')
    replace(shelf / ID / "translations/en.toml", "[items.CS-P1]\n", "[items.CS-P1]\nrevision = 2\n")

    found = load(shelf / ID)

    assert found.item["CS-P1"].revision == 2


def test_what_an_assessment_keeps_comes_back_the_same(questionnaire):
    assert from_json(to_json(questionnaire)) == questionnaire


@pytest.mark.parametrize("kept", [b"", b"{}", b'{"id": 1}', b"\xff", b"[" * 100_000])
def test_what_is_no_questionnaire_is_refused(kept):
    with pytest.raises(InvalidError):
        from_json(kept)


def test_items_that_differ_between_two_versions_are_named(questionnaire):
    first, second, *rest = questionnaire.items
    changed = structs.replace(second, roles=("leader",))
    new = structs.replace(questionnaire, items=(changed, *rest, structs.replace(first, id="CS-P9")))

    assert differing_items(questionnaire, new) == (first.id, second.id, "CS-P9")
    assert differing_items(questionnaire, questionnaire) == ()


def test_parts_that_differ_are_named_but_not_translations(questionnaire):
    new = structs.replace(questionnaire, horizons=("now",), texts={}, digest="other")

    assert differing_parts(questionnaire, new) == ("horizons",)


def test_the_library_gives_the_newest_version_unless_one_is_named(shelf):
    shutil.copytree(shelf / ID, shelf / "newer")
    replace(shelf / "newer/questionnaire.toml", 'version = "1.1.0"', 'version = "1.10.0"')
    shutil.copytree(shelf / ID, shelf / "middle")
    replace(shelf / "middle/questionnaire.toml", 'version = "1.1.0"', 'version = "1.9.0"')

    library = Library([shelf])

    assert library.get(ID).version == "1.10.0"
    assert library.get(ID, "1.1.0").version == "1.1.0"
    assert [one.version for one in library.list()] == ["1.10.0", "1.9.0", "1.1.0"]


def test_an_unknown_questionnaire_is_not_found(shelf):
    library = Library([shelf])

    with pytest.raises(NotFoundError, match="no questionnaire other"):
        library.get("other")
    with pytest.raises(NotFoundError, match=r"@9\.0\.0"):
        library.get(ID, "9.0.0")


def test_the_library_reads_a_questionnaire_once_and_again_after_a_change(shelf):
    library = Library([shelf])
    first = library.get(ID)

    again = library.get(ID)
    replace(shelf / ID / "questionnaire.toml", 'version = "1.1.0"', 'version = "1.1.10"')
    changed = library.get(ID)

    assert again is first
    assert changed.version == "1.1.10"


def test_a_broken_questionnaire_does_not_hide_the_others(shelf):
    shutil.copytree(shelf / ID, shelf / "broken")
    replace(shelf / "broken/questionnaire.toml", 'version = "1.1.0"', "version = 1")

    library = Library([shelf])

    assert [one.id for one in library.list()] == [ID]
    assert library.problems()[0].file == str(shelf / "broken/questionnaire.toml")
    with pytest.raises(InvalidError):
        library.get("broken")


def test_the_same_version_twice_with_different_contents_is_a_problem_that_names_the_items(shelf):
    shutil.copytree(shelf / ID, shelf / "zz")
    replace(shelf / "zz/questionnaire.toml", 'roles = ["leader", "staff"]', 'roles = ["leader"]')

    problems = Library([shelf]).problems()

    assert [problem.file for problem in problems] == [str(shelf / "zz")]
    assert "CS-P2, MK-P2, HR-P2" in problems[0].message


def test_a_preview_shows_every_item_rung_and_advice_in_order(questionnaire):
    text = show(questionnaire, "en")

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
def test_the_schema_describes_the_shipped_file_and_refuses_unknown_keys(part):
    found = schema(part)

    root = found["$defs"][found["$ref"].rsplit("/", 1)[1]]
    assert content(part).keys() <= root["properties"].keys()
    assert root["additionalProperties"] is False
    assert msgspec.json.encode(found)


def test_every_key_of_a_file_has_its_line():
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

    found = places(source)

    assert found["a", "b.c", "d"] == 2
    assert found["a", "b.c", "d", 1, "f", 0] == 3
    assert found["t", 0, "id"] == 6
    assert found["t", 0, "u", "v"] == 8
    assert found["t", 1] == 9
    assert found["t", 1, "id"] == 10
    assert found["t", 1, "w", 0, "x"] == 13


def paths(value, path=()):
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from paths(inner, (*path, key))


def spoil(value, path, junk):
    if not path:
        return junk
    value[path[0]] = spoil(value[path[0]], path[1:], junk)
    return value


@settings(max_examples=150, deadline=None)
@given(data=st.data(), junk=JUNK)
def test_whatever_stands_in_a_file_is_reported_and_never_breaks_the_check(data, junk):
    contents = {part: content(part) for part in PARTS}
    part = data.draw(st.sampled_from(sorted(PARTS)))
    path = data.draw(st.sampled_from([path for path in paths(contents[part]) if path]))
    spoiled = spoil(contents[part], path, junk)
    reported = []

    def report(*said):
        reported.append(said)

    for one, kind in FILES.items():
        check_shape(contents[one], kind, report)
    check_structure(contents["questionnaire"], report)
    check_advice(contents["advice"], contents["questionnaire"], report)
    check_translation(contents["translation"], contents["questionnaire"], contents["advice"], report)

    if not reported:
        assert msgspec.convert(spoiled, FILES[part])


def test_the_shipped_questionnaire_is_complete(questionnaire):
    kinds = [item.kind for item in questionnaire.items]

    assert [kinds.count(kind) for kind in (Kind.PRACTICE, Kind.HAND_OFF, Kind.PERSONAL)] == [33, 15, 12]
    assert [kinds.count(kind) for kind in (Kind.CHECK, Kind.CHOICE)] == [2, 1]
    assert [rule.number for rule in questionnaire.rules] == list(range(1, 51))
    assert [rule.number for rule in questionnaire.rules if rule.pinned] == [1, 2, 16, 24]
    assert [rule.number for rule in questionnaire.rules if rule.pinned_if_contested] == [31]
    assert [rule.next_step for rule in questionnaire.rules if rule.next_step] == [1, 2] * 3


def test_a_questionnaire_kept_with_constants_of_disclosure_is_read_and_keeps_its_digest(questionnaire):
    """Those of version 1.0.0 were: they stay readable, and the constants are the engine's."""
    kept = msgspec.json.decode(to_json(questionnaire))
    kept["disclosure"] |= {"least_minimum_group": 1, "step": 1, "lowest": 0, "highest": 100, "comments_from": 1}
    kept["digest"] = "of-that-time"

    found = from_json(msgspec.json.encode(kept))

    assert found.digest == "of-that-time"
    assert found.disclosure == questionnaire.disclosure
    rules = guard(found.disclosure, None)
    assert (rules.needed, rules.step, rules.lowest, rules.highest) == (6, 5, 10, 90)


def test_the_example_in_the_guide_reads_as_the_program_says_it(shelf):
    guide = " ".join((Path(__file__).parents[1] / "docs/questionnaires.md").read_text("utf-8").split())
    structure = shelf / ID / "questionnaire.toml"
    text = structure.read_text("utf-8")
    structure.write_text(text.replace('dimension = "purpose"', 'dimension = "porpoise"', 1), "utf-8")

    said = [str(problem).removeprefix(str(shelf)) for problem in check([shelf]) if "porpoise" in problem.message]

    assert f"questionnaires{said[0]}" in guide
