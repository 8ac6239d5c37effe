"""Where the next person to ring comes from: a call list, or what calls are for; and how far one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from foundation import calendar
from foundation.access import StaffRequest
from foundation.trail import Actor
from registry.donors import purposes
from registry.donors.models import Call, CallList, CallTask
from registry.donors.querysets import CallTaskQuerySet

MOST: Final = 1_000  # counted exactly; an afternoon has forty


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people of today are done, and how many there are."""

    done: int
    people: int


@dataclass(frozen=True, slots=True)
class Deck:
    """
    One's calls for now, in the order in which they come.

    ``key`` stands in addresses: the id of a list, a key of ``PURPOSES``, or nothing for all.
    """

    key: str
    words: str | Promise
    tasks: CallTaskQuerySet
    call_list: CallList | None = None

    def waiting(self, by: Actor, at: datetime) -> CallTaskQuerySet:
        """Return the calls that are due and in nobody else's hands."""
        return self.tasks.due(at).free_for(UUID(by.id), at)

    def progress(self, by: Actor, at: datetime) -> Progress:
        """Return how far one is today: on a list all its callers together, else oneself."""
        today = timezone.localdate(at)
        left = self.tasks.to_make().filter(due_on__lte=today)[:MOST].count()
        if self.call_list is not None:
            return Progress(max(self.call_list.people - left, 0), self.call_list.people)
        midnight = calendar.start_of(today, timezone.get_default_timezone())
        made = Call.objects.standing().filter(by_id=by.id, at__gte=midnight)
        done = made.values("donor").distinct().count()
        return Progress(done, done + left)


def deck_of(request: StaffRequest, key: str) -> Deck | None:
    """Return the deck of a key; None where there is no such one for the reader."""
    if key in purposes.BY_KEY:
        purpose = purposes.BY_KEY[key]
        return Deck(key, purpose.words, _on_no_list(request).filter(purpose.q(request.at)))
    if not key:
        return Deck("", "", _on_no_list(request))
    call_list = list_of(request, key)
    if call_list is None:
        return None
    tasks = CallTask.objects.filter(call_list=call_list)
    return Deck(str(call_list.pk), call_list.name, tasks, call_list)


def list_of(request: StaffRequest, key: str) -> CallList | None:
    """Return a call list that is not over: one of the reader's branches, or one they are named on."""
    try:
        pk = UUID(key)
    except ValueError:
        return None
    mine = request.scope.q("branch_path") | Q(pk__in=request.scope.named_ids(CallList))
    found = CallList.objects.filter(mine, pk=pk).first()
    return None if found is None or found.is_over(timezone.localdate(request.at)) else found


def lists_named(request: StaffRequest) -> list[CallList]:
    """Return the lists of today on which a helper is named."""
    named = request.scope.named_ids(CallList)
    today = timezone.localdate(request.at)
    lists = CallList.objects.filter(pk__in=named, ended_at=None, on_date=today)
    return list(lists.order_by("id")) if named else []


def lists_of_today(request: StaffRequest) -> list[CallList]:
    """Return the lists of today of one's branches that are not over."""
    today = timezone.localdate(request.at)
    lists = CallList.objects.visible_to(request.scope).filter(ended_at=None, on_date=today)
    return list(lists.order_by("-id")[:10])


def _on_no_list(request: StaffRequest) -> CallTaskQuerySet:
    """Leave to a list and its callers what stands on it."""
    scope = request.scope
    return CallTask.objects.filter(scope.q("service_path"), call_list=None)
