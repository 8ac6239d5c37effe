"""What somebody does with a form that could not be filed by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import trail
from foundation.access import Permission
from registry.donors.models import Donor
from registry.donors.queries import look_up
from registry.drives.actions import rights
from registry.drives.models import DiscardReason, FormProblem, FormState, PileForm
from registry.drives.piles import filing
from registry.drives.piles.problems import NotFiled
from registry.samples import barcodes

if TYPE_CHECKING:
    from foundation.trail import Actor


class NotOne(ValueError):
    """What was typed means nobody here, or more than one person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(type(self).__name__)
        self.sentences = [sentence]


class NotTogether(ValueError):
    """Pages cannot be put together, or taken apart, there."""

    @property
    def sentences(self) -> list[str]:
        """Say why."""
        return [_("These pages cannot be put together: one of the two forms was dealt with already.")]


def file_under(
    form: PileForm, text: str, *, by: Actor, at: datetime, seen: Sequence[int] | None = None
) -> PileForm:
    """
    File a form for the person of a tube, or whose name or document stands on the paper.

    :param text: a barcode typed or scanned; or a name, a document or a phone number.
    :param seen: the pages that somebody had before them.
    :raises NotFiled: if no scan of theirs is awaited. :raises PileProblem: if it has other pages by now.
    :raises NotOne: if nobody of one's own branches is meant, or several people are.
    """
    reach, mark = filing.reach_of(by, at=at), filing.mark_of(form)
    rights.check(by, Permission.CONSENT_RECORD, on=form.pile, at=at)
    code = _code(text)
    if code and reach.tubes().filter(barcode=code).exists():
        return filing.file(form, filing.evidence_of_tubes([code], mark, reach), by=by, at=at, seen=seen)
    meant = look_up(text, scope=reach.donors)
    found = list(reach.people().filter(pk__in=[one.pk for one in meant.donors]))
    if not found and not meant.more:
        raise (
            NotFiled(FormProblem.UNKNOWN)
            if code
            else NotOne(_("Nobody of your branches is meant by this. Choose the person from the list."))
        )
    if len(found) > 1 or meant.more:
        raise NotOne(
            _("Several people are meant by this. Type the document number, or choose from the list.")
        )
    return file_for(form, found[0], by=by, at=at, seen=seen)


def file_for(
    form: PileForm, donor: Donor, *, by: Actor, at: datetime, seen: Sequence[int] | None = None
) -> PileForm:
    """
    File a form for a person.

    :param seen: the pages that somebody had before them.
    :raises NotFiled: if no scan of theirs is awaited. :raises PileProblem: if it has other pages by now.
    """
    rights.check(by, Permission.CONSENT_RECORD, on=form.pile, at=at)
    rights.check(by, Permission.CONSENT_RECORD, on=donor, at=at)
    return filing.file(form, filing.evidence_of_donor(donor, ""), by=by, at=at, seen=seen)


@transaction.atomic
def discard(
    form: PileForm, reason: DiscardReason, *, by: Actor, at: datetime, seen: Sequence[int] | None = None
) -> None:
    """
    Put a form away without filing it; its pictures are destroyed.

    :param seen: the pages that somebody had before them. :raises PileProblem: if it has other pages by now.
    """
    rights.check(by, Permission.CONSENT_RECORD, on=form.pile, at=at)
    pile, fresh = filing.held(form, seen=seen)
    if fresh.state != FormState.LOOK:
        return
    fresh.state, fresh.problem, fresh.reason = FormState.DISCARDED, "", reason
    filing.deal_with(fresh, by=by, at=at)
    trail.record(
        "pile.form_discarded",
        by=by,
        at=at,
        object=pile,
        branch=pile.branch_id,
        reason=reason.value,
        page=form.first_page,
    )
    filing.end_if_done(pile, at=at)


@transaction.atomic
def begin_anew(form: PileForm, page: int, *, by: Actor, at: datetime) -> PileForm:
    """
    Let a new form begin with a page of this one; both are looked at.

    :raises NotTogether: if the page is not one of its later pages.
    """
    rights.check(by, Permission.CONSENT_RECORD, on=form.pile, at=at)
    pile, fresh = filing.held(form)
    later = fresh.scanned.filter(number=page).exclude(number=fresh.first_page)
    if fresh.state != FormState.LOOK or not later.exists():
        raise NotTogether
    new = PileForm(pile=pile, first_page=page, state=FormState.LOOK, **by.columns())
    codes = dict.fromkeys(c for page_ in fresh.scanned.filter(number__gte=page) for c in page_.codes)
    new.problem = FormProblem.TWICE if codes else FormProblem.NO_BARCODE
    new.barcode = next(iter(codes), "") if len(codes) == 1 else ""
    new.save(force_insert=True)
    fresh.scanned.filter(number__gte=page).update(form=new)
    trail.record("pile.form_divided", by=by, at=at, object=pile, branch=pile.branch_id, page=page)
    return new


@transaction.atomic
def join(form: PileForm, *, by: Actor, at: datetime) -> PileForm:
    """
    Put a form to the one before it: it is the back of that paper, or its next sheet.

    :raises NotTogether: if that one was dealt with already.
    """
    rights.check(by, Permission.CONSENT_RECORD, on=form.pile, at=at)
    pile, fresh = filing.held(form)
    before = pile.forms.filter(first_page__lt=fresh.first_page).order_by("-first_page").first()
    if before is None or {before.state, fresh.state} != {FormState.LOOK}:
        raise NotTogether
    fresh.scanned.update(form=before)
    fresh.delete()
    trail.record("pile.forms_joined", by=by, at=at, object=pile, branch=pile.branch_id, page=form.first_page)
    return before


def _code(text: str) -> str:
    try:
        return barcodes.check(text)
    except barcodes.BarcodeProblem:
        return ""
