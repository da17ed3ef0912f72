"""`docs/items.md`: every item of the shipped questionnaires with its ladder, written from the data.

`python tests/items_page.py` writes it.
"""

from collections.abc import Iterator
from pathlib import Path

from assessment.domain.questionnaire import Block, Item, Questionnaire
from assessment.domain.survey.duration import estimate_minutes, measure_survey, measure_surveys
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder

PAGE = Path(__file__).parents[1] / "docs" / "items.md"
FULL = "social-media-integration"
HEAD = """# The items

What respondents read, in English, as shipped. This page is written from the questionnaire files
(`python tests/items_page.py`); change those, not this page. What the answers mean: [the method](method.md). How to
edit an item: [editing a questionnaire](questionnaires.md).

Every item also has "I don't know" and "Does not apply". † embedding item. Items of a block are read under one stem and
share one ladder.
"""
LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
OLD_VERSION = "1.0.0"
OLD_WORDS = {  # by role, in customer service, marketing, HR and all three, in the order of LANGUAGES
    "leader": ((425, 397, 471, 473), (393, 371, 426, 431), (430, 408, 475, 477), (1098, 1038, 1206, 1207)),
    "practitioner": (
        (1357, 1262, 1460, 1400),
        (1336, 1268, 1416, 1360),
        (1331, 1256, 1435, 1373),
        (2948, 2776, 3159, 3059),
    ),
    "staff": ((878, 816, 947, 923), (858, 815, 905, 885), (845, 802, 913, 893), (2575, 2428, 2762, 2696)),
}


def render_items_page(catalogue: QuestionnaireCatalogue) -> str:
    """Lay out the items of the full questionnaire, then what the short one takes of them."""
    questionnaires = sorted(catalogue.list(), key=lambda one: one.id != FULL)
    full, *others = questionnaires
    lines = [HEAD, *_render_sections(full), *_render_words(full)]
    for other in others:
        lines += [f"## {other.text('en').title} {other.version}", "", "Has these of the items above:", ""]
        lines += [", ".join(item.id for item in other.items), ""]
    return "\n".join(lines).rstrip() + "\n"


def _render_sections(questionnaire: Questionnaire) -> Iterator[str]:
    texts = questionnaire.text("en")
    yield f"Items of {texts.title} {questionnaire.version}:"
    yield ""
    for section in questionnaire.sections:
        yield from (f"## {texts.sections[section.id]}", "")
        for id_ in section.items:
            block = questionnaire.block_of.get(id_)
            if block is None:
                yield from _render_item(questionnaire, questionnaire.item[id_])
            elif block.items[0] == id_:
                yield from _render_block(questionnaire, block)


def _render_words(questionnaire: Questionnaire) -> Iterator[str]:
    texts = questionnaire.text("en")
    yield from ("## Words and minutes of each role", "")
    yield f"Words, and minutes at words / 238 + 15 seconds per answer: {OLD_VERSION} → {questionnaire.version}."
    yield "In every language at most 12 minutes in one function, and 24 in all three."
    yield from (
        "",
        f"| role | functions | answers | {' | '.join(LANGUAGES.values())} |",
        "|---" * (3 + len(LANGUAGES)) + "|",
    )
    places = {role.id: iter(OLD_WORDS[role.id]) for role in questionnaire.roles}
    for survey in measure_surveys(questionnaire):
        functions = "all three" if len(survey.functions) > 1 else texts.functions[survey.functions[0]]
        cells = [texts.roles[survey.role], functions, str(survey.questions)]
        for language, old_words in zip(LANGUAGES, next(places[survey.role]), strict=True):
            new = measure_survey(questionnaire, survey.role, survey.functions, language)
            old_minutes = estimate_minutes(old_words, survey.questions)
            cells.append(f"{old_words} ({old_minutes:.1f}) → {new.words} ({new.middle:.1f})")
        yield f"| {' | '.join(cells)} |"
    yield ""


def _render_item(questionnaire: Questionnaire, item: Item) -> Iterator[str]:
    text = questionnaire.text("en").items[item.id]
    yield from (f"**{item.id}**{'†' if item.embedding else ''} {text.text}", "")
    if text.hint:
        yield from (f"*{text.hint}*", "")
    yield f"Asked of {_describe_respondents(item)}."
    yield ""
    yield from (f"{raw}. {rung}" for raw, rung in enumerate(text.rungs))
    yield from (f"- `{option}`: {text.options[option]}" for option in item.options)
    yield ""


def _render_block(questionnaire: Questionnaire, block: Block) -> Iterator[str]:
    texts = questionnaire.text("en")
    above = texts.blocks[block.id]
    yield from (above.stem, "")
    yield from (f"- **{id_}** {texts.items[id_].label}" for id_ in block.items)
    yield from ("", f"Each asked of {_describe_respondents(questionnaire.item[block.items[0]])}.", "")
    yield from (f"{raw}. {rung}" for raw, rung in enumerate(above.rungs))
    yield ""


def _describe_respondents(item: Item) -> str:
    revision = f", revision {item.revision}" if item.revision > 1 else ""
    return f"{', '.join(item.roles)}{revision}"


if __name__ == "__main__":
    PAGE.write_text(render_items_page(QuestionnaireCatalogue([find_shipped_folder()])), encoding="utf-8")
