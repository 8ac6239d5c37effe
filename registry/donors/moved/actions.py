"""Put a new number down, and compare it with the register afterwards, out of the sight of who left it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from foundation import trail, vault
from foundation.trail import Actor
from foundation.vault import DataKey
from registry.donors import names
from registry.donors.actions import common, leave_number
from registry.donors.by_document import holder_of
from registry.donors.documents import Document
from registry.donors.models import Donor, MovedNote

_AT_ONCE = 500  # notes compared in one run; the next minute has another


class TooManyWait(ValueError):
    """So many notes wait to be compared that no more are taken."""


@transaction.atomic
def put_down(document: Document, *, name: str, phone: str, at: datetime) -> MovedNote:
    """
    Seal what was typed, for everybody alike: nobody is looked up, and the register is not read.

    :raises TooManyWait: beyond `MOVED_WAITING_MOST` notes that are not compared yet.
    """
    if MovedNote.objects.count() >= settings.MOVED_WAITING_MOST:
        raise TooManyWait
    note = MovedNote(key=vault.new_key(), at=at)
    said = {"name": name, "kind": document.kind.value, "number": document.number, "phone": phone}
    vault.seal(note, key=note.key, said=json.dumps(said, ensure_ascii=False))
    note.save(force_insert=True)
    return note


def compare_all(*, by: Actor, at: datetime) -> tuple[int, int]:
    """Compare the notes that wait, the oldest first; return how many there were, and how many fitted."""
    waiting = list(MovedNote.objects.order_by("id").values_list("pk", flat=True)[:_AT_ONCE])
    fitted = sum(compare(pk, by=by, at=at) for pk in waiting)
    if waiting:
        trail.record("moved.compared", by=by, at=at, notes=len(waiting), fitted=fitted)
    return len(waiting), fitted


@transaction.atomic
def compare(note_id: UUID, *, by: Actor, at: datetime) -> bool:
    """
    Ask the branch of the donor whom a note means to ring the new number; destroy the note either way.

    Name and document must both be the donor's. The record is not changed: the call shows whose
    the number is. A note that fits nobody leaves nothing.

    :returns: whether it fitted somebody who is called.
    """
    note = MovedNote.objects.select_for_update().filter(pk=note_id).first()
    if note is None:  # another worker was first
        return False
    told = vault.open_one(note, "said")["said"]
    said: dict[str, str] = json.loads(told) if isinstance(told, str) else {}
    meant = _meant(said) if said else None
    donor = meant and common.locked_kept(meant)  # their two records may have become one meanwhile
    fitted = donor is not None and leave_number(donor, said["phone"], by=by, at=at) is not None
    key_id = note.key_id
    note.delete()
    DataKey.objects.filter(pk__in=[key_id]).delete()
    return fitted


def _meant(said: dict[str, Any]) -> Donor | None:
    """
    Return the donor who holds this document under this name, wherever they are kept.

    Of somebody whose two records were joined either document means the record that was kept, under
    the name of either: a permit may write another one than the card.
    """
    holder = holder_of(vault.index.document(said["kind"], said["number"]))
    if holder is None:
        return None
    kept = holder.merged_into or holder
    known = {line["name"] for line in vault.open([holder, kept], ["name"])}
    fits = any(isinstance(name, str) and names.same(name, said["name"]) for name in known)
    return kept if fits else None
