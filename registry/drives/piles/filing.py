"""Find whose a form is, and file it as the evidence of what that person signed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models, transaction

from consent import actions as consents
from consent import scans
from consent.evidence import EvidenceProblem
from consent.models import Evidence
from consent.states import EvidenceKind
from foundation import trail, vault
from foundation.access import Permission, Scope, scope_of
from foundation.papers import kept
from registry.donors.models import Donor
from registry.drives.models import FormProblem, FormState, Pile, PileForm, PilePage
from registry.drives.piles.joining import joined
from registry.drives.piles.problems import NotFiled, PileProblem
from registry.samples import history
from registry.samples.models import Sample

if TYPE_CHECKING:
    from foundation.trail import Actor

OPEN = (FormState.WAITING, FormState.LOOK)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody may bring scans and where they may see donors: a form is filed where both hold."""

    record: Scope
    donors: Scope

    def people(self) -> models.QuerySet[Donor]:
        """Return the donors within."""
        return Donor.objects.visible_to(self.record).filter(self.donors.q("service_path", "owner_path"))

    def tubes(self) -> models.QuerySet[Sample]:
        """Return the tubes of these donors."""
        seen = self.donors.q("donor__service_path", "donor__owner_path")
        return Sample.objects.visible_to(self.record).filter(seen)


def reach_of(by: Actor, *, at: datetime) -> Reach:
    """Return where a person on the staff may file forms at a moment."""
    return Reach(
        scope_of(by.id, Permission.CONSENT_RECORD, at=at), scope_of(by.id, Permission.DONOR_VIEW, at=at)
    )


def evidence_of_tubes(codes: Collection[str], mark: str, reach: Reach) -> Evidence:
    """
    Return the paper that the person of a tube signed while it was theirs, and whose scan is to come.

    :param codes: the barcodes on a form. :param mark: of our printed form, "" where it has none.
    :raises NotFiled: if the tubes are of nobody, or of several people; or no scan is awaited.
    """
    if not codes:
        raise NotFiled(FormProblem.NO_BARCODE)
    tubes = list(reach.tubes().filter(barcode__in=codes).select_related("donor__subject"))
    if len({tube.donor_id for tube in tubes}) > 1:
        raise NotFiled(FormProblem.SEVERAL)
    if not tubes:
        raise NotFiled(FormProblem.UNKNOWN)
    holders = history.holders(tubes[0])
    for held in reversed(holders):
        due = [one for one in _due(held.donor.subject_id) if held.covers(one.taken_at)]
        if due:
            return _on_that_text(due, mark)
    raise NotFiled(_why_not(holders[0].donor.subject_id))


def evidence_of_donor(donor: Donor, mark: str) -> Evidence:
    """
    Return the paper of a person whose scan is to come.

    :raises NotFiled: if none is awaited.
    """
    due = _due(donor.subject_id)
    if not due:
        raise NotFiled(_why_not(donor.subject_id))
    return _on_that_text(due, mark)


def file(
    form: PileForm, evidence: Evidence, *, by: Actor, at: datetime, seen: Sequence[int] | None = None
) -> PileForm:
    """
    Keep the pages of a form as evidence, under the person's key and no longer under the pile's.

    Both happen or neither; a form that was dealt with meanwhile stays as it is.

    :param seen: the pages that somebody had before them; all of the form where nobody looked.
    :raises NotFiled: if a page has no picture, or the scan is there by now.
    :raises PileProblem: if the pile was thrown away, or other pages make up the form by now.
    """
    pages = _pages_of(form)
    scan = _scan_of(form, pages)  # drawn before anything is held: it takes seconds
    with transaction.atomic():
        vault.lock(evidence.subject_id)
        pile, fresh = held(form, seen=seen)
        if fresh.state not in OPEN:
            return fresh
        if _pages_of(fresh) != pages:
            raise PileProblem("rearranged")
        try:
            proof = consents.attach_scan(evidence.subject, scan, by=by, at=at, evidence=evidence)
        except EvidenceProblem:
            raise NotFiled(FormProblem.THERE) from None
        fresh.state, fresh.problem, fresh.evidence = FormState.FILED, "", proof
        deal_with(fresh, by=by, at=at)
        trail.record(
            "pile.form_filed",
            by=by,
            at=at,
            object=pile,
            branch=pile.branch_id,
            page=form.first_page,
            evidence=str(proof.pk),
        )
        end_if_done(pile, at=at)
    return fresh


def held(form: PileForm, *, seen: Sequence[int] | None = None) -> tuple[Pile, PileForm]:
    """
    Return a form and its pile as they stand now, held until the transaction ends.

    :param seen: the pages that somebody had before them when they decided.
    :raises PileProblem: if the form was put to the one before it meanwhile, or has other pages by now.
    """
    pile = Pile.objects.select_for_update(of=("self",)).get(pk=form.pile_id)
    fresh = PileForm.objects.select_for_update(of=("self",)).filter(pk=form.pk).first()
    if fresh is None:
        raise PileProblem("rearranged")
    if seen is not None and fresh.state in OPEN and numbers_of(fresh) != sorted(seen):
        raise PileProblem("rearranged")
    return pile, fresh


def deal_with(form: PileForm, *, by: Actor, at: datetime) -> None:
    """Write down who dealt with a form, and let go of its pictures."""
    form.dealt_at = at
    for column, value in by.columns().items():
        setattr(form, column, value)
    form.save(update_fields=["state", "problem", "reason", "evidence", "dealt_at", *by.columns()])
    form.scanned.update(picture=None, sketch=None)


def end_if_done(pile: Pile, *, at: datetime) -> None:
    """Destroy the key of a pile when every form of it was dealt with."""
    if pile.read_at is not None and not pile.forms.filter(state__in=OPEN).exists():
        let_go([pile], at=at)


def let_go(piles: Sequence[Pile], *, at: datetime) -> None:
    """Destroy what is kept of some piles with their keys; what was filed from them stays."""
    PilePage.objects.filter(pile__in=[pile.pk for pile in piles]).update(picture=None, sketch=None)
    kept.destroy(piles, ended_at=at)


def numbers_of(form: PileForm) -> list[int]:
    """Return the numbers of the pages that make up a form, empty ones too."""
    return list(form.scanned.order_by("number").values_list("number", flat=True))


def mark_of(form: PileForm) -> str:
    """Return the mark of our printed form on a form, "" where it has none."""
    return form.scanned.exclude(mark="").order_by("number").values_list("mark", flat=True).first() or ""


def codes_of(form: PileForm) -> list[str]:
    """Return the barcodes that were read on a form, each once."""
    lists = form.scanned.order_by("number").values_list("codes", flat=True)
    return list(dict.fromkeys(code for codes in lists for code in codes))


def _pages_of(form: PileForm) -> list[PilePage]:
    return list(form.scanned.filter(blank=False).order_by("number"))


def _scan_of(form: PileForm, pages: Sequence[PilePage]) -> scans.Scan:
    pictures = [opened["picture"] for opened in vault.open(pages, ["picture"])]
    if not pictures or not all(isinstance(picture, bytes) for picture in pictures):
        gone = not Pile.objects.filter(pk=form.pile_id, key__isnull=False).exists()
        raise PileProblem("gone") if gone else NotFiled(FormProblem.NO_PICTURE)
    try:
        return scans.check(joined([picture for picture in pictures if isinstance(picture, bytes)]))
    except EvidenceProblem:
        raise NotFiled(FormProblem.NO_PICTURE) from None


def _due(subject_id: UUID) -> list[Evidence]:
    """Return the papers of a person whose scan is to come, the newest first."""
    missing = Evidence.objects.missing().filter(subject=subject_id, subject__key__isnull=False)
    return list(missing.select_related("subject").prefetch_related("consents__text").order_by("-id"))


def _on_that_text(due: Sequence[Evidence], mark: str) -> Evidence:
    """Return the newest paper on the text that a printed form carries; the newest where it has no mark."""
    if not mark:
        return due[0]
    for one in due:
        if any(f"{c.text.document} {c.text.version} ".startswith(_text_of(mark)) for c in one.consents.all()):
            return one
    raise NotFiled(FormProblem.OTHER_TEXT)


def _text_of(mark: str) -> str:
    """Return text and version of a mark; its language may be another than the one recorded."""
    return " ".join(mark.split()[:2]) + " "


def _why_not(subject_id: UUID) -> FormProblem:
    papers = Evidence.objects.filter(subject=subject_id, kind=EvidenceKind.PAPER)
    if papers.filter(attached_at__isnull=False, returned_at__isnull=True).exists():
        return FormProblem.THERE
    return FormProblem.WITHDRAWN if papers.exists() else FormProblem.NO_PAPER
