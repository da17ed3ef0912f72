"""Charts: one geometry each, rendered as SVG for pages and by ReportLab for the PDF."""
