"""The app for a server process of its own: settings from the environment, as in operation."""

import os

from litestar import Litestar

from assessment.app import create_app
from assessment.settings import read_settings


def app() -> Litestar:
    return create_app(read_settings(os.environ))
