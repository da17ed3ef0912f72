"""Marks, axis, palette and text width that all charts share."""
