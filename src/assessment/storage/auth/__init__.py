"""Queries on users, workspaces, API keys and the audit log."""
