"""Write down how a donor stands at the national register: sent, accepted with number and day, taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.actions import disclose
from consent.purposes import Purpose
from foundation import moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors.actions import common, rights
from registry.donors.actions.listing import NotListed
from registry.donors.models import STANDS_THERE, Donor, NationalState
from registry.donors.national import numbers
from registry.donors.national.lists import COLUMNS


class Mark(Protocol):
    """One of the acts below that needs nothing but the donor."""

    def __call__(self, donor: Donor, *, by: Actor, at: datetime) -> Donor:
        """Write it down."""


@transaction.atomic
def send(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    Write down that a donor was entered at the national register, under the consent to share.

    Who rejoins is entered anew; a number given before is kept until theirs comes back.

    :raises moves.Refused: if they are not in the registry, or there already.
    :raises GateShut: without consent. :raises NotAllowed: without the right.
    """
    donor = _locked(donor, by=by, at=at)
    if donor.listed_on is None or donor.is_gone:
        raise moves.Refused([_("Only who is in the registry is entered there.")])
    if donor.national_state in STANDS_THERE:
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
    on = timezone.localdate(at)
    return _write(donor, NationalState.SENT, number=donor.national_no, on=on, by=by, at=at)


def each(ids: Sequence[UUID], mark: Mark, *, by: Actor, at: datetime) -> tuple[list[Donor], list[NotListed]]:
    """Write the same down for each of some donors; say of the others why not."""
    done: list[Donor] = []
    left: list[NotListed] = []
    for donor in Donor.objects.filter(pk__in=ids).order_by("pk"):
        try:
            done.append(mark(donor, by=by, at=at))
        except (moves.Refused, moves.NotAllowed) as refusal:
            left.append(NotListed(donor, [str(sentence) for sentence in refusal.sentences]))
    return done, left


@transaction.atomic
def accept(
    donor: Donor,
    *,
    number: str,
    on: date,
    by: Actor,
    at: datetime,
    read: Callable[[str], str] = numbers.check,
) -> Donor:
    """
    Record the number and the day of acceptance: from that day the donor counts as listed.

    :param read: ``numbers.of_theirs`` for a number of the register's own sheet, whatever its form.
    :raises moves.Refused: if the number cannot be right, belongs to another, or the day is to come.
    :raises NotAllowed: without the right.

    Source: design/domain.md 8, 入库
    """
    donor = _locked(donor, by=by, at=at)
    number = read(number)
    if on > timezone.localdate(at) or on < timezone.localdate(donor.registered_at):
        raise moves.Refused([_("The day lies between the registration and today.")])
    of_others = Donor.objects.filter(merged_into=None).exclude(pk=donor.pk)
    if of_others.with_national_no([number]).exists():
        raise moves.Refused([str(numbers.TAKEN)])
    try:
        with transaction.atomic():
            return _write(donor, NationalState.ACCEPTED, number=number, on=on, by=by, at=at)
    except IntegrityError as clash:  # a colleague, or the records of a branch, were faster
        raise moves.Refused([str(numbers.TAKEN)]) from clash


@transaction.atomic
def take_out(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    Write down that the national register has let a donor go who left here.

    Number and day of acceptance stay: they tell since when and as whom somebody stood there.

    :raises moves.Refused: if the donor has not left, or does not stand there.
    :raises NotAllowed: without the right.
    """
    donor = _locked(donor, by=by, at=at)
    if not donor.is_gone:
        raise moves.Refused([_("Only who has left here is taken out there.")])
    if donor.national_state not in STANDS_THERE:
        raise moves.Refused([_("The national register does not have this donor.")])
    return _write(donor, NationalState.LEFT, number=donor.national_no, on=donor.national_on, by=by, at=at)


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
