"""The rites sheet: printed for the first visit, ticked by the family, and ticked in afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent.models import Text
from foundation import trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.papers import pdf
from registry.families import actions, forms
from registry.families.forms.wishes import OWN, SILENT, as_ticked
from registry.families.models import Family, Member, Tradition
from registry.families.rites import RITES
from registry.families.views.common import act_page, crumbs, seen_family
from registry.families.ways import TEXT


@requires(Permission.FAMILY_VIEW)
@require_GET
def sheet(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the sheet as it prints, in the language that the family reads."""
    family = seen_family(request, pk)
    language = language_of(request, family)
    with translation.override(language):
        context = _sheet(request, family, language)
    more = {"crumbs": crumbs(family, _("The sheet")), "languages": settings.LANGUAGES}
    return render(request, "registry/families/sheet.html", context | more)


@requires(Permission.FAMILY_VIEW)
@require_GET
def paper(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give the sheet as PDF; where none can be made, the page that prints the same."""
    family = seen_family(request, pk)
    language = language_of(request, family)
    with translation.override(language):
        context = _sheet(request, family, language)
        try:
            content = pdf.render("registry/families/sheet_paper.html", context)
        except pdf.NoPdf:
            return render(request, "registry/families/sheet_paper.html", context)
    trail.record("family.sheet_printed", by=request.actor, at=request.at, object=family, language=language)
    name = f"wishes-{family.pk.hex[-6:]}-{language}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def wishes(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Tick in what the family ticked on the sheet."""
    family = seen_family(request, pk)
    people = _people(family)
    form = forms.Tick(
        request.POST if request.method == "POST" else None,
        people=[(str(one.pk), words) for one, words in people],
        initial=_as_it_stands(request, family, people),
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt, transaction.atomic():
            _write_down(request, family, form, people)
        if attempt.ok:
            messages.success(request, _("Written down. The year is planned by it."))
            return redirect("families:detail", pk=family.pk)
    title, template = _("Tick in the sheet"), "registry/families/wishes.html"
    return act_page(request, family, form, title=title, template=template)


def _write_down(
    request: StaffRequest, family: Family, form: forms.Tick, people: list[tuple[Member, str]]
) -> None:
    """Record the wishes and, where somebody of the family said so, how they may be reached."""
    said = form.cleaned_data
    actions.record_rites(family, form.wishes, on=said["on"], by=request.actor, at=request.at)
    member = next((one for one, _words in people if str(one.pk) == said["member"]), None)
    if member is not None:
        actions.record_reach(
            member,
            said["ways"],
            evidence=form.evidence,
            language=said["language"],
            by=request.actor,
            at=request.at,
        )


def _as_it_stands(request: StaffRequest, family: Family, people: list[tuple[Member, str]]) -> dict[str, Any]:
    plain = vault.open_one(family, "tradition", "own_way")
    opened = {name: value if isinstance(value, str) else "" for name, value in plain.items()}
    language = people[0][0].subject.language if people else settings.LANGUAGE_CODE
    return {
        "on": timezone.localdate(request.at),
        "language": language,
        **as_ticked(family, opened),
    }


def _people(family: Family) -> list[tuple[Member, str]]:
    """Return who of the household may have ticked it, by their place and relation: no name is opened."""
    members = family.members.who_hear().select_related("subject", "family__giver").order_by("order")
    return [(one, f"{one.order + 1} · {one.get_kin_display()}") for one in members]


def language_of(request: StaffRequest, family: Family) -> str:
    """Return the language that is asked for, else that of who is asked first."""
    first = family.members.select_related("subject").order_by("order").first()
    asked = request.GET.get("language", "")
    spoken = dict(settings.LANGUAGES)
    own = first.subject.language if first else settings.LANGUAGE_CODE
    return next(code for code in (asked, own, settings.LANGUAGE_CODE) if code in spoken)


def _sheet(request: StaffRequest, family: Family, language: str) -> dict[str, Any]:
    """Return what the sheet is printed from; it carries the household's number and nobody's name."""
    text = Text.objects.in_force(TEXT, request.at).first()
    body = text and text.bodies.get(language=language)
    return {
        "family": family,
        "number": family.short.removeprefix("…"),
        "language": language,
        "branch": family.branch,
        "traditions": Tradition.choices,
        "rites": [(rite.words, rite.hint, rite.own_calendar) for rite in RITES],
        "silent": range(SILENT),
        "own": range(OWN),
        "body": body,
        "line": body.lines_of(text)[0] if text and body else None,
    }
