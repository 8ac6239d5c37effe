"""Change the index key while the program runs: a second column is filled, then it becomes the first.

1. Filling: who writes an index writes it under both keys, and each older row is opened by
   the room that knows its words. Every row has the first column under the old key.
2. Turning: once every second column is full, who writes an index writes the new one into
   both columns, and row by row the second becomes the first: each row has the new one somewhere.
3. Done: the second columns are emptied, and the old key leaves the keyring.

A document is unique in both columns, so that nobody is registered twice at any moment. Each
piece commits by itself; killed anywhere, ``go_on`` goes on where it was. Nobody is waited
for while rows are held: a row that somebody else has in hand is done in the next round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from foundation import keyring, trail
from foundation.trail import Actor
from foundation.vault import indexed, indexes
from foundation.vault.indexed import Indexed, Rows, Waits
from foundation.vault.indexes import NEXT, Blind
from foundation.vault.models import IndexTurn

PIECE = 200  # rows in one transaction: others wait for them at the most some milliseconds
PAUSE_SECONDS: Final = 0.2  # before a row that somebody else had in hand is tried again
IDLE_ROUNDS: Final = 10  # then the rest is left for the next time
Progress = Callable[[int, int], None]


class CannotChange(Exception):
    """The index key cannot be changed yet; the message says what stands against it."""

    @property
    def sentences(self) -> list[str]:
        """Say it to who is at the page."""
        left = _("Some records could not be indexed anew: they do not open, or somebody has them in hand.")
        return [left, _("Nothing is lost, and everybody is found. Go on later.")]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the change of the index key is: rows that wait to be filled, turned or emptied."""

    now: str
    next: str
    filled: bool
    waiting: int
    not_in_keyring: list[str]
    no_longer_needed: list[str]


@dataclass(frozen=True, slots=True)
class _Watch:
    progress: Progress
    stop: Callable[[], bool]


def standing() -> Standing:
    """Count what is left to do."""
    turn, known = IndexTurn.objects.get(), keyring.current().indexes
    waiting = sum(indexed.waiting(_stage(turn)).values())
    used = {turn.now, turn.next} - {""}
    return Standing(
        turn.now,
        turn.next,
        turn.filled_at is not None,
        waiting,
        sorted(used - set(known)),
        sorted(set(known) - used),
    )


def is_under_way() -> bool:
    """Return whether a change was begun and is not done; otherwise the next one would be begun."""
    turn, known = IndexTurn.objects.get(), keyring.current()
    old_key_left = known.newest_index == turn.now and len(known.indexes) > 1
    return bool(turn.next) or old_key_left or indexed.anything_waits(indexed.is_not_empty)


def begin(*, by: Actor, at: datetime) -> IndexTurn:
    """
    Begin to fill the second columns under a new index key.

    The secret is stored first, so that no process meets a key it cannot use. A keyring
    that is kept outside must hold the new index key already.

    :raises CannotChange: if a change is under way.
    :raises keyring.KeyringReadOnly: if the new key is not there and cannot be stored.
    """
    now = IndexTurn.objects.get().now
    ring = keyring.current()
    if ring.newest_index == now:
        ring = keyring.change(lambda kept: kept.with_new_index() if kept.newest_index == now else kept)
    with transaction.atomic():
        turn = _turn()
        if turn.next or turn.now == ring.newest_index or indexed.anything_waits(indexed.is_not_empty):
            message = "A change of the index key is under way. Run keys rotate --index."
            raise CannotChange(message)
        turn.next, turn.began_at = ring.newest_index, at
        turn.save(update_fields=["next", "began_at"])
        trail.record("index_key.begun", by=by, at=at, object=turn, key=turn.next)
    return turn


def go_on(
    *,
    by: Actor,
    at: datetime,
    progress: Progress = lambda _done, _total: None,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """
    Go on from wherever the change is, and return whether it is done; ``stop`` is asked between pieces.

    :raises CannotChange: if rows are left whose words do not open, that no room answers for,
        or that somebody has in hand.
    :raises keyring.KeyringReadOnly: if the old key must be taken out by hand; all else is done.
    """
    for is_at, work, end in (
        (_is_filling, _fill, _end_filling),
        (_is_turning, _turn_over, _end_turning),
        (_is_done, _empty, _drop_old_keys),
    ):
        if is_at(IndexTurn.objects.get()):
            work(_Watch(progress, stop))
            if stop():
                return False
            end(by=by, at=at)
    return True


def _fill(watch: _Watch) -> None:
    for room in indexed.registered():
        _rounds(room.rows(), indexed.is_not_filled, partial(_fill_piece, room), watch)


def _fill_piece(room: Indexed, ids: Sequence[UUID]) -> int:
    rows = list(room.rows().filter(pk__in=ids))
    made = list(zip(rows, room.remake(rows), strict=True))
    with transaction.atomic():
        turn = indexes.held()
        if not _is_filling(turn):
            return 0
        free = _held(room.rows(), ids)
        return sum(_fill_row(row, new, turn.next) for row, new in made if new is not None and row.pk in free)


def _fill_row(row: models.Model, new: Mapping[str, Blind], key_id: str) -> int:
    """Fill a row, unless its indexes changed since its words were read: then the writer wrote both."""
    columns = [column for column in indexes.columns_of(type(row)) if getattr(row, column) is not None]
    if any(column not in new for column in columns):
        return 0
    as_read = {column: getattr(row, column) for column in columns}
    values = {column + NEXT: indexes.under(key_id, new[column]) for column in columns}
    return indexed.rows_of(type(row)).filter(pk=row.pk, **as_read).update(**values)


def _end_filling(*, by: Actor, at: datetime) -> None:
    """Note that every second column is full; whoever is writing an index is waited for."""
    with transaction.atomic():
        turn = _turn()
        if not _is_filling(turn):  # another process was faster
            return
        _check_nothing_is_left(indexed.is_not_filled)
        turn.filled_at = at
        turn.save(update_fields=["filled_at"])
        trail.record("index_key.filled", by=by, at=at, object=turn, key=turn.next)


def _turn_over(watch: _Watch) -> None:
    for model in indexed.tables():
        columns = indexes.columns_of(model)
        values: dict[str, Any] = {column: Coalesce(F(column + NEXT), F(column)) for column in columns}
        _update_all(model, indexed.is_not_turned, values | _no_second(model), watch, at=_is_turning)


def _end_turning(*, by: Actor, at: datetime) -> None:
    """Note that every first column stands under the new key."""
    with transaction.atomic():
        turn = _turn()
        if not _is_turning(turn):
            return
        _check_nothing_is_left(indexed.is_not_turned)
        before, turn.now = turn.now, turn.next
        turn.next, turn.began_at, turn.filled_at = "", None, None
        turn.save(update_fields=["now", "next", "began_at", "filled_at"])
        after = {"key": turn.now}
        trail.record("index_key.changed", by=by, at=at, object=turn, before={"key": before}, after=after)


def _empty(watch: _Watch) -> None:
    for model in indexed.tables():
        _update_all(model, indexed.is_not_empty, _no_second(model), watch, at=_is_done)


def _no_second(model: type[models.Model]) -> dict[str, Any]:
    return {column + NEXT: None for column in indexes.columns_of(model)}


def _drop_old_keys(*, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        turn = _turn()
        if _is_done(turn) and next(iter(keyring.current().indexes)) != turn.now:
            trail.record("index_key.dropped", by=by, at=at, object=turn, key=turn.now)
            keyring.change(lambda kept: kept.with_no_index_before(turn.now))


def _rounds(rows: Rows, step: Waits, do: Callable[[Sequence[UUID]], int], watch: _Watch) -> None:
    """Do piece by piece what waits, round after round, until nothing waits or nobody lets go of the rest."""
    waiting = rows.filter(step(rows.model))
    total, done, idle = waiting.count(), 0, 0
    while idle < IDLE_ROUNDS and waiting.exists():
        before = done
        for ids in _pieces(waiting):
            if watch.stop():
                return
            done += do(ids)
            watch.progress(done, max(total, done))
        idle = idle + 1 if done == before else 0
        if idle:
            time.sleep(PAUSE_SECONDS)


def _pieces(waiting: Rows) -> Iterator[list[UUID]]:
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:PIECE])
    while ids:
        yield ids
        ids = list(waiting.filter(pk__gt=ids[-1]).order_by("pk").values_list("pk", flat=True)[:PIECE])


def _update_all(
    model: type[models.Model],
    step: Waits,
    values: Mapping[str, Any],
    watch: _Watch,
    *,
    at: Callable[[IndexTurn], bool],
) -> None:
    rows = indexed.rows_of(model)
    waiting = rows.filter(step(model))

    def update(ids: Sequence[UUID]) -> int:
        with transaction.atomic():  # all is asked again: another process may be ahead
            if not at(indexes.held()):
                return 0
            return rows.filter(pk__in=_held(waiting, ids)).update(**values)

    _rounds(rows, step, update, watch)


def _held(rows: Rows, ids: Sequence[UUID]) -> set[UUID]:
    """Hold those of the rows that nobody else has in hand, and return their ids."""
    free = rows.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=ids)
    return set(free.values_list("pk", flat=True))


def _check_nothing_is_left(step: Waits) -> None:
    if left := indexed.waiting(step):
        rows = ", ".join(f"{n} rows of {table}" for table, n in left.items())
        message = (
            f"{rows}: their words do not open, or somebody has them in hand. Nothing is lost; run it again."
        )
        raise CannotChange(message)


def _is_filling(turn: IndexTurn) -> bool:
    return bool(turn.next) and turn.filled_at is None


def _is_turning(turn: IndexTurn) -> bool:
    return turn.filled_at is not None


def _is_done(turn: IndexTurn) -> bool:
    return not turn.next


def _stage(turn: IndexTurn) -> Waits:
    if _is_done(turn):
        return indexed.is_not_empty
    return indexed.is_not_filled if _is_filling(turn) else indexed.is_not_turned


def _turn() -> IndexTurn:
    return IndexTurn.objects.select_for_update().get()
