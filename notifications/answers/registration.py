"""What answers show on Today, and ask of the rooms below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import vault
from foundation.access import Permission, StaffRequest
from foundation.desk import administration, belongings, rail, today
from foundation.pages import keyset
from notifications.answers import holding, local_gateway, queries, receivers, unread
from notifications.answers.models import Answer, Desk, Writer
from notifications.channel_names import Channel
from notifications.delivery import asking
from notifications.outbox import lacking
from notifications.plans import signals as of_plans
from notifications.recipients import against, contact
from notifications.recipients.models import ContactState
from registry import signals as of_registry
from registry.cases import stopped_ways
from registry.donors import no_calls
from registry.donors import sections as of_donors
from registry.donors.models import Donor
from registry.families import sections as of_families
from registry.families import signals as of_families_room
from registry.families.models import Family

ON_TODAY: Final = 5
_DESKS: Final = (
    (Desk.FAMILIES, Permission.FAMILY_EDIT, "answers:families", "answers:of_family", 12),
    (Desk.DONORS, Permission.DONOR_EDIT, "answers:donors", "answers:of_donor", 19),
)


def register() -> None:
    """Register a card for each desk, the sections of ways, the person's rows and the receiver."""
    for desk, right, names, name, order in _DESKS:
        context = _card(desk, names, name)
        key, template = f"answers.{desk.lower()}", "notifications/answers/card.html"
        today.register(today.Card(key, frozenset({right}), order, "main", template, context))
    of_donors_desk = frozenset({Permission.DONOR_EDIT})  # families' are reached from their care desk
    rail.register(rail.RailEntry("answers", _("Answers"), "answer", "answers:donors", of_donors_desk, 33))
    if local_gateway.folder() is not None:
        _doors_of_a_demo()
    template = "notifications/answers/ways.html"
    of_donors.register(of_donors.Section("ways", 62, Permission.DONOR_EDIT, template, _ways_to_donor))
    of_families.register(of_families.Section("ways", 62, Permission.FAMILY_EDIT, template, _ways_to_family))
    belongings.register({Answer: "subject", Writer: "subject", ContactState: "subject"})
    stopped_ways.register("answers", against.is_stopped)
    no_calls.register("answers", lambda subject: contact.who_stopped(Channel.CALL, subject=subject))
    asking.register("answers.unread", unread.question, asked=unread.asked)
    lacking.register(holding.message_is_held)
    vault.erased.connect(receivers.erased, dispatch_uid="answers.erased")
    of_families_room.family_changed.connect(receivers.family_changed, dispatch_uid="answers.family")
    of_registry.donor_rehomed.connect(receivers.donor_rehomed, dispatch_uid="answers.donor")
    of_registry.donor_confirmed.connect(receivers.donor_confirmed, dispatch_uid="answers.confirmed")
    of_registry.donor_merged.connect(receivers.donor_merged, dispatch_uid="answers.merged")
    of_registry.donor_parted.connect(receivers.donor_parted, dispatch_uid="answers.parted")
    of_plans.touchpoint_approved.connect(unread.touchpoint_approved, dispatch_uid="answers.unread")
    of_plans.touchpoint_released_to.connect(
        unread.touchpoint_approved, dispatch_uid="answers.unread.one_more"
    )


def _doors_of_a_demo() -> None:
    """Put the phone into everybody's own menu: whatever role is tried out, its messages end there."""
    rail.register(rail.RailEntry("phone", _("The phone"), "phone", "gateway:phone", order=99, folded=True))
    administration.register(
        administration.Door(
            "phone",
            _("The phone"),
            _("What people of this demo would have received by SMS and e-mail; answer as they would."),
            "gateway:phone",
            frozenset({Permission.SETTINGS}),
            99,
            "phone",
        )
    )


def _card(desk: Desk, names: str, name: str) -> Callable[[StaffRequest], Mapping[str, Any] | None]:
    def context(request: StaffRequest) -> Mapping[str, Any] | None:
        waiting = queries.at_desk(desk, request.scope).open()
        number, words = keyset.count(waiting)
        first = list(waiting.order_by("id")[:ON_TODAY])
        if not first:
            return None
        people = queries.names_of(answer.subject_id for answer in first)
        rows = [
            {
                "answer": answer,
                "person": people.get(answer.subject_id) if answer.subject_id else None,
                "url": reverse(name, args=[answer.pk]),
            }
            for answer in first
        ]
        return {"rows": rows, "words": words, "waiting": number, "list_url": reverse(names), "desk": desk}

    return context


def _ways_to_donor(_request: StaffRequest, donor: Donor) -> Mapping[str, Any] | None:
    rows = queries.shut_ways([donor.subject_id])
    return {"rows": rows, "url": "answers:works_for_donor"} if rows else None


def _ways_to_family(_request: StaffRequest, family: Family) -> Mapping[str, Any] | None:
    rows = queries.shut_ways(family.members.values_list("subject_id", flat=True))
    return {"rows": rows, "url": "answers:works_for_relative", "named": True} if rows else None
