"""Create, open, close and reopen assessments."""
