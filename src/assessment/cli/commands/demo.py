"""`assessment demo`: load an invented organisation once and serve it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from assessment import settings
from assessment.cli.commands.serve import PORT_RANGE, PUBLIC_URL_VARIABLE, check_port, make_url, run_server
from assessment.cli.support import environment
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import N_, print_note, print_success
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.progress import show_step
from assessment.errors import Problem
from assessment.setting_values import is_loopback

if TYPE_CHECKING:
    from assessment.demo.demo_folder import DemoFolder
    from assessment.demo.loader import DemoAccess, ProgressCallback

FOLDER_NAME = "demo"
DATA_VARIABLE = "ASSESSMENT_DATA"  # all other settings belong to a real installation: the demo ignores them


@click.command(
    cls=CommandWithExamples,
    examples=(
        "assessment demo",
        "assessment demo --port 8001 --data ./demo-data",
        ("assessment demo --reset", N_("begin again")),
    ),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_("The address to listen on."))
@click.option("--port", default=8000, show_default=True, type=PORT_RANGE, help=_("The port to listen on."))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("The folder of the demo; by default one of its own."),
)
@click.option("--reset", is_flag=True, help=_("Load it again; what you changed in the demo is lost."))
@click.option("--json", "as_json", is_flag=True, help=_("Print addresses and credentials as one line of JSON first."))
def run_demo(host: str, port: int, data: Path | None, *, reset: bool, as_json: bool) -> None:
    """Load an invented organisation with three waves of answers and serve it, until Ctrl-C.

    Loaded once, in a few seconds; from then on it is there at once, with the same addresses and credentials.
    """
    if not is_loopback(host):
        problem = Problem(_("Its password is shown on the screen, and it uses plain HTTP."), _("Leave --host out."))
        raise CommandError(_("The demo can be served on this machine only."), [problem])
    check_port(host, port)
    folder = _find_folder(data)
    url = make_url(host, port)
    _set_environment(folder, url)
    loaded = _load_demo(folder, reset=reset)
    _print_credentials(folder, url, loaded, as_json=as_json)
    run_server(host, port, level="WARNING")


def _find_folder(data: Path | None) -> DemoFolder:
    from assessment.demo.demo_folder import DemoFolder

    if data is None:
        own = os.environ.get(DATA_VARIABLE)
        data = (Path(own) if own else settings.get_data_folder(os.environ)) / FOLDER_NAME
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return DemoFolder(data.absolute())


def _set_environment(folder: DemoFolder, url: str) -> None:
    """Set the environment that the server reads; settings of a real installation are removed."""
    for name in [name for name in os.environ if name.startswith(settings.PREFIX)]:
        del os.environ[name]
    os.environ[DATA_VARIABLE] = str(folder.path)
    os.environ[PUBLIC_URL_VARIABLE] = url


def _load_demo(folder: DemoFolder, *, reset: bool) -> DemoAccess:
    from assessment.demo import demo_folder
    from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder

    if reset:
        folder.delete_files()
    access = folder.read_access()
    current_settings = environment.load_settings()
    if access is not None:
        demo_folder.refresh_demo(folder, access, current_settings.secret, environment.current_time())
        return access
    return demo_folder.load_demo(
        folder,
        QuestionnaireCatalogue([find_shipped_folder()]),
        current_settings.secret,
        environment.current_time(),
        _show_progress(),
    )


@contextmanager
def _show_progress() -> Iterator[ProgressCallback]:
    """Show a progress bar on a terminal, otherwise one line."""
    from assessment.demo.loader import STEP_COUNT

    label = N_("Loading an invented organisation")
    if not sys.stderr.isatty():
        print_note(f"{_(label)}.")
    with show_step(label, STEP_COUNT) as advance:
        yield advance


def _print_credentials(folder: DemoFolder, url: str, loaded: DemoAccess, *, as_json: bool) -> None:
    links = {role: f"{url}/s/{token}" for role, token in loaded.invitations.items()}
    if as_json:
        line = {
            "url": url,
            "console": {"email": loaded.email, "password": loaded.password},
            "invitations": links,
            "api_key": loaded.api_key,
            "assessment": loaded.assessment,
            "open_assessment": loaded.open_assessment,
            "report": str(folder.report),
        }
        click.echo(msgspec.json.encode(line).decode())
        print_note(_("Serving {url}. Ctrl-C ends it.").format(url=url))
        return
    rows = [
        (_("Console"), f"{url}/console"),
        (_("  email"), loaded.email),
        (_("  password"), loaded.password),
        *((_("Survey, as {role}").format(role=role), link) for role, link in links.items()),
        (_("API key"), loaded.api_key),
        (_("API"), f"{url}/api/v1/assessments/{loaded.assessment}/scores"),
        (_("A report"), str(folder.report)),
    ]
    width = max(len(name) for name, _value in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")
    print_success(_("Serving {url}. Ctrl-C ends it; the same command brings it back.").format(url=url))
    print_note(_("All data are invented. --reset starts again."))
