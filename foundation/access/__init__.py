"""Branches, staff, roles at a branch, scopes, two-factor, hand-over."""

from foundation.access import named, open_work
from foundation.access.models import Branch, BranchKind, HandOver, RoleAt, Staff
from foundation.access.requires import StaffRequest, public, requires, signed_in
from foundation.access.rights import (
    NotAllowed,
    actor_for,
    actor_from,
    command_actor,
    may,
    remembering,
    roles_of,
    scope_from,
    scope_of,
    task_actor,
)
from foundation.access.roles import NAMED_ROLES, ROLE_PERMISSIONS, Permission, Role
from foundation.access.scopes import Scope

__all__ = [
    "NAMED_ROLES",
    "ROLE_PERMISSIONS",
    "Branch",
    "BranchKind",
    "HandOver",
    "NotAllowed",
    "Permission",
    "Role",
    "RoleAt",
    "Scope",
    "Staff",
    "StaffRequest",
    "actor_for",
    "actor_from",
    "command_actor",
    "may",
    "named",
    "open_work",
    "public",
    "remembering",
    "requires",
    "roles_of",
    "scope_from",
    "scope_of",
    "signed_in",
    "task_actor",
]
