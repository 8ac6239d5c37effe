"""The rites sheet, as it is ticked in after a visit. Nothing is ticked beforehand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consent.states import EvidenceKind
from registry.families.actions.people import WAYS
from registry.families.actions.wishing import exists
from registry.families.forms.people import Evidence
from registry.families.models import Calendar, Family, Tradition
from registry.families.records import Day, Wishes
from registry.families.rites import RITES

SILENT: Final = 4  # lines on the sheet for days to be left alone
_DAY: Final = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_NO_SUCH_DAY: Final = _("There is no such day in the calendar. Look at the day and the month again.")


class DayField(forms.CharField):
    """A day as month and day, or with its year: 5-4, 2026-5-4, 5月4日."""

    def clean(self, value: Any) -> Any:
        """Return (year or None, month, day), or None where nothing was typed."""
        text = unicodedata.normalize("NFKC", super().clean(value)).strip()
        if not text:
            return None
        found = _DAY.fullmatch(text)
        if found is None:
            raise ValidationError(_("Write month and day, as 5-4."), "invalid")
        year, month, day = found.groups()
        return (int(year) if year else None, int(month), int(day))


class Tick(Evidence):
    """What the household ticked, and who of it said how they may be reached."""

    all_optional = True
    in_a_row = frozenset({"tradition", "events", "calendar_anniversary"})
    on = forms.DateField(label=_("Ticked on"))
    tradition = forms.ChoiceField(
        label=_("Which custom does the family keep?"),
        choices=[("", _("Not said")), *Tradition.choices],
        widget=forms.RadioSelect,
        required=False,
        initial="",
    )
    own_way = forms.CharField(
        label=_("Their own way, in their words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    rites = forms.MultipleChoiceField(
        label=_("On which days may we remember with them?"),
        choices=[(rite.key, rite.words) for rite in RITES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    choice_hints = {"rites": {rite.key: rite.hint for rite in RITES if rite.hint}}
    calendar_anniversary = forms.ChoiceField(
        label=_("By which calendar do they keep the anniversary?"),
        choices=[("", _("Not said")), *Calendar.choices],
        widget=forms.RadioSelect,
        required=False,
        initial="",
    )
    counts_the_day = forms.ChoiceField(
        label=_("How do they count the days?"),
        choices=[("yes", _("The day of the death is the first")), ("no", _("The day after it is the first"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    events = forms.ChoiceField(
        label=_("May we invite them to memorials?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    birthdays = forms.BooleanField(
        label=_("They ask us to remember the birthday of the one who gave"), required=False
    )
    member = forms.ChoiceField(label=_("Who ticked the sheet?"), required=False)
    ways = forms.MultipleChoiceField(
        label=_("How may we reach them?"),
        choices=[(way.value, way.label) for way in WAYS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("A way that is not ticked is a no to it."),
    )
    language = forms.ChoiceField(label=_("In which language was the sheet?"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].initial = EvidenceKind.PAPER
        self.fields["member"].choices = [("", _("Nobody of these")), *people]  # type: ignore[attr-defined]
        for n in range(1, SILENT + 1):
            self.fields[f"silent_{n}"] = DayField(
                label=_("Month and day"),
                max_length=20,
                required=False,
                widget=forms.TextInput({"class": "short"}),
            )
            self.fields[f"silent_calendar_{n}"] = forms.ChoiceField(
                label=_("Calendar"), choices=Calendar.choices, required=False
            )

    @property
    def silent_rows(self) -> list[tuple[Any, Any]]:
        """Return the lines for days to be left alone, as pairs of fields."""
        return [(self[f"silent_{n}"], self[f"silent_calendar_{n}"]) for n in range(1, SILENT + 1)]

    def clean(self) -> dict[str, Any]:
        """Ask by which calendar where that matters, and who said how they may be reached."""
        cleaned = super().clean()
        if "anniversary" in cleaned.get("rites", ()) and not cleaned.get("calendar_anniversary"):
            self.add_error("calendar_anniversary", _("Solar or lunar? The family knows."))
        if cleaned.get("ways") and not cleaned.get("member"):
            self.add_error("member", _("Say whose word it is."))
        for n in range(1, SILENT + 1):
            if (day := self._day(n)) and not exists(day):
                self.add_error(f"silent_{n}", _NO_SUCH_DAY)
        return cleaned

    def _day(self, n: int) -> Day | None:
        typed = self.cleaned_data.get(f"silent_{n}")
        if typed is None:
            return None
        year, month, day = typed
        return Day(month, day, self.cleaned_data.get(f"silent_calendar_{n}") or Calendar.SOLAR, year)

    @property
    def wishes(self) -> Wishes:
        """Return what was ticked."""
        said = self.cleaned_data
        solar = dict.fromkeys(said["rites"], Calendar.SOLAR.value)
        if "anniversary" in solar:
            solar["anniversary"] = said["calendar_anniversary"]
        return Wishes(
            rites=solar,
            silent_days=[day for n in range(1, SILENT + 1) if (day := self._day(n))],
            events=said["events"] == "yes",
            birthdays=said["birthdays"],
            counts_the_day=said["counts_the_day"] == "yes",
            tradition=said["tradition"],
            own_way=said["own_way"],
        )


def as_ticked(family: Family, opened: dict[str, Any]) -> dict[str, Any]:
    """Return the sheet as it stands now, for the form that changes it; empty before the first one."""
    if family.wishes_recorded_on is None:
        return {}
    rites = {rite.rite: rite.calendar for rite in family.rites.all()}
    found: dict[str, Any] = {
        "rites": list(rites),
        "calendar_anniversary": rites.get("anniversary", ""),
        "counts_the_day": "yes" if family.counts_the_day else "no",
        "events": "no" if family.events_declined_at else "yes",
        "birthdays": family.birthdays_asked_at is not None,
        **opened,
    }
    days = family.silent_days.order_by("month", "day", "id")
    for n, day in enumerate(days[:SILENT], start=1):
        found[f"silent_{n}"] = f"{day.year}-{day.month}-{day.day}" if day.year else f"{day.month}-{day.day}"
        found[f"silent_calendar_{n}"] = day.calendar
    return found
