"""Keep the number by which somebody on the staff is woken."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from foundation import trail, vault
from foundation.access import Staff
from notifications.paging.models import Pager

if TYPE_CHECKING:
    from foundation.trail import Actor


@transaction.atomic
def keep_number(staff: Staff, phone: str, *, by: Actor, at: datetime) -> None:
    """
    Keep a number, or none.

    :param phone: E.164, or "".
    """
    pager = Pager.objects.select_for_update().filter(staff=staff).first()
    if pager is None:
        pager = Pager(staff=staff, key=vault.new_key(), changed_at=at)
    pager.changed_at = at
    vault.seal(pager, key=pager.key_id, phone=phone or None)
    pager.save()
    trail.record("pager.changed", by=by, at=at, object=pager)
