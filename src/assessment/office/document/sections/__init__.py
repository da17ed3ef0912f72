"""Sections of the document."""
