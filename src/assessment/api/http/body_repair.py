"""Bodies without their faulty parts, so that the content of the rest can be checked too."""

from typing import Any, get_args, get_origin

import msgspec

from assessment.api.http.request_bodies import format_pointer, is_storable
from assessment.domain.type_members import is_struct, map_fields, resolve_type

DROPPED = object()


class BodyRepair:
    """Drops what does not fit its type; a required field gets its value in the example of the operation.

    `remaining_indexes` has, by pointer, which entries of a shortened list are left.
    """

    def __init__(self) -> None:
        self.remaining_indexes: dict[str, list[int]] = {}

    def repair_value(self, kind: Any, data: Any, example: Any = None, place: str = "") -> Any:  # noqa: ANN401  # JSON
        """Return what is left of `data`, or `DROPPED` if that does not fit `kind`."""
        if _has_type(kind, data):
            return data
        resolved = resolve_type(kind, data)
        if is_struct(resolved):
            repaired = self._repair_fields(resolved, data, example, place)
        elif isinstance(data, dict) and get_origin(resolved) is dict:
            repaired = self._repair_values(resolved, data, place)
        elif isinstance(data, list) and get_origin(resolved) in (list, tuple):
            repaired = self._repair_entries(resolved, data, example, place)
        else:
            return DROPPED
        return repaired if _has_type(kind, repaired) else DROPPED

    def _repair_fields(self, struct: Any, data: Any, example: Any, place: str) -> Any:  # noqa: ANN401
        sent = data if isinstance(data, dict) else {}
        examples = example if isinstance(example, dict) else {}
        repaired = {}
        for name, field in map_fields(struct).items():
            value = DROPPED
            if name in sent:
                value = self.repair_value(field.type, sent[name], examples.get(name), place + format_pointer(name))
            if value is DROPPED and field.required:
                value = examples.get(name, DROPPED)
            if value is not DROPPED:
                repaired[name] = value
        return repaired

    def _repair_values(self, kind: Any, data: dict[str, Any], place: str) -> Any:  # noqa: ANN401
        key_type, value_type = get_args(kind)
        repaired = {
            key: self.repair_value(value_type, value, place=place + format_pointer(key))
            for key, value in data.items()
            if _has_type(key_type, key)
        }
        return {key: value for key, value in repaired.items() if value is not DROPPED}

    def _repair_entries(self, kind: Any, data: list[Any], example: Any, place: str) -> Any:  # noqa: ANN401
        of_entry = example[0] if isinstance(example, list) and example else None
        entry_type = get_args(kind)[0]
        entries = [
            self.repair_value(entry_type, entry, of_entry, place + format_pointer(index))
            for index, entry in enumerate(data)
        ]
        remaining = [index for index, entry in enumerate(entries) if entry is not DROPPED]
        if len(remaining) < len(data):
            self.remaining_indexes[place] = remaining
        return [entries[index] for index in remaining]


def _has_type(kind: Any, data: Any) -> bool:  # noqa: ANN401
    if not is_storable(data):
        return False
    try:
        msgspec.convert(data, kind)
    except msgspec.ValidationError:
        return False
    return True
