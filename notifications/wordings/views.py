"""Wordings as pages: which there are, how each will read, and writing a new version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import approvals, moves
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, pressed
from notifications.channel_names import Channel
from notifications.wordings import actions, fields, forms, queries
from notifications.wordings.models import LANGUAGES, Readers, WordingBody, WordingState, WordingVersion

WRITES = (Permission.PROGRAMME_EDIT, Permission.CARE_PLAN)
READS = (*WRITES, Permission.CARE_APPROVE, Permission.APPROVE)


@requires(*READS)
@require_safe
def listed(request: StaffRequest) -> HttpResponse:
    """List every wording, with the version in use and the one being written."""
    form = forms.Which(request.GET or None)
    chosen = form.cleaned_data["readers"] if form.is_valid() else ""
    wordings = queries.read_by(_readers(request)).order_by("audience", "key")
    if chosen:
        wordings = wordings.filter(audience=chosen)
    template = "notifications/wordings/list.html"
    context = {"form": form, "lines": queries.lines_of(wordings, request.LANGUAGE_CODE)}
    response = render(request, f"{template}#rows" if request.htmx else template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(*READS)
@require_safe
def version(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a version: its words, how they will read in each language, and what speaks against them."""
    this = _version(request, pk)
    channels = queries.channels_of(this)
    channel = queries.chosen(request.GET.get("channel", ""), channels)
    draft = this.state == WordingState.DRAFT
    context = {
        "version": this,
        "wording": this.wording,
        "name": this.wording.name_in(request.LANGUAGE_CODE),
        "draft": draft,
        "asked": this.state == WordingState.ASKED,
        "may_write": _may_write(request, this),
        "hears_counsel": request.holds(Permission.PROGRAMME_EDIT),
        "channels": [(one, queries.worst_of(this, one)) for one in channels],
        "channel": channel,
        "shown": queries.shown_by(this, channel),
        "known": fields.KNOWN[this.wording.audience].values(),
        "more": forms.OneMore(without=channels) if draft and len(channels) < len(Channel) else None,
        "lacking": moves.missing(this, "ask", by=request.actor, at=request.at, on=request.branch)
        if draft
        else [],
        "ask_url": reverse("wordings:ask", args=[this.pk]),
        "question": _question(request, this),
        "others": this.wording.versions.exclude(pk=this.pk).order_by("-number")[:10],
    }
    return render(request, "notifications/wordings/version.html", context)


@requires(*WRITES)
@require_POST
def begin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Begin a new version from this one."""
    this = _version(request, pk)
    with Attempt(request) as attempt:
        draft = actions.draft_from(this, by=request.actor, at=request.at)
    return redirect(draft if attempt.ok else this)


@requires(*WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def body(request: StaffRequest, pk: UUID, channel: str, language: str) -> HttpResponse:
    """Write the words of a draft for one channel in one language; how they read stands beside them."""
    this = _version(request, pk)
    if this.state != WordingState.DRAFT:
        raise Http404
    now = get_object_or_404(WordingBody, version=this, channel=channel, language=language)
    if request.method != "POST":
        return _writing(request, this, now, forms.Body(body=now))
    form = forms.Body(request.POST, body=now)
    now.text = request.POST.get("text", "")[: settings.WORDING_LONGEST]
    now.subject = request.POST.get("subject", "")[:120]
    if request.htmx or "look" in request.POST:
        return _writing(request, this, now, form)
    if form.is_valid():
        with Attempt(request, form) as attempt:
            actions.edit(this, {(Channel(channel), language): form.words()}, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Saved."))
            return redirect(f"{this.get_absolute_url()}?channel={channel}")
    return _writing(request, this, now, form, status=422)


def _writing(
    request: StaffRequest, this: WordingVersion, now: WordingBody, form: forms.Body, *, status: int = 200
) -> HttpResponse:
    template = "notifications/wordings/body.html"
    shown = f"{template}#preview" if request.htmx else template
    response = render(request, shown, _of_body(this, now, form), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(*WRITES)
@require_POST
def add(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a draft have words for one more channel."""
    this = _version(request, pk)
    form = forms.OneMore(request.POST, without=queries.channels_of(this))
    if not form.is_valid():
        messages.error(request, _("Choose the way by which these words are to go."))
        return redirect(this)
    channel = Channel(form.cleaned_data["channel"])
    with Attempt(request) as attempt:
        actions.write_for(this, channel, by=request.actor, at=request.at)
    return redirect(f"{this.get_absolute_url()}?channel={channel}" if attempt.ok else this.get_absolute_url())


@requires(*WRITES)
@require_POST
def ask(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask a second person to read a draft."""
    this = _version(request, pk)
    said = _("Asked. It is sent once a second person has agreed.")
    return pressed(request, actions.ask, this, said, to=this)


@requires(*WRITES)
@require_POST
def take_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Go on writing what a second person was asked to read."""
    this = _version(request, pk)
    return pressed(request, actions.take_back, this, _("It is a draft again."), to=this)


@requires(Permission.PROGRAMME_EDIT)
@require_POST
def counsel(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that counsel has read the words."""
    this = _version(request, pk)
    said = _("Recorded. The mark “draft for counsel” is gone.")
    return pressed(request, actions.approve_by_counsel, this, said, to=this)


def _readers(request: StaffRequest) -> list[str]:
    """Return whose words somebody may read: who only cares for families, those to families."""
    if request.holds(Permission.PROGRAMME_EDIT) or request.holds(Permission.APPROVE):
        return list(Readers.values)
    return [Readers.FAMILY]


def _may_write(request: StaffRequest, this: WordingVersion) -> bool:
    return request.holds(Permission.PROGRAMME_EDIT) or (
        this.wording.audience == Readers.FAMILY and request.holds(Permission.CARE_PLAN)
    )


def _version(request: StaffRequest, pk: UUID) -> WordingVersion:
    versions = WordingVersion.objects.select_related("wording").prefetch_related("bodies")
    return get_object_or_404(versions, pk=pk, wording__audience__in=_readers(request))


def _question(request: StaffRequest, this: WordingVersion) -> str:
    """Return where somebody may answer what was asked about a version; nothing if they may not."""
    waiting = approvals.waiting_for(request.staff, at=request.at)
    found = waiting.filter(object_type=this._meta.label_lower, object_id=str(this.pk)).first()
    return reverse("desk:approval", args=[found.pk]) if found else ""


def _of_body(this: WordingVersion, now: WordingBody, form: forms.Body) -> dict[str, Any]:
    return {
        "version": this,
        "wording": this.wording,
        "body": now,
        "form": form,
        "one": queries.shown(now, this.wording),
        "known": fields.KNOWN[this.wording.audience].values(),
        "samples": fields.samples(fields.KNOWN[this.wording.audience], this.wording.audience, now.language),
        "languages": LANGUAGES,
    }
