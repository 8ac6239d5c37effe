"""The withdrawal form: two facts that are compared with the record without showing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from foundation.pages.forms import TypedDateField
from foundation.vault import normal
from registry.donors import reasons
from registry.donors.forms.acts import choices
from registry.donors.reasons import Reason

WHEN = [("later", _("In seven days, in case they change their mind")), ("now", _("Now, as they ask"))]


class Withdraw(RelayForm):
    """
    Two facts, when the samples are destroyed, and, if they like, why.

    The facts are typed as the person says them and compared with the record; the page
    never shows the record for it. A document seen counts as two.
    """

    all_optional = True  # two facts of three, whichever
    in_a_row = frozenset({"samples"})
    document_seen = forms.BooleanField(label=_("I have seen their identity document"), required=False)
    born_on = TypedDateField(label=_("Their birth date, as they say it"), required=False)
    document_end = forms.CharField(
        label=_("Last four characters of their document"),
        required=False,
        max_length=4,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )
    phone_end = forms.CharField(
        label=_("Last four digits of their number with us"),
        required=False,
        max_length=4,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "inputmode": "numeric"}),
    )
    samples = forms.ChoiceField(
        label=_("When are their samples destroyed?"), choices=WHEN, widget=forms.RadioSelect, initial="later"
    )
    reason = forms.ChoiceField(
        label=_("Why, if they said so"),
        required=False,
        choices=[
            ("", _("Did not say why")),
            *choices([r for r in reasons.PERSONAL if r != Reason.PR_NOT_STATED]),
        ],
    )

    def __init__(self, *args: Any, record: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        self.facts: list[str] = []

    def clean(self) -> dict[str, Any]:
        """Compare what the person said with the record, and count what is right."""
        typed = super().clean()
        if typed.get("document_seen"):
            self.facts += ["document_seen", "face_seen"]
        for name in ("born_on", "document_end", "phone_end"):
            self._compare(name, typed.get(name))
        if not self.errors and len(self.facts) < settings.FACTS_TO_CHECK:
            self.add_error(
                "document_seen",
                _("Check two facts, so that it is surely this person. Somebody else's word is an objection."),
            )
        return typed

    def _compare(self, name: str, said: Any) -> None:
        if not said:
            return
        if self._as_known(name) == (normal.text(said).upper() if isinstance(said, str) else said):
            self.facts.append(name)
        else:
            self.add_error(name, _("This is not what the record says. Ask for another fact."))

    def _as_known(self, name: str) -> Any:
        if name == "born_on":
            return self.record["born_on"]
        value = self.record["document" if name == "document_end" else "phone"]
        return value[-4:].upper() if isinstance(value, str) else None
