"""Slides of the deck, one module per section of the report."""
