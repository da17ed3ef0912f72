"""Keys of tables that could be distributed by workspace: each begins with it, as such an engine asks."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Index, MetaData, String, Table, UniqueConstraint, inspect

from assessment.storage import tables
from tests.scale_tables import GLOBAL_INDEXES, REFERENCE_TABLES, read_first_column

KEY = "workspace_id"


def list_names(columns) -> list[str]:
    return [str(column.name) for column in columns]


def describe_index(index: Index) -> str:
    return f"{index.table.name} ({', '.join(list_names(index.columns))})"


def find_wrong_keys(metadata: MetaData, reference_tables: frozenset[str]) -> Iterator[str]:
    """Yield keys, unique constraints and references that an engine that distributes by workspace would refuse."""
    for table in metadata.sorted_tables:
        is_reference = table.name in reference_tables
        for constraint in table.constraints:
            columns = list_names(constraint.columns)
            if isinstance(constraint, ForeignKeyConstraint):
                own, others = columns[:1] == [KEY], list_names(each.column for each in constraint.elements)
                if constraint.referred_table.name not in reference_tables and (
                    is_reference or not own or others[:1] != [KEY]
                ):
                    yield f"{table.name} refers by {', '.join(columns)} to {constraint.referred_table.name}"
            elif constraint in (table.primary_key, *_list_unique(table)) and not is_reference and columns[:1] != [KEY]:
                yield f"{table.name} has the key {', '.join(columns)}"
        for index in table.indexes:
            if index.unique and not is_reference and list_names(index.columns)[:1] != [KEY]:
                yield f"{table.name} has the key {', '.join(list_names(index.columns))}"


def _list_unique(table: Table) -> list[UniqueConstraint]:
    return [each for each in table.constraints if isinstance(each, UniqueConstraint)]


def test_keys_and_references_begin_with_the_workspace():
    assert list(find_wrong_keys(tables.metadata, read_first_column(REFERENCE_TABLES))) == []


def test_indexes_without_the_workspace_are_those_of_the_page():
    reference_tables = read_first_column(REFERENCE_TABLES)

    others = {
        describe_index(index)
        for table in tables.metadata.sorted_tables
        if table.name not in reference_tables
        for index in table.indexes
        if list_names(index.columns)[0] != KEY
    }

    assert others == read_first_column(GLOBAL_INDEXES)


def test_tables_on_every_server_exist_and_no_others_lack_the_workspace():
    without = {table.name for table in tables.metadata.sorted_tables if KEY not in table.c}

    assert without <= read_first_column(REFERENCE_TABLES) <= tables.metadata.tables.keys()


def test_no_index_repeats_the_beginning_of_a_key():
    """Each write would pay for it."""
    repeated = {
        describe_index(index)
        for table in tables.metadata.sorted_tables
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is None
        for key in (table.primary_key, *_list_unique(table))
        if list_names(key.columns)[: len(index.columns)] == list_names(index.columns)
    }

    assert repeated == set()


def make_parent(metadata: MetaData) -> Table:
    return Table("parent", metadata, Column(KEY, String, primary_key=True), Column("id", String, primary_key=True))


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ((Column("id", String, primary_key=True), Column(KEY, String)), "child has the key id"),
        (
            (Column(KEY, String, primary_key=True), Column("name", String), UniqueConstraint("name")),
            "child has the key name",
        ),
        (
            (Column(KEY, String, primary_key=True), Column("name", String), Index("ix", "name", unique=True)),
            "child has the key name",
        ),
        (
            (
                *(Column(KEY, String, primary_key=True), Column("parent_id", String)),
                ForeignKeyConstraint(["parent_id", KEY], ["parent.id", f"parent.{KEY}"]),
            ),
            "child refers by parent_id, workspace_id to parent",
        ),
    ],
)
def test_mutant_with_a_wrong_key_is_caught(parts, wrong):
    metadata = MetaData()
    make_parent(metadata)
    Table("child", metadata, *parts)

    assert list(find_wrong_keys(metadata, frozenset())) == [wrong]


def test_mutant_table_on_every_server_that_refers_to_a_distributed_one_is_caught():
    metadata = MetaData()
    make_parent(metadata)
    reference = ForeignKeyConstraint([KEY, "parent_id"], [f"parent.{KEY}", "parent.id"])
    Table("child", metadata, Column(KEY, String), Column("parent_id", String, primary_key=True), reference)

    assert list(find_wrong_keys(metadata, frozenset({"child"}))) == [
        "child refers by workspace_id, parent_id to parent"
    ]


def test_migrated_keys_equal_those_of_the_tables(engine):
    """Alembic compares neither primary keys nor the columns of references."""
    inspector = inspect(engine)

    for table in tables.metadata.sorted_tables:
        assert inspector.get_pk_constraint(table.name)["constrained_columns"] == list_names(table.primary_key.columns)
        assert {
            (tuple(key["constrained_columns"]), key["referred_table"], tuple(key["referred_columns"]))
            for key in inspector.get_foreign_keys(table.name)
        } == {
            (
                tuple(list_names(key.columns)),
                key.referred_table.name,
                tuple(list_names(each.column for each in key.elements)),
            )
            for key in table.foreign_key_constraints
        }
