"""Shared by the commands: groups, tables, prompts, output files."""
