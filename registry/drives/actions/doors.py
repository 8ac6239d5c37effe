"""The door "already registered": one sentence across all branches, counted and on the trail."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import trail, vault
from foundation.calendar import add_working_days
from foundation.trail import Actor
from foundation.vault import Capacity, Subject
from registry.donors import actions as donors
from registry.donors.models import CallKind, Donor

_HOUR = timedelta(hours=1)


class AskedTooOften(ValueError):
    """Somebody asked this door more often in an hour than a drive explains."""

    @property
    def sentences(self) -> list[str]:
        """Say what to do."""
        return [
            str(_("Too many documents were looked up in this hour. Go on in an hour, or ask your branch."))
        ]


@transaction.atomic
def is_registered(kind: str, number: str, *, by: Actor, at: datetime) -> bool:
    """
    Return whether somebody with this document is registered anywhere in the registry.

    Nothing of the record is read. The question is on the trail, without the document.

    :raises AskedTooOften: beyond `DOOR_ASKED_PER_HOUR` questions of one person in an hour.
    """
    if _asked(by, at) > settings.DOOR_ASKED_PER_HOUR:
        raise AskedTooOften
    index = vault.index.document(kind, number)
    found = Subject.objects.filter(capacity=Capacity.DONOR, document_index__in=index.each).exists()
    trail.record("door.already_registered", by=by, at=at, answer=found)
    return found


@transaction.atomic
def ask_its_branch(kind: str, number: str, *, by: Actor, at: datetime) -> None:
    """
    Let the branch that holds a person's record ring them, without saying which branch it is.

    Whoever asks learns nothing, also not whether there was somebody to ask for.

    :raises AskedTooOften: beyond `DOOR_ASKED_PER_HOUR` questions of one person in an hour.
    """
    if not is_registered(kind, number, by=by, at=at):
        return
    index = vault.index.document(kind, number)
    of_document = Donor.objects.filter(subject__document_index__in=index.each)
    found = of_document.filter(subject__capacity=Capacity.DONOR).first()
    if found is None:
        return
    vault.lock(found.subject_id)
    donor = Donor.objects.get(pk=found.pk)  # who withdrew a moment ago is not rung any more
    if donor.is_gone:
        return
    due_on = add_working_days(timezone.localdate(at), settings.ASK_BRANCH_WORKING_DAYS)
    donors.open_task(donor, CallKind.CONTACT_CHECK, due_on=due_on, at=at)
    trail.record("door.branch_asked", by=by, at=at, object=donor, branch=donor.service_branch_id)


def _asked(by: Actor, at: datetime) -> int:
    key = f"door:{by.id}:{at:%Y%m%d%H}"
    cache.add(key, 0, timeout=_HOUR.total_seconds())
    try:
        return cache.incr(key)
    except ValueError:  # it ended between the two lines
        return 1
