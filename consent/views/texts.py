"""Texts: every version, a draft's words in three languages, whom it touches, and its publishing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent import actions, documents, forms, queries
from consent.models import Text, TextBody
from consent.models.texts import LEGACY
from consent.purposes import Purpose, Use
from consent.states import TextState
from consent.views.reach import places
from foundation import moves
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.papers import codes


@requires(Permission.CONSENT_PUBLISH)
@require_safe
def texts(request: StaffRequest) -> HttpResponse:
    """List every version of every text, the newest first."""
    language = _language("", request.LANGUAGE_CODE)
    bodies = TextBody.objects.filter(language=language).exclude(text__version=LEGACY).select_related("text")
    holders = queries.in_force_by_text()
    listed = [
        (body.text, body.title, holders.get(body.text_id, 0))
        for body in bodies.order_by("text__document", "-text__version")
    ]
    return render(request, "consent/texts.html", {"listed": listed, "consent_places": places(request)})


@requires(Permission.CONSENT_PUBLISH)
@require_safe
def text(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a version as it is read, what it covers, and whom its publishing would touch."""
    this = get_object_or_404(Text, pk=pk)
    language = _language(request.GET.get("language", ""), request.LANGUAGE_CODE)
    body = this.bodies.get(language=language)
    draft = this.state == TextState.DRAFT
    lacking = moves.missing(this, "publish", by=request.actor, at=request.at) if draft else None
    touched = queries.touched(this) if draft else None
    others = {_("Another version of this text is in force.")}  # it retires in the same moment
    context = {
        "text": this,
        "body": body,
        "lines": body.lines_of(this),
        "languages": documents.LANGUAGES,
        "covers": [
            (Purpose(p).label, [_use(use) for use in sorted(uses)]) for p, uses in this.uses().items()
        ],
        "draft": draft,
        "touched": touched,
        "added": [(one.purpose.label, [_use(use) for use in one.uses], one.consents) for one in touched.added]
        if touched
        else [],
        "publish_url": reverse("consent:publish", args=[this.pk]),
        "holders": queries.in_force_now(this),
        "lacking": [sentence for sentence in lacking or [] if str(sentence) not in others],
    }
    return render(request, "consent/text.html", context)


@requires(Permission.CONSENT_PUBLISH)
@require_POST
def begin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Begin a new version from this one."""
    this = get_object_or_404(Text.objects.exclude(version=LEGACY), pk=pk)
    with Attempt(request) as attempt:
        draft = actions.draft_from(this, by=request.actor, at=request.at)
    return redirect("consent:text", draft.pk if attempt.ok else this.pk)


@requires(Permission.CONSENT_PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: StaffRequest, pk: UUID, language: str) -> HttpResponse:
    """Write a draft's words in one language."""
    this = get_object_or_404(Text.objects.filter(state=TextState.DRAFT), pk=pk)
    body = get_object_or_404(TextBody, text=this, language=language)
    form = forms.Words(request.POST if request.method == "POST" else None, text=this, body=body)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.edit(this, words={language: form.words()}, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Saved."))
            return redirect(f"{this.get_absolute_url()}?language={language}")
    context = {"form": form, "text": this, "body": body}
    return render(request, "consent/words.html", context, status=422 if form.errors else 200)


@requires(Permission.CONSENT_PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def uses(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Set the uses that a draft covers."""
    this = get_object_or_404(Text.objects.filter(state=TextState.DRAFT), pk=pk)
    form = forms.Uses(request.POST if request.method == "POST" else None, text=this)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.edit(this, lines=form.lines(), by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Saved."))
            return redirect(this)
    return render(
        request, "consent/uses.html", {"form": form, "text": this}, status=422 if form.errors else 200
    )


@requires(Permission.CONSENT_PUBLISH)
@require_POST
def publish(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Bring a draft into force."""
    this = get_object_or_404(Text, pk=pk)
    with Attempt(request) as attempt:
        actions.publish(this, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Published. It is signed from now on."))
    return redirect(this)


@requires(Permission.CONSENT_PUBLISH)
@require_POST
def approve(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that counsel approved a version's words."""
    this = get_object_or_404(Text, pk=pk)
    with Attempt(request) as attempt:
        actions.approve_by_counsel(this, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Recorded. The mark “draft” is gone from every page."))
    return redirect(this)


@requires(Permission.CONSENT_RECORD, Permission.DONOR_ENROL, Permission.CONSENT_PUBLISH)
@require_safe
def paper(request: StaffRequest, pk: UUID, language: str) -> HttpResponse:
    """Show a text as the paper form that is printed and signed."""
    this = get_object_or_404(Text.objects.exclude(version=LEGACY), pk=pk)
    if language not in documents.LANGUAGES:
        raise Http404
    body = this.bodies.get(language=language)
    with translation.override(language):
        context = {"text": this, "body": body, "lines": body.lines_of(this), "mark": _mark(this, language)}
        return render(request, "consent/paper.html", context)


def _language(asked: str, own: str) -> str:
    return next((code for code in (asked, own) if code in documents.LANGUAGES), documents.LANGUAGES[0])


def _mark(this: Text, language: str) -> str:
    """Return the square that tells a scan which form this is, and which of its pages is the first."""
    return codes.qr_svg(f"LIFE-RELAY {this.document} {this.version} {language}")


def _use(code: str) -> str:
    return str(Use(code).label) if code in Use.values else code
