"""Places in the request's own body, for problems that a service names by other words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from assessment.errors import InvalidError, Problem


@contextmanager
def place_problems(place: Callable[[Problem], Problem]) -> Iterator[None]:
    """Replace each problem of an `InvalidError` that the block raises by what `place` returns."""
    try:
        yield
    except InvalidError as error:
        error.problems = tuple(map(place, error.problems))
        raise


def point_to_field(problem: Problem) -> Problem:
    """Point to the field of the body that has the name of the column."""
    if problem.pointer or problem.line is not None or not problem.column:
        return problem
    return replace(problem, pointer=f"/{problem.column}", column="")


def point_within(prefix: str) -> Callable[[Problem], Problem]:
    """Return a function that drops `prefix` from pointers: the body is only this part of what is checked."""

    def drop_prefix(problem: Problem) -> Problem:
        is_inside = problem.pointer.startswith(f"{prefix}/")
        return replace(problem, pointer=problem.pointer.removeprefix(prefix)) if is_inside else problem

    return drop_prefix
