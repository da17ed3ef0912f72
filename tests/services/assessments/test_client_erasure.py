"""Clients are changed, archived, restored and erased; drafts are deleted. Nothing of an erased client is left."""

from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from assessment.domain.assessment import AssessmentKey
from assessment.errors import ChangedError, ConflictError, InvalidError, NotFoundError
from assessment.services.assessments import (
    assessment_archive,
    assessment_setup,
    client_erasure,
    client_organisations,
    closing,
    reopening,
)
from assessment.services.assessments.client_organisations import OrganisationPatch
from assessment.services.operations import audit_trail
from assessment.services.people import response_import
from assessment.storage import assessment_deletion, database, tables
from assessment.storage.assessments import AssessmentFilter

GOLDEN = Path(__file__).parents[2] / "golden" / "plain-24.csv"
PERSON = ("practitioner", ("marketing",))
CANARY = "Canary Household Goods"


def close(world, assessment):
    with world.writing() as session:
        closing.close_assessment(session, assessment.key, world.now, without_results=True)


def close_with_results(world, **values):
    assessment = world.open(**values)
    with world.writing() as session:
        response_import.import_responses(session, assessment.key, GOLDEN.read_text("utf-8"), world.now)
    close(world, assessment)
    return assessment


def change(world, **values):
    with world.writing() as session:
        return client_organisations.update_organisation(
            session, world.alice, world.organisation, OrganisationPatch(**values), now=world.now
        )


def erase(world, **options):
    with world.writing() as session:
        return client_erasure.erase_client(session, world.alice, world.organisation, world.now, **options)


def count_rows(world):
    """Count the rows of every table that belong to Alice's workspace, but for the log."""
    with world.reading() as session:
        return {
            table.name: count
            for table in tables.metadata.sorted_tables
            if "workspace_id" in table.c and table.name not in ("audit_entry", "audit_head")
            if (count := session.scalar(select(func.count()).where(table.c.workspace_id == world.alice)))
        }


def test_contact_of_client_is_stored_and_address_folded(world):
    changed = change(world, contact_name=" Ines Roth ", contact_email="Ines@Northwind.Example")

    assert (changed.contact_name, changed.contact_email, changed.revision) == (
        "Ines Roth",
        "ines@northwind.example",
        2,
    )


@pytest.mark.parametrize("address", ["ines", "ines@", "a@b.example\r\nBcc: c@d.example"])
def test_invalid_contact_address_is_rejected(address, world):
    with pytest.raises(InvalidError) as refused:
        change(world, contact_email=address)

    assert [problem.pointer for problem in refused.value.problems] == ["/contact_email"]


def test_new_name_that_another_client_has_is_rejected(world, now):
    with world.writing() as session:
        client_organisations.create_organisation(session, world.alice, "Northwind", now)

    with pytest.raises(InvalidError):
        change(world, name="NORTHWIND")


def test_change_of_letter_case_in_own_name_is_accepted(world):
    assert change(world, name="ACME").name == "ACME"


def test_name_of_client_with_open_assessment_is_locked_and_its_contact_is_not(world):
    world.open()

    with pytest.raises(InvalidError, match="A survey of this client is open"):
        change(world, name="Your works council")

    assert change(world, contact_name="Ann Lee").contact_name == "Ann Lee"


def test_change_of_outdated_client_is_rejected(world):
    change(world, name="Acme & Co")

    with world.writing() as session, pytest.raises(ChangedError):
        client_organisations.update_organisation(
            session, world.alice, world.organisation, OrganisationPatch(name="Other"), now=world.now, revision=1
        )


def test_client_with_open_assessment_is_neither_archived_nor_erased(world):
    world.open()

    with world.writing() as session, pytest.raises(ConflictError):
        client_organisations.archive_organisation(session, world.alice, world.organisation, world.now)
    with pytest.raises(ConflictError):
        erase(world)


def test_archived_client_takes_no_new_assessment_until_restored(world):
    draft = world.draft()
    with world.writing() as session:
        client_organisations.archive_organisation(session, world.alice, world.organisation, world.now)

    with pytest.raises(InvalidError) as refused:
        world.draft()
    with world.writing() as session, pytest.raises(ConflictError):
        assessment_setup.open_assessment(session, draft.key, world.catalogue, world.now)
    with world.writing() as session:
        client_organisations.restore_organisation(session, world.alice, world.organisation, world.now)

    assert [problem.pointer for problem in refused.value.problems] == ["/organisation"]
    assert world.draft().client_archived_on is None


def test_list_leaves_archived_assessments_out_and_counts_them(world):
    closed, _ = world.open(title="Closed wave"), world.draft(title="Draft wave")
    close(world, closed)
    with world.writing() as session:
        assessment_archive.archive_assessment(session, closed.key, world.now)

    with world.reading() as session:
        shown = assessment_setup.list_assessments(session, world.alice, filters=AssessmentFilter(archived=False)).data
        archived = assessment_setup.list_assessments(session, world.alice, filters=AssessmentFilter(archived=True)).data
        counts = assessment_setup.count_states(session, world.alice)

    assert [each.title for each in shown] == ["Draft wave"]
    assert [each.title for each in archived] == ["Closed wave"]
    assert counts == {"draft": 1, "archived": 1}


def test_only_closed_assessment_is_archived(world):
    for assessment in (world.draft(), world.open(title="Open wave")):
        with world.writing() as session, pytest.raises(ConflictError):
            assessment_archive.archive_assessment(session, assessment.key, world.now)


def test_archived_assessment_is_not_reopened_until_restored(world):
    closed = world.open()
    close(world, closed)
    with world.writing() as session:
        assessment_archive.archive_assessment(session, closed.key, world.now)

    with world.writing() as session, pytest.raises(ConflictError):
        reopening.reopen_assessment(session, closed.key, world.now)
    with world.writing() as session:
        restored = assessment_archive.restore_assessment(session, closed.key, world.now)

    assert reopening.find_refusal(restored) == ""


def test_deleted_draft_is_gone_with_its_people(world):
    before = count_rows(world)
    draft = world.draft()
    world.invite(draft, PERSON, PERSON)

    with world.writing() as session:
        assessment_archive.delete_draft(session, draft.key, world.now, typed_title="first WAVE")

    assert count_rows(world) == before


def test_draft_is_not_deleted_under_another_title_or_once_opened(world):
    draft, opened = world.draft(), world.open(title="Open wave")

    with world.writing() as session, pytest.raises(InvalidError):
        assessment_archive.delete_draft(session, draft.key, world.now, typed_title="Second wave")
    with world.writing() as session, pytest.raises(ConflictError):
        assessment_archive.delete_draft(session, opened.key, world.now)


def test_draft_that_repeats_a_deleted_draft_repeats_none(world):
    first = world.draft()
    second = world.draft(title="Second wave", wave_of=first.id)

    with world.writing() as session:
        assessment_archive.delete_draft(session, first.key, world.now)

    with world.reading() as session:
        assert assessment_setup.get_assessment(session, second.key).wave_of is None


def test_erased_client_leaves_no_row(world):
    with world.writing() as session:
        other = client_organisations.create_organisation(session, world.alice, "Another client", world.now)
    own, world.organisation = world.organisation, other.id
    before = count_rows(world)
    world.organisation = own
    first = close_with_results(world, title="First wave", confidentiality="attributable")
    second = world.draft(title="Second wave", wave_of=first.id)
    world.invite(second, PERSON)

    erased = erase(world, typed_name="acme")

    assert set(erased) == {first.id, second.id}
    assert count_rows(world) == before | {"organisation": 1, "erasure": 1}
    with world.reading() as session, pytest.raises(NotFoundError):
        client_organisations.get_organisation(session, world.alice, own)


def test_client_is_not_erased_under_another_name(world):
    with pytest.raises(InvalidError) as refused:
        erase(world, typed_name="Acme Ltd")

    assert [problem.pointer for problem in refused.value.problems] == ["/typed_name"]


def test_erasure_in_batches_is_resumed_after_a_crash(world, monkeypatch):
    close_with_results(world)
    monkeypatch.setattr(client_erasure, "BATCH_SIZE", 10)
    with pytest.MonkeyPatch.context() as crash:
        crash.setattr(client_erasure, "_erase_in_batches", lambda *_, **__: None)
        erase(world)
    with world.reading() as session:
        hidden = assessment_setup.list_assessments(session, world.alice).data
        begun = assessment_deletion.list_begun_erasures(session)

    client_erasure.resume_erasures(world.engine)

    assert hidden == ()
    assert len(begun) == 1
    assert count_rows(world) == {"erasure": 1}  # its id, for backups that are restored later


def test_erasure_is_logged_without_the_name(world):
    audit_trail.attach_secret(world.engine, "a secret of this test that is long enough")
    change(world, name=CANARY)

    erase(world)

    with world.reading() as session:
        entries = session.execute(select(tables.audit_entry).order_by(tables.audit_entry.c.number)).all()
    assert (entries[-1].action, entries[-1].details) == (audit_trail.CLIENT_ERASED, {"assessments": 0, "people": 0})
    assert CANARY not in str(entries)


def read_database_files(engine):
    """Return the bytes of an SQLite database; PostgreSQL frees them when it vacuums."""
    if not database.is_sqlite(engine):
        return b""
    path = Path(engine.url.database)
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def test_erased_client_leaves_no_trace_in_database_files(world):
    change(world, name=CANARY, contact_name=f"{CANARY} Ines", contact_email="canary-ines@example.org")
    with world.writing() as session:
        word = {"questionnaire_id": "q", "kind": "role", "word": "canary", "spelling": CANARY, "choice": "staff"}
        session.execute(
            insert(tables.list_word).values(organisation_id=world.organisation, workspace_id=world.alice, **word)
        )

    erase(world)

    stored = read_database_files(world.engine)
    assert CANARY.encode() not in stored
    assert b"canary" not in stored


def test_client_of_another_workspace_is_not_found(world):
    key = AssessmentKey(world.bob, world.draft().id)

    for act in (client_organisations.archive_organisation, client_erasure.erase_client):
        with world.writing() as session, pytest.raises(NotFoundError):
            act(session, world.bob, world.organisation, world.now)
    for act in (assessment_archive.archive_assessment, assessment_archive.delete_draft):
        with world.writing() as session, pytest.raises(NotFoundError):
            act(session, key, world.now)
