"""Permissions: scopes of API keys. Imports nothing, so that command help is fast."""

SCOPES = ("read:assessments", "read:scores", "read:reports", "write:assessments", "admin:workspace")
