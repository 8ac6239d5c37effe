"""Call lists: who is to be rung on one day, and the helpers who ring them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.access import Branch, Permission, Scope, Staff, lending
from foundation.trail import Actor
from registry.donors import purposes
from registry.donors.actions import rights
from registry.donors.models import CallHelper, CallList, CallTask

_MANAGE = Permission.DRIVE_MANAGE


@dataclass(frozen=True, slots=True)
class NewCaller:
    """A helper, and the path of the link with which they set a password once; empty where they have one."""

    helper: CallHelper
    link: str = field(repr=False)


@transaction.atomic
def make_list(
    branch: Branch, *, name: str, purpose: str, people: int, on_date: date, by: Actor, at: datetime
) -> CallList:
    """
    Put the first so many people who are due onto a list of one day.

    Nobody stands on two lists, and what is in a colleague's hands stays there.

    :param purpose: a key of ``purposes.PURPOSES``.
    :raises moves.Refused: if nobody is due, or the day is over.
    :raises moves.NotAllowed: if the actor may not call at the branch.
    """
    rights.check(branch, by=by, at=at, permissions=(Permission.CALL_MAKE,))
    if on_date < timezone.localdate(at):
        raise moves.Refused([_("The day of the list lies in the past.")])
    made = CallList.objects.create(
        name=name, branch=branch, branch_path=branch.path, purpose=purpose, on_date=on_date, at=at,
        **by.columns(),
    )  # fmt: skip
    made.people = _fill(made, people, at=at)
    if not made.people:
        raise moves.Refused([_("Nobody is to be called for this until then.")])
    made.save(update_fields=["people"])
    trail.record("call_list.made", by=by, at=at, object=made, branch=branch.pk, people=made.people)
    return made


@transaction.atomic
def end_list(call_list: CallList, *, by: Actor, at: datetime) -> None:
    """End a list: its helpers' logins end, and who was not rung goes back. Twice is once."""
    call_list = CallList.objects.select_for_update(of=("self",)).get(pk=call_list.pk)
    rights.check(call_list, by=by, at=at, permissions=(Permission.CALL_MAKE,))
    if call_list.ended_at is not None:
        return
    for helper in call_list.helpers.filter(ended_at=None).order_by("id"):
        _end(helper, by=by, at=at, needs=Permission.CALL_MAKE)  # it follows from the end of the list
    call_list.ended_at = at
    call_list.save(update_fields=["ended_at"])
    CallTask.objects.open().filter(call_list=call_list).update(
        call_list=None, held_by=None, held_until=None, skipped_at=None
    )
    trail.record("call_list.ended", by=by, at=at, object=call_list, branch=call_list.branch_id)


def end_past(*, by: Actor, at: datetime) -> int:
    """End the lists whose day is over, and return how many."""
    past = list(CallList.objects.filter(ended_at=None, on_date__lt=timezone.localdate(at)).order_by("id"))
    for call_list in past:
        end_list(call_list, by=by, at=at)
    return len(past)


@transaction.atomic
def make_helper(
    call_list: CallList, *, name: str, by: Actor, at: datetime, again: Staff | None = None
) -> NewCaller:
    """
    Give a volunteer a login for the day of one list, or let one who helped before in again.

    They see one person at a time of this list alone. The login asks for a second factor.

    :raises NotAllowed: without DRIVE_MANAGE at the list's branch, or for the login of a colleague.
    :raises moves.Refused: if the list has ended.
    """
    call_list = CallList.objects.select_for_update(of=("self",)).select_related("branch").get(pk=call_list.pk)
    rights.check(call_list, by=by, at=at, permissions=(_MANAGE,))
    if call_list.is_over(timezone.localdate(at)):
        raise moves.Refused([_("This list has ended.")])
    lent = lending.lend(call_list, call_list.on_date, name=name, again=again, by=by, at=at, needs=_MANAGE)
    helper, _made = CallHelper.objects.update_or_create(
        call_list=call_list, staff=lent.staff,
        defaults={"at": at, "ended_at": None, "ended_by_id": "", **by.columns()},
    )  # fmt: skip
    trail.record(
        "helper.made", by=by, at=at, object=helper, branch=call_list.branch_id, staff=str(lent.staff.pk)
    )
    return NewCaller(helper, lent.link)


@transaction.atomic
def end_helper(helper: CallHelper, *, by: Actor, at: datetime) -> None:
    """
    End a helper's login and its sessions; the hours are counted. Twice is once.

    :raises NotAllowed: without DRIVE_MANAGE at the list's branch.
    """
    helper = CallHelper.objects.select_related("call_list").get(pk=helper.pk)
    rights.check(helper.call_list, by=by, at=at, permissions=(_MANAGE,))
    _end(helper, by=by, at=at, needs=_MANAGE)


@transaction.atomic
def set_hours(helper: CallHelper, *, minutes: int, by: Actor, at: datetime) -> None:
    """
    Write down how long a helper worked, where the first and the last call do not tell it.

    :param minutes: from 0 to a day's work.
    :raises moves.Refused: if it is longer than a day's work.
    :raises NotAllowed: without DRIVE_MANAGE at the list's branch.
    """
    helper = CallHelper.objects.select_related("call_list").get(pk=helper.pk)
    rights.check(helper.call_list, by=by, at=at, permissions=(_MANAGE,))
    if not 0 <= minutes <= settings.HELPER_MINUTES_MOST:
        raise moves.Refused([_("That is longer than a day's work.")])
    before, helper.minutes, helper.adjusted_by_id = helper.minutes, minutes, by.id
    helper.save(update_fields=["minutes", "adjusted_by_id"])
    trail.record(
        "helper.hours_set", by=by, at=at, object=helper, branch=helper.call_list.branch_id,
        before={"minutes": before}, after={"minutes": minutes}, counted=helper.counted_minutes,
    )  # fmt: skip


def _fill(call_list: CallList, people: int, *, at: datetime) -> int:
    wanted = (
        CallTask.objects.to_make()
        .filter(purposes.BY_KEY[call_list.purpose].q(at), due_on__lte=call_list.on_date)
        .filter(Scope.of([call_list.branch_path]).q("service_path"), call_list=None, owner=None)
        .exclude(held_until__gt=at)
        .order_by("due_on", "id")
    )
    ids = list(wanted.values_list("pk", flat=True)[: min(people, settings.CALL_LIST_MOST)])
    return CallTask.objects.open().filter(pk__in=ids, call_list=None).update(call_list=call_list)


def _end(helper: CallHelper, *, by: Actor, at: datetime, needs: Permission) -> None:
    found = CallHelper.objects.select_for_update(of=("self",)).select_related("staff", "call_list__branch")
    helper = found.get(pk=helper.pk)
    if helper.ended_at is not None:
        return
    helper.ended_at, helper.ended_by_id = at, by.id
    helper.save(update_fields=["ended_at", "ended_by_id"])
    on_screen = CallTask.objects.filter(call_list=helper.call_list, held_by=helper.staff)
    on_screen.update(held_by=None, held_until=None)
    lending.take_back(helper.staff, helper.call_list, by=by, at=at, needs=needs)
    trail.record(
        "helper.ended", by=by, at=at, object=helper, branch=helper.call_list.branch_id,
        minutes=helper.counted_minutes,
    )  # fmt: skip
