"""The scanned pile: hand it in, watch it being filed, and look at what could not be read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import jobs, trail, vault
from foundation.access import Branch, Permission, StaffRequest, requires, scope_from
from foundation.pages import Attempt
from foundation.pages.uploads import takes_files
from registry.drives import piles
from registry.drives.forms.piles import PileFile, PutAway, Whose
from registry.drives.models import DiscardReason, Drive, FormState, Pile, PileForm, PilePage
from registry.drives.piles import queries
from registry.drives.views.board import is_own, note_names

WRONG = 422  # the page comes back with what was typed and what is wrong


@requires(Permission.CONSENT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_files("PILE_LARGEST_MB")
def at_branch(request: StaffRequest) -> HttpResponse:
    """Take a pile of the reader's branch, and show those that were handed in before."""
    branch = request.branch or Branch.objects.filter(pk=request.actor.branch or None).first()
    if branch is None or not all(scope.covers(branch.path) for scope in (request.scope, _donors(request))):
        raise Http404
    return _hand_in(request, branch, None)


@requires(Permission.CONSENT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_files("PILE_LARGEST_MB")
def at_drive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a pile of one drive."""
    seen = Drive.objects.filter(_donors(request).q("branch_path")).visible_to(request.scope)
    drive = get_object_or_404(seen.select_related("branch"), pk=pk)
    return _hand_in(request, drive.branch, drive)


@requires(Permission.CONSENT_RECORD)
@require_safe
def one(request: StaffRequest, pile_id: UUID) -> HttpResponse:
    """Show how far a pile is and what came of it. htmx asks for that alone until it has ended."""
    pile = _pile_of(request, pile_id)
    job = piles.job_of(pile)
    context = {
        "pile": pile,
        "job": job,
        "waits": job is not None and job.waits_for_worker(request.at),
        "counts": piles.counts(pile),
        "lines": queries.to_look_at(pile) if pile.key_id else [],
        "filed": queries.filed(pile),
        "may_verify": request.holds(Permission.CONSENT_VERIFY),
        "stopped": job is not None and job.has_ended and pile.key_id and not _is_through(pile),
    }
    page = "registry/drives/pile.html" + ("#state" if request.htmx else "")
    response = render(request, page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(Permission.CONSENT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: StaffRequest, pile_id: UUID, form_id: UUID) -> HttpResponse:
    """Show one form that could not be filed by itself, and ask whose it is."""
    pile = _pile_of(request, pile_id)
    form = get_object_or_404(pile.forms, pk=form_id)
    if form.state != FormState.LOOK:
        return redirect("drives:pile", pile_id=pile.pk)
    form.pile = pile
    offered, opened = _offered(request, pile)
    asked, away = _forms(request, offered)
    if request.method == "POST" and (response := _deal(request, form, asked, away)):
        return response
    if opened and request.method == "GET" and pile.drive:
        note_names(request, pile.drive, [UUID(pk) for pk, _label in offered], [])
    pages = list(form.scanned.defer("picture", "sketch").order_by("number"))
    context = {
        "pile": pile,
        "one": form,
        "sentence": queries.sentence_of(form),
        "pages": pages,
        "seen": ",".join(str(page.number) for page in pages),
        "before": pile.forms.filter(first_page__lt=form.first_page).order_by("-first_page").first(),
        "left": pile.forms.filter(state=FormState.LOOK).count(),
        "form": asked,
        "away": away,
    }
    wrong = bool(asked.errors or away.errors)
    return render(request, "registry/drives/pile_form.html", context, status=WRONG if wrong else 200)


@requires(Permission.CONSENT_RECORD)
@require_safe
def page(request: StaffRequest, pile_id: UUID, number: int) -> HttpResponse:
    """Hand out the picture of one page. Each look is written down."""
    pile = _pile_of(request, pile_id)
    row = get_object_or_404(PilePage, pile=pile, number=number)
    picture = vault.open_one(row, "picture")["picture"]
    if not isinstance(picture, bytes):
        raise Http404
    trail.record(
        "pile.page_opened", by=request.actor, at=request.at, object=pile, branch=pile.branch_id, page=number
    )
    response = HttpResponse(picture, content_type="image/jpeg")
    response["Content-Disposition"] = f'attachment; filename="page-{number}.jpg"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@requires(Permission.CONSENT_RECORD)
@require_POST
def stop(request: StaffRequest, pile_id: UUID) -> HttpResponse:
    """Ask the work on a pile to stop; what is filed stays filed."""
    job = piles.job_of(_pile_of(request, pile_id))
    if job is not None:
        jobs.ask_to_stop(job, by=request.actor, at=request.at)
    return redirect("drives:pile", pile_id=pile_id)


@requires(Permission.CONSENT_RECORD)
@require_POST
def go_on(request: StaffRequest, pile_id: UUID) -> HttpResponse:
    """Have a pile worked through further."""
    pile = _pile_of(request, pile_id)
    with Attempt(request):
        piles.go_on(pile, by=request.actor, at=request.at)
    return redirect("drives:pile", pile_id=pile_id)


@requires(Permission.CONSENT_RECORD)
@require_POST
def throw_away(request: StaffRequest, pile_id: UUID) -> HttpResponse:
    """Destroy what is kept of a pile; what was filed from it stays."""
    pile = _pile_of(request, pile_id)
    with Attempt(request) as attempt:
        piles.throw_away(Pile.objects.filter(pk=pile.pk), by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Thrown away. What was filed stays filed."))
    return redirect("drives:pile", pile_id=pile_id)


def _donors(request: StaffRequest) -> Any:
    """Return where the reader may see donors: a pile is of donors' papers. Source: domain.md section 1."""
    return scope_from(request.roles, Permission.DONOR_VIEW)


def _pile_of(request: StaffRequest, pile_id: UUID) -> Pile:
    seen = Pile.objects.visible_to(request.scope).filter(_donors(request).q("branch_path"))
    return get_object_or_404(seen.select_related("branch", "drive__branch"), pk=pile_id)


def _hand_in(request: StaffRequest, branch: Branch, drive: Drive | None) -> HttpResponse:
    posted = request.method == "POST"
    form = PileFile(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["pile"]
        with Attempt(request, form) as attempt:
            pile = piles.hand_in(
                file.read(), name=file.name or "", branch=branch, drive=drive, by=request.actor, at=request.at
            )
        if attempt.ok:
            if pile.at != request.at:
                messages.info(request, _("This very file was handed in before. Here is what came of it."))
            return redirect("drives:pile", pile_id=pile.pk)
    seen = Pile.objects.visible_to(request.scope).filter(_donors(request).q("branch_path"))
    context = {
        "branch": branch,
        "drive": drive,
        "may_see_board": request.holds(Permission.DRIVE_MANAGE) or request.holds(Permission.DONOR_ENROL),
        "form": form,
        "earlier": queries.earlier(branch.path, drive.pk if drive else None, seen),
    }
    return render(request, "registry/drives/piles.html", context, status=WRONG if form.errors else 200)


def _is_through(pile: Pile) -> bool:
    return pile.read_at is not None and not pile.forms.filter(state=FormState.WAITING).exists()


def _offered(request: StaffRequest, pile: Pile) -> tuple[list[tuple[str, str]], bool]:
    reach = piles.Reach(request.scope, _donors(request))
    opened = pile.drive is not None and is_own(request, pile.drive)
    return queries.offered(queries.waiting_for_paper(pile, reach), opened=opened), opened


def _forms(request: StaffRequest, offered: list[tuple[str, str]]) -> tuple[Whose, PutAway]:
    act = request.POST.get("act") if request.method == "POST" else ""
    asked = Whose(request.POST if act == "file" else None, people=offered)
    return asked, PutAway(request.POST if act == "discard" else None)


def _deal(request: StaffRequest, form: PileForm, asked: Whose, away: PutAway) -> HttpResponse | None:
    """Do what was asked with a form; None where the page has to come back with a sentence."""
    pile, done = form.pile, ""
    bound = next((one for one in (asked, away) if one.is_bound), None)
    with Attempt(request, bound) as attempt:
        if asked.is_bound and asked.is_valid():
            done = _file(request, form, asked.cleaned_data)
        elif away.is_bound and away.is_valid():
            reason = DiscardReason(away.cleaned_data["reason"])
            piles.discard(form, reason, by=request.actor, at=request.at, seen=_seen(request))
            done = _("Put away.")
        elif bound is None:
            return _rearrange(request, form)
    if not attempt.ok or not done:
        return None
    messages.success(request, done)
    return _to_next(pile, form)


def _seen(request: StaffRequest) -> list[int]:
    """Return the pages that the reader had before them."""
    told = request.POST.get("seen", "").split(",")
    return [int(number[:5]) for number in told if number.isascii() and number.isdigit()]


def _file(request: StaffRequest, form: PileForm, told: dict[str, Any]) -> str:
    if told.get("person"):
        reach = piles.Reach(request.scope, _donors(request))
        donor = get_object_or_404(reach.people(), pk=told["person"])
        piles.file_for(form, donor, by=request.actor, at=request.at, seen=_seen(request))
    else:
        piles.file_under(form, told["text"], by=request.actor, at=request.at, seen=_seen(request))
    return _("Filed. A colleague verifies it.")


def _rearrange(request: StaffRequest, form: PileForm) -> HttpResponse:
    """Let a page begin a form of its own, or put a form to the one before it."""
    target = form
    if request.POST.get("act") == "join":
        target = piles.join(form, by=request.actor, at=request.at)
    elif (number := request.POST.get("page", "")).isascii() and number.isdigit():
        piles.begin_anew(form, int(number[:5]), by=request.actor, at=request.at)
    return redirect("drives:pile_form", pile_id=form.pile_id, form_id=target.pk)


def _to_next(pile: Pile, form: PileForm) -> HttpResponse:
    """Go on to the next form to look at, after the last one back to the pile."""
    left = pile.forms.filter(state=FormState.LOOK)
    after = left.filter(first_page__gt=form.first_page).order_by("first_page").first()
    following = after or left.order_by("first_page").first()
    if following is None:
        return redirect("drives:pile", pile_id=pile.pk)
    return redirect("drives:pile_form", pile_id=pile.pk, form_id=following.pk)
