"""Exchanging the donors of two tubes whose labels were mixed up, with a second person's yes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import approvals, moves, vault
from foundation.trail import Actor
from registry.donors import actions as donors
from registry.samples.models import Sample
from registry.samples.states import BEFORE_DISPATCH

SWAP = "samples.swap"


class SwapReason(models.TextChoices):
    """How two labels came to be exchanged."""

    LABELS_EXCHANGED = "LABELS_EXCHANGED", gettext_lazy("Two people's labels were exchanged")
    SCANNED_FOR_THE_NEXT = "SCANNED_FOR_THE_NEXT", gettext_lazy("The tube was scanned for the next person")
    SHEET_LINE_SHIFTED = "SHEET_LINE_SHIFTED", gettext_lazy("The lines of the paper list had slipped")


@transaction.atomic
def ask_swap(first: Sample, second: Sample, *, reason: str, by: Actor, at: datetime) -> approvals.Approval:
    """
    Ask a second person to agree that two tubes be exchanged.

    :param reason: a code of ``SwapReason``.
    :raises moves.Refused: if they are one tube, of one donor, or one has left.
    """
    _check(first, second)
    facts = {"first": str(first.pk), "second": str(second.pk)}
    return approvals.ask(SWAP, first.donor, by=by, at=at, reason=SwapReason(reason), facts=facts)


@transaction.atomic
def swap(approval: approvals.Approval, *, by: Actor, at: datetime) -> tuple[Sample, Sample]:
    """
    Exchange the donors of the two tubes an agreed question names.

    It is the asker's act; ``by``, who agreed, is kept with the answer.

    :raises moves.Refused: if a tube has left since, or the question was not agreed.
    """
    asker = Actor.of(approval)
    ids = [UUID(approval.facts["first"]), UUID(approval.facts["second"])]
    vault.lock(*Sample.objects.filter(pk__in=ids).values_list("donor__subject_id", flat=True))
    tubes = Sample.objects.select_related("donor", "batch").in_bulk(ids)
    first, second = (tubes[each] for each in ids)
    _check(first, second)
    approvals.use(approval, by=by, at=at)
    first.donor, second.donor = second.donor, first.donor
    for sample in (first, second):
        moves.make(sample, "swap", by=asker, at=at, on=sample.donor, reason=approval.reason, saves=["donor"])
    for sample, other in ((first, second), (second, first)):
        donors.tubes_swapped(
            sample.donor,
            by=asker,
            at=at,
            reason=approval.reason,
            sample=str(sample.pk),
            other=str(other.pk),
        )
    return first, second


def on_yes(approval: approvals.Approval, *, by: Actor, at: datetime) -> None:
    """Do what was agreed."""
    swap(approval, by=by, at=at)


def describe(approval: approvals.Approval) -> str:
    """Name the two tubes of a question, by their barcodes."""
    tubes = Sample.objects.filter(pk__in=[approval.facts["first"], approval.facts["second"]])
    codes = tubes.order_by("barcode").values_list("barcode", flat=True)
    return _("Exchange the donors of the tubes %(codes)s.") % {"codes": " / ".join(codes)}


def _check(first: Sample, second: Sample) -> None:
    if first.donor_id == second.donor_id:
        raise moves.Refused([_("Choose tubes of two different donors.")])
    if any(sample.state not in BEFORE_DISPATCH for sample in (first, second)):
        raise moves.Refused([_("Tubes can be exchanged only before they are sent.")])
