"""What is typed or drawn when a person answers, a scan is brought, a word taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from consent import documents, evidence, signatures
from consent.models import Text, TextBody
from consent.purposes import Purpose
from consent.states import EvidenceKind
from foundation.pages.forms import RelayForm, SignatureField

HOW = [
    (EvidenceKind.SCREEN_SIGNATURE, _("Sign here on the screen")),
    (EvidenceKind.PAPER, _("Signed on the paper form")),
    (EvidenceKind.WITNESSED_WORD, _("Cannot sign: says yes before a witness")),
]


@dataclass(frozen=True, slots=True)
class TeachBackAnswers:
    """The keys of the answers given when asked back."""

    answers: Mapping[str, str]
    explained: bool


@dataclass(frozen=True, slots=True)
class LinesResult:
    """What the form was told: pass it on to ``consent.actions.record``."""

    given: tuple[Purpose, ...]
    declined: tuple[Purpose, ...]
    evidence: evidence.NewEvidence
    teach_back: TeachBackAnswers | None


@dataclass(frozen=True, slots=True)
class SlotView:
    """One place to sign, for the template."""

    key: str
    words: str
    field: forms.BoundField


@dataclass(frozen=True, slots=True)
class LineView:
    """One line, for the template."""

    line: documents.Line
    agree: forms.BoundField | None
    ticks: forms.BoundField | None
    slots: list[SlotView]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question asked back, for the template."""

    question: documents.Question
    field: forms.BoundField


class LinesForm(RelayForm):
    """
    The lines of a text, answered and signed.

    Nothing is ticked beforehand. A line that belongs to the register has to be agreed to;
    the ways of contact are ticked one by one, and none is an answer too.

    ``only`` keeps some lines of the text, for a person who answers those anew.

    The answers belong to the words that were read: a form that is sent says in which language that
    was, also when the reader changed the language of the page meanwhile.
    """

    asked_anew = False  # whether something was signed before, under the words of another language
    all_optional = True  # a signature is needed or not by what is ticked; the errors say which

    how = forms.ChoiceField(
        choices=HOW,
        initial=EvidenceKind.SCREEN_SIGNATURE,
        widget=forms.RadioSelect,
        label=_("How is it signed?"),
    )
    witness = forms.CharField(
        required=False,
        max_length=80,
        label=_("Name of the witness"),
        help_text=_("Someone else than you, who heard the volunteer say yes."),
    )
    explained = forms.BooleanField(
        required=False, label=_("We talked through the answers that were different, and it is clear now.")
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        text: Text,
        language: str,
        teach_back: bool = True,
        only: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        self.text = text
        read = (data or {}).get("language")
        bodies = {body.language: body for body in TextBody.objects.filter(text=text)}
        self.body = bodies.get(str(read)) or bodies[language]
        super().__init__(data, **kwargs)
        self.partial = bool(only)
        every = self.body.lines_of(text)
        self.text_lines = tuple(line for line in every if line.key in only) if only else every
        self.questions = self.body.questions if teach_back else ()
        for line in self.text_lines:
            self._add_line(line)
        for question in self.questions:
            self.fields[f"teach_{question.key}"] = forms.ChoiceField(
                choices=question.answers, widget=forms.RadioSelect, label=question.words
            )
        self.fields["language"] = forms.CharField(
            required=False, max_length=8, widget=forms.HiddenInput, initial=self.body.language
        )
        asked = [f"teach_{question.key}" for question in self.questions]
        self.order_fields([*asked, "explained", "how"])  # as on the page, so in the summary of what is wrong

    def _add_line(self, line: documents.Line) -> None:
        if line.ticked:
            self.fields[f"tick_{line.key}"] = forms.MultipleChoiceField(
                choices=line.choices,
                widget=forms.CheckboxSelectMultiple,
                required=False,
                label=line.words,
            )
        else:
            self.fields[f"agree_{line.key}"] = forms.BooleanField(required=False, label=line.words)
        for slot in line.slots:
            self.fields[f"signature_{slot.key}"] = SignatureField(
                required=False, label=line.slot_words[slot.key]
            )

    # What the template walks through

    @property
    def lines(self) -> list[LineView]:
        """The lines with their fields, in order."""
        return [
            LineView(
                line=line,
                agree=None if line.ticked else self[f"agree_{line.key}"],
                ticks=self[f"tick_{line.key}"] if line.ticked else None,
                slots=[
                    SlotView(slot.key, line.slot_words[slot.key], self[f"signature_{slot.key}"])
                    for slot in line.slots
                ],
            )
            for line in self.text_lines
        ]

    @property
    def asked_back(self) -> list[QuestionView]:
        """The questions with their fields."""
        return [QuestionView(question, self[f"teach_{question.key}"]) for question in self.questions]

    # Checking

    def clean(self) -> dict[str, Any]:
        """Check that what the register needs is agreed to, and that every line given is signed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for line in self.text_lines:
            if not line.ticked and line.core and not cleaned.get(f"agree_{line.key}"):
                self.add_error(
                    f"agree_{line.key}",
                    _("Nobody can be on the register without this. Not wanting it is fine: then stop here."),
                )
        if cleaned.get("how") == EvidenceKind.SCREEN_SIGNATURE:
            self._check_signatures()
        if cleaned.get("how") == EvidenceKind.WITNESSED_WORD and not cleaned.get("witness"):
            self.add_error("witness", _("Please say who witnessed it."))
        self._check_understanding()
        return cleaned

    def _check_signatures(self) -> None:
        for line in self.text_lines:
            if not self._given(line):
                continue
            for slot in line.slots:
                name = f"signature_{slot.key}"
                try:
                    self.cleaned_data[name] = signatures.redraw(self.cleaned_data.get(name) or b"")
                except signatures.NotASignature:
                    self.add_error(name, _("Please sign here, or choose the paper form."))

    def _check_understanding(self) -> None:
        different = [
            question
            for question in self.questions
            if self.cleaned_data.get(f"teach_{question.key}") not in (None, "", question.right)
        ]
        if different and not self.cleaned_data.get("explained"):
            for question in different:
                self.add_error(f"teach_{question.key}", question.because)
            self.add_error("explained", _("Please talk it through together, then tick this."))

    def _given(self, line: documents.Line) -> tuple[Purpose, ...]:
        if line.ticked:
            return tuple(map(Purpose, self.cleaned_data.get(f"tick_{line.key}") or ()))
        return line.purposes if self.cleaned_data.get(f"agree_{line.key}") else ()

    # What comes of it

    def result(self) -> LinesResult:
        """Return what was answered. Ask only after ``is_valid``."""
        given = tuple(purpose for line in self.text_lines for purpose in self._given(line))
        every = tuple(purpose for line in self.text_lines for purpose in line.purposes)
        return LinesResult(
            given=given,
            declined=tuple(purpose for purpose in every if purpose not in given),
            evidence=self._evidence(),
            teach_back=self._teach_back(),
        )

    def _evidence(self) -> evidence.NewEvidence:
        how = self.cleaned_data["how"]
        if how == EvidenceKind.SCREEN_SIGNATURE:
            keys = [slot.key for line in self.text_lines for slot in line.slots]
            found = {key: self.cleaned_data.get(f"signature_{key}") for key in keys}
            return evidence.drawn({key: picture for key, picture in found.items() if picture})
        if how == EvidenceKind.PAPER:
            return evidence.paper()
        return evidence.NewEvidence(EvidenceKind.WITNESSED_WORD, witness=self.cleaned_data["witness"])

    def _teach_back(self) -> TeachBackAnswers | None:
        if not self.questions:
            return None
        answers = {question.key: self.cleaned_data[f"teach_{question.key}"] for question in self.questions}
        return TeachBackAnswers(answers, bool(self.cleaned_data.get("explained")))

    # For a draft that is gone on with later

    def to_draft(self) -> dict[str, list[str]]:
        """Return what was typed and drawn so far, valid or not, as JSON to seal."""
        data = self.data
        if not isinstance(data, MultiValueDict):
            return {name: list(value) if isinstance(value, list) else [value] for name, value in data.items()}
        names = [self.add_prefix(name) for name in self.fields]
        return {name: data.getlist(name) for name in names if name in data}

    def still_said(self, typed: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """
        Return what still holds of what was typed before.

        What was agreed to and signed under the words of another language is asked anew.
        """
        if typed.get("language", [self.body.language]) == [self.body.language]:
            return dict(typed)
        self.asked_anew = True
        return {name: value for name, value in typed.items() if name.startswith(("teach_", "how", "witness"))}

    @classmethod
    def from_draft(
        cls, draft: Mapping[str, list[str]], *, text: Text, language: str, **kwargs: Any
    ) -> LinesForm:
        """Return the form as it was left; ``is_valid`` and ``result`` answer as they did."""
        return cls(MultiValueDict(draft), text=text, language=language, **kwargs)
