"""Two waves of an organisation to attack: what the parts of a change may tell lies in who came and who stayed away."""

import numpy as np

from assessment.domain.answers import NOT_ASKED, RUNG_COUNT, Answers
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.routing import build_asked_matrix
from tests.privacy import population

OTHERS = 9000  # organisations far from those of the same number
FEW, SMALLEST, LARGEST = 3, 25, 60
MANY_LEAST, MANY_MOST = 6, 9


def mixed(questionnaire: Questionnaire, seed: int) -> tuple[Answers, Answers]:
    """Two random organisations; of the one all but a few of one role stay away."""
    rng = np.random.default_rng((seed, 7))
    one, two = (
        population.organisation(questionnaire, seed + far, int(rng.integers(SMALLEST, LARGEST))) for far in (0, OTHERS)
    )
    role = str(rng.choice([role.id for role in questionnaire.roles]))
    members = np.flatnonzero(np.asarray(two.roles) == role)
    two = two.select_rows(~np.isin(np.arange(len(two)), members[int(rng.integers(0, FEW + 1)) :]))
    return (one, two) if rng.random() < 1 / 2 else (two, one)


def of_one_mind(questionnaire: Questionnaire, seed: int, few: int) -> tuple[Answers, Answers]:
    """One function whose `few` of one role answer alike, at an end, and take part in one of two waves only."""
    rng = np.random.default_rng((seed, 11))
    names = [role.id for role in questionnaire.roles]
    lone = names[int(rng.integers(len(names)))]
    roles = [name for name in names for _ in range(few if name == lone else int(rng.integers(MANY_LEAST, MANY_MOST)))]
    members = np.zeros((len(roles), len(questionnaire.functions)), dtype=np.bool_)
    members[:, 0] = True
    top = RUNG_COUNT - 1
    around = rng.integers(0, RUNG_COUNT, len(questionnaire.items))
    values = np.clip(around + rng.integers(-1, 2, (len(roles), len(around))), 0, top)
    alike = np.asarray(roles) == lone
    values[alike] = top if rng.random() < 1 / 2 else 0
    values[:, [bool(item.options) for item in questionnaire.items]] = 0
    all_of_them = Answers(
        respondents=tuple(f"r{number + 1}" for number in range(len(roles))),
        roles=tuple(roles),
        functions=members,
        seconds=np.full(len(roles), 3600.0),
        values=np.where(build_asked_matrix(questionnaire, roles, members), values, NOT_ASKED).astype(np.int8),
    )
    return all_of_them.select_rows(~alike), all_of_them
