"""Mail templates: what is refused, by line and column, and what is filled in."""

from time import process_time

import pytest

from assessment.domain.mail_template import (
    MAX_BODY_LENGTH,
    MailText,
    clean_value,
    fill_template,
    find_template_problems,
)

GOOD = "{greeting}\n\nPlease answer by {closing_date}.\n{link}\n\nThanks"


def find_places(subject="Hello", body=GOOD):
    return [(each.file, each.line, each.column) for each in find_template_problems(MailText(subject, body))]


def test_good_template_has_no_problems():
    assert find_places() == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("Hi {nmae}\n{link}", ("body", 1, "4")),
        ("Hi\n{link}\n{link}", ("body", 3, "1")),
        ("Hi\nsee {link}", ("body", 2, "5")),
        ("Hi", ("body", 1, "")),
        ("{link}\nor https://evil.example/x", ("body", 2, "4")),
        ("{link}\nwww.evil.example", ("body", 2, "1")),
        ("{link}\nor evil.example/path", ("body", 2, "4")),
        ("{link}\njavascript:alert(1)", ("body", 2, "1")),
        ("{link}\n{", ("body", 2, "1")),
        ("{link}\n}", ("body", 2, "1")),
        ("{link}\n{name.__class__}", ("body", 2, "1")),
        ("{link}\n{name!r}", ("body", 2, "1")),
        ("{link}\n{0}", ("body", 2, "1")),
        ("{link}\n{}", ("body", 2, "1")),
        ("{link}\n{{ name }}", ("body", 2, "1")),
        ("{link}\na\u202eb", ("body", 2, "2")),
        ("{link}\na\x00b", ("body", 2, "2")),
    ],
)
def test_template_problem_is_named_by_its_place(body, place):
    assert place in find_places(body=body)


@pytest.mark.parametrize("subject", ["", "  ", "Hi {link}", "a\nb", "x" * 201, "see https://evil.example"])
def test_subject_with_a_problem_is_refused(subject):
    assert {place[0] for place in find_places(subject=subject)} == {"subject"}


@pytest.mark.parametrize(
    "line", ["Write to ada@harbour.example", "z.B. morgen, u.a. bis 3.4.", "Ende. Danke!", "1.5 km"]
)
def test_ordinary_text_is_accepted(line):
    assert find_places(body=f"{line}\n{{link}}") == []


def test_scheme_of_any_length_is_found():
    assert ("body", 2, "3") in find_places(body="{link}\n- " + "s" * 31 + "://x")
    assert any(place[:2] == ("body", 2) for place in find_places(body="{link}\n" + "s" * 100 + "://x"))


@pytest.mark.parametrize("text", ["a", "a-", "a.", "www.", "{link", "{"])
def test_text_above_the_limit_is_one_problem_and_not_searched(text):
    began = process_time()

    problems = find_template_problems(MailText("Hello", text * 200_000))

    assert len(problems) == 1
    assert process_time() - began < 1  # searched, it would be minutes or a gigabyte of problems


@pytest.mark.parametrize("text", ["a", "a-", "a.", "ab+"])
def test_long_word_is_searched_once(text):
    began = process_time()

    find_template_problems(MailText("Hello", text * (MAX_BODY_LENGTH // len(text))))

    assert process_time() - began < 0.1  # 0.3 s or more if the rest is read again from every letter


def test_line_without_value_is_left_out():
    filled = fill_template(
        MailText("{title}", GOOD), {"greeting": "Hello,", "closing_date": "", "link": "L", "title": "T"}
    )

    assert filled == MailText("T", "Hello,\n\nL\n\nThanks")


def test_values_are_never_read_as_templates():
    values = {"greeting": "{link} {closing_date}", "closing_date": "today", "link": "L", "title": ""}

    assert fill_template(MailText("x", GOOD), values).body.startswith("{link} {closing_date}\n")


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("Kim\r\nBcc: x@y.example", "Kim Bcc: x@y.example"),
        ("https://evil.example", "https evil.example"),
        ("www.evil.example", "www evil.example"),
        ("a\u202eb", "a b"),
    ],
)
def test_value_becomes_one_line_without_a_link(value, cleaned):
    assert clean_value(value) == cleaned
