"""Serialization of questionnaires, digests independent of formatting, and differences between versions."""

import hashlib
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, structs

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, Problem

UNDIGESTED_FIELDS = ("texts", "digest")


def compute_digest(value: object) -> str:
    """Return the SHA-256 of canonical JSON.

    Fields with their default value are left out, so that a field added to the format later does not change the
    digest of a published version.
    """
    return hashlib.sha256(msgspec.json.encode(_convert_to_builtins(value), order="deterministic")).hexdigest()


def compute_questionnaire_digest(questionnaire: Questionnaire) -> str:
    """Return the digest of everything except the translations, which have their own."""
    return compute_digest(structs.replace(questionnaire, texts={}, digest=""))


def encode_questionnaire(questionnaire: Questionnaire) -> bytes:
    """Encode the whole questionnaire, translations included, as stored when an assessment opens."""
    return msgspec.json.encode(questionnaire, order="deterministic")


def decode_questionnaire(content: bytes) -> Questionnaire:
    """Decode a stored questionnaire; raises InvalidError for anything else."""
    try:
        return msgspec.json.decode(content, type=Questionnaire)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidError("This is not a questionnaire.", [Problem(str(error))]) from error


def find_differing_items(old: Questionnaire, new: Questionnaire) -> tuple[str, ...]:
    """Return the ids of items that were added, removed or changed: the old order, then the new ones."""
    ids = dict.fromkeys((*old.item, *new.item))
    return tuple(id_ for id_ in ids if old.item.get(id_) != new.item.get(id_))


def find_differing_parts(old: Questionnaire, new: Questionnaire) -> tuple[str, ...]:
    """Return the names of parts that differ, such as `scoring` or `rules`, without translations."""
    names = (field.name for field in structs.fields(Questionnaire) if field.name not in UNDIGESTED_FIELDS)
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _convert_to_builtins(value: object) -> Any:  # noqa: ANN401 -- JSON: anything
    if isinstance(value, Struct):
        return {
            field.encode_name: _convert_to_builtins(getattr(value, field.name))
            for field in _list_fields(type(value))
            if field.required or getattr(value, field.name) != _find_default(field)
        }
    if isinstance(value, dict):
        return {key: _convert_to_builtins(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_convert_to_builtins(inner) for inner in value]
    return value


@cache
def _list_fields(kind: type[Struct]) -> tuple[structs.FieldInfo, ...]:
    """Fields of a Struct class; cached, since msgspec evaluates the annotations at every call."""
    return structs.fields(kind)


def _find_default(field: structs.FieldInfo) -> object:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
