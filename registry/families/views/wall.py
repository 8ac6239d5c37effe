"""The memorial wall at the desk: write, show, hear the family, put up, take down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent.models import Text
from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from foundation.papers import pdf
from registry.families import actions, forms, queries
from registry.families.forms.wall import CHANGE, YES
from registry.families.models import Family, Member, WallPage
from registry.families.queries.wall import OnPage
from registry.families.views.common import act_page, crumbs, seen_family, where_seen
from registry.families.views.sheets import language_of
from registry.families.ways import WALL_TEXT


def seen_page(request: StaffRequest, pk: UUID) -> WallPage:
    """Return a place on the wall of the request's scope."""
    pages = WallPage.objects.visible_to(request.scope).visible_to(where_seen(request))
    return get_object_or_404(pages.select_related("giver__subject", "family__giver", "family__branch"), pk=pk)


@requires(Permission.FAMILY_VIEW)
@require_GET
def waiting(request: StaffRequest) -> HttpResponse:
    """List the pages for the wall with which somebody has to do something, the newest first."""
    form = forms.Waiting(request.GET)
    what = form.cleaned_data["what"] if form.is_valid() else ""
    mine = WallPage.objects.visible_to(request.scope)
    found = queries.waiting(mine, timezone.localdate(request.at), what)
    page = paginate(found.select_related("giver", "family"), request.GET)
    names = queries.masked_names([one.giver for one in page.items])
    rows = [
        {"page": one, "name": name, "work": queries.work_on(one)}
        for one, name in zip(page.items, names, strict=True)
    ]
    context = {"form": form, "page": page, "rows": rows, "crumbs": crumbs(None, _("Memorial wall"))}
    return render(request, "registry/families/wall/waiting.html", context)


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def write(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write what the public would read of one who gave; whoever agreed is asked anew."""
    family = seen_family(request, pk)
    page = _of_the_giver(request, family)
    known = actions.values_of_wall_page(page) if page else {}
    form = forms.Wall(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            page = actions.write_wall_page(family, form.said, by=request.actor, at=request.at)
        if attempt.ok and page:
            messages.success(request, _("Written down. Now show it to the family."))
            return redirect("families:wall-proof", pk=page.pk)
    if page:
        trail.record("wallpage.revealed", by=request.actor, at=request.at, object=page, reason="correct")
    asked = queries.change_asked(page) if page and page.change_asked_at else None
    return act_page(
        request,
        family,
        form,
        title=_("What would stand on the wall"),
        asked=asked,
        template="registry/families/wall/write.html",
    )


def _of_the_giver(request: StaffRequest, family: Family) -> WallPage | None:
    """Return the page of the one who gave; another branch's desk finds none."""
    page = WallPage.objects.filter(giver=family.giver_id).first()
    return seen_page(request, page.pk) if page else None


@requires(Permission.FAMILY_VIEW)
@require_GET
def proof(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the page exactly as it would appear, to print; each look is written down."""
    page = seen_page(request, pk)
    trail.record("wallpage.viewed", by=request.actor, at=request.at, object=page)
    context = _proof(page) | {
        "family": page.family,
        "crumbs": crumbs(page.family, _("As it would appear")),
        "wall": _offers(request, page),
        "can_edit": request.holds(Permission.FAMILY_EDIT),
    }
    return render(request, "registry/families/wall/proof.html", context)


@requires(Permission.FAMILY_VIEW)
@require_GET
def paper(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give page and consent on paper, as PDF; where none can be made, the page that prints the same."""
    page = seen_page(request, pk)
    trail.record("wallpage.printed", by=request.actor, at=request.at, object=page)
    language = language_of(request, page.family)
    with translation.override(language):
        context = _proof(page) | _consent(request, language)
        try:
            content = pdf.render("registry/families/wall/paper.html", context)
        except pdf.NoPdf:
            return render(request, "registry/families/wall/paper.html", context)
    headers = {"Content-Disposition": 'attachment; filename="wall.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@requires(Permission.FAMILY_EDIT)
@require_POST
def show(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that the family is shown the page."""
    return _pressed(request, pk, actions.show_wall_page, _("Written down. Now hear what they say."))


@requires(Permission.CARE_APPROVE)
@require_POST
def put_up(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let the public read it."""
    return _pressed(request, pk, actions.put_on_wall, _("The name is on the wall now."))


@requires(Permission.FAMILY_EDIT)
@require_POST
def end(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take it down for good."""
    return _pressed(request, pk, actions.end_wall_page, _("It is taken down."))


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def answer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what somebody of the family says to the page they were shown."""
    page = seen_page(request, pk)
    people = queries.people_to_ask(page, request.scope)
    form = forms.Answer(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            _take(request, page, form.cleaned_data)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("families:detail", pk=page.family_id)
    return act_page(request, page.family, form, title=_("What do they say to the page?"))


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def prolong(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that somebody of the family wants the name to stay."""
    page = seen_page(request, pk)
    people = queries.people_to_ask(page, request.scope)
    form = forms.Prolong(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            member = Member.objects.get(pk=form.cleaned_data["member"])
            actions.prolong_wall_page(page, member, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("families:detail", pk=page.family_id)
    return act_page(
        request,
        page.family,
        form,
        title=_("The name should stay"),
        explained=_("Only on the family's own word. Show them the page again before you ask."),
    )


def _take(request: StaffRequest, page: WallPage, said: dict[str, Any]) -> None:
    member = Member.objects.select_related("subject", "family__giver").get(pk=said["member"])
    if said["answer"] == YES:
        actions.agree_to_wall(page, member, by=request.actor, at=request.at)
    elif said["answer"] == CHANGE:
        actions.ask_wall_change(page, member, words=said["words"], by=request.actor, at=request.at)
    else:
        actions.object_to_wall(member, words=said["words"], by=request.actor, at=request.at)


def _pressed(request: StaffRequest, pk: UUID, act: Any, words: str) -> HttpResponse:
    page = seen_page(request, pk)
    with Attempt(request) as attempt:
        act(page, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, words)
    return redirect("families:detail", pk=page.family_id)


def _consent(request: StaffRequest, language: str) -> dict[str, Any]:
    """Return the text that is signed below the page, as it is in force."""
    text = Text.objects.in_force(WALL_TEXT, request.at).first()
    body = text and text.bodies.get(language=language)
    return {"body": body, "line": body.lines_of(text)[0] if text and body else None, "language": language}


def _proof(page: WallPage) -> dict[str, Any]:
    branch = page.family.branch
    entry = queries.entry_of(page)
    sender = {"name": branch.name, "phone": branch.phone}
    return {"wall_page": page, "entries": [entry] if entry else [], "branch": branch, "sender": sender}


def _offers(request: StaffRequest, page: WallPage) -> OnPage:
    on = timezone.localdate(request.at)
    return queries.wall_of(page.family, by=request.actor, at=request.at, on=on)
