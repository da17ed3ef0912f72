"""The report prints who was invited, and who of them counts (method 6.9)."""

import pytest
from msgspec.structs import replace

from assessment.domain.answers import Settings
from assessment.domain.invited_people import InvitedPerson, summarize_invited
from assessment.domain.method import score
from assessment.domain.report import Details, build
from assessment.wording import wording

LANGUAGES = ("en", "de", "fr", "es")


@pytest.fixture
def lines(questionnaire, organisation):
    """The sentences on who took part, in a language."""

    def lines(language, people, domains=()):
        result = score(questionnaire, organisation(60, 3), Settings())
        invited = summarize_invited(people, domains) if people else None
        report = build(questionnaire, replace(result, invited=invited), Details("Acme"), language)
        return wording(language).texts(report.appendix.taking_part)

    return lines


def people():
    functions = ("marketing",)
    by_mail = [InvitedPerson(str(n), "staff", functions, f"p{n}@example.org", "mail") for n in range(6)]
    return [*by_mail, InvitedPerson("x", "staff", functions, is_late=True, is_revoked=True)]


def test_report_says_who_was_invited_in_all_and_by_function(lines):
    numbers = "7 people, 6 by mail at example.org, 1 by hand, 1 since the start and 1 revoked"

    found = lines("en", people(), ("example.org",))

    assert f"Who was invited: {numbers}." in found
    assert f"Marketing: {numbers}." in found
    assert any("invited by mail at example.org" in line for line in found)


def test_report_without_domains_says_that_people_can_be_invented(lines):
    found = lines("en", people())

    assert "Who was invited: 7 people, 6 by mail, 1 by hand, 1 since the start and 1 revoked." in found
    assert any("can also invent people" in line for line in found)


def test_report_from_a_file_says_nothing_of_invitations(lines):
    assert not any("invited" in line for line in lines("en", None))


def test_report_says_that_unsent_answers_count_only_where_people_answered_by_the_survey(lines):
    rule = "Answers that were not sent count as well once 50% of what was asked has been answered."

    assert rule in lines("en", people())
    assert rule not in lines("en", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_report_says_who_was_invited_in_every_language(lines, language):
    found = lines(language, people(), ("example.org",))

    assert sum("example.org" in line for line in found) >= 3  # in all, by function, who counts
