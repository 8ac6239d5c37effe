"""The kinds of long work there are: each room registers its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from foundation.jobs.running import Running

    Handler = Callable[[Running], Mapping[str, Any] | None]
else:
    Handler = Callable


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of long work: its key, its name, who does it, and the names of the parts of its result."""

    key: str
    label: str | Promise
    handler: Handler
    says: Mapping[str, str | Promise] = field(default_factory=dict)


class UnknownKind(LookupError):
    """No room has registered this kind of work."""


_KINDS: dict[str, Kind] = {}


def register(
    key: str, handler: Handler, *, label: str | Promise = "", says: Mapping[str, str | Promise] | None = None
) -> None:
    """
    Let long work of a kind be asked for.

    The handler is safe to run twice: after a crash it is called again with what it
    kept in ``job.place``. What it returns, ids and counts, becomes the job's result.
    An exception with ``sentences`` ends the job with them. ``says`` names the parts of the
    result for people.
    """
    _KINDS[key] = Kind(key, label or key, handler, says or {})


def kind_of(key: str) -> Kind:
    """
    Return a kind of work.

    :raises UnknownKind: if nobody registered it.
    """
    try:
        return _KINDS[key]
    except KeyError:
        raise UnknownKind(key) from None
