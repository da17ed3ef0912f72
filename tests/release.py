"""Build a release into dist/ and prove it: `make release`.

Source distribution and wheel; the wheel installed with the lock into a bare environment, where it migrates and checks a
new installation; a bill of materials (CycloneDX), the licences, and SHA-256 of all files.
"""

import hashlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import assessment
from tests.containers import ROOT, make_clean_environment
from tests.test_licences import list_locked_versions, read_licence

DIST = ROOT / "dist"
PACKAGE = re.compile(r"^([a-z0-9-]+)==([^ ;]+)[^\n]*((?:\n {4}--hash=sha256:[0-9a-f]{64}(?: \\)?)+)", re.MULTILINE)
HASH = re.compile(r"sha256:([0-9a-f]{64})")


def list_locked_hashes() -> dict[str, list[str]]:
    """SHA-256 of the files that the lock admits, by package."""
    text = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    return {name: HASH.findall(hashes) for name, _version, hashes in PACKAGE.findall(text)}


def make_bill_of_materials() -> dict[str, Any]:
    """CycloneDX 1.6: every package of the run-time lock with version, licence and hashes, in the order of names."""
    hashes = list_locked_hashes()
    components = [
        {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "licenses": [{"license": {"name": read_licence(name)}}],
            "externalReferences": [
                {"type": "distribution", "url": f"pkg:pypi/{name}@{version}", "hashes": list_hashes(hashes[name])}
            ],
        }
        for name, version in sorted(list_locked_versions().items())
    ]
    application = {"type": "application", "name": "assessment", "version": assessment.__version__}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": application | {"licenses": [{"license": {"id": "MIT"}}]}},
        "components": components,
    }


def list_hashes(values: list[str]) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": value} for value in values]


def list_licence_texts() -> str:
    """Name, version and licence of each package, and the licence files that it brings."""
    parts = []
    for name, version in sorted(list_locked_versions().items()):
        files = [
            file
            for file in importlib.metadata.files(name) or []
            if re.match(r"(LICEN[CS]E|COPYING|NOTICE)", file.name, re.IGNORECASE)
        ]
        texts = [Path(str(file.locate())).read_text("utf-8", "replace") for file in files if file.locate().exists()]
        parts.append(f"{name} {version}: {read_licence(name)}\n\n" + "\n".join(texts))
    return f"\n{'=' * 79}\n".join(parts)


def find_changelog_problem() -> str | None:
    """Return why the changelog does not fit the version, if so."""
    heading = f"## {assessment.__version__}"
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return None if re.search(rf"^{re.escape(heading)}\b", text, re.MULTILINE) else f"CHANGELOG.md has no “{heading}”."


def build_distributions() -> Path:
    """Build both; return the wheel."""
    shutil.rmtree(DIST, ignore_errors=True)
    run_command(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", cwd=ROOT)
    (wheel,) = DIST.glob("*.whl")
    return wheel


def check_wheel(wheel: Path) -> None:
    """Install lock and wheel where nothing else is, migrate a new database, add a user, and check it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        run_command(sys.executable, "-m", "venv", place / "venv", cwd=place)
        pip = (place / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps")
        run_command(*pip, "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt", cwd=place)
        run_command(*pip, wheel, cwd=place)
        program = place / "venv" / "bin" / "assessment"
        run_command(program, "migrate", cwd=place)
        (place / "password").write_text("seven purple ladders lean\n")
        run_command(program, "user", "add", "a@example.org", "--password-file", place / "password", cwd=place)
        run_command(program, "backup", place / "copies", "--keep", "1", cwd=place)
        run_command(program, "doctor", cwd=place)


def run_command(*command: object, cwd: Path) -> None:
    environment = make_clean_environment(ASSESSMENT_DATA=str(cwd / "data"))
    subprocess.run([str(part) for part in command], cwd=cwd, env=environment, check=True)


def main() -> int:
    """Build, prove, and describe a release."""
    if problem := find_changelog_problem():
        sys.stderr.write(f"{problem}\n")
        return 1
    check_wheel(build_distributions())
    bill = json.dumps(make_bill_of_materials(), indent=1, ensure_ascii=False)
    (DIST / "sbom.cdx.json").write_text(bill, "utf-8")
    (DIST / "licences.txt").write_text(list_licence_texts(), "utf-8")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(DIST.iterdir())]
    (DIST / "SHA256SUMS").write_text("".join(lines), "ascii")
    sys.stdout.writelines(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
