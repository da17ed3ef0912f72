"""Named mail domains from the opening to the release: only people whom the server mailed there count (method 6.9)."""

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.errors import NoResultsError
from assessment.services.results import published_results
from assessment.storage import database
from assessment.storage.people import counting_people
from tests.end_to_end import mailed_survey
from tests.end_to_end.mailed_survey import DOMAIN, MailedSurvey, MailedSurveys

pytestmark = pytest.mark.slow

K = 5
BY_HAND = tuple(f"hand{number}@{DOMAIN}" for number in range(2 * K))  # an address there, and the link by hand
ELSEWHERE = ("ann@elsewhere.example", "ben@elsewhere.example")
WHO_WAS_INVITED = (
    "In your function, 18 people were invited: 6 by mail at northwind.example, 2 by mail at other domains, 10 by hand; "
    "1 since the start; 1 more invitation went to one of these mailboxes."
)
WITH_DOMAINS = (
    "Is one of these not your employer’s, or does one person control several mailboxes there? Then answers could be "
    "worked out."
)


@pytest.fixture
async def surveys(migrated_url: str, tmp_path: Path) -> AsyncIterator[MailedSurveys]:
    async with mailed_survey.run_mailed_surveys(migrated_url, tmp_path) as surveys:
        yield surveys


def name_mailboxes(count: int) -> tuple[str, ...]:
    return tuple(f"p{number}@{DOMAIN}" for number in range(count))


async def send_everything(survey: MailedSurvey, mailed: tuple[str, ...], links: list[str]) -> None:
    """Let everyone answer through the link of their mail or of their letter, and send."""
    for link in (*(survey.find_link(address) for address in mailed), *links):
        async with survey.open_browser(link) as person:
            assert "Your answers are sent" in (await survey.answer_and_send(person)).text


async def close_and_read_score(survey: MailedSurvey) -> float | None:
    """Close, also without results; return the score of a function, or None if nothing is released."""
    await survey.close(without_results="yes")
    try:
        with database.read_session(survey.world.engine) as session:
            result = published_results.load_result(session, AssessmentKey(survey.world.home, survey.id))
    except NoResultsError:
        return None
    return result.functions["marketing"].score


async def run_survey(surveys: MailedSurveys, mailboxes: int) -> tuple[MailedSurvey, float | None]:
    """Mail people at the client's domain, two of them late, and one of them twice; invite others next to them."""
    survey = surveys.make(domains=(DOMAIN,), minimum_group=K)
    inside = name_mailboxes(mailboxes)
    again = f"p0+again@{DOMAIN}"
    await survey.invite(*BY_HAND, deliver="link")
    await survey.open(*inside[:-2], again, *ELSEWHERE)
    await survey.invite(*inside[-2:])
    await survey.send_invitations()
    await send_everything(survey, (*inside, again, *ELSEWHERE), await survey.export_links())
    return survey, await close_and_read_score(survey)


async def test_six_mailboxes_at_a_named_domain_release_figures_and_five_do_not(surveys: MailedSurveys):
    _, few = await run_survey(surveys, K)
    survey, enough = await run_survey(surveys, K + 1)

    assert few is None
    assert enough is not None
    assert survey.read_states() == ["sent"] * (len(BY_HAND) + len(ELSEWHERE) + K + 2)


async def test_mutant_that_counts_people_who_were_not_mailed_there_is_caught(
    surveys: MailedSurveys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        counting_people, "find_counting_invitations", lambda people, _: frozenset(person.id for person in people)
    )

    _, few = await run_survey(surveys, K)

    assert few is not None


async def test_start_page_says_how_many_were_mailed_at_the_named_domain(surveys: MailedSurveys):
    survey = surveys.make(domains=(DOMAIN,), minimum_group=K)
    inside = (*name_mailboxes(K + 1), f"p0+again@{DOMAIN}")
    await survey.invite(*BY_HAND, deliver="link")
    await survey.open(*inside[:-2], *ELSEWHERE)
    await survey.invite(*inside[-2:])
    await survey.send_invitations()

    async with survey.open_browser(survey.find_link(inside[0])) as person:
        text = " ".join(unescape((await person.get(person.link)).text).split())

    assert WHO_WAS_INVITED in text
    assert WITH_DOMAINS in text
    assert "p•••@northwind.example" in text


@pytest.mark.parametrize(("others", "is_released"), [(K, False), (K + 1, True)])
async def test_anonymous_people_mailed_at_a_named_domain_count_if_six_are_on_each_side(
    surveys: MailedSurveys, *, others: int, is_released: bool
):
    survey = surveys.make(domains=(DOMAIN,), minimum_group=K, confidentiality="anonymous")
    await survey.invite(*BY_HAND[:others], deliver="link")
    await survey.open(*name_mailboxes(K + 1))
    await send_everything(survey, name_mailboxes(K + 1), await survey.export_links())

    score = await close_and_read_score(survey)

    assert (score is not None) is is_released
