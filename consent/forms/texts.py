"""The words of a draft in one language, and the uses that it covers."""

from __future__ import annotations

import copy
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent import markup
from consent.documents import Line
from consent.models import Text, TextBody
from consent.purposes import Purpose, Use
from foundation.pages.forms import RelayForm

LONGEST = 40_000  # characters of a whole text; ours has 4,000
_CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}$")


class Words(RelayForm):
    """All words of a draft in one language."""

    title = forms.CharField(max_length=120, label=_("Title"))
    introduction = forms.CharField(
        max_length=1000, required=False, label=_("First sentences"), widget=forms.Textarea(attrs={"rows": 3})
    )
    sections = forms.CharField(
        max_length=LONGEST,
        required=False,
        label=_("Text"),
        help_text=_("## before a heading, an empty line between paragraphs."),
        widget=forms.Textarea(attrs={"rows": 24}),
    )
    questions = forms.CharField(
        max_length=6000,
        required=False,
        label=_("Questions asked back"),
        help_text=_(
            "? question [key], + right answer [key], - other answer [key], > why; an empty line between."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    def __init__(self, data: Any = None, *, text: Text, body: TextBody, **kwargs: Any) -> None:
        words = body.words
        initial = {
            "title": words.get("title", ""),
            "introduction": words.get("introduction", ""),
            "sections": markup.write_sections(words),
            "questions": markup.write_questions(words),
        }
        super().__init__(data, initial=initial, **kwargs)
        self.text_lines = text.structure()
        for line in self.text_lines:
            said = words.get("lines", {}).get(line.key, {})
            self.fields[f"line_{line.key}"] = forms.CharField(
                max_length=1000,
                label=_("Line “%(line)s”") % {"line": line.key},
                widget=forms.Textarea(attrs={"rows": 3}),
                initial=said.get("words", ""),
            )
            for purpose in line.purposes if line.ticked else ():
                self.fields[f"tick_{purpose.value}"] = forms.CharField(
                    max_length=200,
                    label=_("Tick “%(purpose)s”") % {"purpose": purpose.label},
                    initial=said.get("ticks", {}).get(purpose.value, ""),
                )
            for slot in line.slots:
                self.fields[f"slot_{slot.key}"] = forms.CharField(
                    max_length=200,
                    label=_("Beside the signature “%(slot)s”") % {"slot": slot.key},
                    initial=said.get("slots", {}).get(slot.key, ""),
                )

    def clean_sections(self) -> list[dict[str, Any]]:
        """Return headings and paragraphs."""
        try:
            return markup.read_sections(self.cleaned_data["sections"])
        except markup.NotReadable as fault:
            raise forms.ValidationError(str(fault)) from fault

    def clean_questions(self) -> list[dict[str, Any]]:
        """Return the questions."""
        try:
            return markup.read_questions(self.cleaned_data["questions"])
        except markup.NotReadable as fault:
            raise forms.ValidationError(str(fault)) from fault

    def words(self) -> dict[str, Any]:
        """Return the words as they are kept."""
        said = self.cleaned_data
        return {
            "title": said["title"],
            "introduction": said["introduction"],
            "sections": said["sections"],
            "lines": {line.key: self._said_of(line) for line in self.text_lines},
            "questions": said["questions"],
        }

    def _said_of(self, line: Line) -> dict[str, Any]:
        said = self.cleaned_data
        words = {
            "words": said[f"line_{line.key}"],
            "slots": {slot.key: said[f"slot_{slot.key}"] for slot in line.slots},
        }
        if line.ticked:
            words["ticks"] = {purpose.value: said[f"tick_{purpose.value}"] for purpose in line.purposes}
        return words


class Uses(RelayForm):
    """The uses that a draft covers, purpose by purpose."""

    def __init__(self, data: Any = None, *, text: Text, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.text = text
        for purpose, uses in text.uses().items():
            self.fields[purpose.value] = forms.CharField(
                max_length=400,
                label=purpose.label,
                initial=" ".join(sorted(uses)),
                help_text=", ".join(f"{Use(use).label}" for use in sorted(uses) if use in Use.values),
            )

    def clean(self) -> dict[str, Any]:
        """Check that each use is a code."""
        cleaned = super().clean()
        for purpose in self.text.uses():
            codes = (cleaned.get(purpose.value) or "").split()
            if purpose.value in cleaned and not (codes and all(map(_CODE.match, codes))):
                self.add_error(purpose.value, _("Write the codes of the uses with spaces between them."))
        return cleaned

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of the text with these uses."""
        lines: list[dict[str, Any]] = copy.deepcopy(self.text.lines)
        for line in lines:
            line["uses"] = {
                purpose: self.cleaned_data[Purpose(purpose).value].split() for purpose in line["uses"]
            }
        return lines
