"""Setting up assessments: from the draft to the opening, with what locks when."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field
from sqlalchemy.orm import Session

from assessment.domain import settings_rules
from assessment.domain.answers import Settings
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ChangedError, ConflictError, InvalidError, NotFoundError, Problem, with_values
from assessment.library import Library
from assessment.services import auditing, shelf, tokens
from assessment.services.answering import is_writable
from assessment.services.tokens import RANDOM, Random
from assessment.storage import assessments, invitations, organisations
from assessment.storage.assessments import Assessment
from assessment.storage.pages import Page, Place
from assessment.wording.sentences import N_

FIRST = Place()
TEXT_MOST = 200
CONFIDENTIALITIES = ("confidential", "anonymous", "attributable")
LOCKED_BY_ANSWERS = ("confidentiality", "mode", "minimum_group", "questionnaire_id", "questionnaire_version")
CHANGEABLE_ALWAYS = {"in_benchmarks"}
CHANGEABLE_AFTER_A_RELEASE = CHANGEABLE_ALWAYS | {"title", "asker", "language", "closes_on", "share_results"}
SETTINGS = ("weights", "targets", "contacts", "importance")
IS_ALREADY = {"open": N_("This assessment is open already."), "closed": N_("This assessment is closed already.")}


class NewAssessment(Struct, frozen=True, kw_only=True):
    """What an assessment begins with; `organisation` an id, `questionnaire` as ID or ID@VERSION."""

    organisation: str
    questionnaire: str
    title: str
    asker: str = ""
    language: str | None = None
    confidentiality: str = "confidential"
    mode: str = "survey"
    minimum_group: int | None = None
    weights: dict[str, float] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)
    contacts: dict[str, dict[str, float]] = field(default_factory=dict)
    importance: dict[str, int] = field(default_factory=dict)
    wave_of: str | None = None
    closes_on: date | None = None
    share_results: bool = False
    in_benchmarks: bool = False


class Changes(Struct, frozen=True, kw_only=True):
    """What shall be otherwise; what is not set stays."""

    organisation: str | UnsetType = UNSET
    questionnaire: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    asker: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    confidentiality: str | UnsetType = UNSET
    mode: str | UnsetType = UNSET
    minimum_group: int | UnsetType = UNSET
    weights: dict[str, float] | UnsetType = UNSET
    targets: dict[str, float] | UnsetType = UNSET
    contacts: dict[str, dict[str, float]] | UnsetType = UNSET
    importance: dict[str, int] | UnsetType = UNSET
    wave_of: str | UnsetType | None = UNSET
    closes_on: date | UnsetType | None = UNSET
    share_results: bool | UnsetType = UNSET
    in_benchmarks: bool | UnsetType = UNSET


def create(  # the library and the operator's least group come from outside
    session: Session,
    workspace_id: str,
    new: NewAssessment,
    library: Library,
    now: datetime,
    *,
    least_group: int | None = None,
    random: Random = RANDOM,
) -> Assessment:
    """Begin a draft; `least_group` is the operator's own floor of the minimum group."""
    questionnaire = _asked_for(library, new.questionnaire)
    default = max(questionnaire.disclosure.minimum_group, least_group or 0)
    values = msgspec.structs.asdict(new) | {
        "minimum_group": default if new.minimum_group is None else new.minimum_group,
        "language": new.language or questionnaire.source_language,
        "organisation_id": new.organisation,
        "questionnaire_id": questionnaire.id,
        "questionnaire_version": questionnaire.version,
    }
    del values["organisation"], values["questionnaire"]
    _check(session, workspace_id, values, questionnaire, least_group)
    assessment_id = tokens.new_id(random)
    row = {"id": assessment_id, "workspace_id": workspace_id, "state": "draft", "created_at": now, "revision": 1}
    assessments.add(session, values | row)
    auditing.record(session, workspace_id, now, auditing.ASSESSMENT_CREATED, assessment_id)
    return assessments.find(session, workspace_id, assessment_id)


def get(session: Session, workspace_id: str, assessment_id: str) -> Assessment:
    """Return one; another workspace's is not there."""
    return assessments.find(session, workspace_id, assessment_id)


def list_assessments(
    session: Session, workspace_id: str, place: Place = FIRST, organisation_id: str | None = None
) -> Page[Assessment]:
    """List the newest first."""
    return assessments.listed(session, workspace_id, place, organisation_id)


def change(  # as create
    session: Session,
    workspace_id: str,
    assessment_id: str,
    changes: Changes,
    library: Library,
    *,
    revision: int | None = None,
    least_group: int | None = None,
) -> Assessment:
    """Change what may still be changed; `revision` is the one it was read with (`If-Match`)."""
    held = _locked(session, workspace_id, assessment_id, revision)
    questionnaire, given = _changed(session, held, changes, library)
    now_held = {name: getattr(held, name) for name in held.__struct_fields__}
    different = {name: value for name, value in given.items() if value != now_held[name]}
    if not different:
        return held
    _refuse_locked(session, held, different)
    _check(session, workspace_id, now_held | different, questionnaire, least_group)
    if "questionnaire_id" in different or "questionnaire_version" in different or "mode" in different:
        _check_invited(session, held, questionnaire, different.get("mode", held.mode))
        if held.state == "open":
            shelf.publish(session, questionnaire)
            different["questionnaire_digest"] = questionnaire.digest
    return assessments.change(session, held, different)


def open_assessment(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    library: Library,
    now: datetime,
    revision: int | None = None,
) -> Assessment:
    """Open for answers, under the questionnaire as it is now; says everything that is missing at once."""
    held = _locked(session, workspace_id, assessment_id, revision)
    if held.state != "draft":
        raise ConflictError(IS_ALREADY[held.state])
    questionnaire = library.get(held.questionnaire_id, held.questionnaire_version)
    values = {name: getattr(held, name) for name in held.__struct_fields__}
    problems = [*_problems(values, questionnaire, None), *_missing(held, now)]
    if problems:
        raise InvalidError("This assessment is not ready to open.", problems)
    shelf.publish(session, questionnaire)
    auditing.record(session, workspace_id, now, auditing.ASSESSMENT_OPENED, held.id)
    opened = {"state": "open", "opened_on": now.date(), "questionnaire_digest": questionnaire.digest}
    return assessments.change(session, held, opened)


def is_locked(session: Session, assessment: Assessment) -> bool:
    """Tell whether an answer, or a release, has locked questionnaire, confidentiality, mode and minimum group."""
    if assessment.release is not None or assessments.has_answers(session, assessment.workspace_id, assessment.id):
        return True
    here = (session, assessment.workspace_id, assessment.id)
    return assessment.confidentiality == "anonymous" and assessments.has_responses(*here)


def is_sharing_promised(session: Session, assessment: Assessment) -> bool:
    """Tell whether people have taken part who read at the start whether they will see the results."""
    if assessment.state == "closed" or assessment.release is not None:
        return True
    return assessments.has_responses(session, assessment.workspace_id, assessment.id)


def settings_of(assessment: Assessment) -> Settings:
    """Return what scoring takes."""
    return Settings(
        mode=assessment.mode,
        weights=assessment.weights,
        targets=assessment.targets,
        contacts=assessment.contacts,
        importance=assessment.importance,
        minimum_group=assessment.minimum_group,
        language=assessment.language,
    )


def _locked(session: Session, workspace_id: str, assessment_id: str, revision: int | None) -> Assessment:
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    if revision is not None and revision != held.revision:
        raise ChangedError
    return held


def _changed(
    session: Session, held: Assessment, changes: Changes, library: Library
) -> tuple[Questionnaire, dict[str, Any]]:
    given = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    if "organisation" in given:
        given["organisation_id"] = given.pop("organisation")
    if "questionnaire" not in given:
        return shelf.questionnaire_for(session, held, library), given
    questionnaire = _asked_for(library, given.pop("questionnaire"))
    return questionnaire, given | {
        "questionnaire_id": questionnaire.id,
        "questionnaire_version": questionnaire.version,
    }


def _asked_for(library: Library, name: str) -> Questionnaire:
    questionnaire_id, _, version = name.partition("@")
    try:
        return library.get(questionnaire_id, version or None)
    except NotFoundError:
        reason = "There is no such questionnaire."
        known = f"Known are {', '.join(sorted({each.id for each in library.list()}))}."
        raise InvalidError(reason, [Problem(reason, known, pointer="/questionnaire")]) from None


def _refuse_locked(session: Session, held: Assessment, different: dict[str, Any]) -> None:
    _refuse_after_the_close(held, different)
    _refuse_other_figures(held, different)
    _refuse_to_break_a_promise(session, held, different)
    locked = [name for name in LOCKED_BY_ANSWERS if name in different]
    if locked and assessments.has_answers(session, held.workspace_id, held.id):
        reason = N_("This can't change any more: there are answers.")
        raise ConflictError("This was fixed by the first answer.", _each(locked, reason))


def _refuse_after_the_close(held: Assessment, different: dict[str, Any]) -> None:
    locked = [name for name in different if name not in CHANGEABLE_ALWAYS]
    if held.state == "closed" and locked:
        reason = N_("This can't change any more: people answered while it was so.")
        raise ConflictError("This assessment is closed: its settings stand.", _each(locked, reason))


def _refuse_other_figures(held: Assessment, different: dict[str, Any]) -> None:
    """What was open to choice until the first release is not after it: the same answers would be released twice."""
    locked = [name for name in different if name not in CHANGEABLE_AFTER_A_RELEASE]
    if held.release is not None and locked:
        reason = N_("This can't change any more: results were published with it.")
        raise ConflictError("This was fixed by the first close.", _each(locked, reason))


def _refuse_to_break_a_promise(session: Session, held: Assessment, different: dict[str, Any]) -> None:
    """Whoever has come in anonymously can't be tied again, and whoever came in by name can't be untied.

    Nor may it turn out otherwise than they were told who will see the results.
    """
    if "share_results" in different and is_sharing_promised(session, held):
        reason = N_("This can't change any more: the start page told people who sees what.")
        raise ConflictError("This was promised to those who have begun.", _each(["share_results"], reason))
    kinds = {held.confidentiality, different.get("confidentiality", held.confidentiality)}
    if len(kinds) > 1 and "anonymous" in kinds and assessments.has_responses(session, held.workspace_id, held.id):
        reason = N_("This can't change any more: somebody has begun.")
        raise ConflictError("This was promised to those who have begun.", _each(["confidentiality"], reason))


def _each(names: Iterable[str], reason: str) -> list[Problem]:
    """Say the same of each setting, under the name by which it was given."""
    given = dict.fromkeys(name.removesuffix("_id").removesuffix("_version") for name in names)
    return [Problem(reason, pointer=f"/{name}") for name in given]


def _check(
    session: Session,
    workspace_id: str,
    values: dict[str, Any],
    questionnaire: Questionnaire,
    least_group: int | None,
) -> None:
    problems = [*_problems(values, questionnaire, least_group), *_strangers(session, workspace_id, values)]
    if problems:
        raise InvalidError("This assessment can't be set up so.", problems)


def _problems(values: dict[str, Any], questionnaire: Questionnaire, least_group: int | None) -> Iterator[Problem]:
    for name in ("title", "asker", "language"):
        if len(values[name]) > TEXT_MOST or not is_writable(values[name]):
            yield Problem(with_values("Give a text of at most {most} characters.", most=TEXT_MOST), pointer=f"/{name}")
    if not values["title"].strip():
        yield Problem("Give the assessment a title.", pointer="/title")
    if values["confidentiality"] not in CONFIDENTIALITIES:
        yield Problem(with_values("Known are {known}.", known=CONFIDENTIALITIES), pointer="/confidentiality")
    if values["language"] not in questionnaire.texts:
        yield Problem("The questionnaire has not been translated into this language.", pointer="/language")
    terms = {name: values[name] for name in (*SETTINGS, "mode", "minimum_group")}
    yield from settings_rules.faults(questionnaire, Settings(**terms))
    if least_group is not None and values["minimum_group"] < least_group:
        told = with_values("The operator has set a minimum group of {least}.", least=least_group)
        yield Problem(told, pointer="/minimum_group")


def _strangers(session: Session, workspace_id: str, values: dict[str, Any]) -> Iterator[Problem]:
    try:
        organisations.find(session, workspace_id, values["organisation_id"])
    except NotFoundError:
        yield Problem("There is no such organisation.", pointer="/organisation")
    if values["wave_of"] is None:
        return
    try:
        earlier = assessments.find(session, workspace_id, values["wave_of"])
    except NotFoundError:
        yield Problem("There is no such assessment.", pointer="/wave_of")
        return
    if earlier.organisation_id != values["organisation_id"] or earlier.id == values.get("id"):
        yield Problem("A wave follows another assessment of the same organisation.", pointer="/wave_of")


def _missing(held: Assessment, now: datetime) -> Iterator[Problem]:
    if held.closes_on is not None and held.closes_on < now.date():
        yield Problem("The closing date is past.", "Choose a later one, or none.", pointer="/closes_on")


def _check_invited(session: Session, held: Assessment, questionnaire: Questionnaire, mode: str) -> None:
    """People who are invited keep a role and functions that the questionnaire knows."""
    roles = {"consensus"} if mode == "consensus" else {role.id for role in questionnaire.roles}
    functions = {function.id for function in questionnaire.functions}
    for each in invitations.everyone(session, held.workspace_id, held.id):
        if each.role not in roles or not set(each.functions) <= functions:
            reason = "People are invited with roles or functions that this questionnaire does not have."
            raise InvalidError(reason, [Problem(reason, pointer="/questionnaire")])
