"""What paging shows on Today and behind Administration, and what it listens to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from foundation import vault
from foundation.access import StaffRequest
from foundation.desk import administration, today
from notifications.channel_names import Channel
from notifications.paging import endangered, queries, sending, watching
from notifications.paging.actions import ROSTER
from notifications.paging.kinds import kind_of
from registry import signals
from registry.cases import called
from registry.donors import words

_NOT_YET: Final = "notifications.paging.endangered.a_donor_withdrew"  # the line while it fails


def register() -> None:
    """Register the banner, the door to the roster, the kinds of alarm and the receiver."""
    watching.register_kinds()
    endangered.register_kind()
    today.register(today.Card("alarms", frozenset(), 1, "main", "notifications/paging/_card.html", alarms))
    today.register(today.Card("on-duty", frozenset(), 15, "side", "notifications/paging/_duty.html", on_duty))
    nobody = "notifications/paging/_without_anybody.html"
    today.register(today.Card("alarms-alone", frozenset(ROSTER), 1, "main", nobody, without_anybody))
    administration.register(
        administration.Door(
            "duty",
            _("Duty roster"),
            _("Who is called first when something must not wait, by day and by night."),
            "paging:duty",
            frozenset(ROSTER),
            12,
            "phone",
        )
    )
    signals.case_endangered.connect(endangered.a_case_is_endangered, dispatch_uid="paging.endangered")
    signals.donor_withdrawn.connect(endangered.a_donor_withdrew, dispatch_uid="paging.withdrawn")
    called.register("paging", endangered.who_was_called)
    words.register(
        {
            endangered.CALLED: _("Everybody who must know it at once was called"),
            _NOT_YET: _("Calling everybody who must know it at once"),
        }
    )
    signals.case_closed.connect(endangered.a_case_was_closed, dispatch_uid="paging.case_closed")
    vault.died_reported.connect(watching.died_reported, dispatch_uid="paging.died_reported")


def alarms(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return what somebody was called for and is not over."""
    found = queries.going_on_for(request.staff)
    if not found:
        return None
    rows = [
        (alarm, kind_of(alarm.kind).words, alarm.acknowledged_by_id == request.staff.pk) for alarm in found
    ]
    return {"rows": rows, "waiting": sum(1 for alarm in found if alarm.acknowledged_at is None)}


def without_anybody(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the alarms for which nobody is left, to whoever can enter somebody."""
    rows = queries.without_anybody(request.scope)
    return {"without_anybody": rows, "waiting": len(rows), "leads_on": True} if rows else None


def on_duty(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return until when somebody is on duty, and whether a number of theirs is known."""
    duty = queries.on_duty(request.staff, at=request.at)
    if duty is None:
        return None
    number = sending.address_of(request.staff, Channel.SMS)
    return {"duty": duty, "number": number, "now": duty.starts_at <= request.at}
