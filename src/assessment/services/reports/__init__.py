"""Report requests, the process pool that renders PDFs, and their verification."""
