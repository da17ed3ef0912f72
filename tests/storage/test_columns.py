"""Columns of closed sets: text in the database, members in the program."""

import pytest
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from assessment.domain.closed_sets import ReleaseBasis
from assessment.storage.columns import EnumText


@pytest.fixture
def connection():
    with create_engine("sqlite://").connect() as connection:
        yield connection


@pytest.fixture
def table(connection):
    table = Table("release", MetaData(), Column("basis", EnumText(ReleaseBasis)))
    table.create(connection)
    return table


def test_member_is_stored_as_its_value_and_read_as_a_member(connection, table):
    connection.execute(insert(table).values(basis=ReleaseBasis.COPIED))

    assert connection.exec_driver_sql("SELECT basis FROM release").scalar_one() == "kept"
    assert connection.scalar(select(table.c.basis)) is ReleaseBasis.COPIED


def test_missing_value_stays_missing(connection, table):
    connection.execute(insert(table).values(basis=None))

    assert connection.scalar(select(table.c.basis)) is None


def test_unknown_value_is_refused_on_writing_and_on_reading(connection, table):
    with pytest.raises(StatementError):
        connection.execute(insert(table).values(basis="elsewhere"))
    connection.exec_driver_sql("INSERT INTO release VALUES ('elsewhere')")

    with pytest.raises(ValueError, match="elsewhere"):
        connection.scalar(select(table.c.basis))
