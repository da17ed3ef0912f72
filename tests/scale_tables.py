"""Tables of docs/scale.md on the distribution by workspace, which tests compare with the code."""

from collections.abc import Iterator

from tests.containers import ROOT

SCALE_PAGE = ROOT / "docs" / "scale.md"
CROSSING_STATEMENTS = "statement that crosses workspaces"
REFERENCE_TABLES = "table on every server"
GLOBAL_INDEXES = "index without the workspace"


def read_first_column(title: str) -> frozenset[str]:
    """Return what the first column of the table with this title has in backquotes."""
    return frozenset(_list_first_column(title))


def _list_first_column(title: str) -> Iterator[str]:
    lines = iter(SCALE_PAGE.read_text("utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {title} |"):
            break
    for line in lines:
        if not line.startswith("|"):
            return
        if line.startswith("| `"):
            yield line.split("`")[1]
