"""A consultant's own Word template, filled in with the fields of a report.

`filling` and `template_check` load the libraries for Word; the catalogue in `fields` does not.
"""
