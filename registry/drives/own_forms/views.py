"""What a volunteer sees on their own phone: one question a page, and at the end a number."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.access.requires import Guarded
from foundation.pages import RelayForm
from foundation.papers import codes
from registry.donors import strangers
from registry.donors.strangers import StrangerRequest
from registry.drives.actions import drafts
from registry.drives.answers import Answers
from registry.drives.models import Draft, Drive
from registry.drives.own_forms import actions, browsers, parts, posters
from registry.drives.states import DriveState

WRONG, OVER, CROWDED = 422, 410, 429
REASON = "volunteers fill their own form at a drive; it says nothing of anybody and is read by staff alone"

View = Callable[..., HttpResponse]


def _at_a_drive(view: View) -> Guarded:
    """Read the mark of the poster; one whose day is over, or has not come, gets a page that says so."""

    @strangers.for_strangers(reason=REASON)
    @wraps(view)
    def checked(request: StrangerRequest, mark: str, **kwargs: Any) -> HttpResponse:
        drive = _drive_of(mark)
        today = timezone.localdate(request.at)
        context = {"drive": drive, "mark": mark, "sender": _sender(drive)}
        if drive.state == DriveState.CLOSED or posters.read(mark).until < today:
            return render(request, "registry/drives/own_forms/over.html", context, status=OVER)
        if drive.on_date is not None and drive.on_date > today:
            return render(request, "registry/drives/own_forms/early.html", context)
        if drive.on_date is not None and drive.on_date < today:
            return render(request, "registry/drives/own_forms/over.html", context, status=OVER)
        return view(request, mark, drive, **kwargs)

    return checked


@_at_a_drive
@require_safe
def start(request: StrangerRequest, mark: str, drive: Drive) -> HttpResponse:
    """Say what this is, who can join, and what happens with what is typed."""
    draft = browsers.form_of(request, drive)
    if draft is not None and draft.handed_in_at is not None:
        return _to("own:number", mark)
    context = {
        "lowest": settings.AGE_LOWEST,
        "highest": settings.AGE_HIGHEST_TO_JOIN,
        "weights": settings.WEIGHT_LOWEST_KG,
        "days": settings.DRAFT_DAYS,
        "begun": draft is not None,
        "first": _open_part(request, draft) or next(iter(parts.PARTS)),
    }
    return _show(request, "start", mark, drive, context)


@_at_a_drive
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: StrangerRequest, mark: str, drive: Drive, name: str) -> HttpResponse:
    """Show or take one page of the form."""
    page, draft = parts.PARTS[name], browsers.form_of(request, drive)
    if draft is not None and draft.handed_in_at is not None:
        return _to("own:number", mark)
    if request.method == "POST":
        return _take(request, mark, drive, page, draft)
    if draft is None and page.before is not None:
        return _to("own:start", mark)
    answers = drafts.read(draft) if draft else Answers()
    form = page.shown(answers, on=timezone.localdate(request.at))
    response = _page(request, mark, drive, page, form)
    return browsers.remember(response, draft.idempotency_key if draft else browsers.new_key())


@_at_a_drive
@require_safe
def number(request: StrangerRequest, mark: str, drive: Drive) -> HttpResponse:
    """Show the number and the code for the coordinator: nothing that was typed."""
    draft = browsers.form_of(request, drive)
    if draft is None or draft.handed_in_at is None:
        return _to("own:start", mark)
    there = request.build_absolute_uri(reverse("drives:own", args=[draft.pk]))
    context = {"draft": draft, "code": codes.qr_svg(there), "done": draft.donor_id is not None}
    return _show(request, "number", mark, drive, context)


@_at_a_drive
@require_POST
def leave(request: StrangerRequest, mark: str, drive: Drive) -> HttpResponse:
    """Clear this device; where the volunteer wishes, or nothing was handed in, the form is destroyed too."""
    draft = browsers.form_of(request, drive)
    wished = request.POST.get("form") == "destroy"
    if draft is not None and (wished or draft.handed_in_at is None):
        actions.destroy(draft, at=request.at)
    return browsers.forget(_to("own:left" if wished else "own:start", mark))


@_at_a_drive
@require_safe
def left(request: StrangerRequest, mark: str, drive: Drive) -> HttpResponse:
    """Say that nothing was kept."""
    return _show(request, "left", mark, drive, {})


def _take(
    request: StrangerRequest, mark: str, drive: Drive, page: parts.Part, draft: Draft | None
) -> HttpResponse:
    if strangers.are_too_many(request, "own_form", most=settings.OWN_FORMS_PER_ADDRESS * len(parts.PARTS)):
        return _crowded(request, mark, drive)
    if draft is None and page.before is not None:  # it was left for too long, or cleared
        return _to("own:start", mark)
    on = timezone.localdate(request.at)
    answers = drafts.read(draft) if draft else Answers()
    form = page.make(request.POST, answers, on)
    right, back = form.is_valid(), request.POST.get("then") == "back"
    key = draft.idempotency_key if draft else browsers.key_to_begin_with(request)
    answer = page.answer(request.POST, form, answers, on=on)
    if draft is not None:
        draft = actions.write(draft, page.step, answer, at=request.at)
    elif right:
        try:
            draft = actions.begin(
                drive, key=key, answer=answer, language=request.LANGUAGE_CODE or "", at=request.at
            )
        except actions.TooManyWait:
            return _crowded(request, mark, drive)
    if not right and not back:
        return browsers.remember(_page(request, mark, drive, page, form), key)
    response = _go_on(request, mark, page, draft, back=back)
    return browsers.remember(response, key)


def _go_on(
    request: StrangerRequest, mark: str, page: parts.Part, draft: Draft | None, *, back: bool
) -> HttpResponse:
    if back or draft is None:
        return _to("own:part", mark, page.before) if page.before else _to("own:start", mark)
    if draft.handed_in_at is not None:
        return _to("own:number", mark)
    if page.after is not None:
        return _to("own:part", mark, page.after)
    if (missing := _open_part(request, draft)) is not None:
        return _to("own:part", mark, missing)
    actions.hand_in(draft, at=request.at)
    return _to("own:number", mark)


def _open_part(request: StrangerRequest, draft: Draft | None) -> str | None:
    if draft is None:
        return None
    return parts.first_open(drafts.read(draft), on=timezone.localdate(request.at))


def _page(
    request: StrangerRequest, mark: str, drive: Drive, page: parts.Part, form: RelayForm
) -> HttpResponse:
    context = {"page": page, "form": form, "steps": len(parts.PARTS)}
    status = WRONG if form.errors else 200
    return render(request, page.template, _context(mark, drive) | context, status=status)


def _show(request: StrangerRequest, name: str, mark: str, drive: Drive, context: Any) -> HttpResponse:
    template = f"registry/drives/own_forms/{name}.html"
    return render(request, template, _context(mark, drive) | context)


def _crowded(request: StrangerRequest, mark: str, drive: Drive) -> HttpResponse:
    template = "registry/drives/own_forms/crowded.html"
    return render(request, template, _context(mark, drive), status=CROWDED)


def _context(mark: str, drive: Drive) -> dict[str, Any]:
    return {"mark": mark, "drive": drive, "sender": _sender(drive)}


def _sender(drive: Drive) -> dict[str, str]:
    return {"name": drive.branch.name, "phone": drive.branch.phone}


def _drive_of(mark: str) -> Drive:
    try:
        drive_id: UUID = posters.read(mark).drive_id
    except posters.NotAPoster:
        raise Http404 from None
    drive = Drive.objects.filter(pk=drive_id).select_related("branch", "place").first()
    if drive is None:
        raise Http404
    return drive


def _to(name: str, mark: str, *args: str | None) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=[mark, *args]))
