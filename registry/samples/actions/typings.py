"""Typings as they come back from the laboratory: one tube at a time, or a pasted table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.trail import Actor
from registry.donors import actions as donors
from registry.donors.models import Donor
from registry.donors.reasons import SampleReason
from registry.hla import form
from registry.hla.models import StoredTyping
from registry.samples import barcodes
from registry.samples.actions.following import opened_box_of, who_follows
from registry.samples.faults import NotHere
from registry.samples.models import Sample
from registry.samples.querysets import SampleQuerySet
from registry.samples.states import IN_USE, SampleState


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a pasted table, and what is wrong with it."""

    number: int
    barcode: str
    typing: str
    sentences: list[str] = field(default_factory=list)


@transaction.atomic
def record_typing(sample: Sample, *, text: str, by: Actor, at: datetime) -> StoredTyping:
    """
    Store the typing of a tube under its donor's key, and bring the donor on.

    :raises form.FormProblem: if the text is not in the form of a typing.
    :raises moves.Refused: if the tube is not at the laboratory, or the typing is no longer asked for.
    """
    normal_form = form.check(text)
    vault.lock(sample.donor.subject_id)
    sample = Sample.objects.select_related("donor__subject", "batch__laboratory").get(pk=sample.pk)
    laboratory = sample.batch.laboratory if sample.batch else None
    if sample.state == SampleState.DESTRUCTION_ORDERED:
        raise moves.Refused([_("This tube is to be destroyed: its typing is no longer asked for.")])
    moves.make(sample, "record_typing", by=by, at=at, on=laboratory)
    typing = StoredTyping(
        donor=sample.donor,
        sample=sample,
        loci=form.loci(normal_form),
        recorded_at=at,
        **by.columns(),
    )
    vault.seal(typing, key=sample.donor.subject.key_id, text=normal_form)
    typing.save(force_insert=True)
    trail.record("typing.recorded", by=by, at=at, object=typing, sample=sample.pk, loci=typing.loci)
    donors.typed(sample.donor, by=by, at=at, on=laboratory, typing=typing.pk)
    return typing


def record_typings(rows: Iterable[Row], *, tubes: SampleQuerySet, by: Actor, at: datetime) -> list[Row]:
    """
    Store a table of typings, each line by itself; return the lines that could not be stored.

    :param tubes: the tubes this laboratory may type; any other barcode is not here.
    """
    return [refused for row in rows if (refused := _stored_or_why(row, tubes, by=by, at=at)) is not None]


@transaction.atomic
def set_typings_aside(donor: Donor, *, reason: str, by: Actor, at: datetime) -> int:
    """
    Set a donor's typings aside as disputed, and turn away the tubes that wait for one.

    They are kept: whoever used them must be able to see what was used. Safe to run twice.
    """
    vault.lock(donor.subject_id)
    standing = list(StoredTyping.objects.filter(donor=donor, disputed_at__isnull=True))
    for typing in standing:
        typing.disputed_at = at
        typing.save(update_fields=["disputed_at"])
        trail.record("typing.disputed", by=by, at=at, object=typing, reason=reason)
    for sample in Sample.objects.filter(donor=donor, state__in=IN_USE).select_related("donor"):
        turn_away(sample, SampleReason.MIXED_UP, by=who_follows(donor, by=by, at=at), at=at)
    return len(standing)


@transaction.atomic
def lift_dispute(donor: Donor, *, since: datetime, by: Actor, at: datetime) -> None:
    """Let typings stand again that were doubted by mistake, and tubes be where they were before it."""
    vault.lock(donor.subject_id)
    for typing in StoredTyping.objects.filter(donor=donor, disputed_at=since):
        typing.disputed_at = None
        typing.save(update_fields=["disputed_at"])
        trail.record("typing.dispute_lifted", by=by, at=at, object=typing)
    for sample in Sample.objects.filter(donor=donor, state=SampleState.REJECTED, reject_reason="MIXED_UP"):
        step = moves.steps_of(sample).last()
        if step is not None and step.at == since:
            back = SampleState.TAKEN if step.from_state == SampleState.BATCHED else step.from_state
            sample.reject_reason = ""
            saves = ["reject_reason"]
            moves.put_back(sample, back, move="mark_as_error", by=by, at=at, reason="dispute", saves=saves)


def turn_away(sample: Sample, reason: SampleReason, *, by: Actor, at: datetime) -> None:
    """Turn a tube away wherever it is, without asking its donor for another; the caller has locked both."""
    saves = ["reject_reason"]
    if sample.state == SampleState.BATCHED:
        opened_box_of(sample, by=by, at=at)
        sample.batch = None
        saves.append("batch")
    sample.reject_reason = reason
    moves.make(sample, "reject", by=by, at=at, on=sample.donor, reason=reason, saves=saves)


def _stored_or_why(row: Row, tubes: SampleQuerySet, *, by: Actor, at: datetime) -> Row | None:
    try:
        code = barcodes.check(row.barcode)
        sample = tubes.select_related("donor").filter(barcode=code).first()
        if sample is None:
            raise NotHere([_("No tube at this laboratory has the barcode %(code)s.") % {"code": code}])
        record_typing(sample, text=row.typing, by=by, at=at)
    except (barcodes.BarcodeProblem, form.FormProblem, moves.Refused, moves.NotAllowed) as problem:
        return Row(row.number, row.barcode, row.typing, [str(sentence) for sentence in problem.sentences])
    return None
