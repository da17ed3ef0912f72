"""Tools that read the description of the API: a linter, and generators of clients in two languages (`make soak`).

They come from npm and PyPI when the test runs, at fixed versions: nothing that users run needs them.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif("ASSESSMENT_TEST_SOAK" not in os.environ, reason="tools from npm and PyPI: make soak")

DOCS = Path(__file__).parents[2] / "docs"
DESCRIPTION = DOCS / "openapi.json"
NODE_TOOLS = ("@stoplight/spectral-cli@6.16.3", "openapi-typescript@7.13.0", "typescript@5")
PYTHON_TOOL = "openapi-python-client==0.29.1"
MINIMAL_BODIES = """
import type { components, paths } from "./api";
type Invitations = paths["/api/v1/assessments/{assessment}/invitations"]["post"]["requestBody"];
type Schemas = components["schemas"];
export const organisation: Schemas["NewOrganisation"] = { name: "Northwind" };
export const people: Invitations["content"]["application/json"] = [{ role: "staff", functions: ["hr"] }];
export const assessment: Schemas["NewAssessment"] = { organisation: "o", questionnaire: "q", title: "2027" };
export const key: Schemas["NewKey"] = { name: "Export", scopes: ["read:scores"] };
export const webhook: Schemas["SubscriptionChange"] = { enabled: false };
"""


def run_tool(*command: str, folder: Path, programs: Path | None = None) -> None:
    path = os.pathsep.join(filter(None, [str(programs or ""), os.environ["PATH"]]))
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"


@pytest.fixture(scope="module")
def node_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tools of npm."""
    folder = tmp_path_factory.mktemp("node")
    run_tool("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *NODE_TOOLS, folder=folder)
    return folder


def test_spectral_finds_nothing(node_tools: Path):
    (node_tools / "rules.yaml").write_text('extends: ["spectral:oas"]\n')

    run_tool(
        *("node_modules/.bin/spectral", "lint", "--ruleset", "rules.yaml", "--fail-severity", "hint", str(DESCRIPTION)),
        folder=node_tools,
    )


def test_types_of_typescript_take_minimal_bodies(node_tools: Path):
    (node_tools / "use.ts").write_text(MINIMAL_BODIES)

    run_tool("node_modules/.bin/openapi-typescript", str(DESCRIPTION), "-o", "api.d.ts", folder=node_tools)
    run_tool(
        "node_modules/.bin/tsc", "--strict", "--noEmit", "--exactOptionalPropertyTypes", "use.ts", folder=node_tools
    )


def test_client_of_python_is_generated_without_warnings(tmp_path: Path):
    venv.create(tmp_path / "venv", with_pip=True)
    scripts = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    run_tool(str(scripts / "python"), "-m", "pip", "install", "--quiet", PYTHON_TOOL, folder=tmp_path)

    run_tool(
        *(str(scripts / "openapi-python-client"), "generate", "--path", str(DESCRIPTION), "--fail-on-warning"),
        *("--config", str(DOCS / "openapi-python-client.yml"), "--output-path", "client"),
        folder=tmp_path,
        programs=scripts,  # it formats what it writes with ruff
    )
