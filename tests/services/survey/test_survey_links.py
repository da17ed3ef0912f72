"""Tokens of links as people paste them: what stands around is cut, and no letter of a token."""

import pytest

from assessment.services.auth import tokens
from assessment.services.survey.survey_links import clean_token

TOKEN = tokens.generate_token(bytes)
TAILS = (
    "…",
    "<",
    "</a>",
    "=",
    "&",
    "_",
    "__",
    "-",
    "`",
    "|",
    "\\",
    "~",
    "。",
    "\uff0c",
    "\uff09",
    "'s",
    "**",
    "_…",
    " and so on",
    "\n",
)
BETWEEN = (" ", "\n", "\r\n  ", "\u200b", "\u00ad")


def test_generated_token_has_the_length_that_links_are_cut_to():
    assert len(TOKEN) == tokens.TOKEN_LENGTH


@pytest.mark.parametrize("text", [f"{TOKEN}{tail}" for tail in TAILS] + [f"“{TOKEN}”", f"<{TOKEN}>", f"  {TOKEN}  "])
def test_text_around_a_token_is_cut(text: str):
    assert clean_token(text) == TOKEN


@pytest.mark.parametrize("between", BETWEEN)
def test_token_broken_over_lines_is_put_together(between: str):
    assert clean_token(f"{TOKEN[:20]}{between}{TOKEN[20:]}.") == TOKEN


@pytest.mark.parametrize(
    "text", [TOKEN + "A", TOKEN + "_A", TOKEN + "-0", TOKEN[:-1], TOKEN[:-1] + "…", "", "…", "A " + TOKEN]
)
def test_other_letters_make_another_token(text: str):
    assert clean_token(text) != TOKEN
