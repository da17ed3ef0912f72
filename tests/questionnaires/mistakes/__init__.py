"""Mistakes by name: file, replaced text, replacement, place to report (None: any), message, remedy."""

from tests.questionnaires.mistakes.advice import ADVICE_MISTAKES
from tests.questionnaires.mistakes.format import FORMAT_MISTAKES
from tests.questionnaires.mistakes.reference import REFERENCE_MISTAKES
from tests.questionnaires.mistakes.scoring import SCORING_MISTAKES
from tests.questionnaires.mistakes.text import TEXT_MISTAKES

MISTAKES = FORMAT_MISTAKES | REFERENCE_MISTAKES | SCORING_MISTAKES | ADVICE_MISTAKES | TEXT_MISTAKES
