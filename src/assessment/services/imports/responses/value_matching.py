"""Convert answers of another tool: rungs by their labels in any language, codes, numbers on a scale."""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from assessment.domain.answers import list_answer_codes
from assessment.domain.questionnaire import Item, Questionnaire
from assessment.domain.text_normalisation import fold_name
from assessment.services.imports.responses.column_matching import fold_heading
from assessment.services.imports.responses.import_mapping import ImportMapping, ItemColumn

DONT_KNOW_WORDS = (
    "dk", "i don't know", "i don’t know", "don't know", "don’t know", "weiß nicht", "weiss nicht", "ich weiß es nicht",
    "ich weiß nicht", "je ne sais pas", "ne sait pas", "no lo sé", "no sé", "no sabe",
)  # fmt: skip
NOT_APPLICABLE_WORDS = (
    "na", "n/a", "not applicable", "does not apply", "trifft nicht zu", "nicht zutreffend", "entfällt",
    "non applicable",
    "ne s'applique pas", "ne s’applique pas", "sans objet", "no aplica", "no procede", "no corresponde",
)  # fmt: skip
NO_ANSWER_WORDS = ("", "no answer", "keine antwort", "sans réponse", "pas de réponse", "sin respuesta", "-oth-")
WORDS = (
    dict.fromkeys(DONT_KNOW_WORDS, "dk")
    | dict.fromkeys(NOT_APPLICABLE_WORDS, "na")
    | dict.fromkeys(NO_ANSWER_WORDS, "")
)
ANSWER_CODE = re.compile(r"(?:A|AO|ao|a)0*([0-5])")  # LimeSurvey's own names of answers, from A1 or A0
NUMBERS = frozenset("012345")
RUNG_COUNT = 5
ONE_TO_FIVE, ZERO_TO_FOUR = "1-5", "0-4"


class Scales(Struct, frozen=True):
    """Scales of numbers and of codes like A1: "1-5", "0-4", or "" if the answers do not show which."""

    numbers: str = ""
    codes: str = ""


def find_scale(columns: Iterable[Iterable[str]]) -> str:
    """Return the scale that the numbers are on: 1-5 if there is a 5 and no 0; "" if it is ambiguous."""
    return _judge_digits({cell for cells in columns for cell in cells if cell in NUMBERS})


def find_code_scale(columns: Iterable[Iterable[str]]) -> str:
    """Return the scale of the answers' codes: A0 to A4 are 0-4, A1 to A5 are 1-5; "" if it is ambiguous."""
    return _judge_digits({match[1] for cells in columns for cell in cells if (match := ANSWER_CODE.fullmatch(cell))})


def is_number_or_code(cell: str) -> bool:
    """Return whether a cell depends on the scale."""
    return cell in NUMBERS or ANSWER_CODE.fullmatch(cell) is not None


def _judge_digits(digits: set[str]) -> str:
    if "5" in digits:
        return "" if "0" in digits else ONE_TO_FIVE
    return ZERO_TO_FOUR if "0" in digits else ""


def list_label_codes(item: Item, questionnaire: Questionnaire) -> Mapping[str, str]:
    """Map the words of an item's answers, in all languages, to their codes."""
    codes: dict[str, str] = {}
    for texts in questionnaire.texts.values():
        text = texts.items.get(item.id)
        if text is None:
            continue
        codes |= {fold_heading(rung): str(number) for number, rung in enumerate(text.rungs)}
        codes |= {fold_heading(label): option for option, label in text.options.items()}
    return codes


class ValueMatcher:
    """Converts the cells of one item's column; `convert_cell` returns None for a cell without a meaning."""

    def __init__(
        self, item: Item, questionnaire: Questionnaire, mapping: ImportMapping, column: ItemColumn, scales: Scales
    ) -> None:
        self.item, self.scales, self.is_reversed = item, scales, column.reversed
        self.known = list_answer_codes(item.options)
        self.chosen = {fold_name(text): code for text, code in (mapping.values | column.values).items()}
        self.labels = list_label_codes(item, questionnaire)

    def convert_cell(self, cell: str) -> str | None:
        """Return 0-4, dk, na, a choice code or "" (not answered)."""
        if (exact := fold_name(cell)) in self.chosen:
            code = self.chosen[exact]
            return self._reverse(code) if code == "" or code in self.known else None
        text = fold_heading(cell)
        if text in self.labels:
            return self._reverse(self.labels[text])
        if cell in self.item.options:
            return cell
        if exact in WORDS or text in WORDS:
            return WORDS.get(exact, WORDS.get(text))
        return None if self.item.options else self._convert_number(cell)

    def _convert_number(self, cell: str) -> str | None:
        number = cell.removesuffix(".0")
        match = ANSWER_CODE.fullmatch(number)
        digit, scale = (match[1], self.scales.codes) if match else (number, self.scales.numbers)
        if digit not in NUMBERS or not scale:
            return None
        rung = int(digit) - (scale == ONE_TO_FIVE)
        return self._reverse(str(rung)) if 0 <= rung < RUNG_COUNT else None

    def _reverse(self, code: str) -> str:
        return str(RUNG_COUNT - 1 - int(code)) if self.is_reversed and code.isdecimal() else code
