"""Undo the joining of two records within 72 hours: they are of two people after all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consent import actions as consents
from foundation import approvals, moves, trail, vault
from foundation.access import Permission
from foundation.approvals import Approval
from foundation.trail import Actor
from foundation.vault import Subject
from registry import signals
from registry.donors.actions import common, gathering, rights
from registry.donors.actions.undoing import restore_columns
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

PART: Final = "donors.unmerge"


def lacks(donor: Donor, *, at: datetime) -> list[str]:
    """Return what stands against undoing the last joining of a donor's records."""
    made = _last(donor)
    if made is None or at - made.at > timedelta(hours=settings.ERROR_HOURS):
        return [_("Only a joining of the last 72 hours can be undone.")]
    sentences = []
    if IdentityChange.objects.filter(donor=donor, at__gt=made.at).exists():
        sentences.append(_("The identity was corrected since. What belongs to whom can no longer be told."))
    if donor.withdrawals.filter(word=Word.MERGE, at=made.at).exists():
        sentences.append(
            _("The joining withdrew this record. A withdrawal is never undone by parting records.")
        )
    return sentences


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
        raise moves.Refused(sentences if made else [_("There is nothing to undo.")])
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
    if made.undone_at is not None or (sentences := lacks(kept, at=approval.asked_at)):
        raise moves.Refused(sentences if made.undone_at is None else [_("It has been undone already.")])
    approvals.use(approval, by=by, at=at)
    asker = Actor.of(approval)
    _give_values_back(kept, other, made)
    _give_rows_back(kept, other, made)
    consents.part(kept.subject, other.subject, made.moved["consents"], by=asker, at=at)
    signals.donor_parted.send(Donor, kept=kept, emptied=other, moved=made.moved, by=asker, at=at)
    _stand_again(other, made, by=asker, at=at)
    _end_the_pause_it_brought(kept, made, by=asker, at=at)
    made.undone_at = at
    made.save(update_fields=["undone_at"])
    trail.record("donor.parted", by=asker, at=at, object=kept, other=other.pk, merge=made.pk, agreed=by.id)
    return made


def _last(donor: Donor) -> Merge | None:
    return Merge.objects.filter(donor=donor, undone_at__isnull=True).order_by("-id").first()


def _give_values_back(kept: Donor, other: Donor, made: Merge) -> None:
    """Write what the kept record said before; the other one takes its own document back."""
    was: Mapping[str, Any] = json.loads(str(vault.open_one(made, "was")["was"]))
    now = gathering.values_of(kept)
    saves = vault.seal(kept, **{name: was[name] for name in gathering.SEALED})
    for name in gathering.CLEAR:
        setattr(kept, name, _read(Donor, name, was[name]))
    theirs = gathering.values_of(other)
    if made.chosen.get("document") == "other":
        theirs |= {name: now[name] for name in ("document", "document_kind")}
        sealed = vault.seal(other, document=theirs["document"])
        other.document_kind = theirs["document_kind"]
        other.save(update_fields=[*sealed, "document_kind"])
    gathering.give_documents({kept: dict(was), other: theirs})
    kept.save(update_fields=[*saves, *gathering.CLEAR_FIELDS, *gathering.index(kept, dict(was))])
    other.save(update_fields=gathering.index(other, theirs))


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
    theirs = list(rows["tasks"])
    CallTask.objects.filter(pk__in=theirs, donor=kept).update(donor=other)
    open_before = [pk for pk, state in rows["tasks"].items() if state == CallState.OPEN]
    called_off = CallTask.objects.filter(pk__in=open_before, donor=other, state=CallState.CANCELLED)
    called_off.filter(ended_at=made.at).update(state=CallState.OPEN, ended_at=None)


def _stand_again(other: Donor, made: Merge, *, by: Actor, at: datetime) -> None:
    """Let the record that had given way stand where it stood."""
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
    moves.put_back(other, before["state"], move="mark_as_error", by=by, at=at, reason="merge", saves=saves)
    CallTask.objects.filter(donor=other).update(service_path=other.service_path)
    restricted = other.withdrawals.filter(ended_at__isnull=True).exists()
    if not restricted:
        Subject.objects.filter(pk=other.subject_id).update(restricted_at=None)


def _end_the_pause_it_brought(kept: Donor, made: Merge, *, by: Actor, at: datetime) -> None:
    """Let the record that stayed go on where it stood, if nothing has happened since it was paused."""
    step = moves.steps_of(kept).last()
    if step is not None and step.move == "hold" and step.at == made.at:
        saves = restore_columns(kept)
        moves.put_back(kept, step.from_state, move="mark_as_error", by=by, at=at, reason="merge", saves=saves)


def _read(model: Any, name: str, value: Any) -> Any:
    """Return a value as the column has it, from the text it was kept as."""
    return None if value is None else model._meta.get_field(name).to_python(value)
