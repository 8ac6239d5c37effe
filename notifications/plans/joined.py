"""Who joined a household after an occasion was released: a person may release it to them too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from notifications.plans import quiet, sendings
from notifications.plans.models import Touchpoint
from notifications.plans.sendings import Sending
from notifications.plans.states import PlanState, TouchpointState
from notifications.recipients import Recipient
from registry.families.models import Member

_GONE_OUT: Final = (TouchpointState.APPROVED, TouchpointState.SENT, TouchpointState.UNKNOWN)


def since_release(touchpoint: Touchpoint, *, among: Iterable[Recipient] | None = None) -> list[Recipient]:
    """
    Return whom a released touchpoint was not meant for, since they joined later, and has not reached.

    None where somebody rings, goes there or posts a letter: who does it meets the household of that day.

    :param among: whom it has not reached, where that is known.
    """
    if not _went_by_machine(touchpoint):
        return []
    have = set(touchpoint.messages.values_list("subject", flat=True))
    people = sendings.still_to_reach(touchpoint) if among is None else among
    left = (one for one in people if one.subject.pk not in have)
    return [one for one in left if _joined_later(touchpoint, one)]


def in_any(touchpoints: Iterable[Touchpoint]) -> set[UUID]:
    """Return for which of these somebody joined since: one query, and some more where one did."""
    released = [one for one in touchpoints if _went_by_machine(one)]
    families = {one.plan.family_id for one in released}
    latest: dict[UUID | None, datetime] = {}
    if families:
        in_order = Member.objects.filter(family__in=families).order_by("added_at")
        latest.update(in_order.values_list("family", "added_at"))
    maybe = [one for one in released if _is_later(latest.get(one.plan.family_id), one.approved_at)]
    return {one.pk for one in maybe if since_release(one)}


def copy_for(touchpoint: Touchpoint, recipient: Recipient, *, at: datetime) -> Sending | None:
    """Return the copy for somebody who joined; None where no way is open, or the household has one there."""
    way = sendings.next_way(touchpoint, recipient, ways=sendings.ways_of(touchpoint))
    copies = {one.recipient.subject.pk: one for one in sendings.of_touchpoint(touchpoint, at=at)}
    own = copies.get(recipient.subject.pk)
    return own if own is not None and own.channel == way else None


def against(touchpoint: Touchpoint, to: Recipient, *, at: datetime) -> list[str]:
    """
    Return why nothing more of an occasion is released to somebody who joined, in sentences.

    Its day may have passed where they are: a rite's own day, of another some days after it.
    """
    found = []
    if touchpoint.plan.state != PlanState.ACTIVE:
        found.append(_("The plan is not running."))
    if quiet.is_early(touchpoint.plan.family, touchpoint.on_date):
        found.append(_("Before the hundredth day only a call, a visit or a letter is possible."))
    most = 0 if touchpoint.step.beats_gap else settings.CARE_LATE_DAYS
    if (to.day_of(at) - touchpoint.on_date).days > most:
        found.append(_("The day of this has passed."))
    return found


def _went_by_machine(touchpoint: Touchpoint) -> bool:
    by_machine = not sendings.is_by_a_person(touchpoint)
    return bool(touchpoint.approved_at and by_machine and touchpoint.state in _GONE_OUT)


def _joined_later(touchpoint: Touchpoint, one: Recipient) -> bool:
    return one.member is not None and _is_later(one.member.added_at, touchpoint.approved_at)


def _is_later(added: datetime | None, approved: datetime | None) -> bool:
    return added is not None and approved is not None and added > approved
