"""Each sentence of the pages on privacy that can be tested has its test (the table of decision 0021)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = next((ROOT / "docs" / "decisions").glob("*-who-counts.md"))
ROW = re.compile(r"^\| (privacy|anonymity) \| (.+) \| `(tests/[\w/]+\.py)::(\w+)` \|$", re.MULTILINE)
ROWS = ROW.findall(TABLE.read_text("utf-8"))
LEAST = 40
# Tests of drafts, codes, hourly counts and the audit log, which come with these.
AWAITED = frozenset(
    {
        "tests/services/test_anonymity.py::test_mark_of_a_sent_response_names_nobody_and_goes_with_its_withdrawal",
        "tests/services/test_drafts.py::test_after_the_closing_moment_nothing_is_begun_moved_sent_or_withdrawn",
        "tests/services/test_drafts.py::test_close_counts_no_unsent_draft_if_anonymous",
        "tests/services/test_drafts.py::test_close_counts_the_oldest_draft_with_half_answered_if_confidential",
        "tests/services/test_drafts.py::test_earlier_browser_that_objects_sets_the_moved_answers_aside",
        "tests/services/test_drafts.py::test_second_draft_of_a_person_is_refused_once_the_first_was_sent",
        "tests/services/test_drafts.py::test_session_of_sent_answers_ends_after_an_hour_whatever_the_cookie_says",
        "tests/services/test_inviting.py::test_every_act_on_an_invitation_is_recorded_without_an_address",
        "tests/services/test_progress.py::test_counts_do_not_change_within_the_hour",
        "tests/services/test_responding.py::test_link_opened_in_two_browsers_gives_each_an_empty_draft",
        "tests/trust/test_own_answers.py::test_links_and_old_codes_open_and_change_nothing_of_an_existing_response",
        "tests/web/test_drafts.py::test_finish_shows_the_code_and_leaves_nothing_in_the_browser",
        "tests/web/test_drafts.py::test_get_of_a_link_looks_the_same_whatever_was_done",
        "tests/web/test_drafts.py::test_second_sender_reads_what_happened_and_whom_to_tell",
        "tests/web/test_ending.py::test_link_and_code_withdraw_from_any_browser",
    }
)


def plain(text):
    """Without emphasis and line breaks."""
    return " ".join(text.replace("*", "").split())


def has_test(file, name):
    """Whether the file has a test of this name."""
    return file.exists() and re.search(rf"^(?:async )?def {name}\(", file.read_text("utf-8"), re.MULTILINE) is not None


@pytest.mark.parametrize(("page", "sentence"), sorted({row[:2] for row in ROWS}))
def test_sentence_of_the_table_is_on_its_page(page, sentence):
    assert sentence in plain((ROOT / "docs" / f"{page}.md").read_text("utf-8"))


def test_tests_of_the_table_exist():
    missing = {f"{file}::{name}" for _, _, file, name in ROWS if not has_test(ROOT / file, name)}

    assert missing <= AWAITED


def test_table_is_read_whole():
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if "`tests/" in line and line.startswith("|")]

    assert len(ROWS) == len(lines) >= LEAST
