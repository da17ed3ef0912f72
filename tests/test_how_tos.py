"""The commands of the how-tos, run by a shell as they stand in the pages, in a folder of their own."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from tests.containers import ROOT, find_free_port, make_clean_environment
from tests.smtp_server import run_smtp_server

DOCS = ROOT / "docs"
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
PASSWORD = "lantern harbour violet 7\n"
# Pages whose commands other tests run: the first three as they stand, the others with files of their own.
ELSEWHERE = {
    "api.md": "tests/api/test_quick_start.py",
    "client.md": "tests/api/test_quick_start.py",
    "tutorial.md": "tests/browser/test_tutorial.py",
    "imports.md": "tests/cli/test_imports.py",
    "office-files.md": "tests/cli/test_report.py",
    "report.md": "tests/cli/test_comments.py",
    "verify.md": "tests/verification/test_verify.py",
}
NO_COMMANDS = {"proxy.md": "ASSESSMENT_PUBLIC_URL=", "monitoring.md": "journalctl"}  # how these blocks begin


class HowTo(Struct, frozen=True):
    """Shell blocks of a page, what is there before, and what stands for names of other machines."""

    page: str
    prepare: str = ""
    replaced: dict[str, str] = {}
    expected: tuple[str, ...] = ()  # files that are there afterwards
    blocks: slice = slice(None)


def read_blocks(page: str) -> list[str]:
    """Return the shell blocks of a page, without their indentation."""
    text = (DOCS / page).read_text("utf-8")
    found = [(kind, textwrap.dedent(indent + body)) for indent, kind, body in BLOCK.findall(text)]
    begin = NO_COMMANDS.get(page)
    return [body for kind, body in found if kind == "sh" and not (begin and body.startswith(begin))]


MIGRATED = "assessment migrate\nassessment user add alice@example.org --admin --workspace Berg\n"
COPIED = 'cp -R "$MIGRATED" data\n'  # what these commands leave, from the fixture `migrated_data`
ADD_PERSON = """
import sys
from datetime import UTC, datetime
from tests.web import people
from assessment.storage import tables

with people.open_write_session(sys.argv[1]) as session:
    people.seed_survey(session)
    kim = tables.invitation.update().where(tables.invitation.c.id == "i-staff")
    session.execute(kim.values(email="kim@example.org"))
"""
HOW_TOS = {
    "accounts": HowTo("accounts.md", COPIED),
    "backup": HowTo("backups.md", COPIED, {"/var/backups/assessment": "backups"}, ("backups",), slice(1)),
    "restore": HowTo(
        "backups.md",
        f"{COPIED}assessment backup assessment.backup\nrm data/*.sqlite3*\n",
        {"assessment-20260504T020000Z.backup": "assessment.backup"},
        ("data/assessment.sqlite3",),
        slice(1, 2),
    ),
    "restore-with-erasures": HowTo(
        "backups.md",
        f"{COPIED}assessment backup old.backup\nassessment backup newest.backup\nrm data/*.sqlite3*\n",
        blocks=slice(2, 3),
    ),
    "drill": HowTo(
        "backups.md",
        f"{COPIED}assessment backup newest.backup\nunset ASSESSMENT_SECRET\n",
        {"/path/to/secret": "secret"},
        ("drill/assessment.sqlite3",),
        slice(3, 4),
    ),
    "move": HowTo(
        "backups.md",
        COPIED,
        {"postgresql://assessment:PASSWORD@database.example.org/assessment": '"$POSTGRESQL_URL"'},
        blocks=slice(4, 5),
    ),
    "upgrade": HowTo("backups.md", COPIED, blocks=slice(5, 6)),
    "scaling-out": HowTo("proxy.md", 'export ASSESSMENT_DATABASE_URL="$POSTGRESQL_URL"\n'),
    "mail": HowTo("mail.md", COPIED, blocks=slice(1)),
    "worker": HowTo("mail.md", f'export ASSESSMENT_DATABASE_URL="$POSTGRESQL_URL"\n{MIGRATED}', blocks=slice(1, None)),
    "retention": HowTo("retention.md", COPIED),
    "personal-data": HowTo(
        "personal-data.md",
        f"{COPIED}$PYTHON add_person.py sqlite:///data/assessment.sqlite3\n",
        {"erase kim@example.org   ": "erase kim@example.org || true "},  # it ends with 1 unless it erases
        ("kim.json",),
    ),
    "own-questionnaire": HowTo("questionnaires.md"),
    "translating": HowTo("languages.md"),
}

# A server or worker runs until it is stopped: here, as soon as it is ready.
SHELL_FUNCTIONS = """
set -eu
assessment() {
    case "$1" in
        serve) command assessment "$@" --port "$PORT" & ;;
        work) command assessment "$@" 2> work.log & ;;
        user) command assessment "$@" < password; return ;;
        *) command assessment "$@"; return ;;
    esac
    "$PYTHON" wait.py "$1" "$!"
    kill -TERM "$!"
    wait "$!" || test "$?" = 143  # ended by SIGTERM
    echo "$1" >> stopped
}
"""
WAIT = """
import os, pathlib, sys, time, urllib.request
kind, process = sys.argv[1], int(sys.argv[2])
while True:
    os.kill(process, 0)
    try:
        if kind == "work" and pathlib.Path("work.log").stat().st_size:
            break
        urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/readyz", timeout=5).close()
        break
    except OSError:
        time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def migrated_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after `MIGRATED`, to be copied: these commands are the subject of no how-to here."""
    folder = tmp_path_factory.mktemp("migrated")
    (folder / "password").write_text(PASSWORD)
    environment = make_program_environment(folder)
    subprocess.run(
        ["sh", "-c", SHELL_FUNCTIONS + MIGRATED], cwd=folder, env=environment, check=True, capture_output=True
    )
    return folder / "data"


def make_program_environment(folder: Path, **more: str) -> dict[str, str]:
    """Settings of an installation in a folder, and the program of this checkout."""
    environment = make_clean_environment(
        PYTHON=sys.executable,
        PYTHONPATH=os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        ASSESSMENT_DATA=str(folder / "data"),
        ASSESSMENT_SECRET=SECRET,
        ASSESSMENT_PUBLIC_URL="http://127.0.0.1:8000",
        **more,
    )
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    return environment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation of its own, and a shipped questionnaire to change."""
    (tmp_path / "wait.py").write_text(WAIT)
    (tmp_path / "add_person.py").write_text(ADD_PERSON)
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "secret").write_text(SECRET)
    name = "social-media-integration"
    shutil.copytree(ROOT / "questionnaires" / name, tmp_path / "questionnaires" / name)
    return tmp_path


@pytest.fixture
def run_how_to(folder: Path, migrated_data: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Run a how-to; return what it printed."""
    with run_smtp_server() as mailbox:

        def run(name: str, *, without: str = "") -> str:
            how_to = HOW_TOS[name]
            needs_postgres = "POSTGRESQL_URL" in how_to.prepare + "".join(how_to.replaced.values())
            environment = make_program_environment(
                folder,
                PORT=str(find_free_port()),
                MIGRATED=str(migrated_data),
                ASSESSMENT_SMTP_URL=mailbox.url,
                POSTGRESQL_URL=request.getfixturevalue("postgres_url") if needs_postgres else "",
            )
            commands = "\n".join(read_blocks(how_to.page)[how_to.blocks])
            for words, ours in how_to.replaced.items():
                assert words in commands
                commands = commands.replace(words, ours)
            script = SHELL_FUNCTIONS + how_to.prepare + commands.replace(without or "\0", "")
            done = subprocess.run(
                ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert [path for path in how_to.expected if not (folder / path).exists()] == []
            return done.stdout + done.stderr

        yield run


def test_every_page_with_commands_is_run():
    pages = {path.name for path in DOCS.glob("*.md") if read_blocks(path.name)}

    assert pages == {how_to.page for how_to in HOW_TOS.values()} | ELSEWHERE.keys()
    assert [test for test in ELSEWHERE.values() if not (ROOT / test).exists()] == []


def test_every_block_of_a_page_is_run():
    for page in {how_to.page for how_to in HOW_TOS.values()}:
        blocks = read_blocks(page)
        run = [block for how_to in HOW_TOS.values() if how_to.page == page for block in blocks[how_to.blocks]]

        assert sorted(run) == sorted(blocks), page


@pytest.mark.slow
@pytest.mark.parametrize("name", HOW_TOS)
def test_commands_of_how_to_run_as_they_stand(name, run_how_to):
    printed = run_how_to(name)

    assert "Traceback" not in printed


@pytest.mark.slow
def test_how_to_with_a_wrong_command_is_noticed(run_how_to, monkeypatch):
    wrong = HOW_TOS["retention"]
    monkeypatch.setitem(HOW_TOS, "retention", HowTo(wrong.page, wrong.prepare, {"--confirm": "--confirmed"}))

    with pytest.raises(AssertionError, match="No such option"):
        run_how_to("retention")
