"""Find donors by what one can type: the number of a document, phone, tube or donor, a name, initials.

Only indexes are asked, and only inside the reader's scope: no table is read through. Where there
are more than a page shows, or than can be opened at once, the answer says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from django.db.models import Q

from foundation import vault
from foundation.access import Scope
from registry.donors import documents, grid, names, phones
from registry.donors.models import Donor
from registry.donors.national import numbers
from registry.donors.querysets import DonorQuerySet

MOST: Final = 20  # shown at once
# Names opened for one answer: the fullest bucket of initials holds about 1,500 of a million people.
LOOKED_THROUGH: Final = 4000
AT_ONCE: Final = 200
_ORDER: Final = ("-service_path", "-id")  # as in the list: branch by branch, the newest first in each
_INITIALS: Final = re.compile(r"[A-Za-z]{2,8}")
_BARCODE: Final = re.compile(r"[A-Z]{2}[0-9]{8,18}|[0-9A-Z-]{8,20}")
_Fits = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """
    Whom a typed text means, at most twenty, and whether there are or may be others.

    Where there is nobody and there may be others, more share a bucket than can be opened at once.
    """

    donors: list[Donor]
    more: bool = False

    @classmethod
    def of(cls, donors: Sequence[Donor]) -> Self:
        """Keep as many as are shown, and say whether any was left out."""
        return cls(list(donors[:MOST]), more=len(donors) > MOST)

    def __bool__(self) -> bool:
        return bool(self.donors) or self.more


def find(text: str, *, scope: Scope) -> list[Donor]:
    """Return the donors of a scope that a typed text means, at most twenty."""
    return look_up(text, scope=scope).donors


def look_up(text: str, *, scope: Scope) -> Found:
    """Return whom of a scope a typed text means: what the surest way of reading it finds."""
    return next(filter(None, _answers(text.strip(), scope)), Found([]))


def _answers(text: str, scope: Scope) -> Iterator[Found]:
    """Yield what each way of reading the text finds, the surest first."""
    if indexes := _document_indexes(text):
        yield _of_documents(indexes, scope)
    seen = Donor.objects.visible_to(scope).select_related("service_branch")
    number = grid.normal(text)
    if grid.is_valid(number):
        yield _first(seen.filter(grid=number))
    if phone := _phone(text):
        yield _first(seen.filter(phone_index__in=vault.index.phone(phone).each))
    if _BARCODE.fullmatch(number):
        yield _first(seen.filter(pk__in=_of_tube(number)))
    if at_national := numbers.spellings(text):
        yield _first(seen.with_national_no(at_national))
    yield _named(text, seen)


def _first(donors: DonorQuerySet) -> Found:
    return Found.of(list(donors.order_by(*_ORDER)[: MOST + 1]))


def _of_documents(indexes: list[str], scope: Scope) -> Found:
    """
    Return who of a scope has one of these documents, or the record that theirs was joined with.

    They are so few that their scope is asked of the rows: one query, and no plan that begins with the scope.
    """
    rows = Donor.objects.select_related("service_branch")
    holders = {donor.pk: donor for donor in rows.filter(subject__document_index__in=indexes)}
    joined = {pk for donor in holders.values() if (pk := donor.merged_into_id) and pk not in holders}
    if joined:
        holders |= {donor.pk: donor for donor in rows.filter(pk__in=joined)}
    seen = [donor for donor in holders.values() if any(map(scope.covers, donor.branch_paths))]
    return Found.of(sorted(seen, key=lambda donor: (donor.service_path, donor.pk), reverse=True))


def _of_tube(barcode: str) -> set[UUID]:
    """Return whose tube it is. Who is in scope is asked of them alone: no plan can begin with the scope."""
    return set(Donor.objects.filter(samples__barcode=barcode).values_list("pk", flat=True))


def _document_indexes(text: str) -> list[str]:
    return [index for kind in documents.KINDS for index in _indexes_as(kind, text)]


def _indexes_as(kind: documents.DocumentKind, text: str) -> list[str]:
    try:
        document = documents.check(kind, text)
    except documents.DocumentProblem:
        return []
    return vault.index.document(document.kind, document.number).each


def _phone(text: str) -> str:
    try:
        return phones.check(text)
    except phones.PhoneProblem:
        return ""


def _named(text: str, seen: DonorQuerySet) -> Found:
    """Return those of this name, then those of these initials, each once."""
    found: dict[UUID, Donor] = {}
    more = False
    for bucket, fits in _buckets(text):
        answer = _opened(seen.filter(bucket), fits)
        found.update((donor.pk, donor) for donor in answer.donors if donor.pk not in found)
        more |= answer.more
    return Found(list(found.values())[:MOST], more=more or len(found) > MOST)


def _buckets(text: str) -> Iterator[tuple[Q, _Fits]]:
    """Yield where a name or initials stand among others, and how to tell them from these."""
    try:
        name = names.check(text)
    except names.NameProblem:
        return
    yield Q(name_index__in=vault.index.name(name).each), lambda other: names.same(name, other)
    if _INITIALS.fullmatch(text):
        wanted = text.upper()
        of_initials = Q(initials_index__in=vault.index.initials(wanted).each)
        yield of_initials, lambda other: names.initials(other) == wanted


def _opened(bucket: DonorQuerySet, fits: _Fits) -> Found:
    """Return those of a bucket whose name, opened, is meant; portion by portion until a page is full."""
    ids = list(bucket.order_by(*_ORDER).values_list("pk", flat=True)[: LOOKED_THROUGH + 1])
    found: list[Donor] = []
    for start in range(0, min(len(ids), LOOKED_THROUGH), AT_ONCE):
        found += _fitting(ids[start : start + AT_ONCE], fits)
        if len(found) > MOST:
            return Found.of(found)
    return Found(found, more=len(ids) > LOOKED_THROUGH)


def _fitting(ids: list[UUID], fits: _Fits) -> list[Donor]:
    rows = list(Donor.objects.filter(pk__in=ids).select_related("service_branch").order_by(*_ORDER))
    return [
        row
        for row, plain in zip(rows, vault.open(rows, ["name"]), strict=True)
        if isinstance(plain["name"], str) and fits(plain["name"])
    ]
