"""What the commands share: groups, tables, prompts, output files."""
