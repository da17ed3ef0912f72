"""Read existing PDFs: digests, comparison, text."""
