"""Find families by a number or a name; only indexes are asked, and only inside the reader's scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from foundation import vault
from foundation.access import Scope
from registry.donors import documents, names, phones
from registry.families.models import Family, Giver, Member

MOST: Final = 20  # shown at once
LOOKED_THROUGH: Final = 400  # names of one bucket that are opened for one answer


def find_families(text: str, *, scope: Scope) -> list[Family]:
    """Return the households of a scope that a number of somebody, or a name in it, means: at most twenty."""
    ids = dict.fromkeys([*_of_phone(text, scope), *_of_document(text, scope), *_of_name(text, scope)])
    found = Family.objects.visible_to(scope).filter(pk__in=list(ids)[:MOST])
    return list(found.select_related("giver", "branch").order_by("-id"))


def _of_phone(text: str, scope: Scope) -> Iterable[UUID]:
    try:
        number = phones.check(text, landline=True)
    except phones.PhoneProblem:
        return []
    members = Member.objects.visible_to(scope).filter(phone_index__in=vault.index.phone(number).each)
    return members.order_by("-id").values_list("family", flat=True)[:MOST]


def _of_document(text: str, scope: Scope) -> Iterable[UUID]:
    indexes = [index for kind in documents.KINDS for index in _indexes_as(kind, text)]
    if not indexes:
        return []
    families = Family.objects.visible_to(scope).filter(giver__subject__document_index__in=indexes)
    return families.order_by("-id").values_list("pk", flat=True)[:MOST]


def _indexes_as(kind: documents.DocumentKind, text: str) -> list[str]:
    try:
        document = documents.check(kind, text, fifteen=True)
    except documents.DocumentProblem:
        return []
    return vault.index.document(document.kind, document.number).each


def _of_name(text: str, scope: Scope) -> list[UUID]:
    try:
        name = names.check(text)
    except names.NameProblem:
        return []
    bucket = {"name_index__in": vault.index.name(name).each}
    members = list(Member.objects.visible_to(scope).filter(**bucket).order_by("-id")[:LOOKED_THROUGH])
    givers = list(Giver.objects.filter(families__in=Family.objects.visible_to(scope), **bucket).distinct())
    of_givers = Family.objects.visible_to(scope).filter(giver__in=_called(givers, name))
    return [*(m.family_id for m in _called(members, name)), *of_givers.values_list("pk", flat=True)]


def _called(rows: list[Any], name: str) -> list[Any]:
    """Return those of a bucket whose name, opened, is meant."""
    return [
        row
        for row, plain in zip(rows, vault.open(rows, ["name"]), strict=True)
        if isinstance(plain["name"], str) and names.same(name, plain["name"])
    ]
