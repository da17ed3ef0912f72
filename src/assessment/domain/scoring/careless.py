"""Careless responding: three flags; responses with `exclude_at` flags or more are excluded (method 3)."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import DONT_KNOW, NOT_APPLICABLE, Answers, Flags, Values
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.result import CarelessRow
from assessment.domain.scoring.cuts import CUT_DECIMALS

FLAGS = ("long string", "speed", "contradiction")
TOP = 4  # highest rung


class Screening(Struct, frozen=True):
    """Mask of the responses to keep, and the log of the excluded ones."""

    keep: Flags
    log: tuple[CarelessRow, ...]


def screen(questionnaire: Questionnaire, answers: Answers) -> Screening:
    """Flag every response and keep those with fewer than `exclude_at` flags."""
    rules = questionnaire.scoring.careless
    flags = np.stack(
        [
            longest_run(_scored(questionnaire, answers.values)) >= rules.long_string,
            _hasty(answers, rules.seconds_per_answer),
            _contradicting(questionnaire, answers.values, rules.contradiction),
        ]
    )
    careless = flags.sum(axis=0) >= rules.exclude_at
    log = tuple(
        CarelessRow(answers.respondents[row], tuple(flag for flag, up in zip(FLAGS, flags[:, row], strict=True) if up))
        for row in np.flatnonzero(careless)
    )
    return Screening(~careless, log)


def longest_run(values: Values) -> NDArray[np.int16]:
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


def _scored(questionnaire: Questionnaire, values: Values) -> Values:
    columns = [n for n, item in enumerate(questionnaire.items) if item.kind not in (Kind.CHECK, Kind.CHOICE)]
    return values[:, columns]


def _hasty(answers: Answers, least: float) -> Flags:
    given = answers.values
    answered = ((given >= 0) | (given == DONT_KNOW) | (given == NOT_APPLICABLE)).sum(axis=1)
    known = (answered > 0) & ~np.isnan(answers.seconds)
    pace = np.divide(answers.seconds, answered, out=np.full(len(answers), np.inf), where=known)
    return np.asarray(np.round(pace, CUT_DECIMALS) < least)


def _contradicting(questionnaire: Questionnaire, values: Values, limit: int) -> Flags:
    column = {item.id: number for number, item in enumerate(questionnaire.items)}
    found = np.zeros(len(values), dtype=np.bool_)
    for item in questionnaire.items:
        if item.checks is None:
            continue
        rating, check = values[:, column[item.checks]].astype(int), values[:, column[item.id]].astype(int)
        found |= (rating >= 1) & (check >= 0) & (np.abs(rating + check - TOP) >= limit)
    return found
