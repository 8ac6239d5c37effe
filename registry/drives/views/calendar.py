"""The calendar of drives, a week or a month at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from foundation.access import Permission, StaffRequest, requires
from registry.drives import queries
from registry.drives.models import Drive
from registry.drives.states import DriveKind

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar and its drives."""

    date: date
    drives: list[Drive]


@requires(Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_safe
def calendar(request: StaffRequest) -> HttpResponse:
    """Show the drives of a week, or of a month."""
    today = timezone.localdate(request.at)
    by_month = request.GET.get("by") == "month"
    begins, ends = _month(_day(request, today)) if by_month else _week(_day(request, today))
    found = queries.calendar_of(request.scope, begins, ends)
    by_day = {day: list(drives) for day, drives in groupby(found, key=lambda drive: drive.on_date)}
    days = [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]
    offices = Drive.objects.visible_to(request.scope).filter(kind=DriveKind.OFFICE).select_related("branch")
    context = {
        "days": [Day(day, by_day.get(day, [])) for day in days if day in by_day or not by_month],
        "by_month": by_month,
        "begins": begins,
        "ends": ends,
        "earlier": begins - timedelta(days=1),
        "later": ends + timedelta(days=1),
        "today": today,
        "offices": offices.order_by("branch_path")[:50],
        "may_manage": request.holds(Permission.DRIVE_MANAGE),
    }
    return render(request, "registry/drives/calendar.html", context)


def _day(request: StaffRequest, today: date) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today


def _week(day: date) -> tuple[date, date]:
    begins = day - timedelta(days=day.weekday())
    return begins, begins + _WEEK - timedelta(days=1)


def _month(day: date) -> tuple[date, date]:
    begins = day.replace(day=1)
    following = (begins + timedelta(days=32)).replace(day=1)
    return begins, following - timedelta(days=1)
