"""The pages of signs and templates: what the provider has approved, and what waits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.pages import Attempt
from notifications.channels.provider import actions, forms, queries
from notifications.channels.provider.models import ProviderSign, ProviderTemplate, Standing
from notifications.wordings.models import WordingBody, WordingState

WRONG = 422


@requires(Permission.SETTINGS)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """Show the signs of one's branches and every text in use, with how each stands at the provider."""
    signs = ProviderSign.objects.visible_to(request.scope).select_related("branch").order_by("branch_path")
    lines = queries.texts_in_use()
    context = {
        "signs": signs,
        "lines": lines,
        "waiting": sum(line.standing != Standing.APPROVED for line in lines),
        "branches": Branch.objects.visible_to(request.scope).filter(active=True, sms_sign=None)[:50],
    }
    return render(request, "notifications/provider/overview.html", context)


@requires(Permission.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down the sign of a branch."""
    branch = get_object_or_404(Branch.objects.visible_to(request.scope), pk=pk)
    known = ProviderSign.objects.filter(branch=branch).first()
    first = {"words": known.words, "standing": known.standing} if known else {"standing": Standing.ASKED}
    form = forms.Sign(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.record_sign(branch, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("provider:overview")
    return _page(request, "sign", {"form": form, "branch": branch})


@requires(Permission.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down the provider's number of one text, beside the text itself."""
    in_use = WordingBody.objects.filter(
        version__state=WordingState.APPROVED, channel__in=queries.BY_THE_PROVIDER
    )
    body = get_object_or_404(in_use.select_related("version__wording"), pk=pk)
    known = ProviderTemplate.objects.filter(
        version=body.version_id, channel=body.channel, language=body.language
    ).first()
    first = {"number": known.number, "standing": known.standing} if known else {"standing": Standing.ASKED}
    form = forms.Template(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.record_template(body, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("provider:overview")
    return _page(request, "template", {"form": form, "body": body})


def _page(request: StaffRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    crumbs = [(_("Administration"), reverse("desk:administration")),
              (_("Short messages"), reverse("provider:overview")), (_("Write down"), "")]  # fmt: skip
    status = WRONG if context["form"].errors else 200
    page = f"notifications/provider/{name}.html"
    return render(request, page, {**context, "crumbs": crumbs}, status=status)
