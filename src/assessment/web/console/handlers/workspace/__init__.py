"""Settings area of the console: own account, users, API keys, workspace, audit log."""
