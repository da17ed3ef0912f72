"""The app for a server process of its own: settings from the environment, as in operation."""

import os
from functools import lru_cache
from pathlib import Path

from litestar import Litestar

from assessment.app import Application, create_app, utc_now
from assessment.components import Components
from assessment.settings import Settings, read_settings
from tests.web import people


@lru_cache(maxsize=1)
def register_routes() -> Application:
    """Create the one application of this process; until `app` is called, its folder and its database do not exist."""
    nowhere = Path("/nonexistent")
    url = f"sqlite:///{nowhere / 'assessment.sqlite3'}"
    return create_app(Settings(data=nowhere, database_url=url, public_url="http://127.0.0.1", secret="none"))


def app() -> Litestar:
    application = register_routes()
    application.use_components(Components(read_settings(os.environ), utc_now))
    return application


def still_app() -> Litestar:
    """Build the app with a clock that stands still, for pages that are compared with pictures."""
    application = register_routes()
    application.use_components(Components(read_settings(os.environ), lambda: people.NOW))
    return application
