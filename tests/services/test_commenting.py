"""A consultant's own, save by save: who, when and beside which result; nobody else's, and nothing of it lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.domain.comments import Comments, Moderating
from assessment.errors import ChangedError, ConflictError, InvalidError, NotFoundError
from assessment.services import closing, commenting, importing, keys, reporting, users
from assessment.services.commenting import New, Picture
from assessment.storage import comments, database, tables
from tests.services.conftest import NOW

EMAIL = "alice@example.org"
HR = Moderating("functions.hr", 55, "The policy came after the close.")


@pytest.fixture
def user(world):
    with world.writing() as session:
        return users.add_user(session, world.alice, EMAIL, "a password that is long", NOW)


@pytest.fixture
def save(world, user):
    def save(assessment, words, revision=None, now=NOW, workspace=None, **given):
        new = New(comments=words, logo=Picture(), saved_at=now, **({"user_id": user} | given))
        with world.writing() as session:
            return commenting.save(
                session, workspace or world.alice, assessment.id, new, world.library, revision=revision
            )

    return save


def closed(world, golden, **values):
    survey = world.open(**values)
    with world.writing() as session:
        importing.take_in(session, world.alice, survey.id, golden, NOW)
    with world.writing() as session:
        closing.close(session, world.alice, survey.id, NOW)
    return survey


@pytest.fixture
def golden(request):
    return (request.config.rootpath / "tests" / "golden" / "risk-36.csv").read_text("utf-8")


def test_a_save_says_who_when_and_beside_which_result(world, save, golden):
    survey = closed(world, golden)

    kept = save(survey, Comments(title="Own", moderations=(HR,)))

    assert (kept.revision, kept.saved_by, kept.by_key, kept.saved_at, kept.release) == (1, EMAIL, False, NOW, 1)
    assert kept.comments.moderations == (HR,)


def test_every_save_stays_as_it_was(world, save):
    draft = world.draft()
    save(draft, Comments(title="First"))

    save(draft, Comments(title="Second"), now=NOW + timedelta(days=1))

    with world.reading() as session:
        rows = session.execute(select(tables.comments).order_by(tables.comments.c.number)).all()
    assert [(row.number, row.saved_at) for row in rows] == [(1, NOW), (2, NOW + timedelta(days=1))]
    assert b"First" in rows[0].content


def test_who_has_not_seen_the_newest_overwrites_nothing(world, save):
    draft = world.draft()
    save(draft, Comments(title="First"), revision=0)

    with pytest.raises(ChangedError):
        save(draft, Comments(title="Late"), revision=0)

    with world.reading() as session:
        assert commenting.kept(session, world.alice, draft.id).comments.title == "First"


def test_two_workspaces_see_nothing_of_one_another(world, save):
    draft = world.draft()
    save(draft, Comments(title="Canary"))

    with world.reading() as session, pytest.raises(NotFoundError):
        commenting.kept(session, world.bob, draft.id)
    with pytest.raises(NotFoundError):
        save(draft, Comments(title="Foreign"), workspace=world.bob)


def test_what_the_questionnaire_does_not_know_is_refused_before_the_close_too(world, save):
    with pytest.raises(InvalidError) as refused:
        save(world.draft(), Comments(remarks={"sales": "?"}, moderations=(Moderating("functions.sales", 5, "So."),)))

    assert [problem.pointer for problem in refused.value.problems] == ["/remarks/sales", "/moderations/0/figure"]


@pytest.mark.parametrize("who", [(), ("user_id", "key_id")], ids=["nobody", "two"])
def test_the_database_keeps_nothing_that_nobody_or_two_have_saved(world, user, who):
    draft = world.draft()
    with world.writing() as session:
        key = keys.add_key(session, world.alice, "Weekly", keys.SCOPES, NOW, secret="s" * 32).id
    savers = {name: {"user_id": user, "key_id": key}[name] for name in who}
    values = {"number": 1, "content": b"{}", "saved_at": NOW} | savers

    with pytest.raises(ConflictError), world.writing() as session:
        comments.add(session, world.alice, draft.id, values)


def test_a_moderated_score_stands_beside_the_computed_one_in_the_language_of_the_report(world, save, golden):
    survey = closed(world, golden)
    save(survey, Comments(moderations=(Moderating("functions.customer-service", 55, "So."),)))

    with world.reading() as session:
        asked = {tag: reporting.ask(session, world.alice, survey.id, language=tag) for tag in ("en", "de")}
        preferred = reporting.ask(session, world.alice, survey.id, preferred="de")
        unknown = reporting.ask(session, world.alice, survey.id, preferred="xx")

    found = {tag: each.order.contents.details.moderations[0] for tag, each in asked.items()}
    computed = asked["en"].order.contents.figures.functions["customer-service"].score
    assert {tag: each.place for tag, each in found.items()} == {"en": "Customer service", "de": "Kundenservice"}
    assert {(each.computed, each.moderated) for each in found.values()} == {(computed, 55)}
    assert preferred.order == asked["de"].order
    assert unknown.order == asked["en"].order


def test_the_newest_is_asked_for_by_workspace(world, save):
    draft = world.draft()
    save(draft, Comments(title="Own"))

    with database.reading(world.engine) as session:
        assert comments.newest(session, world.bob, draft.id) is None
        assert comments.newest(session, world.alice, draft.id) is not None
