"""Whom to ring where cells must come from elsewhere: the two hospitals' landlines, and the back-up donor."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation.access import Branch, Scope
from registry.cases.models import MatchCase
from registry.donors.models import Donor


@dataclass(frozen=True, slots=True)
class ToRing:
    """
    One place to ring.

    A hospital has a ``name`` and its landline, a back-up donor a ``code`` and perhaps a page; where
    there is neither, ``said`` tells why.
    """

    words: str | Promise
    name: str = ""
    phone: str = ""
    code: str = ""
    url: str = ""
    said: str | Promise = ""


def to_ring(case: MatchCase, *, donors: Scope) -> list[ToRing]:
    """
    Return the hospitals of a match with their landlines, and its back-up by code.

    :param donors: where the reader may see donors: the back-up's page is linked inside it alone.
    """
    hospitals = (
        (_("Transplant hospital"), case.transplant_hospital),
        (_("Collection hospital"), case.collection_hospital),
    )
    return [*(_hospital(words, place) for words, place in hospitals), _backup(case, donors)]


def _hospital(words: str, place: Branch | None) -> ToRing:
    if place is None:
        return ToRing(words, said=_("not known yet"))
    return ToRing(words, name=place.name, phone=place.phone)


def _backup(case: MatchCase, donors: Scope) -> ToRing:
    words = _("Back-up donor")
    if case.backup_id is None:
        said = _("of another registry") if case.backup_code else case.get_no_backup_display()
        return ToRing(words, code=case.backup_code, said=said or _("not settled"))
    backup = Donor.objects.filter(pk=case.backup_id).only("grid").get()
    seen = Donor.objects.visible_to(donors).filter(pk=backup.pk).exists()
    url = reverse("donors:detail", args=[backup.pk]) if seen else ""
    return ToRing(words, code=f"…{backup.grid[-6:]}", url=url)
