"""Tagged PDF: structure tree and marked content."""
