"""Results of an assessment: page, files, roadmap, comments, published reports."""
