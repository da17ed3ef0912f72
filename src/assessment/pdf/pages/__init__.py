"""Pages of the PDF report: each function returns a list of blocks."""
