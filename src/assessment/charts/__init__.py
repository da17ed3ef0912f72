"""Charts: one geometry each, drawn as SVG for pages and by ReportLab for the PDF."""
