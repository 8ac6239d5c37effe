"""The pages of links: a second fact, one act, and its words; one answer to whatever holds no more."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from foundation import trail
from foundation.access import lockout
from foundation.access.requires import Guarded
from foundation.pages import Attempt
from notifications.links import acts, forms, making, opening, pages, passes, rate
from notifications.links.models import Link
from notifications.links.opening import Opened
from notifications.links.purposes import WITHOUT_A_FACT, Purpose
from registry.donors import strangers
from registry.donors.strangers import StrangerRequest

WRONG, LATE, GONE, CROWDED = 422, 409, 410, 429
REASON = "a person's own signed link; it shows nothing before a second fact"
POLICY = "strict-origin"  # the token stands in the address; `no-referrer` would break the check for forgeries
_OF_THE_FACT = frozenset({"csrfmiddlewaretoken", "last_four"})

View = Callable[[StrangerRequest, str, Link | None], HttpResponse]


def by_link(view: View) -> Guarded:
    """Find the link of the token, not too often from one address; nobody learns where the page is."""

    @strangers.for_strangers(reason=REASON)
    @wraps(view)
    def found(request: StrangerRequest, token: str) -> HttpResponse:
        knock = rate.of(request)
        if lockout.is_locked(knock, at=request.at):
            response = render(request, "notifications/links/crowded.html", _sender(token), status=CROWDED)
        else:
            response = view(request, token, opening.find(token))
            if response.status_code == GONE:
                lockout.count_failure(knock, at=request.at)
        response["Referrer-Policy"] = POLICY
        return response

    return found


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StrangerRequest, token: str, link: Link | None) -> HttpResponse:
    """Ask for the second fact, show the one thing the link is for, do it, say what happens next."""
    passed = passes.holds(request, link)
    opened = opening.open_link(link, at=request.at)
    try:
        if opened is None:
            used = opening.used_link(link, at=request.at) if passed else None
            return _done(request, token, used) if used else _gone(request, token)
        _speak(request, opened)
        if not passed and opened.purpose not in WITHOUT_A_FACT:
            return _ask(request, token, opened)
        return _show(request, token, opened)
    except pages.NothingThere:
        return _gone(request, token)


@by_link
@require_POST
def other(request: StrangerRequest, token: str, link: Link | None) -> HttpResponse:
    """Go on to another act, by a new link for just that; the second fact was shown a moment ago."""
    opened = opening.open_link(link, at=request.at) or opening.used_link(link, at=request.at)
    if opened is None or not passes.holds(request, link):
        return _gone(request, token)
    wished = request.POST.get("purpose", "")
    if wished not in [way["value"] for way in pages.ways_on(opened)]:
        return HttpResponseRedirect(reverse("links:open", args=[token]))
    new, there = making.go_on(Purpose(wished), opened, at=request.at)
    return passes.give(HttpResponseRedirect(there), new)


@csrf_exempt
@by_link
@require_POST
def one_click(request: StrangerRequest, token: str, link: Link | None) -> HttpResponse:  # noqa: ARG001 of the URL
    """
    Stop the messages of one way for a mail program that asks for it; the answer is the same for every token.

    Source: RFC 8058, section 3.2
    """
    opened = opening.open_link(link, at=request.at)
    if opened is not None and opened.purpose == Purpose.STOP:
        with suppress(acts.NoLongerHolds):  # pressed twice at once: the other one stopped them
            acts.settle(acts.use(opened, {"ways": "this"}, at=request.at), at=request.at)
    return HttpResponse(status=204)


def _ask(request: StrangerRequest, token: str, opened: Opened) -> HttpResponse:
    typed = _typed(request)
    asked = "last_four" in request.POST
    form = forms.SecondFact(request.POST if asked else None, opened=opened)
    if asked and form.is_valid():
        if opening.prove(opened, form.cleaned_data["last_four"], at=request.at):
            there = _show_again(request, token, opened) if typed else _here(token)
            return passes.give(there, opened.link)
        lockout.count_failure(rate.of(request), at=request.at)
        if not (left := opening.tries_left(opened.link)):
            return _gone(request, token)
        again = ngettext(
            "This does not fit. You have %(n)d more try.",
            "This does not fit. You have %(n)d more tries.",
            left,
        )
        form.add_error("last_four", again % {"n": left})
    late = request.method == "POST" and not asked  # the half hour was over when the button was pressed
    context = _sender(token) | {"form": form, "late": late, "typed": typed}
    status = WRONG if form.errors or late else 200
    return render(request, "notifications/links/fact.html", context, status=status)


def _typed(request: StrangerRequest) -> list[tuple[str, str]]:
    """Return what was sent beside the second fact: it goes on unseen until that is shown."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in _OF_THE_FACT and value
    ]


def _show_again(request: StrangerRequest, token: str, opened: Opened) -> HttpResponse:
    """Show a page as it was typed before; whoever typed it presses its button once more."""
    entry = pages.page_of(opened)
    form = entry.form(request.POST, opened=opened)
    context = _context(token, opened) | entry.shows(opened, request.POST) | {"form": form}
    return render(request, _template(opened), context)


def _show(request: StrangerRequest, token: str, opened: Opened) -> HttpResponse:
    entry = pages.page_of(opened)
    form = entry.form(request.POST if request.method == "POST" else None, opened=opened)
    if request.method == "POST" and form.is_valid():
        with Attempt(cast("Any", request), form) as attempt:
            settles = acts.use(opened, form.cleaned_data, at=request.at)
        if attempt.ok:
            acts.settle(settles, at=request.at)
            return passes.give(_here(token), opened.link)
    elif request.method != "POST":
        trail.record("link.opened", by=opened.by, at=request.at, object=opened.link)
    asked = request.POST if request.method == "POST" else request.GET
    context = _context(token, opened) | entry.shows(opened, asked) | {"form": form}
    return render(request, _template(opened), context, status=WRONG if form.errors else 200)


def _done(request: StrangerRequest, token: str, opened: Opened) -> HttpResponse:
    _speak(request, opened)
    late = request.method == "POST"  # sent twice, or on two devices: the first one holds
    context = _context(token, opened) | pages.page_of(opened).after(opened) | {"late": late}
    return render(request, "notifications/links/done.html", context, status=LATE if late else 200)


def _gone(request: StrangerRequest, token: str) -> HttpResponse:
    """Answer alike for a link that never was, was used, ran out or was ended."""
    return render(request, "notifications/links/gone.html", _sender(token), status=GONE)


def _context(token: str, opened: Opened) -> dict[str, Any]:
    branch = opened.person.branch
    return {
        "token": token,
        "purpose": opened.purpose.value,
        "ways_on": pages.ways_on(opened),
        "sender": {"name": branch.name, "phone": branch.phone},
    }


def _sender(token: str) -> dict[str, Any]:
    branch = opening.branch_of(token)
    return {"token": token, "sender": {"name": branch.name, "phone": branch.phone} if branch else None}


def _speak(request: StrangerRequest, opened: Opened) -> None:
    """Speak the person's language, unless whoever reads chose another on this device."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return
    translation.activate(opened.person.language)
    request.LANGUAGE_CODE = translation.get_language()


def _template(opened: Opened) -> str:
    return f"notifications/links/{opened.purpose.value.lower()}.html"


def _here(token: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("links:open", args=[token]))
