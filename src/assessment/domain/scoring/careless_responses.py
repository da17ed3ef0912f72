"""Careless responding: three flags; responses with `exclude_at` flags or more are excluded (method 3)."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import DONT_KNOW, NOT_APPLICABLE, Answers, AnswerValues, BoolArray
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.result import CarelessRow
from assessment.domain.scoring.cut_points import CUT_DECIMALS

FLAG_NAMES = ("long string", "speed", "contradiction")
HIGHEST_RUNG = 4


class ScreeningResult(Struct, frozen=True):
    """Mask of the responses to keep, and the log of the excluded ones."""

    is_kept: BoolArray
    log: tuple[CarelessRow, ...]


def screen_responses(questionnaire: Questionnaire, answers: Answers) -> ScreeningResult:
    """Flag every response and keep those with fewer than `exclude_at` flags."""
    rules = questionnaire.scoring.careless
    flags = np.stack(
        [
            find_longest_runs(_select_scored_items(questionnaire, answers.values)) >= rules.long_string,
            _flag_speed(answers, rules.seconds_per_answer),
            _flag_contradictions(questionnaire, answers.values, rules.contradiction),
        ]
    )
    careless = flags.sum(axis=0) >= rules.exclude_at
    log = tuple(
        CarelessRow(
            answers.respondents[row], tuple(flag for flag, up in zip(FLAG_NAMES, flags[:, row], strict=True) if up)
        )
        for row in np.flatnonzero(careless)
    )
    return ScreeningResult(~careless, log)


def find_longest_runs(values: AnswerValues) -> NDArray[np.int16]:
    """Length of each row's longest run of equal numeric answers; other answers are skipped."""
    run = np.zeros(len(values), dtype=np.int16)
    longest = np.zeros(len(values), dtype=np.int16)
    last = np.full(len(values), -1, dtype=np.int8)
    for column in values.T:
        numeric = column >= 0
        run = np.where(numeric, np.where(column == last, run + 1, np.int16(1)), run)
        last = np.where(numeric, column, last)
        longest = np.maximum(longest, run)
    return longest


def _select_scored_items(questionnaire: Questionnaire, values: AnswerValues) -> AnswerValues:
    columns = [n for n, item in enumerate(questionnaire.items) if item.kind not in (Kind.CHECK, Kind.CHOICE)]
    return values[:, columns]


def _flag_speed(answers: Answers, min_seconds: float) -> BoolArray:
    values = answers.values
    answered = ((values >= 0) | (values == DONT_KNOW) | (values == NOT_APPLICABLE)).sum(axis=1)
    has_pace = (answered > 0) & ~np.isnan(answers.seconds)
    pace = np.divide(answers.seconds, answered, out=np.full(len(answers), np.inf), where=has_pace)
    return np.asarray(np.round(pace, CUT_DECIMALS) < min_seconds)


def _flag_contradictions(questionnaire: Questionnaire, values: AnswerValues, limit: int) -> BoolArray:
    column = {item.id: number for number, item in enumerate(questionnaire.items)}
    is_contradictory = np.zeros(len(values), dtype=np.bool_)
    for item in questionnaire.items:
        if item.checks is None:
            continue
        rating, check = values[:, column[item.checks]].astype(int), values[:, column[item.id]].astype(int)
        is_contradictory |= (rating >= 1) & (check >= 0) & (np.abs(rating + check - HIGHEST_RUNG) >= limit)
    return is_contradictory
