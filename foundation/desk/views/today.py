"""Today: what needs me."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from foundation.access import StaffRequest, signed_in
from foundation.desk import administration, coming, today
from foundation.desk.holding import permissions_of

NOON, EVENING, NIGHT, MORNING = 11, 14, 18, 5  # hours at which the greeting changes


@signed_in
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Greet the person and show the cards of their roles."""
    now = timezone.localtime(request.at)
    cards = today.cards_for(request)
    waiting = sum(shown.waiting for shown in cards)
    context = {
        "greeting_words": greeting(now.hour).format(name=request.staff),
        "today_words": date_format(now, pgettext("today's date", "l, j F")),
        "needs_me": needs_me(waiting),
        "main": [shown for shown in cards if shown.card.column == "main"],
        "side": [shown for shown in cards if shown.card.column == "side"],
        "coming": coming.for_roles(held.role for held in request.roles),
        "doors": administration.doors_for(permissions_of(request.roles)),
    }
    return render(request, "foundation/desk/today.html", context)


def greeting(hour: int) -> str:
    """Return the words for an hour of the day, with a place for the name."""
    if MORNING <= hour < NOON:
        return _("Good morning, {name}")
    if NOON <= hour < EVENING:
        return _("Good day, {name}")
    if EVENING <= hour < NIGHT:
        return _("Good afternoon, {name}")
    return _("Good evening, {name}")


def needs_me(waiting: int) -> str:
    """Return how much waits, as a sentence."""
    if not waiting:
        return _("Nothing waits for you.")
    return ngettext("{n} thing waits for you.", "{n} things wait for you.", waiting).format(n=waiting)
