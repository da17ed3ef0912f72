"""Routes of the survey, one module per step."""
