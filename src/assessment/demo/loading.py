"""Load the demo data through the same services as real data."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy import Engine

from assessment.demo.answers import answers
from assessment.demo.people import Person, crew
from assessment.demo.story import (
    ASKER,
    CONSULTANT,
    CONTACTS,
    FIRM,
    OPEN_FOR,
    OPEN_SINCE,
    ORGANISATION,
    QUESTIONNAIRE,
    TARGETS,
    WAVES,
    Wave,
)
from assessment.library import Library
from assessment.services import assessing, closing, entering, inviting, keys, organising, reporting, responding, users
from assessment.services.assessing import NewAssessment
from assessment.services.guests import Guest
from assessment.services.inviting import Invited
from assessment.services.printing import printed
from assessment.services.shelf import questionnaire_of
from assessment.storage.assessments import Assessment
from assessment.storage.database import reading, writing
from assessment.storage.writer import Writer

Progress: TypeAlias = Callable[[int], object]

PASSWORD_BYTES = 12
STEPS = sum(len(crew(wave)) for wave in WAVES)


class Place(Struct, frozen=True):
    """Target: an empty database with the newest schema."""

    engine: Engine
    library: Library
    secret: str


class Loaded(Struct, frozen=True):
    """Access data of a loaded demo; `invitations` has link tokens by role."""

    workspace: str
    email: str
    password: str
    api_key: str
    assessment: str
    open_assessment: str
    invitations: dict[str, str]


class Client(Struct, frozen=True):
    """Ids of the invented organisation in the database."""

    workspace_id: str
    organisation_id: str


def load(place: Place, now: datetime, progress: Progress) -> Loaded:
    """Load three waves, the newest still open at `now`; `progress` gets the number of people done."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    began = now - timedelta(days=WAVES[0].days_ago + OPEN_FOR + 1)
    with writing(place.engine) as session:
        workspace_id = users.workspace_of(session, FIRM, began)
        users.add_user(session, workspace_id, CONSULTANT, password, began, admin=True)
        key = keys.add_key(session, workspace_id, "Demo", keys.SCOPES, now, secret=place.secret)
        organisation = organising.create(session, workspace_id, ORGANISATION, began)
    client = Client(workspace_id, organisation.id)
    writer = Writer(place.engine, lambda: began)  # before any wave closes
    writer.start()
    try:
        waves = _waves(place, writer, client, now, progress)
    finally:
        writer.stop()
    (_, closed, _), (_, opened, tokens) = waves[-2:]
    return Loaded(workspace_id, CONSULTANT, password, key.text, closed, opened, tokens)


def report(engine: Engine, loaded: Loaded) -> bytes:
    """Render the PDF report of the newest closed wave."""
    with reading(engine) as session:
        asked = reporting.ask(session, loaded.workspace, loaded.assessment)
    return printed(asked.questionnaire, asked.order)


def _waves(
    place: Place, writer: Writer, client: Client, now: datetime, progress: Progress
) -> list[tuple[Wave, str, dict[str, str]]]:
    waves: list[tuple[Wave, str, dict[str, str]]] = []
    for number, wave in enumerate(WAVES):
        is_open = wave.days_ago == 0
        ends = now - timedelta(days=wave.days_ago) + timedelta(days=OPEN_FOR - OPEN_SINCE if is_open else 0)
        begins = ends - timedelta(days=OPEN_FOR)
        assessment, invited = _open(place, client, crew(wave), begins, ends, waves[-1][1] if waves else None)
        _answer(place, writer, assessment, list(zip(crew(wave), invited, strict=True)), (number, begins), progress)
        if not is_open:
            with writing(place.engine) as session:
                closing.close(session, client.workspace_id, assessment.id, ends)
        guests = zip(crew(wave), invited, strict=True)
        waves.append((wave, assessment.id, {who.role: guest.token for who, guest in guests if who.looks_around}))
    return waves


def _open(
    place: Place,
    client: Client,
    people: Sequence[Person],
    begins: datetime,
    ends: datetime,
    wave_of: str | None,
) -> tuple[Assessment, tuple[Invited, ...]]:
    new = NewAssessment(
        organisation=client.organisation_id,
        questionnaire=QUESTIONNAIRE,
        title=f"Social media at work, {ends.year}",
        asker=ASKER,
        targets=TARGETS,
        contacts=CONTACTS,
        wave_of=wave_of,
        closes_on=ends.date(),
    )
    guests = [Guest(role=who.role, functions=who.functions, email=who.email, name=who.name) for who in people]
    with writing(place.engine) as session:
        draft = assessing.create(session, client.workspace_id, new, place.library, begins)
        invited = inviting.invite(session, client.workspace_id, draft.id, guests, place.library, begins)
        opened = assessing.open_assessment(session, client.workspace_id, draft.id, place.library, begins)
    return opened, invited


def _answer(
    place: Place,
    writer: Writer,
    assessment: Assessment,
    guests: Sequence[tuple[Person, Invited]],
    wave: tuple[int, datetime],
    progress: Progress,
) -> None:
    """Let each person enter by the link, answer and send; in the open wave a few stop earlier."""
    number, begins = wave
    is_open = number == len(WAVES) - 1
    with writing(place.engine) as session:
        questionnaire = questionnaire_of(session, assessment)
        begun = [(who, guest) for who, guest in guests if who.begins or not is_open]
        entered = [(who, entering.enter(session, guest.token, secret=place.secret).respondent) for who, guest in begun]
    saved = []
    for who, respondent in entered:
        at = begins + timedelta(hours=9 + 5 * (who.number % (24 * (OPEN_SINCE - 1) // 5)), minutes=who.number)
        given = answers(questionnaire, who, WAVES[number], number)
        if is_open and not who.finishes:
            given = dict(list(given.items())[: len(given) // 3])
        saved += responding.keep_all(writer, questionnaire, respondent, given, at)
    for future in saved:
        future.result()
    with writing(place.engine) as session:
        for who, respondent in entered:
            if who.finishes or not is_open:
                responding.send(session, respondent, begins + timedelta(days=1, minutes=who.number))
    progress(len(guests))
