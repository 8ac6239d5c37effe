"""What a family was hurt by, in its words, and what was done about it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.trail import Actor
from registry.families.actions import common
from registry.families.models import About, Complaint, Family, Member


@transaction.atomic
def complain(
    family: Family, *, words: str, by: Actor, at: datetime, member: Member | None = None
) -> Complaint:
    """
    Write down what a family complains of, sealed.

    :param member: whose words they are, where that is known.
    :raises moves.Refused: if nothing is said.
    :raises moves.NotAllowed: if the actor may not record it here.
    """
    family = common.locked(family)
    common.check(family, by=by, at=at, permissions=(*common.MAY_STOP, *common.MAY_EDIT), own=member)
    common.check_kept(family.giver)
    if not words.strip():
        raise moves.Refused([_("Write down what was said.")])
    complaint = Complaint(family=family, member=member, at=at, **by.columns())
    vault.seal(complaint, key=family.giver.subject.key, words=words.strip())
    complaint.save(force_insert=True)
    common.remember(family, About.COMPLAINED, by=by, at=at, member=member)
    trail.record("family.complained", by=by, at=at, object=family, complaint=complaint.pk)
    return complaint


@transaction.atomic
def settle_complaint(complaint: Complaint, *, done: str, by: Actor, at: datetime) -> None:
    """
    Write down what was done about a complaint.

    :raises moves.Refused: if nothing is said, or a colleague settled it meanwhile.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    family = common.locked(complaint.family)
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    complaint = Complaint.objects.get(pk=complaint.pk)  # as it is under the lock
    if complaint.settled_at is not None:
        raise moves.Refused([_("A colleague has settled this meanwhile. Nothing was written down.")])
    if not done.strip():
        raise moves.Refused([_("Write down what was done.")])
    complaint.settled_at, complaint.settled_by_id = at, by.id
    sealed = vault.seal(complaint, done=done.strip())
    complaint.save(update_fields=[*sealed, "settled_at", "settled_by_id"])
    common.remember(family, About.SETTLED, by=by, at=at, member=complaint.member)
    trail.record("family.complaint_settled", by=by, at=at, object=family, complaint=complaint.pk)
