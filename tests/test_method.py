"""The page that explains the method says what the code computes."""

import re

from tests import method_examples


def test_examples_on_method_page_match_the_code():
    assert method_examples.PAGE.read_text(encoding="utf-8") == method_examples.render_method_page(), (
        "Run `python -m tests.method_examples` and read what has changed."
    )


def test_every_example_is_on_method_page():
    named = re.findall(r"<!-- example: ([\w-]+) -->", method_examples.PAGE.read_text(encoding="utf-8"))

    assert sorted(named) == sorted(method_examples.EXAMPLES)
