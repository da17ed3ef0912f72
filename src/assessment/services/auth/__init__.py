"""Sign-in, users, workspaces and API keys."""
