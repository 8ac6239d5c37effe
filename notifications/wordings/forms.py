"""What is typed about wordings: the words of one body, one more channel, and which are listed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.pages.forms import RelayForm
from notifications.channel_names import Channel
from notifications.wordings.actions.writing import Words
from notifications.wordings.models import Readers, WordingBody


class Body(RelayForm):
    """The words for one channel in one language."""

    subject = forms.CharField(
        max_length=120,
        label=_("Subject"),
        help_text=_("A lock screen shows it: no name, no word of donation."),
    )
    text = forms.CharField(
        max_length=settings.WORDING_LONGEST,
        label=_("Words"),
        help_text=_("An empty line begins a paragraph. Fields stand in braces: {{ name }}."),
        widget=forms.Textarea(attrs={"rows": 16}),
    )

    def __init__(self, data: Any = None, *, body: WordingBody, **kwargs: Any) -> None:
        super().__init__(data, initial={"subject": body.subject, "text": body.text}, **kwargs)
        if body.channel != Channel.EMAIL:
            del self.fields["subject"]
        if body.channel in {Channel.SMS, Channel.WECHAT}:
            self.fields["text"].widget.attrs["rows"] = "6"

    def words(self) -> Words:
        """Return what was typed."""
        return Words(text=self.cleaned_data["text"], subject=self.cleaned_data.get("subject", ""))


class OneMore(RelayForm):
    """One more channel for a draft."""

    channel = forms.ChoiceField(label=_("One more way"))

    def __init__(self, data: Any = None, *, without: list[Channel], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [(one.value, one.label) for one in Channel if one not in without]
        self.fields["channel"] = forms.ChoiceField(label=_("One more way"), choices=choices)


class Which(RelayForm):
    """Whose words are listed."""

    all_optional = True
    readers = forms.ChoiceField(
        label=_("Words to"), required=False, choices=[("", _("everybody")), *Readers.choices]
    )
