"""What is asked in a call, by what it is for, and what is done at once with the answer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, calendar, moves
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors import protocol
from registry.donors.actions import common
from registry.donors.actions.pausing import change_hold, choose_contact, hold, lift_objection, release
from registry.donors.actions.tasks import open_task
from registry.donors.models import Call, CallKind, CallResult, ContactChoice, Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState

BEFORE_LISTING: Final = ("family_supports", "process_known", "would_go_on")
ASKED: Final[dict[str, tuple[str, ...]]] = {
    CallKind.PRE_LISTING: BEFORE_LISTING,
    CallKind.COOLING_OFF: ("goes_on",),
    CallKind.RESAMPLE: ("new_sample",),
    CallKind.HOLD_ENDED: ("after_pause",),
    CallKind.WAVERS: ("after_no",),
    CallKind.OBJECTION: ("own_word",),
    CallKind.CONTACT_CHECK: ("number_right", "would_go_on"),
    CallKind.OUT_OF_CONTACT: ("number_right", "would_go_on"),
    CallKind.MATCH: ("after_match",),
}
GO_ON, LONGER, LEAVE = "go_on", "longer", "leave"
STAY, ONLY_IF_MATCHED, UNSURE = "stay", "only_if_matched", "unsure"
YES_OR_NO: Final = ("yes", UNSURE, "no")
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "after_pause": (GO_ON, LONGER, LEAVE),
    "after_no": (ONLY_IF_MATCHED, LONGER, LEAVE, GO_ON),
    "after_match": (GO_ON, UNSURE, LEAVE),
    "own_word": (STAY, ONLY_IF_MATCHED, LEAVE, UNSURE),
}
NEEDED: Final = frozenset({CallKind.PRE_LISTING, CallKind.OBJECTION, CallKind.HOLD_ENDED, CallKind.WAVERS})


def choices(question: str) -> tuple[str, ...]:
    """Return the answers a question may have, as codes."""
    return CHOICES.get(question, YES_OR_NO)


def check(
    kind: str, result: str, number: str, answers: Mapping[str, str], *, until: date | None = None
) -> None:
    """
    Check that what the call is for was asked.

    :raises moves.Refused: if an answer is missing after the donor was reached before listing, or
        the end of a longer pause.
    """
    if result != CallResult.REACHED or number.isdecimal():
        return
    if LONGER in answers.values() and until is None:
        raise moves.Refused([_("Say until when the pause is to last.")])
    if number != protocol.DONOR or kind != CallKind.PRE_LISTING:
        return
    if any(answers.get(question) not in YES_OR_NO for question in BEFORE_LISTING):
        raise moves.Refused([_("Write down the answers to all three questions.")])


def do_as_they_said(donor: Donor, call: Call, *, until: date | None, by: Actor, at: datetime) -> None:
    """
    Do at once what the donor's own word allows.

    An objection is lifted, or narrowed to "only if I match"; a pause that is over ends, or goes on
    until another day; a listed donor who would not go on is paused, and offered to nobody. What the
    caller may not do, or what still lacks something, waits for a colleague.
    """
    after_no = call.answers.get("after_no")
    own, pause = call.answers.get("own_word") or after_no, call.answers.get("after_pause") or after_no
    _heed(donor, call, own, by=by, at=at)
    if would_not_go_on(donor, call):
        _pause_who_would_not(donor, call, by=by, at=at)
    elif donor.state == DonorState.ON_HOLD and pause == LONGER and until is not None:
        reason = donor.hold_reason
        change_hold(donor, until=until, reason=reason, by=by, at=at, on=call.task)
    elif donor.state == DonorState.ON_HOLD and pause in {GO_ON, ONLY_IF_MATCHED}:
        _end_the_pause(donor, by=by, at=at)


def would_not_go_on(donor: Donor, call: Call) -> bool:
    """Return whether somebody who was listed said in a call that they would not go on if they matched."""
    said_no = call.answers.get("would_go_on") == "no"
    return said_no and donor.listed_on is not None and donor.state in {DonorState.LISTED, DonorState.ON_HOLD}


def _pause_who_would_not(donor: Donor, call: Call, *, by: Actor, at: datetime) -> None:
    """Take them out of every search at once, and have a colleague offer the three choices."""
    day = common.day_of(at)
    if donor.state == DonorState.LISTED:
        until = day + timedelta(days=settings.WOULD_NOT_HOLD_DAYS)
        hold(donor, until=until, reason=Reason.PR_NOT_STATED, by=by, at=at, on=call.task)
    open_task(donor, CallKind.WAVERS, due_on=calendar.add_working_days(day, 1), at=at)


def _heed(donor: Donor, call: Call, own: str | None, *, by: Actor, at: datetime) -> None:
    """Lift somebody else's objection by the donor's own word; silence all but a match if they say so."""
    if own in {STAY, ONLY_IF_MATCHED} and donor.objected_at is not None:
        lift_objection(donor, by=by, at=at, on=call.task)
    if own == ONLY_IF_MATCHED:
        choose_contact(donor, choice=ContactChoice.ONLY_IF_MATCHED, by=by, at=at, on=call.task)


def _end_the_pause(donor: Donor, *, by: Actor, at: datetime) -> None:
    if access.may(by, Permission.DONOR_HOLD, on=donor, at=at):
        with suppress(moves.Refused), transaction.atomic():
            release(donor, by=by, at=at)
