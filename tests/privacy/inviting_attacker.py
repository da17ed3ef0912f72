"""An attacker who invites, with a real database: lists, mails, uploads, revocations, replacements and several closes.

Ten real people are in the first function, the first of them alone in a role, and one real person is alone in each
other one. The invented are in all functions.
"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import insert

from assessment.domain.answers import NOT_ASKED, RUNG_COUNT, Answers
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import Confidentiality
from assessment.domain.disclosure import invited_people
from assessment.domain.disclosure.invited_people import InvitedPerson
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.result import Result
from assessment.domain.survey.routing import build_asked_matrix
from assessment.errors import AppError, ConflictError
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup, client_organisations, closing, reopening
from assessment.services.assessments.assessment_setup import AssessmentInput
from assessment.services.auth import tokens, users
from assessment.services.delivery import mail_settings
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.people import invitation_changes, people_invitations, response_import
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.services.people.people_invitations import Invitee
from assessment.services.results import published_results
from assessment.services.survey import response_lifecycle, survey_entry
from assessment.storage import database, tables
from assessment.storage.people import counting_people
from assessment.storage.results import releases
from tests.privacy.invented_respondents import BEFORE, DOMAIN, Scenario, Seen, Team, is_revealed

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
INSTRUMENT = "social-media-integration"
TEAM = ("leader", *("practitioner", "staff") * 4, "practitioner")
ALONE = ("practitioner", "practitioner")  # in the second and in the third function
REAL = len(TEAM) + len(ALONE)
CLOSES = 4


class Outcome(Struct, frozen=True):
    """Result of an attack: releases, the answers behind them, and the number of uploads accepted."""

    releases: tuple[Result, ...]
    answers: Answers
    counting: tuple[bool, ...]
    uploads: int


class InvitingAttacker:
    """Someone with a workspace of their own, who knows all answers of the people they invent."""

    def __init__(
        self,
        url: str,
        scenario: Scenario,
        invented: int,
        minimum_group: int,
        seed: int,
        confidentiality: Confidentiality = Confidentiality.CONFIDENTIAL,
    ) -> None:
        self.confidentiality = confidentiality
        self.engine, self.scenario, self.invented = database.make_engine(url), scenario, invented
        mail = MailSettings("smtp://127.0.0.1:9", f"assessment@{DOMAIN}", "https://survey.example.org", SECRET, 1)
        mail_settings.attach_mail(self.engine, mail)  # nothing is sent: links are made in the database
        self.catalogue = QuestionnaireCatalogue([find_shipped_folder()])
        self.questionnaire = self.catalogue.get(INSTRUMENT)
        self.functions = [function.id for function in self.questionnaire.functions]
        self.answers = draw_answers(self.questionnaire, invented, seed)
        self.now = NOW
        with database.write_session(self.engine) as session:
            self.home = users.find_or_create_workspace(session, "Attacker", NOW)
            client = client_organisations.create_organisation(session, self.home, "Client", NOW).id
            new = AssessmentInput(
                organisation=client,
                questionnaire=INSTRUMENT,
                title="Wave",
                asker="Mallory",
                minimum_group=minimum_group,
                confidentiality=confidentiality,
                domains=tuple(scenario.domains),
            )
            made = assessment_setup.create_assessment(session, self.home, new, self.catalogue, NOW)
            self.key = AssessmentKey(self.home, made.id)

    def attack(self) -> Outcome:
        """Invite, let everyone answer, close; then revoke, replace, upload and close as often as possible."""
        real = self.invite(range(REAL))
        invented = [] if self.scenario.late else self.invite(range(REAL, len(self.answers)))
        with database.write_session(self.engine) as session:
            assessment_setup.open_assessment(session, self.key, self.catalogue, NOW)
        uploads = self.upload()
        invented = invented or self.invite(range(REAL, len(self.answers)))
        ids = [*real, *invented]
        for row, invitation in enumerate(ids):
            self.answer(invitation, row)
        if self.confidentiality == Confidentiality.ANONYMOUS:  # it can be closed only once
            self.revoke_and_replace(real, invented)
        for number in range(CLOSES):
            self.close()
            if not self.reopen():
                break
            uploads += self.upload()
            if number == 0:
                self.revoke_and_replace(real, invented)
        return Outcome(self.load_releases(), self.answers, self.find_counting(ids), uploads)

    def invite(self, rows: Sequence[int]) -> list[str]:
        """Invite people from a list, real ones by mail where domains are named; return their invitations."""
        with database.write_session(self.engine) as session:
            people = [self._make_invitee(row) for row in rows]
            found = people_invitations.invite_people(session, self.key, people, self.catalogue, self.now)
            return [each.invitation.id for each in found]

    def _make_invitee(self, row: int) -> Invitee:
        address = "{name}@" + DOMAIN if row < REAL else self.scenario.invented_address
        is_mailed = bool(self.scenario.domains) if row < REAL else address is not None
        functions = tuple(name for name, flag in zip(self.functions, self.answers.functions[row], strict=True) if flag)
        return Invitee(
            role=self.answers.roles[row],
            functions=functions,
            email=address.format(name=f"p{row}-{self.now:%d}") if address and is_mailed else None,
            deliver="mail" if is_mailed else "link",
        )

    def answer(self, invitation: str, row: int) -> None:
        """Answer everything through a link of this invitation, and send."""
        token = f"link-{invitation}"
        with database.write_session(self.engine) as session:
            link = {"workspace_id": self.home, "invitation_id": invitation, "created_on": NOW.date()}
            session.execute(insert(tables.invitation_link).values(token_hash=tokens.hash_token(token), **link))
            entry = survey_entry.enter_survey(session, token, secret=SECRET)
            respondent = entry.respondent
            rows = [
                {
                    "response_id": respondent.response_id,
                    "item_id": item,
                    "workspace_id": self.home,
                    "value": value,
                    "reason": "",
                    "evidence": "",
                    "sequence": 1,
                    "saved_at": NOW,
                }
                for item, value in self._list_values(row)
            ]
            session.execute(insert(tables.answer), rows)
            response_lifecycle.send_response(
                session, respondent, NOW, person_id=invitation, cookie=entry.session, secret=SECRET
            )

    def _list_values(self, row: int) -> list[tuple[str, str]]:
        return [
            (item.id, item.options[value] if item.options else str(value))
            for item, value in zip(self.questionnaire.items, self.answers.values[row].tolist(), strict=True)
            if value >= 0
        ]

    def upload(self) -> int:
        """Upload a file with the answers of the invented; return how many responses were taken in."""
        text = io.StringIO()
        items = [item.id for item in self.questionnaire.items]
        writer = csv.DictWriter(text, ["respondent", "role", "functions", "seconds", *items], restval="")
        writer.writeheader()
        for row in range(REAL, len(self.answers)):
            fields = {"respondent": f"u{row}", "role": self.answers.roles[row], "functions": ";".join(self.functions)}
            writer.writerow(fields | dict(self._list_values(row)))
        try:
            with database.write_session(self.engine) as session:
                found = response_import.import_responses(session, self.key, text.getvalue(), self.now)
        except AppError:  # people were invited, or the same file was taken in before
            return 0
        return found.responses

    def revoke_and_replace(self, real: Sequence[str], invented: Sequence[str]) -> None:
        """Revoke everyone in turn, move each real person to another function, and invite as many invented again."""
        with database.write_session(self.engine) as session:
            for invitation in (*real, *invented):
                people_invitations.revoke_invitation(session, self.key, invitation, self.now)
            for invitation in (real[0], *real[-len(ALONE) :]):
                patch = InvitationPatch(role="practitioner", functions=(self.functions[-1], self.functions[0]))
                invitation_changes.replace_invitation(session, self.key, invitation, patch, self.catalogue, self.now)
        self.now += timedelta(days=1)
        for row, invitation in enumerate(self.invite(range(REAL, len(self.answers))), REAL):
            self.answer(invitation, row)

    def close(self) -> None:
        with database.write_session(self.engine) as session:
            closing.close_assessment(session, self.key, NOW, without_results=True)

    def reopen(self) -> bool:
        """Open again; False where it is refused."""
        try:
            with database.write_session(self.engine) as session:
                reopening.reopen_assessment(session, self.key, NOW)
        except ConflictError:
            return False
        return True

    def load_releases(self) -> tuple[Result, ...]:
        with database.read_session(self.engine) as session:
            newest = assessment_setup.get_assessment(session, self.key).release or 0
            found = [releases.find_release(session, self.key, number) for number in range(1, newest + 1)]
        return tuple(published_results.decode_result(release) for release in found)

    def find_counting(self, ids: Sequence[str]) -> tuple[bool, ...]:
        with database.read_session(self.engine) as session:
            invitations = counting_people.load_invited_people(session, self.key)
        counting = invited_people.find_counting_invitations(invitations, self.scenario.domains)
        return tuple(id_ in counting for id_ in ids)


def draw_answers(questionnaire: Questionnaire, invented: int, seed: int) -> Answers:
    """Draw everyone's answers, all with a number: the real people first."""
    rng = np.random.default_rng((seed, invented))
    roles = (*TEAM, *ALONE, *["staff"] * invented)
    members = np.zeros((len(roles), len(questionnaire.functions)), dtype=np.bool_)
    members[: len(TEAM), 0] = True
    for place in range(len(ALONE)):
        members[len(TEAM) + place, place + 1] = True
    members[REAL:] = True
    asked = build_asked_matrix(questionnaire, roles, members)
    values = rng.integers(0, RUNG_COUNT, asked.shape).astype(np.int8)
    for column, item in enumerate(questionnaire.items):
        if item.kind is Kind.CHOICE:
            values[:, column] = 0
    return Answers(
        respondents=tuple(f"r{number}" for number in range(len(roles))),
        roles=roles,
        functions=members,
        seconds=np.full(len(roles), np.nan),
        values=np.where(asked, values, NOT_ASKED).astype(np.int8),
    )


def order_rows(answers: Answers, rows: Sequence[int]) -> Answers:
    """Put the rows in another order."""
    return replace(
        answers,
        respondents=tuple(answers.respondents[row] for row in rows),
        roles=tuple(answers.roles[row] for row in rows),
        functions=answers.functions[rows],
        seconds=answers.seconds[rows],
        values=answers.values[rows],
    )


def count_revealed(questionnaire: Questionnaire, outcome: Outcome) -> tuple[int, int]:
    """Return how many answers of the three who are alone are revealed by a release, and how many were attacked."""
    revealed = attacked = 0
    for victim in (0, *range(len(TEAM), REAL)):
        rows = [victim, *(row for row in range(REAL) if row != victim), *range(REAL, len(outcome.answers))]
        answers = order_rows(outcome.answers, rows)
        people = tuple(
            InvitedPerson(str(row), answers.roles[place], (), is_late=not outcome.counting[row])
            for place, row in enumerate(rows)
        )
        team = Team(answers, REAL, people, BEFORE)
        for column, item in enumerate(questionnaire.items):
            if item.kind is Kind.PRACTICE and answers.values[0, column] >= 0:
                attacked += 1
                seen = [Seen(answers, result, with_victim=True) for result in outcome.releases]
                revealed += any(is_revealed(questionnaire, team, [each], column) for each in seen)
    return revealed, attacked
