"""Filling a box, sealing it, sending it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.access import Branch, Scope
from foundation.trail import Actor
from registry.donors import actions as donors
from registry.samples import barcodes, manifest, queries
from registry.samples.faults import NotHere, TubesMayNotGo
from registry.samples.models import Batch, Sample
from registry.samples.states import BatchState, SampleState

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another


@transaction.atomic
def open_batch(*, from_branch: Branch, laboratory: Branch, by: Actor, at: datetime) -> Batch:
    """
    Open a box of a branch for one laboratory.

    :raises moves.Refused: if it is not addressed to a laboratory at work.
    """
    batch = Batch(
        code=_new_code(at),
        from_branch=from_branch,
        from_path=from_branch.path,
        laboratory=laboratory,
        laboratory_path=laboratory.path,
        opened_at=at,
        **by.columns(),
    )
    moves.begin(batch, "open", by=by, at=at, on=from_branch)
    return batch


@transaction.atomic
def scan_in(batch: Batch, barcode: str, *, by: Actor, at: datetime) -> Sample:
    """
    Lay a tube of the sender's own subtree into an open box.

    :raises barcodes.BarcodeProblem: if the barcode is not written as one.
    :raises NotHere: if no tube of the sender's branches has it.
    :raises moves.Refused: if the tube lies in a box already or is past sending.
    """
    tube, person = _tube_of_sender(batch, barcodes.check(barcode))
    vault.lock(person)
    batch = _locked(batch)
    sample = Sample.objects.get(pk=tube)
    if sample.batch_id == batch.pk:
        raise moves.Refused([_("This tube is in the box already.")])
    sample.batch = batch
    moves.make(sample, "scan_in", by=by, at=at, on=batch.from_branch, saves=["batch"], batch=batch)
    return sample


@transaction.atomic
def take_out(sample: Sample, *, by: Actor, at: datetime, reason: str = "") -> Sample:
    """
    Take a tube out of an open box.

    :raises moves.Refused: if the box is sealed, or the tube lies in none.
    """
    vault.lock(sample.donor.subject_id)
    sample = Sample.objects.select_related("donor", "batch__from_branch").get(pk=sample.pk)
    batch = sample.batch
    sample.batch = None
    on = batch.from_branch if batch else sample.donor
    moves.make(sample, "take_out", by=by, at=at, on=on, reason=reason, saves=["batch"], batch=batch)
    return sample


@transaction.atomic
def seal_batch(batch: Batch, *, by: Actor, at: datetime) -> Batch:
    """
    Seal a box: its manifest is frozen, sealed under the box's own key, and hashed.

    :raises moves.Refused: if it is empty, or holds a tube that must not be sent.
    """
    batch = _locked(batch)
    samples = list(batch.samples.all())
    content = manifest.canonical(batch, samples, at=at)
    key = None if batch.manifest else vault.new_key()
    sealed = vault.seal(batch, key=key, manifest=content)
    batch.manifest_sha256 = manifest.fingerprint(content)
    batch.tubes = len(samples)
    batch.sealed_at = at
    saves = [*sealed, "manifest_sha256", "tubes", "sealed_at"]
    moves.make(batch, "seal", by=by, at=at, on=batch.from_branch, saves=saves)
    trail.record("batch.sealed", by=by, at=at, object=batch, tubes=batch.tubes, sha256=batch.manifest_sha256)
    return batch


@transaction.atomic
def break_seal(batch: Batch, *, by: Actor, at: datetime, reason: str = "") -> Batch:
    """
    Open a sealed box that has not left. Its manifest is void and is written anew.

    :raises moves.Refused: if the box has left.
    """
    batch = _locked(batch)
    batch.manifest_sha256, batch.tubes, batch.sealed_at = "", 0, None
    saves = ["manifest_sha256", "tubes", "sealed_at"]
    moves.make(batch, "break_seal", by=by, at=at, on=batch.from_branch, reason=reason, saves=saves)
    return batch


@transaction.atomic
def set_aside(batch: Batch, samples: Iterable[Sample], *, by: Actor, at: datetime) -> Batch:
    """
    Take the tubes that may not go out of a sealed box, which is then to be sealed anew.

    :raises moves.Refused: if the box has left.
    """
    out = list(samples)
    vault.lock(*(sample.donor.subject_id for sample in out))
    if batch.state != BatchState.OPEN:
        batch = break_seal(batch, by=by, at=at)
    for sample in out:
        take_out(sample, by=by, at=at)
    return batch


@transaction.atomic
def dispatch_batch(batch: Batch, *, by: Actor, at: datetime) -> Batch:
    """
    Send a sealed box: every tube in it leaves, and every donor is at the laboratory.

    It is one act. Where one donor stands in the way (still thinking it over, a consent
    not in force), nothing leaves and each such tube is named.

    :raises TubesMayNotGo: naming each tube with why.
    :raises moves.Refused: if the box is not sealed, or holds something else than it says.
    """
    vault.lock(*batch.samples.values_list("donor__subject_id", flat=True))
    batch = _locked(batch)
    samples = list(batch.samples.select_related("donor__subject").order_by("barcode"))
    if refused := queries.in_the_way(samples, batch, by=by, at=at):
        raise TubesMayNotGo(refused)
    holds = _holds_what_it_says(batch, samples)
    for sample in samples:  # while the box is still a sealed one, which each donor's own guard asks
        donors.dispatched(sample.donor, by=by, at=at, on=batch.from_branch, batch=batch)
        moves.make(sample, "send", by=by, at=at, on=batch.from_branch)
    batch.sent_at = at
    moves.make(batch, "send", by=by, at=at, on=batch.from_branch, saves=["sent_at"], manifest_holds=holds)
    return batch


def _holds_what_it_says(batch: Batch, samples: Iterable[Sample]) -> bool:
    """Return whether the manifest opens, has its hash, and names just these tubes."""
    content = vault.open_one(batch, "manifest")["manifest"]
    if not isinstance(content, str) or manifest.fingerprint(content.encode()) != batch.manifest_sha256:
        return False
    named = {line.barcode for line in manifest.lines(content)}
    return named == {s.barcode for s in samples if s.state == SampleState.BATCHED}


def _tube_of_sender(batch: Batch, code: str) -> tuple[UUID, UUID]:
    """Return the tube with this barcode, and its person, if its donor is served in the sender's subtree."""
    here = Scope.of([batch.from_path]).q("donor__service_path", "donor__owner_path")
    found = Sample.objects.filter(here, barcode=code).values_list("pk", "donor__subject_id").first()
    if found is None:
        raise NotHere([_("No tube of this branch has the barcode %(code)s.") % {"code": code}])
    return found


def _locked(batch: Batch) -> Batch:
    of = ("self",)
    return Batch.objects.select_for_update(of=of).select_related("from_branch", "laboratory").get(pk=batch.pk)


def _new_code(at: datetime) -> str:
    day = timezone.localdate(at)
    return f"{day:%y%m%d}-{''.join(secrets.choice(_LETTERS) for _place in range(4))}"
