"""Ask what a person may do: where a permission reaches, in which role, and whether here."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.access import named
from foundation.access.models import RoleAt
from foundation.access.roles import NAMED_ROLES, ROLE_PERMISSIONS, Permission, Role
from foundation.access.scopes import Scope
from foundation.trail import Actor, ActorKind


class NotAllowed(PermissionError):
    """The actor does not hold the permission where the thing stands."""

    def __init__(self, permission: str = "") -> None:
        super().__init__("not allowed")
        self.permission = permission

    @property
    def sentences(self) -> list[str]:
        """What to tell the person who asked."""
        return [str(_("You may not do this here. Ask your branch's administrator if you should."))]


_remembered: ContextVar[dict[str, list[RoleAt]] | None] = ContextVar("roles", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """
    Ask for each person's roles once while one long act lasts: a page's offers, the demo.

    Never around more than one act: a role that ends must end at the next request.
    """
    known = _remembered.get()
    token = _remembered.set({} if known is None else known)
    try:
        yield
    finally:
        _remembered.reset(token)


def roles_of(staff_id: UUID | str, day: date) -> list[RoleAt]:
    """Return the roles a person holds on a day, with their branches, in one query."""
    if (known := _remembered.get()) is None:
        return list(RoleAt.objects.on(day).filter(staff_id=staff_id).select_related("branch"))
    key = str(staff_id)
    if key not in known:  # of every day: a long act may lead through years
        known[key] = list(RoleAt.objects.standing().filter(staff_id=staff_id).select_related("branch"))
    return [held for held in known[key] if held.starts_on <= day <= (held.ends_on or date.max)]


def scope_from(roles: Sequence[RoleAt], permission: Permission) -> Scope:
    """Return where these roles give a permission."""
    giving = [held for held in roles if permission in ROLE_PERMISSIONS[Role(held.role)]]
    paths = [held.branch.path for held in giving if held.role not in NAMED_ROLES]
    by_name = next((held.staff_id for held in giving if held.role in NAMED_ROLES), None)
    return Scope.of(paths, named=by_name)


def scope_of(staff_id: UUID | str, permission: Permission, *, at: datetime) -> Scope:
    """Return where a person holds a permission at a moment."""
    return scope_from(roles_of(staff_id, timezone.localdate(at)), permission)


def actor_from(
    staff_id: UUID | str, roles: Sequence[RoleAt], permission: Permission | None, *, path: str | None = None
) -> Actor:
    """
    Return the person in the narrowest of their roles that gives the permission.

    The narrowest is held deepest in the tree, and among those gives the fewest rights.
    Without such a role the actor has none.
    """
    giving = [
        held
        for held in roles
        if (permission is None or permission in ROLE_PERMISSIONS[Role(held.role)])
        and (path is None or path.startswith(held.branch.path))
    ]
    if not giving:
        return Actor(ActorKind.STAFF, str(staff_id))
    narrowest = max(giving, key=lambda r: (len(r.branch.path), -len(ROLE_PERMISSIONS[Role(r.role)])))
    return Actor(ActorKind.STAFF, str(staff_id), narrowest.role, str(narrowest.branch_id))


def actor_for(
    staff_id: UUID | str, permission: Permission | None, *, at: datetime, path: str | None = None
) -> Actor:
    """Return ``actor_from`` the roles a person holds at a moment."""
    return actor_from(staff_id, roles_of(staff_id, timezone.localdate(at)), permission, path=path)


def may(actor: Actor, permission: Permission, *, on: Any, at: datetime) -> bool:
    """
    Return whether an actor on the staff may do this to a thing.

    :param on: a thing with ``branch_paths``, or one whose kind people are named on.
    """
    if actor.kind != ActorKind.STAFF:
        return False
    scope = scope_of(actor.id, permission, at=at)
    if any(scope.covers(path) for path in getattr(on, "branch_paths", ())):
        return True
    return scope.named is not None and named.includes(scope.named, on)


def command_actor() -> Actor:
    """Return the operating-system user who runs a command."""
    return Actor(ActorKind.COMMAND, getpass.getuser())


def task_actor(name: str) -> Actor:
    """Return a task as an actor."""
    return Actor(ActorKind.TASK, name)
