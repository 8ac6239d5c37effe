"""Programmes as pages: which there are, one version in plain words with a preview, and writing a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, pressed
from notifications.programmes import actions, checks, forms, preview, queries, words
from notifications.programmes.models import Audience, Programme, ProgrammeStep
from notifications.programmes.states import ProgrammeState

WRITES = (Permission.PROGRAMME_EDIT, Permission.CARE_PLAN)
READS = (*WRITES, Permission.CARE_APPROVE, Permission.APPROVE)
DRAFT = ProgrammeState.DRAFT


@requires(*READS)
@require_safe
def listed(request: StaffRequest) -> HttpResponse:
    """List every programme, with the version in use and the one being written."""
    lines: dict[str, dict[str, Any]] = {}
    for one in _seen(request).exclude(state=ProgrammeState.RETIRED).order_by("audience", "key", "version"):
        line = lines.setdefault(one.key, {"key": one.key, "audience": one.get_audience_display()})
        line["draft" if one.state == DRAFT else "in_use"] = one
        line["name"] = one.name_in(request.LANGUAGE_CODE)
        line["steps"] = one.steps.count()
    context = {"lines": list(lines.values()), "may_write": bool(_audiences(request))}
    return render(request, "notifications/programmes/list.html", context)


@requires(*READS)
@require_safe
def version(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a version in plain words, what is wrong with it, and what it would plan."""
    this = get_object_or_404(_seen(request), pk=pk)
    page = "notifications/programmes/version.html"
    context = {"programme": this, **_previewed(request, this)}
    if not request.htmx:
        context |= _whole(request, this)
    response = render(request, f"{page}#preview" if request.htmx else page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(*WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Begin a programme that does not exist yet."""
    audiences = _audiences(request)
    others = _seen(request).filter(state=ProgrammeState.PUBLISHED, audience__in=[one[0] for one in audiences])
    form = forms.New(
        request.POST if request.method == "POST" else None,
        audiences=audiences,
        others=list(others.order_by("key")),
        language=request.LANGUAGE_CODE,
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            draft = actions.draft_new(**form.said(), by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("A draft. It is used once a second person has agreed."))
            return redirect(draft)
    context = {"form": form, "crumbs": [*_crumbs(), (_("A new programme"), "")]}
    return render(request, "notifications/programmes/new.html", context, status=422 if form.errors else 200)


@requires(*WRITES)
@require_POST
def begin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Begin a new version from this one."""
    this = get_object_or_404(_seen(request), pk=pk)
    with Attempt(request) as attempt:
        draft = actions.draft_from(this, by=request.actor, at=request.at)
    return redirect(draft if attempt.ok else this)


@requires(*WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: StaffRequest, pk: UUID, step: UUID | None = None) -> HttpResponse:
    """Add a step to a draft, or change one."""
    this = get_object_or_404(_seen(request).filter(state=DRAFT), pk=pk)
    row = get_object_or_404(ProgrammeStep, programme=this, pk=step) if step else None
    typed = request.POST if request.method == "POST" else None
    form = forms.Step(typed, programme=this, language=request.LANGUAGE_CODE, step=row)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.write_step(this, form.said(), step=row, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Saved."))
            return redirect(this)
    crumbs = [*_crumbs(), (this.name_in(request.LANGUAGE_CODE), this.get_absolute_url())]
    crumbs.append((_("Step"), ""))
    context = {"form": form, "programme": this, "step": row, "crumbs": crumbs}
    return render(request, "notifications/programmes/step.html", context, status=422 if form.errors else 200)


@requires(*WRITES)
@require_POST
def remove(request: StaffRequest, pk: UUID, step: UUID) -> HttpResponse:
    """Take a step out of a draft."""
    this = get_object_or_404(_seen(request).filter(state=DRAFT), pk=pk)
    row = get_object_or_404(ProgrammeStep, programme=this, pk=step)
    with Attempt(request):
        actions.remove_step(row, by=request.actor, at=request.at)
    return redirect(this)


@requires(*WRITES)
@require_POST
def ask(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask a second person to let a draft be used."""
    said = _("Asked. It is used once a second person has agreed.")
    return _act(request, pk, actions.ask_to_publish, said)


@requires(*WRITES)
@require_POST
def take_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Go on writing what a second person was asked about."""
    return _act(request, pk, actions.take_back, _("Taken back. You can go on writing."))


@requires(*WRITES)
@require_POST
def counsel(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that counsel approved a version."""
    said = _("Recorded. The mark “draft” is gone from every page.")
    return _act(request, pk, actions.approve_by_counsel, said)


@requires(*WRITES)
@require_POST
def discard(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Throw a draft away."""
    this = get_object_or_404(_seen(request).filter(state=DRAFT), pk=pk)
    with Attempt(request) as attempt:
        actions.discard(this, by=request.actor, at=request.at)
    return redirect("programmes:list") if attempt.ok else redirect(this)


def _act(request: StaffRequest, pk: UUID, action: Callable[..., object], said: str) -> HttpResponse:
    this = get_object_or_404(_seen(request), pk=pk)
    return pressed(request, action, this, said, to=this)


def _seen(request: StaffRequest) -> Any:
    """Return the programmes of those whom the reader serves; they hold for the whole tree."""
    if request.holds(Permission.PROGRAMME_EDIT) or request.holds(Permission.APPROVE):
        return Programme.objects.all()
    return Programme.objects.filter(audience=Audience.FAMILY)


def _audiences(request: StaffRequest) -> list[tuple[str, str]]:
    """Return for whom the reader may write a new programme, in words."""
    held = [one for one in WRITES if request.holds(one)]
    words_of = {Audience.FAMILY: Audience.FAMILY.label, Audience.DONOR: _("Everybody on the register")}
    return [(one.value, str(words_of[one])) for one in actions.NEW_FOR if actions.may_write(one, held)]


def _previewed(request: StaffRequest, this: Programme) -> dict[str, Any]:
    if this.audience == Audience.STAFF:
        return {"alarm": True}  # it has no days
    usual = {
        "day": timezone.localdate(request.at).isoformat(),
        "years": "1",
        "kept_by": "SOLAR",
        "counts": "1",
    }
    form = forms.Preview({**usual, **{name: request.GET[name] for name in usual if name in request.GET}})
    language = request.LANGUAGE_CODE
    lines = preview.of(this, form.cleaned_data, language=language) if form.is_valid() else []
    return {"form": form, "lines": lines}


def _whole(request: StaffRequest, this: Programme) -> dict[str, Any]:
    steps = list(this.steps.order_by("order"))
    draft = this.state == DRAFT
    wrong = queries.problems(this) if draft else []
    question = actions.asked_about(this, at=request.at) if draft else None
    others = Programme.objects.filter(key=this.key).exclude(pk=this.pk)
    return {
        "crumbs": [*_crumbs(), (this.name_in(request.LANGUAGE_CODE), "")],
        "name": this.name_in(request.LANGUAGE_CODE),
        "rows": [_row(one, wrong, request.LANGUAGE_CODE) for one in steps],
        "draft": draft,
        "may_write": actions.may_write(this.audience, [one for one in WRITES if request.holds(one)]),
        "question": question,
        "asked_by_me": question is not None and question.by_id == request.actor.id,
        "wrong": [f"{one.step}: {one.words}" if one.step else str(one.words) for one in wrong],
        "gone": [one.name_in(request.LANGUAGE_CODE) for one in queries.gone(this)] if draft else [],
        "open_draft": others.filter(state=DRAFT).first(),
        "others": others.order_by("-version")[:10],
    }


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Programmes"), reverse("programmes:list"))]


def _row(one: ProgrammeStep, wrong: list[checks.Problem], language: str) -> dict[str, Any]:
    return {
        "step": one,
        "name": one.name_in(language),
        "when": words.when(one),
        "limits": words.limits(one),
        "ways": words.ways(one),
        "release": words.release(one),
        "wrong": [problem.words for problem in wrong if problem.step == one.key],
    }
