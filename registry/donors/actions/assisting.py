"""Help of another branch with one donor (协查): asked, taken by somebody, and over on its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.access import Branch, Permission, Staff, named
from foundation.trail import Actor
from registry.donors.actions import common, rights
from registry.donors.models import Assist, AssistKind, AssistResult, Donor


@transaction.atomic
def ask_assist(
    donor: Donor, *, branch: Branch, kind: str, words: str, until: date, by: Actor, at: datetime
) -> Assist:
    """
    Ask another branch to help with one donor until a day. Nobody there sees the donor before taking it.

    :param kind: a code of ``AssistKind``. :param words: what is to be done; sealed.
    :raises moves.Refused: if the branch is asked already, holds the donor, or the day lies too far.
    :raises moves.NotAllowed: if the actor may not move donors here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.DONOR_MOVE,))
    if donor.is_gone:
        raise moves.WrongState(move="assist", state=str(donor.state))
    if sentences := too_far(until, on=timezone.localdate(at)):
        raise moves.Refused(sentences)
    if any(branch.path == path[: len(branch.path)] for path in donor.branch_paths):
        raise moves.Refused([_("This branch sees the donor already.")])
    end_past_assists(donor, by=by, at=at)
    if Assist.objects.filter(donor=donor, branch=branch, ended_at__isnull=True).exists():
        raise moves.Refused([_("This branch has been asked already.")])
    assist = Assist(
        donor=donor,
        kind=AssistKind(kind),
        from_branch=donor.service_branch,
        branch=branch,
        branch_path=branch.path,
        asked_at=at,
        until=until,
        **by.columns(),
    )
    if words.strip():
        vault.seal(assist, key=donor.subject.key_id, words=words.strip())
    assist.save(force_insert=True)
    trail.record(
        "assist.asked", by=by, at=at, object=donor, reason=kind, assist=assist.pk, to=branch.pk, until=until
    )
    return assist


@transaction.atomic
def take_assist(assist: Assist, *, staff: Staff, by: Actor, at: datetime) -> Assist:
    """
    Take an assist into one's hands: from now on one sees this donor, until it ends.

    :raises moves.Refused: if a colleague has taken it, or it is over.
    :raises moves.NotAllowed: if the actor does not work at the branch that was asked.
    """
    assist = _locked(assist, at=at)
    rights.check(assist, by=by, at=at, permissions=(Permission.DONOR_MOVE,))
    if assist.staff_id == staff.pk:
        return assist
    if assist.staff_id is not None:
        raise moves.Refused([_("A colleague of yours has taken it.")])
    assist.staff, assist.taken_at = staff, at
    assist.save(update_fields=["staff", "taken_at"])
    named.add(staff, assist)
    trail.record("assist.taken", by=by, at=at, object=assist.donor, assist=assist.pk)
    return assist


@transaction.atomic
def end_assist(assist: Assist, *, result: str, words: str = "", by: Actor, at: datetime) -> Assist:
    """
    Say how an assist ended; who helped sees the donor no more.

    Whoever took it says so, and the branch that asked may take it back.

    :param result: a code of ``AssistResult``. :param words: what was found out, kept sealed with the donor.
    :raises moves.Refused: if it is over.
    :raises moves.NotAllowed: if the actor neither helps with it nor may move the donor.
    """
    assist = _locked(assist, at=at)
    if result == AssistResult.TAKEN_BACK:
        rights.check(assist.donor, by=by, at=at, permissions=(Permission.DONOR_MOVE,))
    else:
        rights.check(assist, by=by, at=at, permissions=(Permission.DONOR_MOVE,))
    common.write_note(assist.donor, about="assist", words=words, by=by, at=at)
    _end(assist, AssistResult(result), by=by, at=at)
    return assist


@transaction.atomic
def hand_over_assist(assist: Assist, *, to: UUID, by: Actor, at: datetime) -> None:
    """
    Give an assist into a colleague's hands.

    No right is asked here: ``hand_over`` of the floor below has asked who may give work away, and
    that the colleague holds the right to such work at the branch or above it.
    """
    staff = Staff.objects.get(pk=to)
    assist = _locked(assist, at=at)
    if assist.staff is not None:
        named.remove(assist.staff, assist)
    assist.staff = staff
    assist.save(update_fields=["staff"])
    named.add(staff, assist)
    trail.record("assist.handed_over", by=by, at=at, object=assist.donor, assist=assist.pk, to=str(to))


def end_past_assists(donor: Donor | None = None, *, by: Actor, at: datetime) -> int:
    """End what was to be done by a day that is over: nobody sees the donor by it since that day."""
    past = Assist.objects.filter(ended_at__isnull=True, until__lt=timezone.localdate(at))
    if donor is not None:
        past = past.filter(donor=donor)
    return sum(_end_past(assist, by=by, at=at) for assist in past.select_related("donor").order_by("pk"))


def end_assists_of(donor: Donor, *, by: Actor, at: datetime) -> int:
    """End all help with a locked donor who has left, or whose records were joined."""
    running = list(Assist.objects.filter(donor=donor, ended_at__isnull=True).select_related("staff", "donor"))
    for assist in running:
        _end(assist, AssistResult.TAKEN_BACK, by=by, at=at)
    return len(running)


@transaction.atomic
def _end_past(assist: Assist, *, by: Actor, at: datetime) -> bool:
    """End one assist whose day is over, if nobody ended it since it was read."""
    vault.lock(assist.donor.subject_id)
    running = Assist.objects.filter(pk=assist.pk, ended_at__isnull=True)
    found = running.select_related("staff", "donor").first()
    if found is None:
        return False
    _end(found, AssistResult.TIME_OVER, by=by, at=at)
    return True


def _locked(assist: Assist, *, at: datetime) -> Assist:
    vault.lock(assist.donor.subject_id)
    found = Assist.objects.select_related("staff", "donor__subject", "donor__service_branch").get(
        pk=assist.pk
    )
    if found.is_over(timezone.localdate(at)):
        raise moves.Refused([_("This help is over.")])
    return found


def _end(assist: Assist, result: AssistResult, *, by: Actor, at: datetime) -> None:
    """Take the sight of the donor away from who helped, and say so on the trail."""
    if assist.staff is not None:
        named.remove(assist.staff, assist)
    assist.ended_at, assist.result = at, result
    assist.save(update_fields=["ended_at", "result"])
    trail.record("assist.ended", by=by, at=at, object=assist.donor, reason=result, assist=assist.pk)


def too_far(until: date, *, on: date) -> list[str]:
    """Return what stands against the last day of an assist."""
    if on <= until <= on + timedelta(days=settings.ASSIST_DAYS_MOST):
        return []
    return [_("An assist ends within %(days)s days.") % {"days": settings.ASSIST_DAYS_MOST}]
