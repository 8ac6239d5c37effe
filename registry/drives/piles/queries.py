"""What the pages of a pile show: its forms, who was filed, and whose paper is still to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q

from consent import people
from consent.models import Evidence
from foundation import vault
from foundation.access import Scope
from foundation.pages import masks
from registry.drives.models import FormProblem, FormState, Pile, PileForm
from registry.drives.piles.problems import OF_FORMS

if TYPE_CHECKING:
    from registry.donors.models import Donor
    from registry.drives.piles.filing import Reach


@dataclass(frozen=True, slots=True)
class Line:
    """A form on the list of its pile."""

    form: PileForm
    sentence: str
    person: people.Person | None = None
    other: PileForm | None = None  # the form with the same barcode


def to_look_at(pile: Pile) -> list[Line]:
    """Return the forms of a pile that somebody has to look at, in the order of their pages."""
    forms = list(pile.forms.filter(state=FormState.LOOK).annotate(sheets=Count("scanned")))
    forms.sort(key=lambda form: form.first_page)
    return [Line(form, sentence_of(form), other=_twin(form, forms)) for form in forms]


def filed(pile: Pile) -> list[Line]:
    """Return the forms of a pile that are filed, each with the masked name of the person."""
    forms = list(
        pile.forms.filter(state=FormState.FILED).select_related("evidence__subject").order_by("first_page")
    )
    subjects = {form.evidence.subject_id: form.evidence.subject for form in forms if form.evidence}
    shown = people.described(list(subjects.values()))
    return [Line(form, "", shown[form.evidence.subject_id]) for form in forms if form.evidence]


def sentence_of(form: PileForm) -> str:
    """Say why a form was not filed by itself."""
    return str(OF_FORMS[FormProblem(form.problem)]) if form.problem else ""


def earlier(branch_path: str, drive_id: UUID | None, piles: Any) -> list[Pile]:
    """Return the piles handed in at a drive or a branch, the newest first, with what is left of them."""
    counted = piles.annotate(
        look=Count("forms", filter=Q(forms__state=FormState.LOOK)),
        filed=Count("forms", filter=Q(forms__state=FormState.FILED)),
    )
    below = Scope.of([branch_path]).q("branch_path")
    here = counted.filter(drive=drive_id) if drive_id else counted.filter(below)
    return list(here.select_related("drive", "branch").order_by("-id")[:20])


def waiting_for_paper(pile: Pile, reach: Reach) -> list[Donor]:
    """Return whose paper is still to come: of the pile's drive, else of its branch; the newest first."""
    missing = Evidence.objects.missing().filter(Scope.of([pile.branch_path]).q("subject__branch_path"))
    near = reach.people().filter(subject__in=missing.values("subject"))
    if pile.drive_id:
        near = near.filter(drive=pile.drive_id)
    return list(near.order_by("-id")[: settings.PILE_LISTED_MOST])


def offered(donors: list[Donor], *, opened: bool) -> list[tuple[str, str]]:
    """Return people to choose from, by name at one's own drive only, else masked; the document masked."""
    cells = vault.open(donors, ["name", "document"])
    return [(str(donor.pk), _label(cell, opened=opened)) for donor, cell in zip(donors, cells, strict=True)]


def _label(cell: Mapping[str, object], *, opened: bool) -> str:
    name, document = cell["name"], cell["document"]
    shown = str(name) if isinstance(name, str) else ""
    number = masks.document(document) if isinstance(document, str) else ""
    return f"{shown if opened else masks.name(shown)} · {number}"


def _twin(form: PileForm, forms: Sequence[PileForm]) -> PileForm | None:
    same = (one for one in forms if one.pk != form.pk and one.barcode and one.barcode == form.barcode)
    return next(same, None)
