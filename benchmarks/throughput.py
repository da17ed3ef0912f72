"""Responses a second with 20 respondents at once, and how long an autosave then takes; the bare application likewise.

The respondents are threads of this process: they share the processors with the server.
"""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks import write_path
from benchmarks.large_survey import Costs
from benchmarks.write_path import Browser, answer_floor, answer_survey

RESPONDENTS_AT_ONCE = 20
RESPONSES = 60
PERCENTILE = 95
SAVE_PREFIXES = ("/survey/answers/", "/answers/")


class TimedBrowser(Browser):
    """Browser that notes the milliseconds of each save."""

    milliseconds: list[float]

    def _request(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str, str]:
        began = time.perf_counter()
        response = super()._request(method, path, body, headers)
        if path.startswith(SAVE_PREFIXES):
            type(self).milliseconds.append((time.perf_counter() - began) * 1000)
        return response


def measure_throughput(kind: str, runs: int) -> tuple[Costs, Costs]:
    """Measure by turns; return responses a second, and the 95th percentile of a save in milliseconds."""
    with write_path.make_databases(kind) as (url, floor_url):
        settings = write_path.make_settings(url)
        tokens = iter(write_path.prepare_survey(settings, RESPONSES * (runs + 1)))
        with write_path.run_product(url) as product, write_path.run_bare(floor_url) as bare:
            names = iter(range(10**6))
            acts: dict[str, Callable[[Any], object]] = {
                "bare, 20 at once": lambda _: answer_floor(bare.port, str(next(names)), TimedBrowser),
                "responses, 20 at once": lambda _: answer_survey(
                    product.port, next(tokens), autosave=True, browser_type=TimedBrowser
                ),
            }
            rates: Costs = {name: [] for name in acts}
            saves: Costs = {f"save, 95th percentile: {name}": [] for name in acts}
            with ThreadPoolExecutor(RESPONDENTS_AT_ONCE) as respondents:
                for turn in range(runs + 1):
                    for (name, act), percentiles in zip(acts.items(), saves.values(), strict=True):
                        TimedBrowser.milliseconds = []
                        began = time.perf_counter()
                        list(respondents.map(act, range(RESPONSES)))
                        if turn:  # the first one compiles templates
                            rates[name].append(RESPONSES / (time.perf_counter() - began))
                            percentiles.append(statistics.quantiles(TimedBrowser.milliseconds, n=100)[PERCENTILE - 1])
    return rates, saves
