"""What can be asked of a second person. A higher room registers its kinds when the program starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from foundation.access import Permission
from foundation.trail import Actor

if TYPE_CHECKING:
    from foundation.approvals.models import Approval


def _nothing_follows(_approval: Approval, *, by: Actor, at: datetime) -> None:
    """The one who asked goes on by themself, once the answer stands."""


def _no_more_words(_approval: Approval) -> str:
    return ""


def _no_page(_approval: Approval) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of question.

    ``permission`` is that of the act; whoever holds it, or ``second``, at the
    branch of the object or above may answer. ``from_parent`` asks for somebody of
    the branch above. ``on_yes`` runs in the transaction of the answer. ``describe``
    says in words what is asked, without a personal field; ``leads_to`` is the page to
    look at before answering.
    """

    key: str
    label: str | Promise
    permission: Permission
    on_yes: Callable[..., None] = field(default=_nothing_follows)
    describe: Callable[[Approval], str | Promise] = field(default=_no_more_words)
    leads_to: Callable[[Approval], str] = field(default=_no_page)
    second: Permission = Permission.APPROVE
    from_parent: bool = False

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """The permissions that let somebody answer."""
        return (self.permission, self.second)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """
    Make a kind of question known.

    :raises ValueError: if another kind has the same key.
    """
    if _kinds.get(kind.key, kind) != kind:
        message = f"Two kinds of approval are called {kind.key}."
        raise ValueError(message)
    _kinds[kind.key] = kind


def kind_of(key: str) -> Kind:
    """
    Return a registered kind.

    :raises KeyError: if no room registered it.
    """
    return _kinds[key]


def every_kind() -> tuple[Kind, ...]:
    """Return every registered kind."""
    return tuple(_kinds.values())
