"""Persistence: engines, tables, migrations, one module of queries per noun, and the group-commit answer writer."""
