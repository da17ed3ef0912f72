"""Forms: their data, fields, errors, conflicts, and what is kept of them over a sign-in."""
