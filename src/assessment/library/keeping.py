"""Keeps a questionnaire as bytes, tells versions apart, and digests content whatever its formatting."""

import hashlib
from typing import Any

import msgspec
from msgspec import Struct, structs

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, Problem

NOT_DIGESTED = ("texts", "digest")


def digest(value: object) -> str:
    """SHA-256 of canonical JSON.

    Fields at their default are left out, so that a field added to the format later leaves the
    digest of a published version as it was.
    """
    return hashlib.sha256(msgspec.json.encode(_plain(value), order="deterministic")).hexdigest()


def questionnaire_digest(questionnaire: Questionnaire) -> str:
    """Digest of everything but the translations, which have their own."""
    return digest(structs.replace(questionnaire, texts={}, digest=""))


def to_json(questionnaire: Questionnaire) -> bytes:
    """The whole questionnaire, translations included: what an assessment keeps when it opens."""
    return msgspec.json.encode(questionnaire, order="deterministic")


def from_json(content: bytes) -> Questionnaire:
    """The questionnaire that `to_json` gave; InvalidError if it is something else."""
    try:
        return msgspec.json.decode(content, type=Questionnaire)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidError("This is not a questionnaire.", [Problem(str(error))]) from error


def differing_items(old: Questionnaire, new: Questionnaire) -> tuple[str, ...]:
    """Ids of items that are new, gone or otherwise asked or scored; the old order, then what is new."""
    ids = dict.fromkeys((*old.item, *new.item))
    return tuple(id_ for id_ in ids if old.item.get(id_) != new.item.get(id_))


def differing_parts(old: Questionnaire, new: Questionnaire) -> tuple[str, ...]:
    """Names of the parts that differ, such as `scoring` or `rules`; translations are not compared."""
    names = (field.name for field in structs.fields(Questionnaire) if field.name not in NOT_DIGESTED)
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _plain(value: object) -> Any:  # noqa: ANN401 -- JSON: anything
    if isinstance(value, Struct):
        return {
            field.encode_name: _plain(getattr(value, field.name))
            for field in structs.fields(value)
            if field.required or getattr(value, field.name) != _default(field)
        }
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value


def _default(field: structs.FieldInfo) -> object:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
