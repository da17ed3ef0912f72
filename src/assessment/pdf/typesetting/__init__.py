"""Fonts, paragraphs, tables and page filling."""
