"""Insert many new rows of one table at the speed of the driver.

Django's ``bulk_create`` builds one long statement a batch and asks every value how it wants to
be written; that is most of the time a sheet takes. Here the rows go in by COPY on PostgreSQL and
by one statement made once elsewhere, and a value is asked only where the driver cannot take it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connections, models, router
from django.db.models.base import ModelState

# Of one row, in the order of its table's columns. Ids are text and sealed cells bytes: a row is kept
# in a file on its way, and as objects they would take most of the time of that.
Values = tuple[Any, ...]
Line = bytes  # of COPY
Cut = Values | Line  # a row of a stencil
Writer = Callable[[Any], Any]
Row = TypeVar("Row", bound=models.Model)

_ESCAPED: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_FEWEST_TO_COPY: Final = 20  # below, one statement is as fast
_NUMBERS_AND_TEXT: Final = frozenset(
    {
        "BinaryField", "BooleanField", "CharField", "IntegerField", "PositiveBigIntegerField",
        "PositiveIntegerField", "PositiveSmallIntegerField", "TextField", "UUIDField",
    }
)  # fmt: skip
_TAKEN_AS_THEY_ARE: Final = {  # kinds of fields whose values the driver takes as models hold them
    "postgresql": _NUMBERS_AND_TEXT | {"DateField", "DateTimeField", "DecimalField"},
    "sqlite": _NUMBERS_AND_TEXT,
}


def new(model: type[Row], **values: Any) -> Row:
    """
    Return a new row as the model's own call does, at a fifth of its price.

    It takes columns and related rows by name, sends no signal and refuses nothing: for imports of many.
    """
    row = model.__new__(model)
    cells = row.__dict__
    cells.update(_at_first(model), _state=ModelState())
    for name, make in _made_anew(model):
        if name not in values:
            cells[name] = make()
    for name, value in values.items():
        field = _by_name(model)[name]
        if field.is_relation and name != field.attname:
            cells[field.attname] = None if value is None else value.pk
            cells["_state"].fields_cache[name] = value
        else:
            cells[name] = value
    return row


class Stencil:
    """
    Rows of one table that differ in a few columns only; they cost no model each.

    For PostgreSQL a row is cut as the line that COPY takes: what all have in common is written once.
    """

    def __init__(self, row: models.Model, *differing: str) -> None:
        """
        Take what the rows have in common from one of them, and name the columns that differ.

        :raises TypeError: if one of these has to ask its field how a value is written.
        """
        model = type(row)
        names = [field.attname for field in _fields(model)]
        self._values = list(values_of(row))
        self._places = [names.index(name) for name in differing]
        asking = {names[place] for place, _column in _not_taken(model, "postgresql")}
        if refused := asking.intersection(differing):
            message = f"No stencil cuts {', '.join(sorted(refused))}."
            raise TypeError(message)
        connection = connections[router.db_for_write(model)]
        self._line = ""
        if connection.vendor == "postgresql":
            written = _written(tuple(self._values), _writers(model, connection))
            self._line = _line_with_holes(written, dict(zip(self._places, differing, strict=True)))
        self._names = differing

    def cut(self, *differing: Any) -> Cut:
        """Return one row, given what differs in the order it was named."""
        if self._line:
            return (self._line % dict(zip(self._names, map(_as_copied, differing), strict=True))).encode()
        values = self._values.copy()
        for place, value in zip(self._places, differing, strict=True):
            values[place] = value.hex if type(value) is UUID else value
        return tuple(values)


def values_of(row: models.Model) -> Values:
    """Return what a row that is not saved yet would write, so that it can be kept without its model."""
    values = list(_reader(type(row))(row))
    for place, plain in _plainly(type(row)):
        if values[place] is not None:
            values[place] = plain(values[place])
    return tuple(values)


def model_of(model: type[Row], values: Values) -> Row:
    """Return the model of values that were kept."""
    cells = list(values)
    for place, field in enumerate(_fields(model)):
        if cells[place] is not None and _column(field).get_internal_type() == "UUIDField":
            cells[place] = UUID(cells[place])
        elif hasattr(field, "from_db_value") and field.get_internal_type() == "BinaryField":
            cells[place] = field.from_db_value(cells[place], None, None)
    return model(*cells)


def insert(
    model: type[models.Model], rows: Iterable[models.Model | Cut], *, skip_conflicts: bool = False
) -> None:
    """
    Insert rows whose primary keys are made, within the caller's transaction. No signal is sent.

    :param rows: models, their values, or what a stencil cut.
    :param skip_conflicts: leave out, without an error, a row that a unique constraint refuses;
        ask afterwards which ids are in. Not with what a stencil cut.
    """
    connection = connections[router.db_for_write(model)]
    writers = _writers(model, connection)
    values: list[Sequence[Any]] = []
    lines: list[Line] = []
    for row in rows:
        if isinstance(row, bytes):
            lines.append(row)
        else:
            values.append(_written(row if isinstance(row, tuple) else values_of(row), writers))
    if lines and skip_conflicts:
        message = "COPY cannot leave out a row that a constraint refuses."
        raise TypeError(message)
    if lines:
        with _copying(connection, model) as copy:
            copy.write(b"".join(lines))
    if values:
        _insert_values(connection, model, values, skip_conflicts=skip_conflicts)


def _insert_values(
    connection: Any, model: type[models.Model], values: Sequence[Sequence[Any]], *, skip_conflicts: bool
) -> None:
    if connection.vendor == "postgresql" and not skip_conflicts and len(values) >= _FEWEST_TO_COPY:
        with _copying(connection, model) as copy:
            for row in values:
                copy.write_row(row)
        return
    statement = _statement(connection.alias, model, skip_conflicts=skip_conflicts)
    with connection.cursor() as cursor:
        several = len(values) > 1  # one needs no pipeline
        (cursor.executemany if several else cursor.execute)(statement, values if several else values[0])


def keep(*rows: models.Model) -> None:
    """Insert rows of one model, and let them know that they are saved: ``save`` for what was made here."""
    insert(type(rows[0]), rows)
    for row in rows:
        state = row._state  # noqa: SLF001 - as Django's own save leaves it
        state.adding, state.db = False, router.db_for_write(type(row))


def check_references(model: type[models.Model], *, at_once: bool) -> None:
    """
    Have references checked with each statement of this transaction, or only when it ends.

    Those of a long transaction wait in the server's memory if they are all left to its end.
    """
    connection = connections[router.db_for_write(model)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS ALL {'IMMEDIATE' if at_once else 'DEFERRED'}")


@contextmanager
def _copying(connection: Any, model: type[models.Model]) -> Iterator[Any]:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in _fields(model))
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        yield copy


def _line_with_holes(values: Sequence[Any], names: Mapping[int, str]) -> str:
    """Return a row as COPY takes it, with a hole of this name for each of these places."""
    cells = [
        f"%({names[place]})s" if place in names else _as_copied(value).replace("%", "%%")
        for place, value in enumerate(values)
    ]
    return "\t".join(cells) + "\n"


def _as_copied(value: Any) -> str:
    """
    Return a value as the text format of COPY has it.

    Source: https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.2
    """
    if type(value) is str:
        return value.translate(_ESCAPED)
    if type(value) is UUID:
        return value.hex
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    if isinstance(value, str | int | Decimal):
        return str(value).translate(_ESCAPED)
    message = f"{type(value).__name__} is not written for COPY here."
    raise TypeError(message)


@lru_cache(maxsize=128)
def _statement(alias: str, model: type[models.Model], *, skip_conflicts: bool) -> str:
    quote = connections[alias].ops.quote_name
    fields = _fields(model)
    columns, places = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 no value
    return f"{statement} ON CONFLICT DO NOTHING" if skip_conflicts else statement


@lru_cache(maxsize=64)
def _at_first(model: type[models.Model]) -> dict[str, Any]:
    return {field.attname: field.get_default() for field in _fields(model)}


@lru_cache(maxsize=64)
def _made_anew(model: type[models.Model]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    return tuple(
        (field.attname, field.default)
        for field in _fields(model)
        if field.has_default() and callable(field.default)
    )


@lru_cache(maxsize=64)
def _by_name(model: type[models.Model]) -> dict[str, Any]:
    return {name: field for field in _fields(model) for name in (field.name, field.attname)}


@lru_cache(maxsize=64)
def _fields(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.generated)


@lru_cache(maxsize=64)
def _reader(model: type[models.Model]) -> Callable[[models.Model], Values]:
    return attrgetter(*(field.attname for field in _fields(model)))


def _writers(model: type[models.Model], connection: Any) -> list[tuple[int, Writer]]:
    """Return what to do to the values the driver cannot take, by their places."""
    taken = _not_taken(model, connection.vendor)
    return [(place, partial(column.get_db_prep_save, connection=connection)) for place, column in taken]


@lru_cache(maxsize=64)
def _not_taken(model: type[models.Model], vendor: str) -> tuple[tuple[int, Any], ...]:
    columns = ((place, _column(field)) for place, field in enumerate(_fields(model)))
    taken = _TAKEN_AS_THEY_ARE[vendor]
    return tuple((place, column) for place, column in columns if column.get_internal_type() not in taken)


@lru_cache(maxsize=64)
def _plainly(model: type[models.Model]) -> tuple[tuple[int, Writer], ...]:
    """Return how ids become text and sealed cells bytes, by their places."""
    found = ((place, _column(field)) for place, field in enumerate(_fields(model)))
    plain = {"UUIDField": attrgetter("hex")}
    return tuple(
        (place, plain.get(kind) or field.get_prep_value)
        for place, field in found
        if (kind := field.get_internal_type()) in {"UUIDField", "BinaryField"}
    )


def _column(field: Any) -> Any:
    while field.is_relation:
        field = field.target_field
    return field


def _written(values: Values, writers: Iterable[tuple[int, Writer]]) -> Sequence[Any]:
    written = list(values)
    for place, write in writers:
        written[place] = write(written[place])
    return written
