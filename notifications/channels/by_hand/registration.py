"""What calls and visits show on Today, and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from foundation.access import Permission, StaffRequest
from foundation.desk import belongings, today
from foundation.pages import keyset, masks
from notifications.channels.by_hand import queries
from notifications.channels.by_hand.models import Try
from notifications.plans import sendings

ON_TODAY: Final = 5


def register() -> None:
    """Register a card for who looks after families and one for who looks after donors."""
    for families, right, order in ((True, Permission.CARE_SEND, 14), (False, Permission.DONOR_EDIT, 21)):
        key = "by_hand.families" if families else "by_hand.donors"
        template = "notifications/by_hand/card.html"
        context = _card(families=families)
        today.register(today.Card(key, frozenset({right}), order, "main", template, context))
    belongings.register({Try: "subject"})


def _card(*, families: bool) -> Callable[[StaffRequest], Mapping[str, Any] | None]:
    def context(request: StaffRequest) -> Mapping[str, Any] | None:
        tasks = queries.mine(queries.to_do(request.scope, families=families), request.staff)
        due = queries.now(tasks, today=timezone.localdate(request.at))
        first = list(due.select_related("step").order_by("on_date", "id")[:ON_TODAY])
        if not first:
            return None
        number, words = keyset.count(due)
        names, day, language = queries.names_of(first), timezone.localdate(request.at), get_language() or ""
        rest = "families" if families else "donors"
        page = "by_hand:of_family" if families else "by_hand:of_donor"
        rows = [
            {
                "task": one,
                "way": sendings.way_of(one),
                "name": masks.name(names[one.pk]) if names.get(one.pk) else "",
                "what": one.step.names.get(language) or one.step.names.get("zh-hans", ""),
                "late": (day - (getattr(one, "again_on", None) or one.on_date)).days,
                "url": reverse(page, args=[one.pk]),
            }
            for one in first
        ]
        return {
            "rows": rows,
            "words": words,
            "waiting": number,
            "url": reverse(f"by_hand:{rest}"),
            "of": rest,
        }

    return context
