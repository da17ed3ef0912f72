"""A consultant's own, save by save: who, when and next to which result; nobody else's, and nothing of it lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.comments import Comments, ModerationInput
from assessment.errors import ChangedError, ConflictError, InvalidError, NotFoundError
from assessment.services.assessments import closing
from assessment.services.auth import api_keys, users
from assessment.services.people import response_import
from assessment.services.reports import report_requests
from assessment.services.results import consultant_comments
from assessment.services.results.consultant_comments import CommentsRevision, LogoImage
from assessment.storage import database, tables
from assessment.storage.results import comments
from tests.services.conftest import NOW

EMAIL = "alice@example.org"
HR = ModerationInput("functions.hr", 55, "The policy came after the close.")


@pytest.fixture
def user(world):
    with world.writing() as session:
        return users.add_user(session, world.alice, EMAIL, "a password that is long", NOW)


@pytest.fixture
def save(world, user):
    def save(assessment, words, revision=None, now=NOW, workspace=None, **given):
        new = CommentsRevision(comments=words, logo=LogoImage(), saved_at=now, **({"user_id": user} | given))
        with world.writing() as session:
            key = AssessmentKey(workspace or world.alice, assessment.id)
            return consultant_comments.save_comments(session, key, new, world.catalogue, revision=revision)

    return save


def closed(world, golden, **values):
    survey = world.open(**values)
    with world.writing() as session:
        response_import.import_responses(session, survey.key, golden, NOW)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, NOW)
    return survey


@pytest.fixture
def golden(request):
    return (request.config.rootpath / "tests" / "golden" / "risk-36.csv").read_text("utf-8")


def test_saved_comments_have_author_time_and_release(world, save, golden):
    survey = closed(world, golden)

    kept = save(survey, Comments(title="Own", moderations=(HR,)))

    assert (kept.revision, kept.saved_by, kept.by_key, kept.saved_at, kept.release) == (1, EMAIL, False, NOW, 1)
    assert kept.comments.moderations == (HR,)


def test_earlier_revisions_of_comments_never_change(world, save):
    draft = world.draft()
    save(draft, Comments(title="First"))

    save(draft, Comments(title="Second"), now=NOW + timedelta(days=1))

    with world.reading() as session:
        rows = session.execute(select(tables.comments).order_by(tables.comments.c.number)).all()
    assert [(row.number, row.saved_at) for row in rows] == [(1, NOW), (2, NOW + timedelta(days=1))]
    assert b"First" in rows[0].content


def test_stale_revision_of_comments_is_refused(world, save):
    draft = world.draft()
    save(draft, Comments(title="First"), revision=0)

    with pytest.raises(ChangedError):
        save(draft, Comments(title="Late"), revision=0)

    with world.reading() as session:
        assert consultant_comments.load_comments(session, draft.key).comments.title == "First"


def test_comments_of_another_workspace_are_not_found(world, save):
    draft = world.draft()
    save(draft, Comments(title="Canary"))

    with world.reading() as session, pytest.raises(NotFoundError):
        consultant_comments.load_comments(session, AssessmentKey(world.bob, draft.id))
    with pytest.raises(NotFoundError):
        save(draft, Comments(title="Foreign"), workspace=world.bob)


def test_comments_on_unknown_parts_are_refused_before_the_close_too(world, save):
    with pytest.raises(InvalidError) as refused:
        save(
            world.draft(), Comments(remarks={"sales": "?"}, moderations=(ModerationInput("functions.sales", 5, "So."),))
        )

    assert [problem.pointer for problem in refused.value.problems] == ["/remarks/sales", "/moderations/0/figure"]


@pytest.mark.parametrize("who", [(), ("user_id", "key_id")], ids=["nobody", "two"])
def test_database_requires_exactly_one_author_of_comments(world, user, who):
    draft = world.draft()
    with world.writing() as session:
        key = api_keys.add_key(session, world.alice, "Weekly", api_keys.SCOPES, NOW, secret="s" * 32).id
    savers = {name: {"user_id": user, "key_id": key}[name] for name in who}
    values = {"number": 1, "content": b"{}", "saved_at": NOW} | savers

    with pytest.raises(ConflictError), world.writing() as session:
        comments.add_comments(session, draft.key, values)


def test_report_shows_moderated_and_computed_score_in_its_language(world, save, golden):
    survey = closed(world, golden)
    save(survey, Comments(moderations=(ModerationInput("functions.customer-service", 55, "So."),)))

    with world.reading() as session:
        asked = {tag: report_requests.request_report(session, survey.key, language=tag) for tag in ("en", "de")}
        preferred = report_requests.request_report(session, survey.key, preferred="de")
        unknown = report_requests.request_report(session, survey.key, preferred="xx")

    found = {tag: each.job.contents.details.moderations[0] for tag, each in asked.items()}
    computed = asked["en"].job.contents.figures.functions["customer-service"].score
    assert {tag: each.place for tag, each in found.items()} == {"en": "Customer service", "de": "Kundenservice"}
    assert {(each.computed, each.moderated) for each in found.values()} == {(computed, 55)}
    assert preferred.job == asked["de"].job
    assert unknown.job == asked["en"].job


def test_query_of_newest_comments_filters_by_workspace(world, save):
    draft = world.draft()
    save(draft, Comments(title="Own"))

    with database.read_session(world.engine) as session:
        assert comments.find_newest_comments(session, AssessmentKey(world.bob, draft.id)) is None
        assert comments.find_newest_comments(session, draft.key) is not None
