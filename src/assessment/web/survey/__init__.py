"""The respondents' pages: a link, a start page, sections, a check page, and thanks."""
