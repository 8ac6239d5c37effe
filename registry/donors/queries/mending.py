"""Look-alikes, joined records, and what stands on a donor's page of mending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation import vault
from foundation.access import Scope
from foundation.moves import Step
from registry.donors import names
from registry.donors.models import Assist, BranchMove, Donor, IdentityChange, Merge

FIELD_WORDS: Final[dict[str, str | Promise]] = {
    "name": _("Name"),
    "document": _("Document number"),
    "document_kind": _("Document"),
    "sex": _("Sex"),
    "born_on": _("Birth date"),
}


@dataclass(frozen=True, slots=True)
class Mended:
    """One line of the timeline that is no step: what was done, when, by whom; never a value."""

    words: str
    at: datetime
    by_kind: str
    by_id: str
    by_role: str
    by_branch: str


def look_alikes(donor: Donor, *, scope: Scope) -> list[Donor]:
    """Return those of the scope with the same name, birth date and phone, who were not told apart."""
    if donor.phone_index is None or donor.born_on is None or donor.not_twice_at is not None:
        return []
    alike = Donor.objects.visible_to(scope).filter(
        vault.index.same_as(donor, "phone_index"), born_on=donor.born_on
    )
    found = list(alike.exclude(pk=donor.pk).select_related("service_branch")[:10])
    mine, *theirs = (words["name"] for words in vault.open([donor, *found], ["name"]))
    return [
        one
        for one, name in zip(found, theirs, strict=True)
        if isinstance(name, str) and isinstance(mine, str) and names.same(name, mine)
    ]


def steps_of_both(donor: Donor) -> list[Step]:
    """Return the steps of a donor and of the records that were joined with theirs, the newest last."""
    ids = [donor.pk, *donor.merged.values_list("pk", flat=True)]
    of_them = Step.objects.filter(object_type=donor._meta.label_lower, object_id__in=ids)
    return list(of_them.order_by("at", "id"))


def mended(donor: Donor) -> list[Mended]:
    """Return what was mended in a donor's record, without values."""
    return [
        *(_corrected(row) for row in IdentityChange.objects.filter(donor=donor)),
        *(line for row in Merge.objects.filter(donor=donor).order_by("id") for line in _joined(row)),
        *(_moved(row) for row in _moves_of(donor)),
        *(line for row in _assists_of(donor) for line in _helped(row)),
    ]


def _moves_of(donor: Donor) -> QuerySet[BranchMove]:
    made = BranchMove.objects.filter(donor=donor, done_at__isnull=False)
    return made.select_related("from_branch", "to_branch")


def _assists_of(donor: Donor) -> QuerySet[Assist]:
    return Assist.objects.filter(donor=donor).select_related("branch")


def _corrected(row: IdentityChange) -> Mended:
    fields = ", ".join(str(FIELD_WORDS.get(name, name)) for name in row.fields)
    return _line(row, row.at, _("Identity corrected: {fields}"), fields=fields)


def _joined(row: Merge) -> list[Mended]:
    lines = [_line(row, row.at, _("Another record of the same person was joined with this one"))]
    if row.undone_at is not None:
        lines.append(_line(row, row.undone_at, _("The joining of two records was undone")))
    return lines


def _moved(row: BranchMove) -> Mended:
    words = {
        "SERVICE": _("Looked after by {to} instead of {origin}"),
        "OWNER": _("Counted by {to} instead of {origin}"),
        "BOTH": _("Moved from {origin} to {to}"),
    }[row.what]
    return _line(row, row.done_at or row.asked_at, words, origin=row.from_branch.name, to=row.to_branch.name)


def _helped(row: Assist) -> list[Mended]:
    lines = [
        _line(
            row,
            row.asked_at,
            _("{branch} was asked to help: {what}"),
            branch=row.branch.name,
            what=row.get_kind_display(),
        )
    ]
    if row.ended_at is not None:
        ended = _("The help of {branch} ended: {how}")
        lines.append(_line(row, row.ended_at, ended, branch=row.branch.name, how=row.get_result_display()))
    return lines


def _line(row: Any, at: datetime, words: str | Promise, **facts: str) -> Mended:
    return Mended(str(words).format(**facts), at, row.by_kind, row.by_id, row.by_role, row.by_branch)


def of_pair(one: Donor, other: Donor) -> Sequence[dict[str, Any]]:
    """Return two records side by side, opened; the page masks them."""
    opened = vault.open([one, other], ("name", "document", "phone", "workplace"))
    return [{"donor": donor, **values} for donor, values in zip((one, other), opened, strict=True)]


def same_in(pair: Sequence[dict[str, Any]]) -> set[str]:
    """Return what two records agree in; names in whatever spelling."""
    one, other = pair
    same = {name for name in ("document", "phone", "workplace") if one[name] == other[name]}
    if isinstance(one["name"], str) and isinstance(other["name"], str):
        same |= {"name"} if names.same(one["name"], other["name"]) else set()
    return same | {
        name for name in ("sex", "born_on") if getattr(one["donor"], name) == getattr(other["donor"], name)
    }
