"""Which rights a person holds, and lending a request the scope of one of them for a while."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from foundation.access import (
    ROLE_PERMISSIONS,
    Permission,
    Role,
    RoleAt,
    Scope,
    StaffRequest,
    actor_from,
    scope_from,
)


def permissions_of(roles: Collection[RoleAt]) -> frozenset[Permission]:
    """Return every right that these roles give somewhere."""
    return frozenset(right for held in roles for right in ROLE_PERMISSIONS[Role(held.role)])


@contextmanager
def reaching(request: StaffRequest, permissions: Collection[Permission]) -> Iterator[bool]:
    """
    Let ``request.scope`` and ``request.actor`` be those of the first held of these rights.

    What a higher room registered runs inside, so that it sees only what that right shows.
    Yields whether one is held; no permissions at all means everybody, with an empty scope.
    """
    before = request.scope, request.actor
    held = next((right for right in sorted(permissions) if request.holds(right)), None)
    path = request.branch.path if request.branch else None
    if held is not None:
        scope = scope_from(request.roles, held)
        request.scope = scope.under(path) if path else scope
        request.actor = actor_from(request.staff.pk, request.roles, held, path=path)
        if not request.actor.role:
            request.actor = actor_from(request.staff.pk, request.roles, held)
    else:
        request.scope = Scope()
    try:
        yield held is not None or not permissions
    finally:
        request.scope, request.actor = before
