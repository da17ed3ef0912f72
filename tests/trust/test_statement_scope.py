"""Which statements stay within one workspace, as `statement_scope` sees them."""

import pytest

from tests.trust.statement_scope import find_crossing_tables

ANSWERS_OF_RESPONSES = (
    "DELETE FROM answer a WHERE (a.workspace_id, a.id) IN (SELECT r.workspace_id, r.id FROM response r"
)


@pytest.mark.parametrize(
    ("statement", "crossing"),
    [
        ("SELECT id FROM answer WHERE response_id = %s", ["answer"]),
        ("SELECT id FROM answer WHERE workspace_id = %s", []),
        (
            "SELECT a.id FROM assessment AS a, response r WHERE a.workspace_id = %(w)s AND r.assessment_id = a.id",
            ["response"],
        ),
        (
            "SELECT 1 FROM assessment a JOIN response r ON r.workspace_id = a.workspace_id WHERE a.workspace_id = %s",
            [],
        ),
        (
            "SELECT 1 FROM assessment a JOIN response r ON r.workspace_id = a.workspace_id AND r.assessment_id = a.id",
            ["assessment", "response"],
        ),
        ("SELECT 1 FROM answer WHERE %s = answer.workspace_id", []),
        ("SELECT 1 FROM answer JOIN workspace ON workspace.id = answer.workspace_id", ["answer"]),
        ("SELECT 1 FROM answer WHERE answer.workspace_id IN (SELECT workspace.id FROM workspace)", ["answer"]),
        ("SELECT 1 FROM answer WHERE (answer.workspace_id, answer.response_id) IN ((%s, %s))", []),
        ("SELECT 1 FROM answer WHERE (workspace_id, response_id) IN (SELECT * FROM unnest(%s, %s))", []),
        (
            f"{ANSWERS_OF_RESPONSES})",
            ["answer", "response"],
        ),
        (
            f"{ANSWERS_OF_RESPONSES} WHERE r.workspace_id = %s)",
            [],
        ),
        ("SELECT workspace_id, id FROM answer WHERE id = 'workspace_id = 1'", ["answer"]),
        ("DELETE FROM answer", ["answer"]),
        ("INSERT INTO answer (id, workspace_id) VALUES (%s, %s)", []),
        ("INSERT INTO answer (id) VALUES (%s)", ["answer"]),
    ],
)
def test_statement_without_its_workspace_is_noticed(statement, crossing):
    assert find_crossing_tables(statement, frozenset({"answer", "assessment", "response"})) == crossing
