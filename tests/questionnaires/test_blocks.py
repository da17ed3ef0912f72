"""Blocks: items under one stem and one ladder, in the files, the checks, the preview and the warnings."""

import pytest

from assessment.domain.questionnaire import Kind
from assessment.questionnaires import find_problems, find_shipped_folder, lint_folders, load_questionnaire, render_text
from tests import questionnaire_files

ID = "social-media-integration"
STRUCTURE, ENGLISH = "questionnaire.toml", "translations/en.toml"
HAND_OFFS = '"CS-K-email", "CS-K-phone", "CS-K-web", "CS-K-in-person", "CS-K-post"]\n\n[[blocks]]'
ROW = '[items.CS-K-email]\ntext = "A customer moves from social media to email. What happens?"'

MISTAKES = {
    "an item is in no section order": (
        STRUCTURE,
        f"items = [{HAND_OFFS}",
        'items = ["CS-K-phone", "CS-K-email", "CS-K-web", "CS-K-in-person", "CS-K-post"]\n\n[[blocks]]',
        "The items of `customer-service-hand-offs` don't follow each other in one section.",
    ),
    "a block has one item": (
        STRUCTURE,
        f"items = [{HAND_OFFS}",
        'items = ["CS-K-email"]\n\n[[blocks]]',
        "`customer-service-hand-offs` is a block of one item.",
    ),
    "an item is in two blocks": (
        STRUCTURE,
        f"items = [{HAND_OFFS}",
        f'items = ["MK-K-post", {HAND_OFFS}',
        "In the blocks, the item `MK-K-post` is there twice.",
    ),
    "items are asked in different functions": (
        STRUCTURE,
        f"items = [{HAND_OFFS}",
        f'items = ["MK-K-post", {HAND_OFFS}',
        "The items of `customer-service-hand-offs` differ in `function`.",
    ),
    "items are asked of different roles": (
        STRUCTURE,
        'channel = "email"\nroles = ["practitioner", "staff"]',
        'channel = "email"\nroles = ["staff"]',
        "The items of `customer-service-hand-offs` differ in `roles`.",
    ),
    "items are of different kinds": (
        STRUCTURE,
        'items = ["X-A1", "X-A2", "X-A3"]\n\n# Pages',
        'items = ["X-L1", "X-Q"]\n\n# Pages',
        "The items of `own-authority` differ in `kind`.",
    ),
    "an item has options": (
        STRUCTURE,
        'items = ["X-A1", "X-A2", "X-A3"]\n\n# Pages',
        'items = ["X-L1", "X-Q"]\n\n# Pages',
        "`own-authority` has an item with options, which has no ladder.",
    ),
    "an item does not exist": (
        STRUCTURE,
        'items = ["X-A1", "X-A2", "X-A3"]\n\n# Pages',
        'items = ["X-A1", "X-A9"]\n\n# Pages',
        "`blocks[4].items[2]` names `X-A9`, which is not among the items.",
    ),
    "a row has no label": (ENGLISH, 'label = "To email"\n', "", "`CS-K-email` has no label: it is in a block."),
    "a row has a ladder": (
        ENGLISH,
        ROW,
        ROW.replace("\n", '\nrungs = ["a", "b", "c", "d", "e"]\n'),
        "`CS-K-email` has a ladder of its own: it is in a block.",
    ),
    "a label is for nothing": (
        ENGLISH,
        'short = "Same service goals"\n',
        'short = "Same service goals"\nlabel = "To email"\n',
        "`CS-P1` has a label, but is in no block.",
    ),
    "a ladder has four rungs": (
        ENGLISH,
        '    "They have to explain everything again",\n',
        "",
        "The ladder of `customer-service-hand-offs` has 4 rungs.",
    ),
    "two rungs read alike": (
        ENGLISH,
        '"Both channels use one shared record"',
        '"They have to explain everything again."',
        "Two rungs of `customer-service-hand-offs` read alike",
    ),
    "a block has no text": (
        ENGLISH,
        "[blocks.own-authority]",
        "[blocks.other]",
        "`blocks` has no text for `own-authority`.",
    ),
    "a stem is empty": (
        ENGLISH,
        'stem = "How free are you to do the following?"',
        'stem = " "',
        "`blocks.own-authority.stem` is empty.",
    ),
}


@pytest.fixture
def copy(tmp_path):
    return questionnaire_files.copy_questionnaire(find_shipped_folder() / ID, tmp_path / ID)


@pytest.fixture(scope="module")
def questionnaire():
    return load_questionnaire(find_shipped_folder() / ID)


def edit_file(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_in_block_is_reported_with_remedy_and_line(copy, name):
    file, old, new, message = MISTAKES[name]
    edit_file(copy / file, old, new)

    found = [problem for problem in find_problems([copy]) if message in problem.message]

    assert found, find_problems([copy])
    assert found[0].remedy
    assert found[0].line > 1


def test_items_of_block_get_its_ladder_in_every_language(questionnaire):
    for texts in questionnaire.texts.values():
        for block in questionnaire.blocks:
            assert {texts.items[item].rungs for item in block.items} == {texts.blocks[block.id].rungs}


def test_hand_off_rows_of_function_are_one_block(questionnaire):
    rows = [item.id for item in questionnaire.items if item.kind is Kind.HAND_OFF]

    assert {questionnaire.block_of[row].id for row in rows} == {block.id for block in questionnaire.blocks[:3]}
    for block in questionnaire.blocks[:3]:
        assert len({questionnaire.item[item].function for item in block.items}) == 1


def test_preview_shows_ladder_of_block_once(questionnaire):
    flat = " ".join(render_text(questionnaire, "en").split())
    block = questionnaire.texts["en"].blocks["own-authority"]

    assert flat.count(block.stem) == 1
    assert flat.count(block.rungs[2]) == 1


@pytest.mark.slow
def test_similar_rungs_of_block_are_reported_once(copy):
    edit_file(
        copy / ENGLISH,
        '"Both channels use one shared record"',
        '"The hand-off is agreed, but leaves no written record"',
    )

    doubts = lint_folders([copy])

    assert [doubt.message.split(":")[0] for doubt in doubts] == [
        "Rung 3 of `customer-service-hand-offs` says nearly what rung 2 says"
    ]
    text = (copy / ENGLISH).read_text(encoding="utf-8")
    assert doubts[0].line == text[: text.index("no written record")].count("\n") + 1
