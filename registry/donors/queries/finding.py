"""Find donors by what one can type: the number of a document, phone, tube or donor, a name, initials.

Only indexes are asked, and only inside the reader's scope: no table is read through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from django.db.models import Q

from foundation import vault
from foundation.access import Scope
from registry.donors import documents, grid, names, phones
from registry.donors.models import Donor
from registry.donors.national import numbers

MOST: Final = 20
IN_A_BUCKET: Final = 200  # opened at most: about eight share a bucket at a million donors
_INITIALS: Final = re.compile(r"[A-Za-z]{2,8}")
_BARCODE: Final = re.compile(r"[A-Z]{2}[0-9]{8,18}|[0-9A-Z-]{8,20}")


def find(text: str, *, scope: Scope) -> list[Donor]:
    """Return the donors of a scope that a typed text means, at most twenty."""
    for found in _answers(text.strip(), scope):
        if found:
            return found[:MOST]
    return []


def _answers(text: str, scope: Scope) -> Iterator[list[Donor]]:
    """Yield what each way of reading the text finds, the surest first."""
    seen = Donor.objects.visible_to(scope).select_related("service_branch")
    number = grid.normal(text)
    if grid.is_valid(number):
        yield list(seen.filter(grid=number))
    if indexes := _document_indexes(text):
        joined = Q(pk__in=Donor.objects.filter(subject__document_index__in=indexes).values("merged_into"))
        yield list(seen.filter(Q(subject__document_index__in=indexes) | joined)[:MOST])
    if phone := _phone(text):
        yield list(seen.filter(phone_index__in=vault.index.phone(phone).each)[:MOST])
    if _BARCODE.fullmatch(number):
        yield list(seen.filter(samples__barcode=number)[:MOST])
    if at_national := numbers.spellings(text):
        yield list(seen.with_national_no(at_national)[:MOST])
    if _INITIALS.fullmatch(text):
        yield _with_initials(text, scope)
    yield _with_name(text, scope)


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


def _with_name(text: str, scope: Scope) -> list[Donor]:
    try:
        name = names.check(text)
    except names.NameProblem:
        return []
    bucket = Q(name_index__in=vault.index.name(name).each)
    return _opened(bucket, scope, lambda other: names.same(name, other))


def _with_initials(text: str, scope: Scope) -> list[Donor]:
    wanted = text.upper()
    bucket = Q(initials_index__in=vault.index.initials(wanted).each)
    return _opened(bucket, scope, lambda other: names.initials(other) == wanted)


def _opened(bucket: Q, scope: Scope, fits: Callable[[str], bool]) -> list[Donor]:
    """Return those of a bucket whose name, opened, is the one that was meant."""
    rows = list(Donor.objects.visible_to(scope).filter(bucket).select_related("service_branch")[:IN_A_BUCKET])
    opened = vault.open(rows, ["name"])
    return [
        row
        for row, plain in zip(rows, opened, strict=True)
        if isinstance(plain["name"], str) and fits(plain["name"])
    ]
