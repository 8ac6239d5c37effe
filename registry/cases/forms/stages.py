"""The form of stages 2 and 3: what was explained point by point, the text, the witness, the signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consent.forms import LinesForm
from consent.forms.lines import HOW
from consent.models import Text
from consent.states import EvidenceKind
from registry.cases import actions, stages

EXPLAINED: Final = "explained_"
PAPER_OR_SCREEN: Final = [way for way in HOW if way[0] != EvidenceKind.WITNESSED_WORD]


class StageForm(LinesForm):
    """
    A stage of the consent for one match: every point ticked, the text agreed to, asked back and signed.

    The final one has an independent witness, with a login or by name, and the sentence said back.
    """

    witness_login = forms.ChoiceField(
        label=_("A colleague who witnesses it"),
        required=False,
        help_text=_("Nobody who works on this match, and never yourself."),
    )
    outsider = forms.CharField(
        label=_("Or the name of a witness from outside"),
        required=False,
        max_length=80,
        help_text=_("Such as a nurse who does not belong to the patient's side. The name is kept sealed."),
    )
    read_back = forms.BooleanField(label="", required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        text: Text,
        language: str,
        stage: int,
        witnesses: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, text=text, language=language, **kwargs)
        self.stage = stage
        self.final = stage == stages.FINAL
        for item in stages.CHECKLIST[stage]:
            self.fields[EXPLAINED + item.key] = forms.BooleanField(
                label=item.words,  # type: ignore[arg-type]  # a sentence in the reader's language
                required=False,
            )
        if self.final:
            self.fields["how"].choices = PAPER_OR_SCREEN  # type: ignore[attr-defined]
            self.fields["witness_login"].choices = [("", "—"), *witnesses]  # type: ignore[attr-defined]
            del self.fields["witness"]
            self.fields["read_back"].label = _("The donor has said this back in their own words")
        else:
            for name in ("witness_login", "outsider", "read_back"):
                del self.fields[name]

        last = ["read_back", "witness_login", "outsider"]
        explained = [EXPLAINED + item.key for item in stages.CHECKLIST[stage]]
        self.order_fields([*explained, *(name for name in self.fields if name not in last)])  # as on the page

    @property
    def points(self) -> list[forms.BoundField]:
        """What is explained, point by point."""
        return [self[EXPLAINED + item.key] for item in stages.CHECKLIST[self.stage]]

    @property
    def sentence(self) -> str:
        """The sentence that is said back, in the donor's language."""
        with translation.override(self.body.language):
            return str(stages.READ_BACK)

    def clean(self) -> dict[str, Any]:
        """Ask for every point, for what the match cannot go on without, and for the witness."""
        typed = super().clean()
        for field in self.points:
            if not typed.get(field.name):
                self.add_error(field.name, _("Explain this too, then tick it."))
        for line in self.text_lines:
            needed = stages.NEEDED[self.stage] & set(line.purposes)
            if needed and not line.ticked and not typed.get(f"agree_{line.key}"):
                self.add_error(
                    f"agree_{line.key}",
                    _("The match does not go on without this. Not wanting it is fine: then stop here."),
                )
        if self.final:
            self._check_the_end(typed)
        return typed

    def _check_the_end(self, typed: dict[str, Any]) -> None:
        chosen = [bool(typed.get("witness_login")), bool((typed.get("outsider") or "").strip())]
        if sum(chosen) != 1 and "witness_login" not in self.errors:
            self.add_error("witness_login", _("Name one witness: a colleague, or somebody from outside."))
        if not typed.get("read_back"):
            self.add_error("read_back", _("Read it aloud, and ask to hear it in the donor's own words."))

    @property
    def session(self) -> actions.Session:
        """What happened, for the action. Ask only after ``is_valid``."""
        typed = self.cleaned_data
        return actions.Session(
            checklist=[item.key for item in stages.CHECKLIST[self.stage] if typed[EXPLAINED + item.key]],
            read_back=bool(typed.get("read_back")),
            witness_id=typed.get("witness_login") or "",
            witness=(typed.get("outsider") or "").strip(),
        )

    @property
    def signed(self) -> actions.Signed:
        """What was signed, for the action. Ask only after ``is_valid``."""
        answered = self.result()
        return actions.Signed(
            text=self.text,
            language=self.body.language,
            given=answered.given,
            declined=answered.declined,
            evidence=answered.evidence,
            teach_back=answered.teach_back,
        )
