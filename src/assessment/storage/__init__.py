"""What is kept: engines, tables, migrations, one module of queries per noun, and the group-commit writer."""
