"""Simulates a day's busiest hour: how long requests wait, by respondents a day and by processors.

python -m benchmarks.queue_simulation [--respondents 1000000] [--processors 16] [--database-processors 8]

Requests arrive at random (Poisson), those of one respondent spread over the minutes that answering takes. Each needs a
processor of the server and then one of the database, for a time around the measured mean (docs/scale.md). The waiting
lines are first come, first served. What it leaves out: the network, the disk, and locks, none of which were seen to be
waited for in the measurements.
"""

import argparse
import heapq
from collections.abc import Iterator

import numpy as np
from msgspec import Struct

REQUESTS_OF_RESPONDENT = 45  # 29 saves, 6 sections and the pages around them, as in `write_path`
SAVES_OF_RESPONDENT = 29
ANSWERING_SECONDS = 600.0
PEAK_SHARE = 0.12  # of a day's respondents, in the busiest hour: mails go out in the morning
HOUR_SECONDS = 3600.0
SPREAD = 0.5  # standard deviation of a service time, as a share of its mean


class ServiceTimes(Struct, frozen=True):
    """Measured processor seconds of one save and of one page, on the server and on the database."""

    save: float = 0.0021
    page: float = 0.0055
    database_save: float = 0.0012
    database_page: float = 0.0012

    @property
    def response(self) -> float:
        """Return the processor seconds of a whole response, of the server."""
        return SAVES_OF_RESPONDENT * self.save + (REQUESTS_OF_RESPONDENT - SAVES_OF_RESPONDENT) * self.page

    @property
    def database_response(self) -> float:
        """Return those of the database."""
        pages = REQUESTS_OF_RESPONDENT - SAVES_OF_RESPONDENT
        return SAVES_OF_RESPONDENT * self.database_save + pages * self.database_page


class SimulatedHour(Struct, frozen=True):
    """Requests of the hour, shares of time in which processors work, and seconds from request to response."""

    requests: int
    busy: float
    database_busy: float
    median: float
    p99: float
    longest: float


def simulate_hour(
    respondents_of_day: int,
    processors: int,
    database_processors: int,
    times: ServiceTimes,
    seed: int,
    share: float = 1.0,
) -> SimulatedHour:
    """Simulate a share of the busiest hour, from its beginning."""
    rng = np.random.default_rng(seed)
    seconds = HOUR_SECONDS * share
    rate = respondents_of_day * PEAK_SHARE / HOUR_SECONDS
    arrivals, is_save = _draw_requests(rng, rate, seconds)
    server = _draw_times(rng, is_save, times.save, times.page)
    database = _draw_times(rng, is_save, times.database_save, times.database_page)
    left = serve_in_order(arrivals, server, processors)
    order = np.argsort(left, kind="stable")
    done = np.empty_like(left)
    done[order] = serve_in_order(left[order], database[order], database_processors)
    waits = done - arrivals
    span = float(done.max())
    return SimulatedHour(
        len(arrivals),
        float(server.sum()) / span / processors,
        float(database.sum()) / span / database_processors,
        float(np.median(waits)),
        float(np.quantile(waits, 0.99)),
        float(waits.max()),
    )


def serve_in_order(arrivals: np.ndarray, times: np.ndarray, processors: int) -> np.ndarray:
    """Return when each request is done, with one waiting line for all processors."""
    free = [0.0] * processors
    done = np.empty_like(arrivals)
    for number, (arrival, time) in enumerate(zip(arrivals.tolist(), times.tolist(), strict=True)):
        end = max(arrival, free[0]) + time
        heapq.heapreplace(free, end)
        done[number] = end
    return done


def _draw_requests(rng: np.random.Generator, rate: float, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw the times of all requests, in order, and whether each is a save; people who began earlier are among them."""
    people = rng.poisson(rate * (seconds + ANSWERING_SECONDS))
    begins = rng.uniform(-ANSWERING_SECONDS, seconds, people)
    moments = begins[:, None] + rng.uniform(0, ANSWERING_SECONDS, (people, REQUESTS_OF_RESPONDENT))
    is_save = np.zeros((people, REQUESTS_OF_RESPONDENT), dtype=bool)
    is_save[:, :SAVES_OF_RESPONDENT] = True
    within = (moments >= 0) & (moments < seconds)
    order = np.argsort(moments[within], kind="stable")
    return moments[within][order], is_save[within][order]


def _draw_times(rng: np.random.Generator, is_save: np.ndarray, save: float, page: float) -> np.ndarray:
    """Draw service times of the measured means (gamma distribution)."""
    shape = 1 / SPREAD**2
    drawn: np.ndarray = rng.gamma(shape, 1 / shape, len(is_save)) * np.where(is_save, save, page)
    return drawn


def list_arithmetic(respondents_of_day: int, times: ServiceTimes) -> Iterator[str]:
    """Return what the simulation is compared with: the processors that the busiest hour keeps at work on average."""
    rate = respondents_of_day * PEAK_SHARE / HOUR_SECONDS
    yield f"{rate:.1f} respondents and {rate * REQUESTS_OF_RESPONDENT:.0f} requests a second in the busiest hour"
    yield f"{rate * times.response:.1f} processors of servers, {rate * times.database_response:.1f} of the database"


def main() -> None:
    """Print the arithmetic, and the simulated waits for several numbers of processors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--respondents", type=int, default=1_000_000)
    parser.add_argument("--processors", type=int, nargs="+", default=[6, 8, 12, 16])
    parser.add_argument("--database-processors", type=int, nargs="+", default=[4])
    parser.add_argument("--share", type=float, default=0.25, help="of the hour that is simulated")
    options = parser.parse_args()
    times = ServiceTimes()
    print("\n".join(list_arithmetic(options.respondents, times)))  # noqa: T201
    print("| processors | of the database | busy | database busy | median | p99 | longest |")  # noqa: T201
    print("|--:|--:|--:|--:|--:|--:|--:|")  # noqa: T201
    for processors in options.processors:
        for database in options.database_processors:
            hour = simulate_hour(options.respondents, processors, database, times, 7, options.share)
            print(  # noqa: T201
                f"| {processors} | {database} | {hour.busy:.0%} | {hour.database_busy:.0%} "
                f"| {hour.median * 1000:.1f} ms | {hour.p99 * 1000:.0f} ms | {hour.longest * 1000:.0f} ms |"
            )


if __name__ == "__main__":
    main()
