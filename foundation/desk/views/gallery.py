"""The gallery of components, for those who build pages; it shows invented words and no data."""

from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from foundation.access import public
from foundation.pages import RelayForm
from foundation.pages.forms import SignatureField, TypedDateField
from foundation.pages.keyset import Page

ICONS = "home calendar person board heart figures gear tube box paper pledges phone search lock eye"
MORE_ICONS = "check warning info stop scan print export plus globe place down key trail tree"
SEXES = [("F", _("Female")), ("M", _("Male"))]


class Specimen(RelayForm):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), max_length=40)
    born_on = TypedDateField(label=_("Born on"))
    until = forms.DateField(label=_("Until"), required=False, help_text=_("At most 24 months."))
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, widget=forms.RadioSelect)
    knows = forms.ChoiceField(
        label=_("Do they know that you registered?"),
        choices=[("yes", _("Yes, you may tell them")), ("no", _("Not yet"))],
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(label=_("Place"), choices=[("", "—"), ("1", _("Town hall"))])
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    sure = forms.BooleanField(label=_("I have read this"), help_text=_("It may be taken back at any time."))
    signature = SignatureField(label=_("Signature"))

    in_a_row = frozenset({"sex"})
    choice_hints = {"knows": {"no": _("We shall only say that we want to update your number.")}}


@public(reason="shows the components with invented words, and only while debugging")
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every component, in plain, wrong and empty form."""
    if not settings.DEBUG:
        raise Http404
    wrong = Specimen({"name": "", "born_on": "yesterday", "place": "1"})
    wrong.is_valid()
    return render(
        request, "foundation/desk/design.html", {"specimen": Specimen(), "wrong": wrong, **_things()}
    )


def _things() -> dict[str, Any]:
    return {
        "crumbs": [(_("Donors"), "#"), ("ZJ-0212-018342", "")],
        "needs": [
            {"words": _("Three paper consents have no scan."), "url": "#", "link": _("Scan or photograph")},
            {"words": _("Yesterday's 24 tubes arrived."), "ok": True},
        ],
        "way": [
            SimpleNamespace(words=_("Registered"), state="done", when="2024-03-05"),
            SimpleNamespace(words=_("Sampled"), state="done", when="2024-03-05"),
            SimpleNamespace(words=_("Listed"), state="now", when="2024-04-22"),
            SimpleNamespace(words=_("Match"), state="", when=""),
        ],
        "page": Page([], "n.x", "p.x", "10,000+"),
        "reasons": [("CALL", _("A call")), ("CORRECTION", _("A correction"))],
        "sentences": [_("The seven days to think it over are not up.")],
        "icons": f"{ICONS} {MORE_ICONS}".split(),
    }
