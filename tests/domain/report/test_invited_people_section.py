"""The report prints who was invited, and who of them counts (method 6.9)."""

import pytest
from msgspec.structs import replace

from assessment.domain.answers import AssessmentSettings
from assessment.domain.disclosure.invited_people import InvitedPerson, summarize_invited_people
from assessment.domain.method import score_answers
from assessment.domain.report import ReportDetails, build_report
from assessment.i18n import get_translator

LANGUAGES = ("en", "de", "fr", "es")


@pytest.fixture
def lines(questionnaire, organisation):
    """The sentences on who took part, in a language."""

    def lines(language, people, domains=()):
        result = score_answers(questionnaire, organisation(60, 3), AssessmentSettings())
        invited = summarize_invited_people(people, domains) if people else None
        report = build_report(questionnaire, replace(result, invited=invited), ReportDetails("Acme"), language)
        return get_translator(language).render_messages(report.participation.notes)

    return lines


def people():
    functions = ("marketing",)
    by_mail = [InvitedPerson(str(n), "staff", functions, f"p{n}@example.org", "mail") for n in range(6)]
    return [*by_mail, InvitedPerson("x", "staff", functions, is_late=True, is_revoked=True)]


def test_appendix_lists_invited_people_overall_and_by_function(lines):
    numbers = "7 people, of them 6 by mail at example.org, 1 by hand, 1 since the start and 1 revoked"

    found = lines("en", people(), ("example.org",))

    assert f"Who was invited: {numbers}." in found
    assert f"Marketing: {numbers}." in found
    assert any("invited by mail at example.org" in line for line in found)


def test_appendix_without_domains_warns_of_invented_people(lines):
    found = lines("en", people())

    assert "Who was invited: 7 people, of them 6 by mail, 1 by hand, 1 since the start and 1 revoked." in found
    assert any("can also invent people" in line for line in found)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "Eingeladen wurden: 2 Personen, davon 2 von Hand."),
        ("en", "Who was invited: 2 people, of them 2 by hand."),
        ("es", "Personas invitadas: 2 personas, de ellas 2 en mano."),
        ("fr", "Personnes invitées\u202f: 2 personnes, dont 2 en main propre."),
    ],
)
def test_ways_of_inviting_are_not_added_to_the_people_invited(lines, language, expected):
    by_hand = [InvitedPerson(name, "staff", ("marketing",)) for name in "ab"]

    assert expected in lines(language, by_hand)


def test_appendix_lists_further_invitations_to_one_mailbox_apart(lines):
    again = InvitedPerson("y", "staff", ("marketing",), "p0+again@example.org", "mail")

    found = lines("en", [*people(), again], ("example.org",))

    assert (
        "Who was invited: 7 people, of them 6 by mail at example.org, 1 by hand, 1 since the start and 1 revoked; "
        "1 more invitation to one of these mailboxes."
    ) in found


def test_appendix_of_file_report_has_no_invitations(lines):
    assert not any("invited" in line for line in lines("en", None))


def test_appendix_mentions_unsent_answers_only_for_surveys(lines):
    rule = "Answers that were not sent count as well once 50% of what was asked has been answered."

    assert rule in lines("en", people())
    assert rule not in lines("en", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_invited_people_are_listed_in_every_language(lines, language):
    found = lines(language, people(), ("example.org",))

    assert sum("example.org" in line for line in found) >= 3  # in all, by function, who counts


def test_numbers_invited_stand_next_to_those_who_answered_by_role_and_by_function(questionnaire, organisation):
    """Two invitations of one mailbox are one person; a role nobody was invited in has none."""
    mailbox = InvitedPerson("again", "staff", ("hr",), "p0@example.org", "mail")
    leader = InvitedPerson("leader", "leader", ("marketing",))
    result = score_answers(questionnaire, organisation(60, 3), AssessmentSettings())
    invited = summarize_invited_people([*people(), mailbox, leader], ("example.org",))

    section = build_report(questionnaire, replace(result, invited=invited), ReportDetails("Acme")).participation

    assert {count.name: count.invited for count in section.by_role} == {"Leader": 1, "Practitioner": None, "Staff": 7}
    assert invited.by_role == {"leader": 1, "staff": 7}
    assert sum(invited.by_role.values()) == invited.total.invited
