"""`assessment demo`: load an invented organisation once and serve it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from assessment import settings
from assessment.cli import place
from assessment.cli.failing import Failed
from assessment.cli.groups import WithExamples
from assessment.cli.serving import PORT, PUBLIC_URL, address, claim, run
from assessment.cli.words import done, say
from assessment.cli.words import translate as _
from assessment.demo import keeping
from assessment.demo.keeping import Folder
from assessment.demo.loading import STEPS, Loaded, Progress
from assessment.errors import Problem
from assessment.library import Library, shipped
from assessment.settings import is_loopback

FOLDER = "demo"
READ = ("ASSESSMENT_DATA",)  # all other settings belong to a real installation: the demo ignores them


@click.command(
    cls=WithExamples,
    examples=(
        "assessment demo",
        "assessment demo --port 8001 --data ./demo-data",
        "assessment demo --reset          begin again",
    ),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_("The address to listen on."))
@click.option("--port", default=8000, show_default=True, type=PORT, help=_("The port to listen on."))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("Where the demo is kept; a folder of its own if left out."),
)
@click.option("--reset", is_flag=True, help=_("Load it anew; what you changed in the demo is lost."))
@click.option("--json", "as_json", is_flag=True, help=_("Print addresses and credentials as one line of JSON first."))
def demo(host: str, port: int, data: Path | None, *, reset: bool, as_json: bool) -> None:
    """Load an invented organisation with three waves of answers and serve it, until Ctrl-C.

    Loaded once, in a few seconds; from then on it is there at once, with the same addresses and credentials.
    """
    if not is_loopback(host):
        problem = Problem(_("Its password stands on the screen, and it speaks plain http."), _("Leave --host out."))
        raise Failed(_("The demo is for this machine alone."), [problem])
    claim(host, port)
    folder = _folder(data)
    url = address(host, port)
    _settle(folder, url)
    loaded = _loaded(folder, reset=reset)
    _show(folder, url, loaded, as_json=as_json)
    run(host, port, level="WARNING")


def _folder(data: Path | None) -> Folder:
    if data is None:
        own = os.environ.get(READ[0])
        data = (Path(own) if own else settings.data_folder(os.environ)) / FOLDER
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Folder(data.absolute())


def _settle(folder: Folder, url: str) -> None:
    """Set the environment that the server reads; settings of a real installation are removed."""
    for name in [name for name in os.environ if name.startswith(settings.PREFIX)]:
        del os.environ[name]
    os.environ[READ[0]] = str(folder.path)
    os.environ[PUBLIC_URL] = url


def _loaded(folder: Folder, *, reset: bool) -> Loaded:
    if reset:
        folder.reset()
    kept = folder.loaded()
    chosen = place.configured()
    if kept is not None:
        keeping.refresh(folder, kept, chosen.secret, place.now())
        return kept
    return keeping.load(folder, Library([shipped()]), chosen.secret, place.now(), _progress())


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show a progress bar on a terminal, otherwise one line."""
    label = _("Loading an invented organisation")
    if not sys.stderr.isatty():
        say(f"{label}.")
    with click.progressbar(length=STEPS, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield bar.update


def _show(folder: Folder, url: str, loaded: Loaded, *, as_json: bool) -> None:
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
        say(_("Serving {url}. Ctrl-C ends it.").format(url=url))
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
    done(_("Serving {url}. Ctrl-C ends it; the same command brings it back.").format(url=url))
    say(_("Everything in it is invented. --reset begins again."))
