"""What waits: a page for who looks after donors, one for who looks after families, and what they decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, keyset, paginate
from notifications import outbox
from notifications.care.views.calendar import DESK
from notifications.outbox import lacking
from notifications.waiting import actions, queries

P = Permission
PER_PAGE: Final = 20
SAID: Final = {
    "arrived": gettext_lazy("It is written down."),
    "again": gettext_lazy("It is sent again."),
    "not": gettext_lazy("It is left out."),
    "go": gettext_lazy("It goes on."),
    "out": gettext_lazy("It is left out."),
    "rang": gettext_lazy("It is written down as done."),
}


@requires(P.DONOR_EDIT)
@require_safe
def donors(request: StaffRequest) -> HttpResponse:
    """Show what of donors' messages waits for a person, and why."""
    language, asked = get_language() or "", request.GET.get("of")
    programmes = queries.restored(request.scope, language)
    of = next((one for one in programmes if one.key == asked), None)
    found = queries.unclear(request.scope, programme=of.key if of else "")
    page = paginate(found, request.GET, key="id", per=PER_PAGE)
    stopped = queries.stopped(request.scope)
    first = stopped.select_related("plan", "step").order_by("on_date", "id")[: queries.SHOWN]
    held = lacking.stopped(queries.of_donors(request.scope))
    context = {
        "programmes": programmes,
        "of": of,
        "page": page,
        "unclear": queries.lines_of(page.items, language),
        "stopped": queries.stopped_lines(first, language),
        "held_lines": queries.lines_of(held.order_by("id")[: queries.SHOWN], language),
        "stopped_words": queries.both(held, stopped).words,
        "groups": queries.groups(queries.of_donors(request.scope), language, at=request.at),
        "held": outbox.is_held(),
    }
    return render(request, "notifications/waiting/donors.html", context)


@requires(P.DONOR_EDIT)
@require_POST
def programme(request: StaffRequest, key: str) -> HttpResponse:
    """Let go, or leave out, all of a programme that may have left before a backup was put back."""
    word = request.POST.get("word")

    def act() -> actions.Decided:
        return actions.decide_programme(
            key, go=word == "go", scope=request.scope, by=request.actor, at=request.at
        )

    return _all(request, act, to="waiting:donors")


@requires(P.DONOR_EDIT)
@require_POST
def message(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what somebody found out about a donor's message, send it again, or lift its hold."""
    found = get_object_or_404(queries.to_see_to(request.scope), pk=pk)
    by, at = request.actor, request.at
    acts: dict[str, Callable[[], object]] = {
        "go": lambda: actions.let_message_go(found, by=by, at=at),
        "out": lambda: actions.leave_message_out(found, by=by, at=at),
        "arrived": lambda: outbox.decide(found, arrived=True, by=by, at=at),
        "again": lambda: outbox.ask_resend(found, by=by, at=at),
        "not": lambda: outbox.decide(found, arrived=False, by=by, at=at),
    }
    return _one(request, acts, to="waiting:donors")


@requires(P.DONOR_EDIT)
@require_POST
def touchpoint(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let an occasion of a donor go on, leave it out, or write down that somebody rang."""
    stopped = queries.stopped(request.scope).select_related("plan__family", "step")
    found = get_object_or_404(stopped, pk=pk)
    given: dict[str, Any] = {"by": request.actor, "at": request.at}
    acts: dict[str, Callable[[], object]] = {
        "go": lambda: actions.let_go(found, **given),
        "out": lambda: actions.leave_out(found, **given),
        "rang": lambda: actions.rang(found, **given),
    }
    return _one(request, acts, to="waiting:donors")


@requires(*DESK)
@require_safe
def families(request: StaffRequest) -> HttpResponse:
    """Show what of families' messages stands still and is on no other list of the care desk."""
    language = get_language() or ""
    stopped = lacking.stopped(queries.of_families(request.scope))
    page = paginate(stopped, request.GET, key="id", per=PER_PAGE)
    context = {
        "restored": keyset.count(queries.held_by_restore(request.scope, families=True)),
        "page": page,
        "lines": queries.lines_of(page.items, language),
        "groups": queries.groups(stopped, language, at=request.at),
        "held": outbox.is_held(),
    }
    return render(request, "notifications/waiting/families.html", context)


@requires(P.CARE_APPROVE)
@require_POST
def family_message(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a message to the bereaved go that was held by itself, or leave it out."""
    found = get_object_or_404(lacking.stopped(queries.of_families(request.scope)), pk=pk)
    given: dict[str, Any] = {"by": request.actor, "at": request.at}
    acts: dict[str, Callable[[], object]] = {
        "go": lambda: actions.let_message_go(found, **given),
        "out": lambda: actions.leave_message_out(found, **given),
    }
    return _one(request, acts, to="waiting:families")


@requires(P.CARE_APPROVE)
@require_POST
def families_restored(request: StaffRequest) -> HttpResponse:
    """Put all that a restored backup held back before who releases it, or leave it out."""
    word = request.POST.get("word")

    def act() -> actions.Decided:
        return actions.decide_families(
            back=word == "go", scope=request.scope, by=request.actor, at=request.at
        )

    return _all(request, act, to="waiting:families")


def _one(request: StaffRequest, acts: Mapping[str, Callable[[], object]], *, to: str) -> HttpResponse:
    """Do what was said of one of them."""
    word = request.POST.get("word", "")
    if word not in acts:
        messages.error(request, _("Say what is to become of it."))
        return redirect(to)
    with Attempt(request) as attempt:
        acts[word]()
    if attempt.ok:
        messages.success(request, SAID[word])
    return redirect(to)


def _all(request: StaffRequest, act: Callable[[], actions.Decided], *, to: str) -> HttpResponse:
    """Do what was said of all of them."""
    word = request.POST.get("word")
    if word not in {"go", "out"}:
        messages.error(request, _("Say what is to become of it."))
        return redirect(to)
    with Attempt(request) as attempt:
        decided = act()
    if attempt.ok:
        _say(request, decided, went=word == "go")
    return redirect(to)


def _say(request: StaffRequest, decided: actions.Decided, *, went: bool) -> None:
    n: dict[str, Any] = {"n": f"{decided.done:,}"}
    if went:
        said = ngettext("%(n)s goes on.", "%(n)s go on.", decided.done)
    else:
        said = ngettext("%(n)s is left out.", "%(n)s are left out.", decided.done)
    messages.success(request, said % n)
    if decided.refused:
        words = _("%(n)s could not be decided so. Look at each of them.") % {"n": decided.refused}
        messages.warning(request, words)
    if decided.left:
        words = _("%(n)s more are there. Press once more.") % {"n": decided.left}
        messages.warning(request, words)
