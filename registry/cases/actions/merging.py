"""Two records of one donor become one, or that was a mistake: matches and back-up roles go along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from foundation import vault
from foundation.trail import Actor
from registry.cases.actions import common
from registry.cases.models import About, MatchCase, Talk, WinBack, WonBack
from registry.donors.models import Donor

BACKUP_LEFT = "BACKUP_LEFT"  # in a line about the back-up donor: they are none any more


@transaction.atomic
def bring_over(kept: Donor, emptied: Donor, *, by: Actor, at: datetime) -> dict[str, Any]:
    """
    Bring the matches of a record to the one that is kept, and the back-up and peer roles.

    Both in a match is refused before: there is one active case at the most. Nobody is back-up for
    themselves.

    :returns: ids of what moved, for ``bring_back``.
    """
    vault.lock(kept.subject_id, emptied.subject_id)
    cases = MatchCase.objects.filter(donor=emptied)
    moved = {"cases": _ids(cases), "case_peers": _ids(Talk.objects.filter(peer=emptied))}
    own = MatchCase.objects.filter(donor__in=[kept, emptied], backup__in=[kept, emptied])
    for case in own.open().select_related("donor__subject"):
        _lose_backup(case, by=by, at=at)
    own.update(backup=None)
    cases.update(donor=kept, service_path=kept.service_path, owner_path=kept.owner_path)
    backed = MatchCase.objects.filter(backup=emptied)
    moved["case_backups"] = _ids(backed)
    backed.update(backup=kept)
    Talk.objects.filter(peer=emptied).update(peer=kept)
    asked = WinBack.objects.filter(donor=emptied)
    if WinBack.objects.filter(donor=kept, result=WonBack.PENDING).exists():
        asked = asked.exclude(result=WonBack.PENDING)  # one is being asked at a time
    moved["win_backs"] = _ids(asked)
    WinBack.objects.filter(pk__in=_uuids(moved, "win_backs")).update(donor=kept)
    return moved


@transaction.atomic
def bring_back(kept: Donor, emptied: Donor, moved: Mapping[str, Any]) -> None:
    """Give each of two people their own matches and roles back."""
    vault.lock(kept.subject_id, emptied.subject_id)
    paths = moved.get("paths", {})
    MatchCase.objects.filter(pk__in=_uuids(moved, "cases"), donor=kept).update(
        donor=emptied,
        service_path=paths.get("service", emptied.service_path),
        owner_path=paths.get("owner", emptied.owner_path),
    )
    MatchCase.objects.filter(pk__in=_uuids(moved, "case_backups"), backup=kept).update(backup=emptied)
    Talk.objects.filter(pk__in=_uuids(moved, "case_peers"), peer=kept).update(peer=emptied)
    WinBack.objects.filter(pk__in=_uuids(moved, "win_backs"), donor=kept).update(donor=emptied)


def drop_backups(donor: Donor, *, by: Actor, at: datetime) -> int:
    """
    Take somebody who has left out of the matches for which they stood by as back-up; return how many.

    The donors of those matches are not locked: who locks two people does so in one order, and a
    withdrawal has locked its own already. The row alone decides who was first.
    """
    dropped = 0
    backed = MatchCase.objects.open().filter(backup=donor).select_related("donor__subject")
    for case in backed.order_by("id"):
        if MatchCase.objects.filter(pk=case.pk, backup=donor).update(backup=None):
            _lose_backup(case, by=by, at=at)
            dropped += 1
    return dropped


def _lose_backup(case: MatchCase, *, by: Actor, at: datetime) -> None:
    common.write_note(case, About.BACKUP, by=by, at=at, code=BACKUP_LEFT)


def _ids(rows: QuerySet[Any]) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def _uuids(moved: Mapping[str, Any], name: str) -> list[UUID]:
    return [UUID(pk) for pk in moved.get(name, [])]
