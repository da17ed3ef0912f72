"""Applications for tests: routes are registered once per process, the components are created for each test."""

from collections.abc import Iterator
from contextlib import contextmanager

from assessment.app import Application, create_app
from assessment.components import Clock, Components
from assessment.settings import Settings

_idle_apps: list[Application] = []


@contextmanager
def borrow_app(settings: Settings, clock: Clock) -> Iterator[Application]:
    """Use an application that no other test uses now; a test that registers routes of its own must create one."""
    if _idle_apps:
        app = _idle_apps.pop()
        app.use_components(Components(settings, clock))
    else:
        app = create_app(settings, clock)
    yield app
    _idle_apps.append(app)  # only after success: nobody knows what state an error leaves behind
