"""Permissions: scopes of API keys and roles of workspace members. Imports nothing, so that command help is fast."""

SCOPES = ("read:assessments", "read:scores", "read:reports", "write:assessments")
MEMBER_ROLES = ("owner", "viewer")
