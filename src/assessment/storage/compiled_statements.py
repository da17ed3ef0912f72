"""SQL text of a statement, compiled once for a driver, with what encodes its parameters and decodes its columns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Dialect, Float, Insert
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine

Codec = Callable[[Any], Any]


class CompiledStatement(Struct, frozen=True):
    """`order` has the names of the parameters; it is empty where the driver takes them by name."""

    text: str
    constants: Mapping[str, Any]  # values that the statement itself has, encoded
    order: Sequence[str]
    encoders: Sequence[tuple[str, Codec]]  # of the parameters that need one
    names: Sequence[str]  # of the columns
    decoders: Sequence[tuple[int, Codec]]  # of the columns that need one, by position

    @classmethod
    def compile(cls, statement: Executable, dialect: Dialect, parameters: Sequence[str] = ()) -> "CompiledStatement":
        """Compile a statement; an insert has the columns that `parameters` name."""
        compiled: Any = statement.compile(  # type: ignore[attr-defined]  # every statement has it
            dialect=dialect, column_keys=list(parameters) if isinstance(statement, Insert) else None
        )
        columns = list(getattr(statement, "selected_columns", ()))  # of a select, or several
        encoders = {name: _find_encoder(bind.type, dialect) for name, bind in compiled.binds.items()}
        values = compiled.params | {column.key: _get_default(column) for column in _list_defaults(compiled)}
        return cls(
            str(compiled),
            {
                name: encode(value) if (encode := encoders[name]) and value is not None else value
                for name, value in values.items()
                if name not in parameters
            },
            compiled.positiontup or (),
            [(name, encode) for name, encode in encoders.items() if encode and name in parameters],
            [str(column.key) for column in columns],
            [
                (place, decode)
                for place, column in enumerate(columns)
                if (decode := _find_decoder(column.type, dialect))
            ],
        )

    def encode_parameters(self, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a list or a mapping
        """Return the values as the driver takes them."""
        values = {**self.constants, **parameters}
        for name, encode in self.encoders:
            values[name] = encode(values[name])
        return [values[name] for name in self.order] if self.order else values

    def decode_row(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, decode in self.decoders:
            values[place] = decode(values[place])
        return values

    def name_values(self, row: Sequence[Any]) -> dict[str, Any]:
        """Decode a row by the names of its columns."""
        return dict(zip(self.names, self.decode_row(row), strict=True))


def _list_defaults(compiled: Any) -> list[Any]:  # noqa: ANN401  # of any statement
    """List the columns of an insert whose value is the table's default in Python."""
    return list(getattr(compiled, "insert_prefetch", ()) or ())


def _get_default(column: Any) -> Any:  # noqa: ANN401  # any column's
    if not column.default.is_scalar:
        message = f"the default of {column} is computed for each row"
        raise TypeError(message)
    return column.default.arg


def _find_encoder(kind: TypeEngine[Any], dialect: Dialect) -> Codec | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _find_decoder(kind: TypeEngine[Any], dialect: Dialect) -> Codec | None:
    if isinstance(kind, Float):
        return None  # the drivers return floats, and SQLAlchemy would ask for PostgreSQL's code of the column's type
    return kind.dialect_impl(dialect).result_processor(dialect, None)
