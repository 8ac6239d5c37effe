"""Ask the same question many times: the ORM writes it once, and PostgreSQL plans it once a connection.

To write a statement takes Django longer than the database takes to answer it. What is asked for each
of a hundred thousand messages is written here once, as an ordinary queryset with slots in it.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection, connections, models, transaction
from django.db.models import Expression, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

from foundation import trips

Answer = TypeVar("Answer")
_MARK: Final = re.compile("%%|%s")
ID: Final[Any] = models.UUIDField()
MOMENT: Final[Any] = models.DateTimeField()
TEXT: Final[Any] = models.CharField()
_numbers: Final = itertools.count(1)
_at_hand: Final = threading.local()
_planned: Final[WeakKeyDictionary[Any, set[str]]] = WeakKeyDictionary()  # by the driver's connection


class Slot(Expression):
    """A place in a statement for a value that is said when it is asked."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> Any:
        """Stand as a parameter, until the value comes."""
        return "%s", [self]


def slot(name: str, field: Any) -> Any:
    """
    Return a place for a value of a field's kind, to be put where a query takes the value itself.

    A statement is not written anew for None: a column is equal to it nowhere, as in the database.
    """
    return Slot(name, field)


class _Written:
    """A statement as the ORM wrote it for one connection, and where its slots are."""

    def __init__(
        self, name: str, compiler: Any, sql: str, parameters: Sequence[Any], read: Callable[..., list[Any]]
    ) -> None:
        self.read = read
        self.compiler, self.connection = compiler, compiler.connection
        self._name, self._sql, self._parameters = name, sql, list(parameters)
        self._slots = [
            (place, one.name, partial(one.output_field.get_db_prep_value, connection=self.connection))
            for place, one in enumerate(parameters)
            if isinstance(one, Slot)
        ]
        self._execute = f"EXECUTE {name} ({', '.join(['%s'] * len(self._slots))})"
        self._plans = self.connection.vendor == "postgresql" and bool(self._slots)

    def with_values(self, cursor: Any, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return what to execute, and its parameters; on PostgreSQL of a statement that is planned by now."""
        said = [prepare(values[name]) for _, name, prepare in self._slots]
        # A pooler in between would hand us to connections that do not know what was planned.
        if not self._plans or self.connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            parameters = self._parameters.copy()
            for (place, *_), value in zip(self._slots, said, strict=True):
                parameters[place] = value
            return self._sql, parameters
        known = _planned.setdefault(self.connection.connection, set())
        if self._name not in known:
            constants = [one for one in self._parameters if not isinstance(one, Slot)]
            cursor.execute(f"PREPARE {self._name} AS {self._numbered()}", constants)
            known.add(self._name)
        return self._execute, said

    def run(self, cursor: Any, values: Mapping[str, Any]) -> None:
        """Execute it."""
        cursor.execute(*self.with_values(cursor, values))

    def _numbered(self) -> str:
        """Return the statement with its slots as PostgreSQL numbers them."""
        number, parameters = itertools.count(1), iter(self._parameters)

        def mark(found: re.Match[str]) -> str:
            is_slot = found[0] == "%s" and isinstance(next(parameters), Slot)
            return f"${next(number)}" if is_slot else found[0]

        return _MARK.sub(mark, self._sql)


class Standing(Generic[Answer]):
    """A statement that is written when it is first asked by a thread, and kept."""

    def __init__(self) -> None:
        self._kept, self._name = threading.local(), f"relay_{next(_numbers)}"

    def about(self, **values: Any) -> Asked:
        """Return it with these values in its slots, to be said with others: see ``at_hand``."""
        return Asked(self, tuple(sorted(values.items())))

    def written(self) -> _Written:
        """Return it."""
        found: _Written | None = getattr(self._kept, "statement", None)
        if found is None or found.connection is not connections[found.connection.alias]:
            found = self._kept.statement = self._write()
        return found

    def _write(self) -> _Written:
        raise NotImplementedError


class Question(Standing[Answer]):
    """A query: whole rows, with what is selected with them, or tuples of ``values_list`` in their order."""

    def __init__(self, query: Callable[[], QuerySet[Any, Answer]]) -> None:
        super().__init__()
        self._query = query

    def ask(self, **values: Any) -> list[Answer]:
        """Return what it finds with these values in its slots."""
        written = self.written()
        if _known() and (rows := _known().pop(self.about(**values), None)) is not None:
            return written.read(rows)
        if written.compiler.query.select_for_update and not written.connection.in_atomic_block:
            raise transaction.TransactionManagementError("A row is locked within a transaction alone.")
        with written.connection.cursor() as cursor:
            written.run(cursor, values)
            return written.read(cursor.fetchall())

    def _write(self) -> _Written:
        queryset = self._query()
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        read = _reader(compiler, of_models=queryset._fields is None)  # type: ignore[attr-defined]
        return _Written(self._name, compiler, sql, parameters, read)


class Asked(NamedTuple):
    """A question, or a change, with its values."""

    question: Standing[Any]
    values: tuple[tuple[str, Any], ...]


@contextmanager
def at_hand(*asked: Asked) -> Iterator[None]:
    """
    Ask several questions in one trip, and have what they find at hand: within, whoever asks one is given it.

    It is given once: who asks the same again hears what is so by then. Within a transaction; one may be a
    lock, or a change, behind which the others are asked. Only PostgreSQL is asked ahead.
    """
    _at_hand.rows = _ask_together(asked) if connection.vendor == "postgresql" else {}
    try:
        yield
    finally:
        _at_hand.rows = {}


def _ask_together(asked: Sequence[Asked]) -> dict[Asked, Any]:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("What is at hand is at hand within a transaction alone.")
    found: dict[Asked, Any] = {}
    with trips.first(), connection.cursor() as cursor:
        statements = [one.question.written().with_values(cursor, dict(one.values)) for one in asked]
        sql = "; ".join(sql for sql, _ in statements)
        cursor.execute(sql, [value for _, parameters in statements for value in parameters])
        for place, one in enumerate(asked):
            if place:
                cursor.nextset()
            found[one] = cursor.fetchall() if isinstance(one.question, Question) else cursor.rowcount
    return found


def _known() -> dict[Asked, Any]:
    return getattr(_at_hand, "rows", {})


class Change(Standing[Answer]):
    """A conditional update: ``change`` returns the rows to change, and what becomes of their columns."""

    def __init__(
        self, change: Callable[[], tuple[QuerySet[Any, Answer], Mapping[str, Any]]], *, returns: bool = False
    ) -> None:
        super().__init__()
        self._change, self._returns = change, returns

    def make(self, **values: Any) -> int:
        """Make it with these values in its slots, and return how many rows met the conditions."""
        if _known() and (count := _known().pop(self.about(**values), None)) is not None:
            return int(count)
        with self._run(values) as (_written, cursor):
            return int(cursor.rowcount)

    def made(self, **values: Any) -> list[Answer]:
        """Make one that ``returns``, and return the rows that were changed, as they are now."""
        with self._run(values) as (written, cursor):
            return written.read(cursor.fetchall())

    @contextmanager
    def _run(self, values: Mapping[str, Any]) -> Iterator[tuple[_Written, Any]]:
        written = self.written()
        using = written.connection.alias
        with transaction.mark_for_rollback_on_error(using=using), written.connection.cursor() as cursor:
            written.run(cursor, values)
            yield written, cursor

    def _write(self) -> _Written:
        queryset, becomes = self._change()
        update: Any = queryset.query.chain(UpdateQuery)
        update.add_update_values(dict(becomes))
        compiler = update.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        read: Callable[..., list[Any]] = list
        if self._returns:
            rows = QuerySet(queryset.model).query.get_compiler(using=queryset.db)
            rows.as_sql()
            quote = compiler.connection.ops.quote_name
            sql += " RETURNING " + ", ".join(quote(cell[0].target.column) for cell in rows.select)
            read = _reader(rows, of_models=True)
        return _Written(self._name, compiler, sql, parameters, read)


def _reader(compiler: Any, *, of_models: bool) -> Callable[[list[Any]], list[Any]]:
    """Return what makes answers of the rows that a compiled query finds, as a queryset does."""
    converters = compiler.get_converters([cell[0] for cell in compiler.select])
    made = _maker(compiler) if of_models else tuple

    def read(rows: list[Any]) -> list[Any]:
        return list(map(made, compiler.apply_converters(rows, converters) if converters else rows))

    return read


def _maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    klass, using = compiler.klass_info, compiler.using
    start, end = klass["select_fields"][0], klass["select_fields"][-1] + 1
    names = [cell[0].target.attname for cell in compiler.select[start:end]]
    populators = get_related_populators(klass, compiler.select, using)  # type: ignore[call-arg]  # of Django 6

    def made(row: Sequence[Any]) -> Any:
        found = klass["model"].from_db(using, names, row[start:end])
        for populator in populators:
            populator.populate(row, found)
        for name, place in (compiler.annotation_col_map or {}).items():
            setattr(found, name, row[place])
        return found

    return made
