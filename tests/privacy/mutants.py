"""The disclosure layer with one rule broken at a time: each must be caught, or the attacker is too weak."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain import method
from assessment.domain.answers import Answers, AssessmentSettings
from assessment.domain.disclosure import guard
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result
from assessment.domain.scoring.indices import perception_gap, set_up_to_fail
from tests.privacy.release import Release, background, released, shown_items

Mutant = Callable[[pytest.MonkeyPatch, Questionnaire, Answers], Release]


class Unrounded(DisclosureGuard, frozen=True):
    """Nothing is rounded."""

    def round_scores(self, scores):
        return scores

    def find_bound(self, score):  # noqa: ARG002 - the guard's own signature
        return None

    @property
    def noise(self):
        return 0.0

    def round_half_width(self, width, answers=None):  # noqa: ARG002
        return width

    def round_agreement(self, agreement, answers):  # noqa: ARG002
        return agreement


class Spreading(DisclosureGuard, frozen=True):
    """Intervals of dimensions whatever the roles."""

    def has_too_small_role(self, *_):
        return False


class Telling(DisclosureGuard, frozen=True):
    """Spreads at face value: the narrowest interval says that all are alike."""

    @property
    def noise(self):
        return 0.0

    def round_half_width(self, width, answers=None):  # noqa: ARG002
        return super().round_half_width(width)

    def round_agreement(self, agreement, answers):  # noqa: ARG002
        return super().round_agreement(agreement, 10**6)


class Sixfold(DisclosureGuard, frozen=True):
    """The interval of a single item from k + 1 answers on."""

    def must_hide_item_interval(self, answers):  # noqa: ARG002
        return False


class Sharing(DisclosureGuard, frozen=True):
    """Distributions as they are."""

    def compute_distribution(self, *answers):
        return guard.OPEN_GUARD.compute_distribution(*answers)


class Careless(DisclosureGuard, frozen=True):
    """Hidden items are hidden, but still used above."""

    def get_needed_answers(self, otherwise):
        return otherwise

    def round_agreement(self, agreement, answers):
        return super().round_agreement(agreement, max(2, answers))


class Ungapped(DisclosureGuard, frozen=True):
    """No thresholds."""

    def must_hide(self, people):  # noqa: ARG002
        return False

    def has_too_small_role(self, *_):
        return False


def _as(kind: type[DisclosureGuard], rules: DisclosureGuard) -> DisclosureGuard:
    return kind(rules.needed, rules.minimum_group, rules.step, rules.lowest, rules.highest)


def use_guard_kind(monkeypatch: pytest.MonkeyPatch, kind: type[DisclosureGuard]) -> None:
    """Release everything through a guard of this kind."""
    monkeypatch.setattr(method, "build_guard", lambda *rules: _as(kind, guard.build_guard(*rules)))


def guard_with(kind: type[DisclosureGuard], step: float | None = None) -> Mutant:
    """A mutant whose guard is of another kind."""

    def mutant(monkeypatch: pytest.MonkeyPatch, questionnaire: Questionnaire, answers: Answers) -> Release:
        use_guard_kind(monkeypatch, kind)
        release = released(score_answers(questionnaire, answers, AssessmentSettings()))
        return release if step is None else replace(release, step=step)

    return mutant


def threshold_k(monkeypatch: pytest.MonkeyPatch, questionnaire: Questionnaire, answers: Answers) -> Release:
    """K people are enough, for distributions too."""

    def rules(*given: Any) -> DisclosureGuard:
        true = guard.build_guard(*given)
        return replace(true, needed=true.minimum_group)

    monkeypatch.setattr(method, "build_guard", rules)
    monkeypatch.setattr(guard, "SMALLEST_DETAIL_GROUP", 0)
    return released(score_answers(questionnaire, answers, AssessmentSettings()))


def counts_by_role(monkeypatch: pytest.MonkeyPatch, questionnaire: Questionnaire, answers: Answers) -> Release:
    """Answers and "I don't know" counted by role within a function."""
    release = released(score_answers(questionnaire, answers, AssessmentSettings()))
    known = background(questionnaire, answers, questionnaire.disclosure.minimum_group)
    counts = {
        shown.id: {
            role: tuple(int(says(known.answers.values[known.role == number, shown.column]).sum()) for says in SAYS)
            for number, role in enumerate(known.roles)
        }
        for shown in shown_items(known, release)
    }
    return replace(release, by_role=counts)


SAYS = (lambda values: values >= 0, lambda values: values == -1)


def exact_flags(monkeypatch: pytest.MonkeyPatch, questionnaire: Questionnaire, answers: Answers) -> Release:
    """Red flags as a number."""
    monkeypatch.setattr(set_up_to_fail, "classify_share", lambda count, _: count)
    return released(score_answers(questionnaire, answers, AssessmentSettings()))


def gap_thresholds_off(monkeypatch: pytest.MonkeyPatch, questionnaire: Questionnaire, answers: Answers) -> Release:
    """The leadership gap from two people on."""
    true = perception_gap.compute_perception_gap

    def open_gap(computation, *given):
        return true(replace(computation, guard=_as(Ungapped, computation.guard)), *given)

    monkeypatch.setattr(method, "compute_perception_gap", open_gap)
    return released(score_answers(questionnaire, answers, AssessmentSettings()))


def naive(monkeypatch: pytest.MonkeyPatch, questionnaire: Questionnaire, answers: Answers) -> Release:
    """Only functions and roles under k are hidden; all else at full precision."""
    k = questionnaire.disclosure.minimum_group
    result = score_answers(questionnaire, answers, AssessmentSettings(), unsuppressed=True)
    functions = {name: part for name, part in result.functions.items() if (part.people or 0) >= k}
    index = questionnaire.indices.perception_gap
    enough = min(result.respondents.by_role[side] or 0 for side in (index.leader, index.practitioner)) >= k
    indices = result.indices if enough else replace(result.indices, perception_gap=None)
    return Release(replace(result, functions=functions, indices=indices), 0.0)


MUTANTS: Mapping[str, Mutant] = {
    "rounding off": guard_with(Unrounded, 0.0),
    "threshold k": threshold_k,
    "intervals of dimensions whatever the roles": guard_with(Spreading),
    "counts by role within a function": counts_by_role,
    "red flags exact": exact_flags,
    "gap thresholds off": gap_thresholds_off,
    "hidden items used above": guard_with(Careless),
    "distributions as they are": guard_with(Sharing),
}


def spreads_at_face_value(monkeypatch: pytest.MonkeyPatch, questionnaire: Questionnaire, answers: Answers) -> Release:
    """Half-widths and agreements as they are, but for whole points and tenths."""
    return replace(guard_with(Telling)(monkeypatch, questionnaire, answers), at_face_value=True)


def intact(monkeypatch: pytest.MonkeyPatch, questionnaire: Questionnaire, answers: Answers) -> Release:
    """The layer as it is."""
    return released(score_answers(questionnaire, answers, AssessmentSettings()))


def live(questionnaire: Questionnaire, answers: Answers, people: int) -> Result:
    """Return the count shown after so many submissions."""
    return score_answers(questionnaire, answers.select_rows(np.arange(len(answers)) < people), AssessmentSettings())
