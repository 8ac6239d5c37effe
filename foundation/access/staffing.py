"""Staff come, hold roles from one day to another, and leave. Nobody changes their own rights."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import trail
from foundation.access import links, open_work, rights, sessions
from foundation.access.models import Branch, RoleAt, Staff
from foundation.access.querysets import RoleQuerySet
from foundation.access.roles import Permission, Role
from foundation.trail import Actor, ActorKind

LENT_ROLES = frozenset({Role.HELPER})  # what a coordinator may give for a day, without being an administrator


class StaffingRefused(ValueError):
    """What was asked about staff is not possible; the sentences say why."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("staffing refused")
        self.sentences = list(sentences)


@transaction.atomic
def add(
    *,
    username: str,
    name: str,
    role: Role,
    branch: Branch,
    starts_on: date,
    by: Actor,
    at: datetime,
    ends_on: date | None = None,
    email: str = "",
    needs: Permission = Permission.STAFF_MANAGE,
) -> Staff:
    """
    Add somebody to the staff with a first role, without a password: a link lets them set one.

    :raises StaffingRefused: if the login name is taken, or the role cannot be given.
    """
    staff = Staff(username=Staff.normalize_username(username.strip()), name=name.strip(), email=email)
    if Staff.objects.filter(username__iexact=staff.username).exists():
        raise StaffingRefused(_("This login name is taken. Please choose another."))
    staff.set_unusable_password()
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
    except IntegrityError as fault:
        raise StaffingRefused(_("This login name is taken. Please choose another.")) from fault
    trail.record("staff.added", by=by, at=at, object=staff, branch=branch.pk)
    grant(staff, role, branch, starts_on=starts_on, ends_on=ends_on, by=by, at=at, needs=needs)
    return staff


@transaction.atomic
def grant(
    staff: Staff,
    role: Role,
    branch: Branch,
    *,
    starts_on: date,
    by: Actor,
    at: datetime,
    ends_on: date | None = None,
    needs: Permission = Permission.STAFF_MANAGE,
) -> RoleAt:
    """
    Give a role at a branch, from one day to another.

    :param needs: the right of the giver at the branch; a drive's own people may make helpers.
    :raises NotAllowed: if the giver holds no right over staff at the branch.
    :raises StaffingRefused: if it is for oneself, or the person left or holds it already.
    """
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    _may_change(staff, branch, by=by, at=at, needs=needs)
    if needs != Permission.STAFF_MANAGE and (role not in LENT_ROLES or ends_on is None):
        raise rights.NotAllowed(needs)
    if not staff.is_active:
        raise StaffingRefused(_("This person has left. Add a new login for them."))
    if not branch.active:
        raise StaffingRefused(_("This branch is closed."))
    if _overlapping(staff, role, branch, starts_on, ends_on).exists():
        raise StaffingRefused(_("This person holds this role there on these days already."))
    held = RoleAt.objects.create(
        staff=staff,
        role=role,
        branch=branch,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_at=at,
        **by.columns(),
    )
    facts = {"role": str(role), "starts_on": starts_on, "ends_on": ends_on}
    trail.record("role.granted", by=by, at=at, object=staff, branch=branch.pk, after=facts)
    sessions.rotate_all(staff)
    return held


@transaction.atomic
def end_role(held: RoleAt, *, by: Actor, at: datetime, needs: Permission = Permission.STAFF_MANAGE) -> None:
    """
    End a role now, before its last day.

    :raises NotAllowed: if the actor holds no right over staff at the branch.
    :raises StaffingRefused: if it is one's own, or has ended.
    """
    held = RoleAt.objects.select_for_update(of=("self",)).select_related("branch", "staff").get(pk=held.pk)
    _may_change(held.staff, held.branch, by=by, at=at, needs=needs)
    if held.ended_at is not None:
        raise StaffingRefused(_("This role has ended already."))
    _end(held, by=by, at=at)
    sessions.rotate_all(held.staff)


@transaction.atomic
def leave(staff: Staff, *, by: Actor, at: datetime) -> None:
    """
    Close the account of somebody who leaves: roles, logins, password and second factor end.

    :raises NotAllowed: if the actor has no right over staff at one of their branches.
    :raises StaffingRefused: while open work is in their hands, or it is oneself.
    """
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    roles = _all_within_reach(staff, by=by, at=at)
    if held := [item for _kind, items in open_work.of(staff.pk) for item in items]:
        raise StaffingRefused(
            _("%(count)d pieces of work are still in this person's hands. Hand them over first.")
            % {"count": len(held)}
        )
    for role in roles:
        _end(role, by=by, at=at)
    staff.is_active = False
    staff.left_at = at
    staff.set_unusable_password()
    staff.save(update_fields=["is_active", "left_at", "password"])
    Authenticator.objects.filter(user_id=staff.pk).delete()
    trail.record("staff.left", by=by, at=at, object=staff)
    sessions.end_all(staff, by=by, at=at)


@transaction.atomic
def reset_second_factor(staff: Staff, *, by: Actor, at: datetime) -> None:
    """
    Take a lost second factor away, so that the person sets up a new one with their password.

    :raises NotAllowed: if the actor has no right over staff at one of their branches.
    :raises StaffingRefused: if it is one's own.
    """
    _all_within_reach(staff, by=by, at=at)
    Authenticator.objects.filter(user_id=staff.pk).delete()
    trail.record("second_factor.reset", by=by, at=at, object=staff)
    sessions.end_all(staff, by=by, at=at)


@transaction.atomic
def offer_link(staff: Staff, *, by: Actor, at: datetime, needs: Permission = Permission.STAFF_MANAGE) -> str:
    """
    Return the path of a link with which this person sets a password, once, within a day.

    :param needs: with another right than over staff, only for somebody without a password yet.
    :raises NotAllowed: if the actor has no such right at each of their branches.
    :raises StaffingRefused: if it is for oneself, or the person left.
    """
    if not staff.is_active:
        raise StaffingRefused(_("This person has left. Add a new login for them."))
    _all_within_reach(staff, by=by, at=at, needs=needs)
    if needs != Permission.STAFF_MANAGE and staff.has_usable_password():
        raise rights.NotAllowed(needs)
    trail.record("password.link_made", by=by, at=at, object=staff)
    return links.path_for(staff)


@transaction.atomic
def end_logins(staff: Staff, *, by: Actor, at: datetime, handle: str = "") -> None:
    """
    End one open login of a person, or all of them.

    :raises NotAllowed: if the actor has no right over staff at one of their branches.
    """
    if by.id != str(staff.pk):
        _all_within_reach(staff, by=by, at=at)
    if handle:
        sessions.end(staff, handle, by=by, at=at)
    else:
        sessions.end_all(staff, by=by, at=at)


def may_change(staff: Staff, *, by: Actor, at: datetime) -> bool:
    """Return whether an actor may close or reset this account: it lies wholly within their reach."""
    try:
        _all_within_reach(staff, by=by, at=at)
    except (rights.NotAllowed, StaffingRefused):
        return False
    return True


def set_password(staff: Staff, password: str, *, at: datetime) -> None:
    """Give a person the password they chose; every open login of theirs ends with the old one."""
    with transaction.atomic():
        staff.set_password(password)
        staff.save(update_fields=["password"])
        trail.record("password.set", by=Actor(ActorKind.STAFF, str(staff.pk)), at=at, object=staff)


def _may_change(staff: Staff, branch: Branch, *, by: Actor, at: datetime, needs: Permission) -> None:
    if by.kind == ActorKind.COMMAND:
        return
    if by.id == str(staff.pk):
        raise StaffingRefused(_("Another administrator must change your own roles."))
    if not rights.may(by, needs, on=branch, at=at):
        raise rights.NotAllowed(needs)


def _all_within_reach(
    staff: Staff, *, by: Actor, at: datetime, needs: Permission = Permission.STAFF_MANAGE
) -> list[RoleAt]:
    """Return the roles in force or to come; each must lie where the actor holds the right."""
    if by.id == str(staff.pk):
        raise StaffingRefused(_("Another administrator must do this for you."))
    today = timezone.localdate(at)
    roles = list(_not_over(RoleAt.objects.filter(staff=staff), today).select_related("branch"))
    if by.kind != ActorKind.COMMAND:
        scope = rights.scope_of(by.id, needs, at=at)
        known = RoleAt.objects.filter(staff=staff).visible_to(scope).exists()
        if not known or not all(scope.covers(role.branch.path) for role in roles):
            raise rights.NotAllowed(needs)
    return roles


def _end(held: RoleAt, *, by: Actor, at: datetime) -> None:
    held.ended_at = at
    held.save(update_fields=["ended_at"])
    trail.record(
        "role.ended", by=by, at=at, object=held.staff, branch=held.branch_id, before={"role": held.role}
    )


def _overlapping(
    staff: Staff, role: Role, branch: Branch, starts_on: date, ends_on: date | None
) -> RoleQuerySet:
    held: RoleQuerySet = _not_over(RoleAt.objects.filter(staff=staff, role=role, branch=branch), starts_on)
    return held.filter(starts_on__lte=ends_on) if ends_on else held


def _not_over(roles: Any, day: date) -> Any:
    return roles.filter(ended_at__isnull=True).exclude(ends_on__lt=day)
