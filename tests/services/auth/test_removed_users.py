"""A removed user is gone, whatever they have written; their address stands under that, and can have a new account."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from assessment.domain.report.comments import Comments
from assessment.errors import ConflictError, UnauthenticatedError
from assessment.services.assessments import client_erasure, closing
from assessment.services.auth import members, passwords, set_up_links, user_sessions, users
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.people import response_import
from assessment.services.reports import published_reports as publishing
from assessment.services.reports import share_links
from assessment.services.reports.published_reports import Publication
from assessment.services.reports.share_links import NewShareLink
from assessment.services.results import consultant_comments
from assessment.services.results.consultant_comments import CommentsRevision, LogoImage
from assessment.storage import tables
from assessment.storage.auth import removed_users
from assessment.storage.auth import users as stored_users
from assessment.storage.results import comments, page_versions, published_reports

ANNA, BEN, PASSWORD = "anna@example.org", "ben@example.org", "turnip glacier envelope"
OWN_TABLES = ("membership", "console_session", "recovery_code", "closing_notice", "account_token")


@pytest.fixture
def ids(world, now):
    with world.writing() as session:
        return {
            ANNA: users.add_user(session, world.alice, ANNA, PASSWORD, now),
            BEN: users.add_user(session, world.alice, BEN, PASSWORD, now, role="editor", admin=True),
        }


@pytest.fixture
def survey(world, request, now):
    golden = (request.config.rootpath / "tests" / "golden" / "risk-36.csv").read_text("utf-8")
    survey = world.open()
    with world.writing() as session:
        response_import.import_responses(session, survey.key, golden, now)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now)
    return survey


def write_comments(session, world, survey, author, now):
    new = CommentsRevision(comments=Comments(title="Own"), logo=LogoImage(), saved_at=now, user_id=author)
    consultant_comments.save_comments(session, survey.key, new, world.catalogue, revision=None)


def publish_report(session, _world, survey, author, now):
    return publishing.publish_report(session, survey.key, Publication(None, "", now, user_id=author))


def share_report(session, _world, survey, author, now):
    """Anna published the report, the author only shares it."""
    anna = session.scalar(select(tables.user.c.id).where(tables.user.c.email == ANNA))
    report = publish_report(session, None, survey, anna, now)
    new = NewShareLink("", ("full",), ("pdf",), now.date() + timedelta(days=9), "", "", user_id=author)
    share_links.create_link(session, survey.key, report, new, now)


ACTS = {"comments": write_comments, "published_report": publish_report, "share_link": share_report}


def leave_traces(world, survey, user_id, now):
    """Leave a session, a recovery code, a notice, a second factor and a link that sets a password."""
    with world.writing() as session:
        user_sessions.begin_session(session, user_sessions.AuthenticatedUser(user_id, world.alice), now)
        session.execute(insert(tables.recovery_code).values(user_id=user_id, code_hash=b"code"))
        session.execute(insert(tables.closing_notice).values(**survey.key._asdict(), user_id=user_id))
        set_up_links.create_link(session, world.alice, BEN, now)
        session.execute(tables.user.update().where(tables.user.c.id == user_id).values(totp_secret=b"s", totp_step=1))


def remove(world, user_id, now):
    with world.writing() as session:
        members.remove_member(session, world.alice, user_id, now)


@pytest.mark.parametrize("written", ACTS)
def test_author_is_removed_with_everything_but_the_address(world, now, ids, survey, written):
    with world.writing() as session:
        ACTS[written](session, world, survey, ids[BEN], now)
    leave_traces(world, survey, ids[BEN], now)

    remove(world, ids[BEN], now)

    with world.reading() as session:
        assert [member.email for member in members.list_members(session, world.alice)] == [ANNA]
        left = session.execute(select(tables.user).where(tables.user.c.id == ids[BEN])).one()._mapping
        for name in OWN_TABLES[:-1]:
            table = tables.metadata.tables[name]
            assert session.execute(select(table).where(table.c.user_id == ids[BEN])).all() == [], name
        assert session.execute(select(tables.account_token)).all() == []
    emptied = ("password_hash", "admin", "disabled", "last_sign_in_at", "totp_secret", "totp_step")
    assert {name: left[name] for name in emptied} == dict.fromkeys(emptied) | {
        "password_hash": "",
        "admin": False,
        "disabled": True,
    }
    assert (left["former_email"], left["email"]) == (BEN, f"removed {ids[BEN]}")
    with pytest.raises(UnauthenticatedError):
        user_sessions.check_credentials(
            world.engine, BEN, PASSWORD, now, limiter=RateLimiter(world.engine, "", ""), address="a"
        )


def test_names_of_a_removed_author_are_shown_as_before(world, now, ids, survey):
    with world.writing() as session:
        write_comments(session, world, survey, ids[BEN], now)
        publish_report(session, world, survey, ids[BEN], now)

    remove(world, ids[BEN], now)

    with world.reading() as session:
        assert comments.find_newest_comments(session, survey.key).name == BEN
        assert [report.published_by for report in published_reports.list_reports(session, survey.key)] == [BEN]
        assert page_versions.load_page_version(session, survey.key).author == BEN


@pytest.mark.usefixtures("ids")
def test_address_of_a_removed_author_can_be_added_and_removed_again(world, now, survey):
    for number in range(2):
        with world.writing() as session:
            write = stored_users.find_user_id(session, BEN)
            new = CommentsRevision(comments=Comments(title=str(number)), logo=LogoImage(), saved_at=now, user_id=write)
            consultant_comments.save_comments(session, survey.key, new, world.catalogue, revision=None)
        remove(world, write, now)
        with world.writing() as session:
            link = members.add_member(session, world.alice, BEN, "viewer", now)

    with world.reading() as session:
        assert [member.email for member in members.list_members(session, world.alice)] == [ANNA, BEN]
        assert [member.role for member in members.list_members(session, world.alice)] == ["owner", "viewer"]
        assert {save.name for save in comments.list_comments(session, survey.key, 9)} == {BEN}
    with world.writing() as session:
        set_up_links.set_password(session, link.token, passwords.hash_password(PASSWORD), now)
    limiter = RateLimiter(world.engine, "", "")
    user_sessions.check_credentials(world.engine, BEN, PASSWORD, now, limiter=limiter, address="a")


@pytest.mark.usefixtures("survey")
def test_user_who_wrote_nothing_is_deleted_whole(world, now, ids):
    remove(world, ids[BEN], now)

    with world.reading() as session:
        assert [row.email for row in session.execute(select(tables.user))] == [ANNA]


def test_address_goes_with_the_last_thing_written(world, now, ids, survey):
    with world.writing() as session:
        for act in ACTS.values():
            act(session, world, survey, ids[BEN], now)
    remove(world, ids[BEN], now)

    with world.writing() as session:
        client_erasure.erase_client(session, world.alice, world.organisation, now)

    with world.reading() as session:
        assert [row.email for row in session.execute(select(tables.user))] == [ANNA]


def test_removed_author_is_nobody_who_could_sign_in(world, now, ids, survey):
    with world.writing() as session:
        write_comments(session, world, survey, ids[BEN], now)
        assert stored_users.has_any_user(session)
        session.execute(tables.membership.delete())
        for user_id in ids.values():
            removed_users.delete_account(session, user_id)

        assert not stored_users.has_any_user(session)
        assert [row.former_email for row in session.execute(select(tables.user))] == [BEN]


def test_every_reference_to_a_user_is_an_author_or_goes_with_the_user():
    references = {
        key.parent: key.ondelete
        for table in tables.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is tables.user
    }

    assert {column for column, ondelete in references.items() if ondelete != "CASCADE"} == {
        *removed_users.AUTHOR_COLUMNS
    }
    assert {column.table.name for column, ondelete in references.items() if ondelete == "CASCADE"} == {*OWN_TABLES[:-1]}


@pytest.mark.parametrize("written", ACTS)
def test_mutant_that_deletes_the_row_of_an_author_is_refused(world, now, ids, survey, written, monkeypatch):
    with world.writing() as session:
        ACTS[written](session, world, survey, ids[BEN], now)
    monkeypatch.setattr(
        removed_users,
        "delete_account",
        lambda session, user_id: session.execute(tables.user.delete().where(tables.user.c.id == user_id)),
    )

    with pytest.raises(ConflictError):
        remove(world, ids[BEN], now)
