"""What is asked in a call, by what it is for, and what is done at once with the answer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors import protocol
from registry.donors.actions.pausing import lift_objection, release
from registry.donors.models import Call, CallKind, CallResult, Donor
from registry.donors.states import DonorState

BEFORE_LISTING: Final = ("family_supports", "process_known", "would_go_on")
ASKED: Final[dict[str, tuple[str, ...]]] = {
    CallKind.PRE_LISTING: BEFORE_LISTING,
    CallKind.COOLING_OFF: ("goes_on",),
    CallKind.RESAMPLE: ("new_sample",),
    CallKind.HOLD_ENDED: ("after_pause",),
    CallKind.OBJECTION: ("own_word",),
    CallKind.CONTACT_CHECK: ("number_right", "would_go_on"),
    CallKind.OUT_OF_CONTACT: ("number_right", "would_go_on"),
}
YES_OR_NO: Final = ("yes", "unsure", "no")
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "after_pause": ("go_on", "longer", "leave"),
    "own_word": ("stay", "only_if_matched", "leave", "unsure"),
}
NEEDED: Final = frozenset({CallKind.PRE_LISTING, CallKind.OBJECTION, CallKind.HOLD_ENDED})


def choices(question: str) -> tuple[str, ...]:
    """Return the answers a question may have, as codes."""
    return CHOICES.get(question, YES_OR_NO)


def check(kind: str, result: str, number: str, answers: Mapping[str, str]) -> None:
    """
    Check that what the call is for was asked.

    :raises moves.Refused: if an answer is missing after the donor was reached before listing.
    """
    if result != CallResult.REACHED or number != protocol.DONOR or kind != CallKind.PRE_LISTING:
        return
    if any(answers.get(question) not in YES_OR_NO for question in BEFORE_LISTING):
        raise moves.Refused([_("Write down the answers to all three questions.")])


def do_as_they_said(donor: Donor, call: Call, *, by: Actor, at: datetime) -> None:
    """
    Do at once what the donor's own word allows: lift an objection, end a pause that is over.

    What the caller may not do, or what still lacks something, waits for a colleague.
    """
    if donor.objected_at is not None and call.answers.get("own_word") == "stay":
        lift_objection(donor, by=by, at=at)
    if donor.state == DonorState.ON_HOLD and call.answers.get("after_pause") == "go_on":
        if not access.may(by, Permission.DONOR_HOLD, on=donor, at=at):
            return
        with suppress(moves.Refused), transaction.atomic():
            release(donor, by=by, at=at)
