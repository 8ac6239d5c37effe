"""Write down how a donor stands at the national register: sent, accepted with number and day, or not yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.actions import disclose
from consent.purposes import Purpose
from foundation import moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors.actions import common, rights
from registry.donors.actions.listing import NotListed
from registry.donors.models import Donor, NationalState
from registry.donors.national.lists import COLUMNS

_NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{3,23}")
_RESIDENT_ID: Final = re.compile(r"\d{6}(19|20)\d{9}[\dX]")  # also a mistyped one


def number_of(text: str) -> str:
    """
    Return a number of the national register in one spelling.

    :raises moves.Refused: if it cannot be one; an identity number is none.
    """
    number = text.strip().upper().replace(" ", "")
    if not _NUMBER.fullmatch(number):
        raise moves.Refused([_("A number of the national register has 4 to 24 letters and digits.")])
    if _RESIDENT_ID.fullmatch(number):
        raise moves.Refused([_("This is the number of an identity card, not of the national register.")])
    return number


@transaction.atomic
def send(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    Write down that a donor was entered at the national register, under the consent to share.

    :raises moves.Refused: if they are not in the registry, or there already.
    :raises GateShut: without consent. :raises NotAllowed: without the right.
    """
    donor = _locked(donor, by=by, at=at)
    if donor.listed_on is None or donor.is_gone:
        raise moves.Refused([_("Only who is in the registry is entered there.")])
    if donor.national_state != NationalState.NONE:
        raise moves.Refused([_("This donor was entered there before.")])
    disclose(
        [donor.subject_id],
        to=settings.NATIONAL_REGISTER,
        fields=COLUMNS,
        purpose=Purpose.SHARE_REGISTRY,
        by=by,
        at=at,
        about=donor,
    )
    return _write(donor, NationalState.SENT, on=timezone.localdate(at), by=by, at=at)


def send_many(ids: Sequence[UUID], *, by: Actor, at: datetime) -> tuple[list[Donor], list[NotListed]]:
    """Write down for each of some donors that they were entered; say of the others why not."""
    done: list[Donor] = []
    left: list[NotListed] = []
    for donor in Donor.objects.filter(pk__in=ids).order_by("pk"):
        try:
            done.append(send(donor, by=by, at=at))
        except (moves.Refused, moves.NotAllowed) as refusal:
            left.append(NotListed(donor, [str(sentence) for sentence in refusal.sentences]))
    return done, left


@transaction.atomic
def accept(donor: Donor, *, number: str, on: date, by: Actor, at: datetime) -> Donor:
    """
    Record the number and the day of acceptance: from that day the donor counts as listed.

    :raises moves.Refused: if the number cannot be right, belongs to another, or the day is to come.
    :raises NotAllowed: without the right.

    Source: design/domain.md 8, 入库
    """
    donor = _locked(donor, by=by, at=at)
    number = number_of(number)
    if on > timezone.localdate(at) or on < timezone.localdate(donor.registered_at):
        raise moves.Refused([_("The day lies between the registration and today.")])
    if Donor.objects.filter(national_no=number).exclude(pk=donor.pk).exists():
        raise moves.Refused([_("This number is recorded for somebody else. Compare it once more.")])
    return _write(donor, NationalState.ACCEPTED, number=number, on=on, by=by, at=at)


@transaction.atomic
def take_back(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    Write down that the national register does not know a donor after all: to be entered there.

    :raises moves.Refused: if nothing was recorded. :raises NotAllowed: without the right.
    """
    donor = _locked(donor, by=by, at=at)
    if donor.national_state == NationalState.NONE:
        raise moves.Refused([_("This donor stands among those to enter already.")])
    return _write(donor, NationalState.NONE, by=by, at=at)


def _locked(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=[Permission.DONOR_LIST])
    return donor


def _write(
    donor: Donor, state: NationalState, *, by: Actor, at: datetime, number: str = "", on: date | None = None
) -> Donor:
    before = {"state": donor.national_state, "on": donor.national_on}
    donor.national_state, donor.national_no, donor.national_on = state, number, on
    donor.save(update_fields=["national_state", "national_no", "national_on"])
    trail.record(
        "donor.national_recorded",
        by=by,
        at=at,
        object=donor,
        branch=donor.owner_branch_id,
        before=before,
        after={"state": state, "on": on},
    )
    return donor
