"""How it stands with the reminder of each appointment, as a sentence on the page where they are booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from foundation.templatetags.relay import day, moment
from notifications.care.unsent import reason_of
from notifications.channel_names import Channel
from notifications.outbox import Message, MessageState
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.programmes import queries
from notifications.recipients.models import ContactState, Reach
from notifications.reminders.actions import PROGRAMME
from registry.drives.models import Appointment

_AHEAD: Final = (TouchpointState.PLANNED, TouchpointState.DUE)


def said(appointments: Sequence[Appointment], at: datetime) -> Mapping[UUID, str]:
    """Return a sentence for each who is still expected; four queries, however many they are."""
    theirs = {one.subject_id: one for one in appointments if one.subject_id and one.stands}
    known = _Known(list(theirs), at)
    found = {one.pk: known.of(subject) for subject, one in theirs.items()}
    none_asked = {one.pk: _no(_("they did not ask for one")) for one in appointments if one.stands}
    return none_asked | found


class _Known:
    """What is known of the reminders of some people."""

    def __init__(self, subjects: list[UUID], at: datetime) -> None:
        self.at = at
        self.in_use = queries.in_use(PROGRAMME) is not None
        stops = ContactState.objects.filter(subject__in=subjects, channel=Channel.SMS).exclude(state=Reach.OK)
        self.stopped = dict(stops.values_list("subject_id", "state"))
        of_them = Touchpoint.objects.filter(plan__subject__in=subjects).order_by("on_date")
        self.touchpoints = {one.plan.subject_id: one for one in of_them.select_related("plan")}
        messages = Message.objects.filter(subject__in=subjects).order_by("id")
        self.messages = {one.subject_id: one for one in messages}

    def of(self, subject: UUID) -> str:
        message, touchpoint = self.messages.get(subject), self.touchpoints.get(subject)
        if message is not None and message.state == MessageState.SENT and message.sent_at:
            return _("Reminded: %(when)s") % {"when": moment(message.sent_at)}
        if subject in self.stopped:
            return _no(Reach(self.stopped[subject]).label)
        if message is not None:
            return self._of_message(message)
        if touchpoint is None:
            too_soon, unused = _("they come too soon for one"), _("the programme is not in use yet")
            return _no(too_soon if self.in_use else unused)
        return _of_touchpoint(touchpoint)

    def _of_message(self, message: Message) -> str:
        if message.state in {MessageState.CANCELLED, MessageState.FAILED, MessageState.HELD}:
            return _no(reason_of(message.why).words)
        if message.state == MessageState.UNKNOWN:
            return _("The reminder may have been sent.")
        if message.why and message.not_before:
            waits = {"why": reason_of(message.why).words}
            return _("The reminder waits: %(why)s") % waits
        return _("The reminder leaves: %(when)s") % {"when": moment(max(message.due_at, self.at))}


def _of_touchpoint(touchpoint: Touchpoint) -> str:
    if touchpoint.state == TouchpointState.PLANNED:
        return _("The reminder leaves: %(when)s") % {"when": day(touchpoint.on_date)}
    if touchpoint.state == TouchpointState.DUE:
        return _no(_("no way to reach them was open"))
    return _no(touchpoint.get_state_display())


def _no(why: object) -> str:
    return _("No reminder: %(why)s") % {"why": why}
