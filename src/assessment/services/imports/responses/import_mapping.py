"""Mapping file of an import (TOML): what each column and each answer means."""

from typing import Any

import msgspec
from msgspec import Struct, field

from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.questionnaires.toml_lines import find_overlong_line


class ItemColumn(Struct, frozen=True, forbid_unknown_fields=True):
    """Column of an item; `values` maps its cells to 0-4, dk, na or a choice. `reversed`: 4 becomes 0."""

    column: str
    values: dict[str, str] = field(default_factory=dict)
    reversed: bool = False


class ChoiceColumn(Struct, frozen=True, forbid_unknown_fields=True):
    """Column of role or functions; `values` maps its cells to ids. `constant`: the same for everyone.

    `columns`: one column for each function, ticked or not.
    """

    column: str = ""
    values: dict[str, str] = field(default_factory=dict)
    constant: str = ""
    columns: dict[str, str] = field(default_factory=dict)


class ImportMapping(Struct, frozen=True, forbid_unknown_fields=True):
    """`items` maps item ids to columns; `values` is for all of them. `scale` is how numbers are coded: 0-4 or 1-5.

    `ignore`: columns that are left out on purpose. What is not mapped here is found by headings and contents.
    """

    respondent: str = ""
    seconds: str = ""
    submitted: str = ""  # rows without a value here are incomplete, and left out
    keep_incomplete: bool = False
    scale: str = ""
    role: ChoiceColumn = field(default_factory=ChoiceColumn)
    functions: ChoiceColumn = field(default_factory=ChoiceColumn)
    items: dict[str, str | ItemColumn] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()

    def find_item(self, item_id: str) -> ItemColumn | None:
        """Return the column of an item; None if it is not mapped."""
        column = self.items.get(item_id)
        return ItemColumn(column) if isinstance(column, str) else column


MAX_MAPPING_BYTES = 1024**2
SCALES = ("", "0-4", "1-5")


def read_mapping(content: bytes, file: str = "") -> ImportMapping:
    """Parse a mapping file; raises InvalidError."""
    if len(content) > MAX_MAPPING_BYTES:
        raise InvalidError("The mapping has a mistake.", [Problem("The mapping is larger than 1 MB.", file=file)])
    if (line := find_overlong_line(content)) is not None:
        raise InvalidError(
            "The mapping has a mistake.", [Problem("This line has too many dots.", file=file, line=line)]
        )
    try:
        data: dict[str, Any] = msgspec.toml.decode(content)
        mapping = msgspec.convert(data, ImportMapping)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InvalidError(
            "The mapping has a mistake.",
            [Problem(with_values("The mapping can’t be read: {reason}.", reason=str(error)), file=file)],
        ) from error
    if mapping.scale not in SCALES:
        message = N_('The scale is "0-4" or "1-5".')
        raise InvalidError("The mapping has a mistake.", [Problem(message, file=file, column="scale")])
    return mapping
