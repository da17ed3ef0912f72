"""Parts that tables share: naming of constraints, columns of closed sets and of workspaces."""

from enum import StrEnum
from typing import Any, cast

from sqlalchemy import CheckConstraint, ColumnElement, Dialect, ScalarSelect, String, Table, TypeDecorator, and_, select
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
# Queries use the Core tables: without mappers, which are not used, a start spends a third less time on the tables.
# SQLAlchemy's DeferredReflection leaves them out by the same attribute.
SQLModel._sa_decl_prepare = True  # noqa: SLF001


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


def make_workspace_field(*, primary_key: bool = False) -> Any:  # noqa: ANN401  # SQLModel types a column as its value
    return Field(foreign_key="workspace.id", ondelete="CASCADE", primary_key=primary_key, index=not primary_key)


def make_enum_field(members: type[StrEnum], *, primary_key: bool = False, **more: Any) -> Any:  # noqa: ANN401  # as above
    return Field(sa_type=cast("Any", EnumText(members)), primary_key=primary_key, **more)


def match_assessment(table: Table, key: AssessmentKey) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """SQL conditions of the rows of one assessment."""
    return table.c.workspace_id == key.workspace_id, table.c.assessment_id == key.assessment_id


def match_in_workspace(column: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """SQL condition of rows of one workspace that have the same value in two columns of two tables."""
    columns: Any = (column, other)
    own, others = (part.table.c.workspace_id for part in columns)
    return and_(own == others, column == other)


def select_one(column: ColumnElement[Any], condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Select a column of at most one other row.

    Not a join: tables that are joined by their workspace can be joined in any order, and PostgreSQL tries every one.
    """
    return select(column).where(condition).scalar_subquery()
