"""The pages of the report, each a list of blocks."""
