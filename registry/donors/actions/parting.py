"""Undo the joining of two records within 72 hours: they are of two people after all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from consent import actions as consents
from foundation import approvals, moves, trail, vault
from foundation.access import Permission
from foundation.approvals import Approval
from foundation.trail import Actor
from foundation.vault import Subject
from registry import signals
from registry.donors.actions import common, gathering, giving_back, rights
from registry.donors.actions.giving_back import UNREADABLE, Said
from registry.donors.actions.tasks import hand_tasks
from registry.donors.models import (
    Call,
    CallState,
    CallTask,
    Contact,
    Donor,
    IdentityChange,
    Merge,
    Withdrawal,
    Word,
)
from registry.donors.national import numbers
from registry.donors.querysets import CallTaskQuerySet

PART: Final = "donors.unmerge"


def lacks(donor: Donor, *, at: datetime) -> list[str]:
    """Return what stands against undoing the last joining of a donor's records."""
    made = _last(donor)
    if made is None or at - made.at > timedelta(hours=settings.ERROR_HOURS):
        return [_now("Only a joining of the last 72 hours can be undone.")]
    return [str(sentence) for stands_against, sentence in _AGAINST if stands_against(donor, made)]


@transaction.atomic
def ask_to_part(donor: Donor, *, by: Actor, at: datetime) -> Approval:
    """
    Say that two records were joined by mistake, and ask a second person to agree.

    :raises moves.Refused: if it is too old, or something else has happened since.
    :raises moves.NotAllowed: if the actor may not merge records here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.DONOR_MERGE,))
    made = _last(donor)
    if made is None or (sentences := lacks(donor, at=at)):
        raise moves.Refused(sentences if made else [_now("There is nothing to undo.")])
    return approvals.ask(PART, donor, by=by, at=at, facts={"merge": str(made.pk)})


@transaction.atomic
def part(donor: Donor, *, approval: Approval, by: Actor, at: datetime) -> Merge:
    """
    Give each of two people their own record back. Called in the transaction of the second person's yes.

    What was added since stays with the record it was added to. A tube that was turned away as
    one too many stays so.

    :raises moves.Refused: if something else has happened since.
    """
    made = Merge.objects.select_related("emptied").get(pk=approval.facts["merge"])
    vault.lock(donor.subject_id, made.emptied.subject_id)
    kept, other = common.locked(donor), common.locked(made.emptied)
    said = _checked(kept, made, asked_at=approval.asked_at)
    approvals.use(approval, by=by, at=at)
    asker = Actor.of(approval)
    _give_rows_back(kept, other, made)
    _end_the_pause_it_brought(kept, made, said, by=asker, at=at)
    parting = giving_back.give_back(kept, other, made, said)
    signed = made.moved["consents"]
    consents.part(kept.subject, other.subject, signed, since=made.at, by=asker, at=at)
    signals.donor_parted.send(Donor, kept=kept, emptied=other, moved=made.moved, by=asker, at=at)
    _stand_again(other, made, by=asker, at=at)
    giving_back.afterwards(parting, by=asker, at=at)
    made.undone_at = at
    made.save(update_fields=["undone_at"])
    trail.record("donor.parted", by=asker, at=at, object=kept, other=other.pk, merge=made.pk, agreed=by.id)
    return made


def _checked(kept: Donor, made: Merge, *, asked_at: datetime) -> Said:
    """
    Return what the record said before and after the joining that is to be undone.

    :raises moves.Refused: with every sentence that stands against it.
    """
    if made.undone_at is not None:
        raise moves.Refused([_now("It has been undone already.")])
    if _last(kept) != made:
        raise moves.Refused([_now("Another record was joined with this one since. Part that one first.")])
    if sentences := lacks(kept, at=asked_at):
        raise moves.Refused(sentences)
    said = Said.of(made)
    if said is None:
        raise moves.Refused([str(UNREADABLE)])
    return said


def _last(donor: Donor) -> Merge | None:
    return Merge.objects.filter(donor=donor, undone_at__isnull=True).order_by("-id").first()


def _is_erased(donor: Donor, _made: Merge) -> bool:
    return donor.subject.key_id is None


def _was_corrected(donor: Donor, made: Merge) -> bool:
    return IdentityChange.objects.filter(donor=donor, at__gt=made.at).exists()


def _was_withdrawn_by_it(donor: Donor, made: Merge) -> bool:
    return donor.withdrawals.filter(word=Word.MERGE, at=made.at).exists()


def _went_on(donor: Donor, made: Merge) -> bool:
    """Return whether the record stands elsewhere than the joining left it, or left and came back."""
    since = list(moves.steps_of(donor).filter(recorded_at__gt=made.at).order_by("recorded_at", "id"))
    came_back = any(step.move == "rejoin" for step in since)
    return came_back or (bool(since) and since[0].from_state != donor.state)


def _does_not_open(donor: Donor, made: Merge) -> bool:
    return donor.subject.key_id is not None and Said.of(made) is None


_AGAINST: Final[tuple[tuple[Callable[[Donor, Merge], bool], str | Promise], ...]] = (
    (_is_erased, _("The data of this record were erased: there is nothing left to give back.")),
    (_was_corrected, _("The identity was corrected since. What belongs to whom can no longer be told.")),
    (
        _was_withdrawn_by_it,
        _("The joining withdrew this record. A withdrawal is never undone by parting records."),
    ),
    (
        _went_on,
        _(
            "This record has gone on since: it stands in another state, or they withdrew and came back. "
            "What belongs to whom can no longer be told. Take that step back first, if it was a mistake."
        ),
    ),
    (_does_not_open, UNREADABLE),
)


def _give_rows_back(kept: Donor, other: Donor, made: Merge) -> None:
    rows: Mapping[str, Any] = made.moved["rows"]
    for pk, place in rows["contacts"]:
        Contact.objects.filter(pk=pk, donor=kept).update(donor=other, order=place)
    for pk, number in rows["calls"].items():
        Call.objects.filter(pk=pk, donor=kept).update(donor=other, number=number)
    for pk, was_in_force in rows["withdrawals"].items():
        back = {"ended_at": None} if was_in_force else {}
        Withdrawal.objects.filter(pk=pk, donor=kept).update(donor=other, **back)
    for name, model in gathering.PLAINLY.items():
        model.objects.filter(pk__in=rows[name], donor=kept).update(donor=other)  # type: ignore[attr-defined]
    Donor.objects.filter(pk__in=_emptied_into(other), merged_into=kept).update(merged_into=other)
    calls = CallTask.objects.filter(pk__in=list(rows["tasks"]), donor=kept)
    hand_tasks(calls, other, path=made.moved["paths"]["service"])
    open_before = [pk for pk, state in rows["tasks"].items() if state == CallState.OPEN]
    _open_again(CallTask.objects.filter(pk__in=open_before, donor=other), made)
    _open_again(CallTask.objects.filter(donor=kept), made)


def _emptied_into(other: Donor) -> Any:
    """Return the records that had been joined with the other one before: their documents are its own."""
    return Merge.objects.filter(donor=other, undone_at__isnull=True).values("emptied")


def _open_again(tasks: CallTaskQuerySet, made: Merge) -> None:
    """Ask again for the calls that the joining called off; one without a reason falls off afterwards."""
    there = list(tasks.open().values_list("kind", flat=True))
    called_off = tasks.filter(state=CallState.CANCELLED, ended_at=made.at)
    called_off.exclude(kind__in=there).update(state=CallState.OPEN, ended_at=None)


def _stand_again(other: Donor, made: Merge, *, by: Actor, at: datetime) -> None:
    """
    Let the record that had given way stand where it stood.

    :raises moves.Refused: if somebody else has its number at the national register by now.
    """
    before: dict[str, Any] = other.before
    paths = made.moved["paths"]
    other.service_path, other.owner_path, other.merged_into = paths["service"], paths["owner"], None
    for name in ("return_to", "hold_reason", "left_reason"):
        setattr(other, name, before.get(name) or "")
    until, left_at = before.get("hold_until"), before.get("left_at")
    other.hold_until = date.fromisoformat(until) if until else None
    other.left_at = datetime.fromisoformat(left_at) if left_at else None
    saves = ["service_path", "owner_path", "merged_into", "return_to", "hold_reason", "left_reason"]
    saves += ["hold_until", "left_at"]
    try:
        with transaction.atomic():
            moves.put_back(
                other, before["state"], move="mark_as_error", by=by, at=at, reason="merge", saves=saves
            )
    except IntegrityError as clash:
        raise moves.Refused([str(numbers.TAKEN)]) from clash
    restricted = other.withdrawals.filter(ended_at__isnull=True).exists()
    if not restricted:
        Subject.objects.filter(pk=other.subject_id).update(restricted_at=None)


def _end_the_pause_it_brought(kept: Donor, made: Merge, said: Said, *, by: Actor, at: datetime) -> None:
    """
    Let the record that stayed go on where it stood before the joining paused it.

    Where another day was asked for since, the pause is kept, as whatever was said since: until that day.
    """
    step = moves.steps_of(kept).filter(move="hold").last()
    if step is None or step.at != made.at or kept.hold_until != said.wrote["hold_until"]:
        return
    saves = [*common.clear_pause(kept), "before"]
    kept.before = {}
    moves.put_back(kept, step.from_state, move="mark_as_error", by=by, at=at, reason="merge", saves=saves)
