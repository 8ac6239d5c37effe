"""Whom do we remember this week? The calendar by week, month and year, and lists of what is to be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, cast
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from foundation.access import Permission, StaffRequest, requires
from notifications.care import queries, showing, unsent
from notifications.care.forms import ApproveSeveral
from notifications.care.queries.days import By
from notifications.care.work import KINDS, Work
from notifications.channel_names import Channel
from notifications.outbox import Message

P = Permission
DESK: Final = (P.CARE_PLAN, P.CARE_APPROVE, P.CARE_SEND)
WEEK: Final = timedelta(days=7)
DECIDE: Final = 5  # messages to decide that the first page shows
RELEASED: Final = (Work.APPROVE, Work.FAILED)  # what is ticked on these lists is released
_BY: Final = ("week", "month", "year")


@requires(*DESK)
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Show a week, a month or a year, what waits, what is unclear, and what was not sent and why."""
    today = timezone.localdate(request.at)
    wanted = request.GET.get("by", "")
    span = queries.span_of(_day(request, today), cast("By", wanted if wanted in _BY else "week"))
    context = {
        "span": span,
        "today": today,
        "counts": _counts(request, today),
        "unclear": _unclear(request),
        "unsent": _unsent(request),
        **(_year(request, span) if span.by == "year" else _days(request, span, today)),
    }
    return render(request, "notifications/care/calendar.html", context)


@requires(*DESK)
@require_safe
def work(request: StaffRequest, work: str) -> HttpResponse:
    """List what waits of one kind of work, the oldest day first."""
    if work not in Work.values:
        raise Http404
    return show_work(request, Work(work))


def show_work(
    request: StaffRequest,
    work: Work,
    *,
    ticked: Collection[str] = (),
    wrong: Mapping[UUID, Sequence[str]] | None = None,
    form: ApproveSeveral | None = None,
    status: int = 200,
) -> HttpResponse:
    """
    Show what waits of one kind of work; what was ticked stays so where it was refused.

    :param wrong: why some were refused, by touchpoint: said at the line of each.
    """
    today = timezone.localdate(request.at)
    found = queries.to_do(request.scope, work, today=today)
    lines = queries.lines_of(found, today=today, language=get_language() or "")
    chosen = {one.pk for one in found if str(one.pk) in ticked}
    form = form or ApproveSeveral(touchpoints=())
    form.offer(found)  # of all that may be ticked, not of what was ticked and refused alone
    context = {
        "work": work,
        "form": form,
        "lines": [(line, (wrong or {}).get(line.touchpoint.pk, ())) for line in lines],
        "counts": _counts(request, today),
        "ticked": chosen,
        "releases": work in RELEASED and request.holds(P.CARE_APPROVE),
    }
    return render(request, "notifications/care/work.html", context, status=status)


@requires(*DESK)
@require_safe
def not_sent(request: StaffRequest) -> HttpResponse:
    """Say what was not sent in the last weeks, why, and what would mend it."""
    weeks, today, language = 8, timezone.localdate(request.at), get_language() or ""
    since = request.at - weeks * WEEK
    refused = queries.refused_since(request.scope, since)
    uninvited = queries.uninvited_since(request.scope, since)
    names = queries.names_of([one.giver for families in uninvited.values() for one in families])
    everything = [one for touchpoints in refused.values() for one in touchpoints]
    lines = {one.touchpoint.pk: one for one in queries.lines_of(everything, today=today, language=language)}
    whole = [
        (
            reason,
            way,
            n,
            {
                "lines": [lines[one.pk] for one in refused.get(key, [])],
                "families": [(one, names[one.giver_id]) for one in uninvited.get(key, [])],
            },
        )
        for reason, way, n, key in _unsent(request, weeks=weeks)
    ]
    return render(request, "notifications/care/not_sent.html", {"unsent": whole})


def _days(request: StaffRequest, span: queries.Span, today: date) -> dict[str, object]:
    found = queries.of_families(request.scope).filter(on_date__range=(span.begins, span.ends))
    shown = list(found.exclude(state="CANCELLED").order_by("on_date", "id")[: queries.days.SHOWN])
    lines = queries.lines_of(shown, today=today, language=get_language() or "")
    days = queries.days_of(span, lines)
    monday = span.begins - timedelta(days=span.begins.weekday())  # weeks begin on Monday
    families = {line.touchpoint.plan.family_id for line in lines}
    return {
        "days": days,
        "blanks": range(span.begins.weekday()),
        "weekdays": [monday + timedelta(days=n) for n in range(7)],
        "families": len(families),
        "more": len(shown) == queries.days.SHOWN,
    }


def _year(request: StaffRequest, span: queries.Span) -> dict[str, object]:
    return {"months": queries.year_of(request.scope, span.begins.year)}


def _counts(request: StaffRequest, today: date) -> list[tuple[Work, int, str]]:
    counted = queries.counts(request.scope, today=today)
    return [(Work(work), n, KINDS[work]) for work, n in counted.items()]


def _unsent(request: StaffRequest, weeks: int = 2) -> list[tuple[unsent.Reason, str, int, tuple[str, str]]]:
    """Return why messages were not sent, by which way, how many; and the codes of both."""
    found = queries.unsent_since(request.scope, request.at - weeks * WEEK)
    return [(unsent.reason_of(why), str(Channel(way).label), n, (why, way)) for why, way, n in found]


def _unclear(request: StaffRequest) -> list[showing.Sent]:
    """Return the newest messages of which nobody knows whether they arrived, for who may decide."""
    if not request.holds(P.CARE_SEND):
        return []
    found = Message.objects.visible_to(request.scope).filter(bereaved=True).to_decide()
    return showing.sent(found, most=DECIDE)


def _day(request: StaffRequest, today: date) -> date:
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today
    return day if abs(day.year - today.year) <= _YEARS else today


_YEARS: Final = 60  # there and back: beyond them no calendar of ours is planned
