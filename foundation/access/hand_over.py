"""Give open work to another person for a while. It returns by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import trail
from foundation.access import open_work, rights
from foundation.access.models import HandOver, RoleAt, Staff
from foundation.access.open_work import OpenWork, WorkItem
from foundation.access.roles import NAMED_ROLES, ROLE_PERMISSIONS, Permission, Role
from foundation.access.staffing import StaffingRefused
from foundation.trail import Actor

NO_WORK = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, *NAMED_ROLES})  # these take over nobody's work


@dataclass(frozen=True, slots=True)
class Line:
    """One item of open work, as the page shows it: ``kind:id`` is its value in the form."""

    kind: OpenWork
    item: WorkItem

    @property
    def value(self) -> str:
        """What the form sends back."""
        return f"{self.kind.key}:{self.item.id}"


def lines_of(staff_id: UUID) -> list[Line]:
    """Return everything in a person's hands, a line an item."""
    return [Line(kind, item) for kind, items in open_work.of(staff_id) for item in items]


def takers_for(staff: Staff, lines: Iterable[Line], *, at: datetime) -> QuerySet[Staff]:
    """
    Return who may take over some of these lines.

    They work at one of this person's branches or above it, in a role that may do such work.
    """
    today = timezone.localdate(at)
    needs = {line.kind.needs for line in lines}
    roles = [
        role
        for role, gives in ROLE_PERMISSIONS.items()
        if role not in NO_WORK and (not needs or None in needs or needs & gives)
    ]
    paths = {path[:end] for path in _paths_of(staff, today) for end in range(4, len(path) + 1, 4)}
    able = RoleAt.objects.on(today).filter(branch__path__in=paths, role__in=roles)
    return Staff.objects.filter(is_active=True, roles__in=able).exclude(pk=staff.pk).distinct().order_by("pk")


@transaction.atomic
def give(
    giver: Staff,
    taker: Staff,
    values: Iterable[str],
    *,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
) -> list[HandOver]:
    """
    Put chosen items of one person into the hands of another, from one day to another.

    :param values: ``kind:id`` of items that are in the giver's hands now.
    :raises StaffingRefused: if the days or the taker does not fit, or an item is lent already.
    :raises NotAllowed: if it is another's work and the actor has no right over their staff.
    """
    _may_give(giver, by=by, at=at)
    _days_fit(starts_on, ends_on, at=at)
    lines = _chosen(giver, set(values))
    if not all(takers_for(giver, [line], at=at).filter(pk=taker.pk).exists() for line in _one_a_kind(lines)):
        raise StaffingRefused(_("This person does not do such work at your branch or above it."))
    rows = [_row(line, giver, taker, starts_on, ends_on, by=by, at=at) for line in lines]
    try:
        with transaction.atomic():
            HandOver.objects.bulk_create(rows)
    except IntegrityError as fault:
        raise StaffingRefused(_("Some of this work has been handed over already.")) from fault
    trail.record(
        "work.handed_over",
        by=by,
        at=at,
        object=giver,
        to=str(taker.pk),
        items=len(rows),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _begin(rows, by=by, at=at)
    return rows


@transaction.atomic
def take_back(row: HandOver, *, by: Actor, at: datetime) -> None:
    """
    Give one item back before its last day.

    :raises NotAllowed: if the actor is neither of the two and has no right over their staff.
    """
    row = (
        HandOver.objects.select_for_update(of=("self",))
        .select_related("from_staff", "to_staff")
        .get(pk=row.pk)
    )
    if by.id != str(row.to_staff_id):
        _may_give(row.from_staff, by=by, at=at)
    if row.returned_at is None:
        _return([row], by=by, at=at)


def keep(*, by: Actor, at: datetime) -> None:
    """Begin what begins today and return what ended yesterday; running it twice changes nothing."""
    today = timezone.localdate(at)
    rows = HandOver.objects.filter(returned_at__isnull=True, starts_on__lte=today).order_by("pk")
    for row in rows:
        with transaction.atomic():
            if row.ends_on < today:
                _return([row], by=by, at=at)
            else:
                _begin([row], by=by, at=at)


def lent(staff: Staff) -> QuerySet[HandOver]:
    """Return what this person gave away or took over and that has not returned."""
    own = HandOver.objects.filter(Q(from_staff=staff) | Q(to_staff=staff), returned_at__isnull=True)
    return own.select_related("from_staff", "to_staff").order_by("ends_on", "pk")


def _chosen(giver: Staff, values: set[str]) -> list[Line]:
    lines = [line for line in lines_of(giver.pk) if line.value in values]
    if not lines or len(lines) != len(values):
        raise StaffingRefused(_("Some of this work is no longer in these hands. Please choose again."))
    return lines


def _one_a_kind(lines: Sequence[Line]) -> list[Line]:
    return list({line.kind.key: line for line in lines}.values())


def _begin(rows: Sequence[HandOver], *, by: Actor, at: datetime) -> None:
    today = timezone.localdate(at)
    for row in rows:
        if row.starts_on <= today <= row.ends_on:
            _move(row, row.from_staff_id, row.to_staff_id, by=by, at=at)


def _return(rows: Sequence[HandOver], *, by: Actor, at: datetime) -> None:
    for row in rows:
        _move(row, row.to_staff_id, row.from_staff_id, by=by, at=at)
        row.returned_at = at
        row.save(update_fields=["returned_at"])
        trail.record("work.returned", by=by, at=at, object=row, kind=row.kind, item=row.item)


def _move(row: HandOver, giver: UUID, taker: UUID, *, by: Actor, at: datetime) -> None:
    """Move an item, unless it was settled or moved on in the meantime."""
    for kind in open_work.kinds():
        if kind.key == row.kind and row.item in {item.id for item in kind.items(giver)}:
            kind.hand_over([row.item], taker, by, at)


def _row(
    line: Line, giver: Staff, taker: Staff, starts_on: date, ends_on: date, *, by: Actor, at: datetime
) -> HandOver:
    return HandOver(
        from_staff=giver,
        to_staff=taker,
        kind=line.kind.key,
        item=line.item.id,
        starts_on=starts_on,
        ends_on=ends_on,
        handed_at=at,
        **by.columns(),
    )


def _may_give(giver: Staff, *, by: Actor, at: datetime) -> None:
    if by.id == str(giver.pk):
        return
    scope = rights.scope_of(by.id, Permission.STAFF_MANAGE, at=at)
    paths = _paths_of(giver, timezone.localdate(at))
    if not paths or not all(scope.covers(path) for path in paths):
        raise rights.NotAllowed(Permission.STAFF_MANAGE)


def _days_fit(starts_on: date, ends_on: date, *, at: datetime) -> None:
    if ends_on < starts_on:
        raise StaffingRefused(_("The last day lies before the first."))
    if ends_on < timezone.localdate(at):
        raise StaffingRefused(_("The last day is over already."))


def _paths_of(staff: Staff, day: date) -> list[str]:
    return list(RoleAt.objects.on(day).filter(staff=staff).values_list("branch__path", flat=True))
