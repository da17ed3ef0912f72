"""Parts that tables share: naming of constraints, columns of closed sets and of workspaces."""

from enum import StrEnum
from typing import Any, cast

from sqlalchemy import CheckConstraint, ColumnElement, Dialect, String, Table, TypeDecorator
from sqlmodel import Field, SQLModel

from assessment.domain.assessment import AssessmentKey

WITHOUT_ROWID = {"sqlite_with_rowid": False}
NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION
# Tables are not validated (stack.md), so pydantic need not build 46 validators at the start.
SQLModel.model_config["defer_build"] = True


class EnumText(TypeDecorator[StrEnum]):
    """Text column of a closed set; SQLAlchemy's own Enum would store the names instead of the values."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's
        return None if value is None else self.members(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002  # SQLAlchemy's
        return None if value is None else self.members(value)


def make_value_check(column: str, *values: StrEnum) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def make_workspace_field(*, index: bool = True) -> Any:  # noqa: ANN401  # SQLModel types a column as its value
    return Field(foreign_key="workspace.id", ondelete="CASCADE", index=index)


def make_enum_field(members: type[StrEnum], *, primary_key: bool = False, **more: Any) -> Any:  # noqa: ANN401  # as above
    return Field(sa_type=cast("Any", EnumText(members)), primary_key=primary_key, **more)


def match_assessment(table: Table, key: AssessmentKey) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """SQL conditions of the rows of one assessment."""
    return table.c.workspace_id == key.workspace_id, table.c.assessment_id == key.assessment_id
