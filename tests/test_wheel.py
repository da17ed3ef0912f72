"""The wheel: what is in it, and that the program runs from it where nothing else is installed."""

import json
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from pathlib import Path

import pytest

import assessment
from tests import containers

pytestmark = pytest.mark.slow

READ_DATA = """
import json
from assessment import questionnaires
from assessment.web.http import assets
catalogue = questionnaires.QuestionnaireCatalogue([questionnaires.find_shipped_folder()])
print(json.dumps({
    "package": questionnaires.__file__,
    "questionnaires": [questionnaire.id for questionnaire in catalogue.list()],
    "htmx": assets.load_assets().path("htmx.js"),
}))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A source distribution of the checkout, and two wheels: from the checkout, and from that distribution."""
    folder = tmp_path_factory.mktemp("built")
    run_hatch(containers.ROOT, folder, "-t", "sdist", "-t", "wheel")
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    run_hatch(folder / archive.name.removesuffix(".tar.gz"), folder / "again", "-t", "wheel")
    return folder


def run_hatch(source, target, *arguments):
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target), *arguments]
    subprocess.run(command, cwd=source, env=containers.make_clean_environment(), check=True, capture_output=True)


def list_contents(folder):
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def program(image, tmp_path):
    """Run the installed program, or its Python, far from the checkout."""

    def run(name, *arguments):
        environment = containers.make_clean_environment(ASSESSMENT_DATA=str(tmp_path / "data"))
        command = [str(image / "bin" / name), *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout

    return run


def test_wheel_name_contains_package_version(built):
    names = [path.name for path in built.glob("assessment-*") if path.is_file()]

    assert sorted(names) == [
        f"assessment-{assessment.__version__}-py3-none-any.whl",
        f"assessment-{assessment.__version__}.tar.gz",
    ]


def test_wheel_from_source_distribution_is_identical(built):
    first, again = list_contents(built), list_contents(built / "again")

    assert first == again


def test_wheel_contains_htmx_questionnaires_templates_and_licence(built):
    names = set(list_contents(built))
    at_home = [
        path.relative_to(containers.ROOT).as_posix()
        for folder in ("questionnaires", "templates")
        for path in (containers.ROOT / folder).rglob("*")
        if path.is_file()
    ]

    assert {"assessment_htmx/__init__.py", "assessment_htmx/htmx.min.js"} <= names
    assert f"assessment-{assessment.__version__}.dist-info/licenses/LICENSE" in names
    assert {f"assessment/_data/{name}" for name in at_home} <= names
    assert len(at_home) > 5


def test_wheel_contains_no_development_files(built):
    tops = {Path(name).parts[0] for name in list_contents(built)}

    assert tops == {"assessment", "assessment_htmx", f"assessment-{assessment.__version__}.dist-info"}


def test_build_leaves_source_tree_unchanged(built):
    assert not list(containers.ROOT.glob("src/**/htmx*.js"))
    assert not list(containers.ROOT.glob("src/**/_data"))


def test_installed_program_prints_help(program):
    said = program("assessment", "--help")

    assert "serve" in said
    assert "questionnaire" in said


def test_installed_program_finds_questionnaires_and_htmx(program, image):
    shipped = sorted(path.name for path in (containers.ROOT / "questionnaires").iterdir() if path.is_dir())

    listed = program("assessment", "questionnaire", "list")
    found = json.loads(program("python", "-c", READ_DATA))

    assert Path(found["package"]).is_relative_to(image)
    assert found["questionnaires"] == shipped
    assert all(name in listed for name in shipped)


def test_installed_program_serves_pages_on_new_database(program, image, tmp_path, built):
    port = containers.find_free_port()
    url = f"http://127.0.0.1:{port}"
    environment = containers.make_clean_environment(ASSESSMENT_DATA=str(tmp_path / "data"), ASSESSMENT_PUBLIC_URL=url)
    htmx = json.loads(program("python", "-c", READ_DATA))["htmx"]
    program("assessment", "migrate")

    serve = [str(image / "bin" / "assessment"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with containers.run_server(serve, f"{url}/livez", tmp_path, environment):
        script = fetch_url(url + htmx)
        ready = fetch_url(f"{url}/readyz")
        page = fetch_url(f"{url}/console/sign-in")

    assert script == list_contents(built)["assessment_htmx/htmx.min.js"]
    assert ready
    assert htmx.encode() in page


def fetch_url(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()
