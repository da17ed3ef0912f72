"""Demo data: an invented organisation. The only package that uses ids of the shipped questionnaire."""
