"""Sheets of the workbook, one module per kind of content."""
