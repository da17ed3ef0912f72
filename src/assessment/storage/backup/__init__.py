"""Backups: rows of all tables, in a file that is the same for SQLite and PostgreSQL."""
