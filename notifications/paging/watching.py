"""What this house pages for: a stop that does not hold, and a message leaving to who was reported dead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission, task_actor
from foundation.moves.models import StopDue
from foundation.moves.offers import every
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.outbox.models import Message
from notifications.outbox.states import MessageState
from notifications.paging import actions
from notifications.paging.kinds import Kind, Place, register
from notifications.paging.models import Alarm
from registry.donors.models import Donor
from registry.families.models import Member

log = structlog.get_logger(__name__)
RED_STOP: Final = "red_stop"
DEAD: Final = "dead_and_written_to"
_LEAVING: Final = (MessageState.SENDING, MessageState.UNKNOWN)


def register_kinds() -> None:
    """Register what people are paged for."""
    register(
        Kind(
            RED_STOP,
            _("A stop was not carried out wholly"),
            stands=lambda alarm: bool(_open_stops(alarm)),
            leads_to=_person,
            todo=_("One room could not stop. It is tried again every minute; see what fails."),
        )
    )
    register(
        Kind(
            DEAD,
            _("Somebody was reported dead while a message to them was leaving"),
            stands=_may_arrive,
            leads_to=_person,
            ends_by_hand=True,
            todo=_("Ring the family before the message does: say that it crossed with their word."),
        )
    )


def watch(*, at: datetime) -> None:
    """Page for every stop that has not held for a while."""
    since = at - timedelta(minutes=settings.PAGING_RED_STOP_MINUTES)
    red = StopDue.objects.filter(settled_at__isnull=True, first_at__lte=since).order_by("first_at")
    for stop in red[:200]:
        try:
            with transaction.atomic():
                _page_for(stop, at=at)
        except Exception as fault:  # noqa: BLE001 - one stop never holds the others up, nor what follows
            log.error("paging.not_raised", stop=str(stop.pk), fault=type(fault).__name__)


def died_reported(*, subject: Subject, by: Actor, at: datetime, **_more: Any) -> None:
    """Page if a message to somebody reported dead is leaving at this moment."""
    if not Message.objects.filter(subject=subject, state=MessageState.SENDING).exists():
        return
    try:
        with transaction.atomic():
            actions.page(DEAD, object=subject, by=by, at=at)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the report itself stands
        log.error("paging.not_raised", fault=type(fault).__name__)


def _may_arrive(alarm: Alarm) -> bool:
    """Return whether a message left, or may have, although its reader was reported dead."""
    subject = Subject.objects.filter(pk=alarm.object_id).first()
    if subject is None or subject.died_reported_at is None:
        return False  # the report was a mistake
    crossed = Q(state=MessageState.SENT, settled_at__gte=alarm.raised_at)
    return Message.objects.filter(Q(state__in=_LEAVING) | crossed, subject=subject).exists()


def _person(alarm: Alarm) -> Place | None:
    """Return the page of the donor, or of the family, that an alarm is about."""
    pk = UUID(alarm.object_id)
    about = Q(pk=pk) if alarm.object_type == "registry.donor" else Q(subject_id=pk)
    if (donor := Donor.objects.filter(about).first()) is not None:
        return Place(Permission.DONOR_VIEW, reverse("donors:detail", args=[donor.pk]))
    if (member := Member.objects.filter(subject_id=pk).first()) is not None:
        return Place(Permission.FAMILY_VIEW, reverse("families:detail", args=[member.family_id]))
    return None


def _page_for(stop: StopDue, *, at: datetime) -> None:
    if (whose := _whose(stop)) is not None:
        actions.page(RED_STOP, object=whose, by=task_actor("paging.watch"), at=at)


def _whose(stop: StopDue) -> models.Model | None:
    """
    Return the donor, consent holder or person whose stop it is: what the stop was told of.

    Of records that were joined it is the one that was kept: the other stands at no branch any more.
    """
    for packed in stop.arguments.values():
        if isinstance(packed, dict) and "model" in packed:
            found: models.Model | None = (
                every(apps.get_model(packed["model"])).filter(pk=packed["pk"]).first()
            )
            if found is not None and hasattr(found, "branch_paths"):
                return _kept(found)
    return None


def _kept(found: models.Model) -> models.Model:
    while isinstance(found, Donor) and found.merged_into is not None:
        found = found.merged_into
    return found


def _open_stops(alarm: Alarm) -> list[StopDue]:
    red = StopDue.objects.filter(settled_at__isnull=True)
    return [stop for stop in red if (whose := _whose(stop)) is not None and str(whose.pk) == alarm.object_id]
