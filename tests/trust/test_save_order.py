"""Two tabs over a network that drops, doubles and reorders saves, against a model.

Only a newer answer counts, and none of another tab is replaced by one that does not know it.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec import Struct, structs

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.answer import Answer, SavedAnswer
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.survey import response_lifecycle, survey_entry
from assessment.storage import answer_connection, database
from assessment.storage.answer_writer import SEQUENCE_STEP, AnswerWriter
from tests.trust.conftest import Place
from tests.web import people

MANY_RUNS = 500
RUNS = MANY_RUNS if "ASSESSMENT_TEST_SOAK" in os.environ else 20
STEPS = 50
TABS, ITEMS, VALUES = st.integers(0, 1), st.sampled_from(["MK-P1", "MK-R1"]), st.sampled_from("01234")


class Sent(Struct, frozen=True):
    """A save on its way."""

    item: str
    value: str
    sequence: int
    base: int | None


class Tab:
    """A page: its number, the answers it was loaded with, and how often each was changed since."""

    def __init__(self, window: int, base: dict[str, int]) -> None:
        self.window, self.base, self.changes = window, base, dict.fromkeys(base, 0)

    def choose(self, item: str, value: str) -> Sent:
        self.changes[item] = self.changes.get(item, 0) + 1
        base = self.base.get(item, 0)
        return Sent(item, value, (base // SEQUENCE_STEP + 1 + self.changes[item]) * SEQUENCE_STEP + self.window, base)


class Scene:
    """A database, its writer, and a new respondent for each run."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.writer = AnswerWriter(place.engine, lambda: people.NOW)
        self.who: Any = None
        self.questionnaire: Questionnaire | None = None

    def begin(self) -> None:
        link = self.place.invite(self.place.open, "practitioner", 1)[0].token
        with database.write_session(self.place.engine) as session:
            self.who = survey_entry.enter_survey(session, link).respondent
            self.questionnaire = self.questionnaire or load_questionnaire(session, self.who)

    def keep(self, sent: Sent) -> Any:
        assert self.questionnaire is not None
        given = Answer(sent.value, "", "", sent.sequence, sent.base)
        return response_lifecycle.save_answer(self.writer, self.questionnaire, self.who, sent.item, given, people.NOW)

    def held(self) -> dict[str, tuple[str, int]]:
        with database.read_session(self.place.engine) as session:
            found = response_lifecycle.load_answers(session, self.who)
        return {item: (each.value, each.sequence) for item, each in found.items()}


@pytest.fixture
def scene(place: Place) -> Iterator[Scene]:
    scene = Scene(place)
    scene.writer.start()
    yield scene
    scene.writer.stop()


class Network(RuleBasedStateMachine):
    """Tabs, what is on its way, and what ought to be held."""

    scene: Scene

    @initialize()
    def begin(self) -> None:
        self.scene.begin()
        self.model: dict[str, tuple[str, int]] = {}
        self.windows = itertools.count(1)
        self.tabs = [Tab(next(self.windows), {}), Tab(next(self.windows), {})]
        self.on_the_way: list[Sent] = []

    @rule(tab=TABS, item=ITEMS, value=VALUES)
    def choose(self, tab: int, item: str, value: str) -> None:
        self.on_the_way.append(self.tabs[tab].choose(item, value))

    @rule(which=st.integers(0, 9), copies=st.integers(1, 3), stays=st.booleans())
    def arrive(self, which: int, copies: int, *, stays: bool) -> None:
        """Out of order, more than once, and perhaps once more later."""
        if not self.on_the_way:
            return
        place = which % len(self.on_the_way)
        sent = self.on_the_way[place] if stays else self.on_the_way.pop(place)
        for _ in range(copies):
            self.accept(sent, self.scene.keep(sent).result(20))

    @rule()
    def arrive_together(self) -> None:
        """In one group of the writer, the newest first."""
        waiting = [self.scene.keep(sent) for sent in reversed(self.on_the_way)]
        for sent in reversed(self.on_the_way):
            self.take(sent)
        self.on_the_way.clear()
        assert all(each.result(20) for each in waiting)

    @rule()
    def drop(self) -> None:
        if self.on_the_way:
            self.on_the_way.pop(0)

    @rule(tab=TABS)
    def load_again(self, tab: int) -> None:
        held = {item: sequence for item, (_, sequence) in self.scene.held().items()}
        self.tabs[tab] = Tab(next(self.windows), held)

    @invariant()
    def the_server_holds_what_the_model_holds(self) -> None:
        assert self.scene.held() == self.model

    def take(self, sent: Sent) -> None:
        held = self.model.get(sent.item)
        if held is not None:
            is_same_tab = held[1] % SEQUENCE_STEP == sent.sequence % SEQUENCE_STEP
            if held[1] >= sent.sequence or not (is_same_tab or held[1] == sent.base):
                return
        self.model[sent.item] = (sent.value, sent.sequence)

    def accept(self, sent: Sent, kept: SavedAnswer) -> None:
        """Anyone who saves is told what is held, and whether it is another answer than theirs."""
        self.take(sent)
        value, sequence = self.model[sent.item]
        assert (kept.value, kept.sequence, kept.stale) == (value, sequence, value != sent.value)


def run(scene: Scene, runs: int = RUNS) -> None:
    length = settings(max_examples=runs, stateful_step_count=STEPS, deadline=None, database=None)
    calm = settings(length, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(type("Run", (Network,), {"scene": scene}), settings=calm)


@pytest.mark.slow
def test_only_newer_answers_count_over_an_unreliable_network(scene: Scene):
    run(scene)


@pytest.mark.slow
def test_mutant_with_last_write_wins_is_caught(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answer_connection, "IS_NEWER", "TRUE")

    with pytest.raises(AssertionError):
        run(scene, MANY_RUNS)  # most often the first few find it; by chance it may take more


@pytest.mark.slow
def test_mutant_that_ignores_the_base_sequence_is_caught(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    kept = scene.keep
    monkeypatch.setattr(scene, "keep", lambda sent: kept(structs.replace(sent, base=None)))

    with pytest.raises(AssertionError):
        run(scene, MANY_RUNS)
