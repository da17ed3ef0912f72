"""`assessment respondent export|erase`: all of one person's data, and nobody else's."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.answer import Answer
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup, client_organisations, closing, reopening
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.auth import users
from assessment.services.operations import audit_trail
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.services.survey import answer_validation, response_lifecycle, sent_marks, survey_entry
from assessment.settings import read_settings
from assessment.storage import database, tables
from assessment.storage.answer_writer import AnswerWriter
from assessment.storage.people import personal_data
from assessment.storage.survey.packed_answers import PACKED_COLUMNS

NOW = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)
KIM = "kim.canary@example.org"
NAME = "Kim Canaryname"


class World:
    """A confidential assessment that was closed and opened again, and an anonymous one; Kim is invited to both."""

    def __init__(self, engine, secret):
        self.engine, self.secret, self.catalogue = engine, secret, QuestionnaireCatalogue([find_shipped_folder()])
        self.questionnaire = self.catalogue.get("social-media-integration")
        audit_trail.attach_secret(engine, secret)
        with database.write_session(engine) as session:
            self.home = users.find_or_create_workspace(session, "main", NOW)
            self.organisation = client_organisations.create_organisation(session, self.home, "Acme", NOW).id
        self.writer = AnswerWriter(engine, lambda: NOW)
        self.writer.start()
        self.confidential, invited = self.open("Wave", "confidential")
        self.kim, self.other = invited[0], invited[1]
        for number, each in enumerate(invited):
            self.answer(each.token, str(3 - number % 3), is_sent=True)
        with database.write_session(engine) as session:
            closing.close_assessment(session, AssessmentKey(self.home, self.confidential), NOW)
        with database.write_session(engine) as session:
            reopening.reopen_assessment(session, AssessmentKey(self.home, self.confidential), NOW)
        self.anonymous, invited = self.open("Anonymous", "anonymous")
        self.anonymous_kim = invited[0]
        self.answer(invited[0].token, "2", is_sent=False)
        self.writer.stop()
        with database.write_session(engine) as session:
            sent_marks.mark_sent(session, AssessmentKey(self.home, self.anonymous), invited[0].invitation.id, secret)
            of_kim = select(tables.response.c.id).where(tables.response.c.invitation_id == self.kim.invitation.id)
            response = session.execute(of_kim).scalar_one()  # the close has ended the browser's session
            browser = {"cookie_hash": b"another", "workspace_id": self.home, "response_id": response}
            session.execute(tables.respondent_session.insert().values(browser))

    def open(self, title, confidentiality, functions=("hr",), *, invite=True):
        new = AssessmentInput(
            organisation=self.organisation,
            questionnaire=self.questionnaire.id,
            title=title,
            confidentiality=confidentiality,
        )
        people = [Invitee(role="staff", functions=functions, email=KIM, name=NAME)]
        people += [Invitee(role="staff", functions=functions, email=f"p{n}@example.org") for n in range(8)]
        people = people if invite else []
        with database.write_session(self.engine) as session:
            draft = assessment_setup.create_assessment(session, self.home, new, self.catalogue, NOW)
            invited = people_invitations.invite_people(
                session, AssessmentKey(self.home, draft.id), people, self.catalogue, NOW
            )
            assessment_setup.open_assessment(session, AssessmentKey(self.home, draft.id), self.catalogue, NOW)
        return draft.id, invited

    def answer(self, token, value, *, is_sent):
        with database.write_session(self.engine) as session:
            who = survey_entry.enter_survey(session, token, secret=self.secret).respondent
        items = answer_validation.map_asked_items(self.questionnaire, who).values()
        given = {
            item.id: Answer(item.options[0] if item.options else value, evidence="" if item.options else "document")
            for item in items
        }
        for future in response_lifecycle.save_answers(self.writer, self.questionnaire, who, given, NOW):
            future.result(30)
        if is_sent:
            with database.write_session(self.engine) as session:
                response_lifecycle.send_response(session, who, NOW)

    def count(self, table, **values):
        with database.read_session(self.engine) as session:
            here = [table.c[name] == value for name, value in values.items()]
            return session.scalar(select(func.count()).select_from(table).where(*here))

    def actions(self):
        with database.read_session(self.engine) as session:
            return [(each.actor, each.action) for each in audit_trail.audit_log.iterate_entries(session, self.home)]


@pytest.fixture
def world(run, data):
    run("migrate")
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")
    yield World(engine, read_settings({"ASSESSMENT_DATA": str(data)}).secret)
    engine.dispose()


def find_response_id(world, invitation):
    with database.read_session(world.engine) as session:
        return session.execute(
            select(tables.response).where(tables.response.c.invitation_id == invitation.invitation.id)
        ).one()


def test_export_prints_all_data_of_person(world, run):
    said = run("respondent", "export", KIM.upper())

    exported = json.loads(said.stdout)["invitations"]
    wave = next(each for each in exported if each["assessment"]["title"] == "Wave")
    response = wave["responses"][0]
    asked = world.count(tables.answer, response_id=response["id"])
    assert said.exit_code == 0
    assert {each["id"] for each in exported} == {world.kim.invitation.id, world.anonymous_kim.invitation.id}
    assert (wave["email"], wave["name"], wave["role"]) == (KIM, NAME, "staff")
    assert len(wave["links"]) == len(response["browsers"]) == 1
    assert (response["state"], len(response["answers"])) == ("sent", asked)
    assert "document" in {each["evidence"] for each in response["answers"]}
    assert len(response["copies"][0]["answers"]) == asked
    assert set(response["copies"][0]["evidence"].values()) == {"document"}
    assert [each["action"] for each in wave["audit_entries"]] == ["link.made"]
    assert ("operator", "respondent.exported") in world.actions()


def test_export_contains_no_data_of_others_and_no_hash(world, run):
    said = run("respondent", "export", KIM)

    assert "p0@example.org" not in said.stdout
    assert world.other.invitation.id not in said.stdout
    assert "_hash" not in said.stdout


def test_export_covers_every_column_of_exported_tables(world, run):
    """A column that is added later is exported as well, unless it is the hash of a secret.

    Packed answers belong to closed anonymous surveys, where nothing leads from a person to a response.
    """
    exported = json.loads(run("respondent", "export", world.kim.invitation.id).stdout)["invitations"][0]
    parts = {
        tables.invitation: exported,
        tables.invitation_link: exported["links"][0],
        tables.response: exported["responses"][0],
        tables.respondent_session: exported["responses"][0]["browsers"][0],
        tables.answer: exported["responses"][0]["answers"][0],
        tables.basis: exported["responses"][0]["copies"][0],
    }

    missing = {
        f"{table}.{column.name}"
        for table, row in parts.items()
        for column in table.columns
        if column.name not in {*row, *personal_data.SORT_KEYS, *PACKED_COLUMNS} and not column.name.endswith("_hash")
    }

    assert missing == set()


def test_every_table_about_a_person_is_exported(world, run):
    """A table that is added later and refers to an invitation or a response has to be exported and erased as well."""
    about = {
        table.name
        for table in tables.metadata.tables.values()
        if {"invitation_id", "response_id"} & {column.name for column in table.columns}
    }

    exported = json.loads(run("respondent", "export", world.kim.invitation.id).stdout)["invitations"][0]
    parts = set(exported) | set(exported["responses"][0])

    by_part = {
        "links": "invitation_link",
        "mails": "outbox",
        "role_reports": "role_report",
        "responses": "response",
        "browsers": "respondent_session",
        "section_times": "section_time",
        "answers": "answer",
        "copies": "basis",
        "released_comments": "voice",
    }
    waiting = {"mailing_recipient"}  # ids of a large mailing, deleted as soon as the mails are queued
    assert about - waiting == {table for part, table in by_part.items() if part in parts}


def test_erasure_without_confirm_is_rejected(world, run):
    said = run("respondent", "erase", KIM)

    assert said.exit_code == 1
    assert "--confirm" in said.stderr
    assert world.kim.invitation.id in said.stderr
    assert world.count(tables.invitation, email=KIM) == 2
    assert ("operator", "respondent.erased") not in world.actions()


def test_erasure_deletes_answers_snapshots_name_address_and_links(world, run):
    response = find_response_id(world, world.kim)
    others = find_response_id(world, world.other)
    kept = world.count(tables.answer, response_id=others.id)

    said = run("respondent", "erase", KIM, "--confirm")

    assert said.exit_code == 0
    assert "can’t be found by person" in said.stderr
    for table in (tables.answer, tables.section_time, tables.basis, tables.respondent_session):
        assert world.count(table, response_id=response.id) == 0
    assert world.count(tables.invitation_link, invitation_id=world.kim.invitation.id) == 0
    assert (world.count(tables.invitation, email=KIM), world.count(tables.invitation, name=NAME)) == (0, 0)
    assert find_response_id(world, world.kim).state == "withdrawn"
    assert world.count(tables.answer, response_id=others.id) == kept
    assert world.count(tables.release) == 1


def test_erasure_is_logged_without_address_and_log_is_intact(world, run):
    run("respondent", "erase", KIM, "--confirm")

    with database.read_session(world.engine) as session:
        entries = list(audit_trail.audit_log.iterate_entries(session, world.home))
        faults = list(audit_trail.verify_logs(session, world.secret))
    erased = [each for each in entries if each.action == "respondent.erased"]
    assert {each.subject for each in erased} == {world.kim.invitation.id, world.anonymous_kim.invitation.id}
    assert {each.details["assessment"] for each in erased} == {world.confidential, world.anonymous}
    assert "canary" not in str(entries)
    assert faults == []


def test_export_is_logged_without_address(world, run):
    run("respondent", "export", KIM)

    with database.read_session(world.engine) as session:
        entries = list(audit_trail.audit_log.iterate_entries(session, world.home))
    exported = [each for each in entries if each.action == audit_trail.RESPONDENT_EXPORTED]
    assert {each.subject for each in exported} == {world.kim.invitation.id, world.anonymous_kim.invitation.id}
    assert "canary" not in str(entries)


def test_erased_person_leaves_no_trace_in_database_files(world, run, data):
    """While a server is running: with the last connection, SQLite would empty its log by itself."""
    with world.engine.connect() as connection:
        connection.execute(select(1)).all()
        connection.rollback()

        run("respondent", "erase", KIM, "--confirm")

        content = b"".join(file.read_bytes() for file in data.glob("assessment.sqlite3*"))
    assert b"kim.canary" not in content
    assert b"Canaryname" not in content


def test_erasure_in_anonymous_assessment_keeps_answers_and_deletes_mark(world, run):
    before = world.count(tables.answer)
    erased = world.count(tables.answer, response_id=find_response_id(world, world.kim).id)
    marks = world.count(tables.mark)

    run("respondent", "erase", KIM, "--confirm")

    assert world.count(tables.answer) == before - erased
    assert (marks, world.count(tables.mark)) == (1, 0)


@pytest.mark.parametrize("command", [("export",), ("erase", "--confirm")])
@pytest.mark.parametrize("who", ["nobody@example.org", "aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_unknown_person_is_error(world, run, command, who):
    said = run("respondent", *command, who)

    assert said.exit_code == 1
    assert "Nobody was invited under this address or id, and no imported file has it." in said.stderr


def test_person_of_other_workspace_is_not_found(world, run):
    run("user", "add", "b@example.org", "--workspace", "branch", given="lantern harbour violet 7")

    said = run("respondent", "erase", KIM, "--workspace", "branch", "--confirm")

    assert said.exit_code == 1
    assert world.count(tables.invitation, email=KIM) == 2


def test_replaced_invitations_of_person_are_included(world, run):
    with database.write_session(world.engine) as session:
        corrected = invitation_changes.InvitationPatch(email="kim.new@example.org")
        made = invitation_changes.replace_invitation(
            session,
            AssessmentKey(world.home, world.confidential),
            world.kim.invitation.id,
            corrected,
            world.catalogue,
            NOW,
        )

    exported = json.loads(run("respondent", "export", "kim.new@example.org").stdout)["invitations"]

    assert {each["id"] for each in exported} == {world.kim.invitation.id, made.id}
