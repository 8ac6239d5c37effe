"""The rites sheet, as it is ticked in after a visit. Nothing is ticked beforehand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consent.states import EvidenceKind
from foundation import vault
from registry.families import places
from registry.families.days import exists
from registry.families.forms.people import Evidence, asked_ways
from registry.families.models import Calendar, Family, OwnRite, SilentDay, Tradition
from registry.families.records import Day, Own, Wishes
from registry.families.rites import RITES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

SILENT: Final = 4  # lines on the sheet for days to be left alone
OWN: Final = 3  # lines on the sheet for days of their own
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
    no_first_months = forms.BooleanField(
        label=_("They want no call in the second month and no letter in the third"), required=False
    )
    events = forms.ChoiceField(
        label=_("May we invite them to memorials?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    birthdays = forms.BooleanField(
        label=_("They ask us to remember the birthday of the one who gave"), required=False
    )
    calendar_birthday = forms.ChoiceField(
        label=_("By which calendar do they keep the birthday?"),
        choices=[("", _("Not said")), *Calendar.choices],
        required=False,
    )
    member = forms.ChoiceField(label=_("Who ticked the sheet?"), required=False)
    ways = asked_ways()
    language = forms.ChoiceField(label=_("In which language was the sheet?"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].initial = EvidenceKind.PAPER
        self.fields["member"].choices = [("", _("Nobody of these")), *people]  # type: ignore[attr-defined]
        for n in range(1, OWN + 1):
            self.fields[f"own_words_{n}"] = forms.CharField(
                label=_("What they keep on it"), max_length=200, required=False
            )
            self._add_day("own", n, label=_("On which day"))
        for n in range(1, SILENT + 1):
            self._add_day("silent", n, label=_("Month and day"))

    def _add_day(self, of: str, n: int, *, label: StrPromise) -> None:
        self.fields[f"{of}_{n}"] = DayField(
            label=label,
            max_length=20,
            required=False,
            widget=forms.TextInput({"class": "short"}),
        )
        self.fields[f"{of}_calendar_{n}"] = forms.ChoiceField(
            label=_("Calendar"), choices=Calendar.choices, required=False
        )

    @property
    def own_rows(self) -> list[tuple[Any, Any, Any]]:
        """Return the lines for days of their own: words, day and calendar."""
        return [
            (self[f"own_words_{n}"], self[f"own_{n}"], self[f"own_calendar_{n}"]) for n in range(1, OWN + 1)
        ]

    @property
    def silent_rows(self) -> list[tuple[Any, Any]]:
        """Return the lines for days to be left alone, as pairs of fields."""
        return [(self[f"silent_{n}"], self[f"silent_calendar_{n}"]) for n in range(1, SILENT + 1)]

    def clean(self) -> dict[str, Any]:
        """Ask by which calendar where that matters, and who said how they may be reached."""
        cleaned = super().clean()
        if "anniversary" in cleaned.get("rites", ()) and not cleaned.get("calendar_anniversary"):
            self.add_error("calendar_anniversary", _("Solar or lunar? The family knows."))
        if cleaned.get("birthdays") and not cleaned.get("calendar_birthday"):
            self.add_error("calendar_birthday", _("Solar or lunar? The family knows."))
        self._check_their_own(cleaned)
        if cleaned.get("ways") and not cleaned.get("member"):
            self.add_error("member", _("Say whose word it is."))
        for n in range(1, SILENT + 1):
            if (day := self._day("silent", n)) and not exists(day):
                self.add_error(f"silent_{n}", _NO_SUCH_DAY)
        return cleaned

    def _check_their_own(self, cleaned: dict[str, Any]) -> None:
        """Ask for both words and day, each day once."""
        days = []
        for n in range(1, OWN + 1):
            day, words = self._day("own", n), cleaned.get(f"own_words_{n}")
            if day and not exists(day):
                self.add_error(f"own_{n}", _NO_SUCH_DAY)
            elif day in days:
                self.add_error(f"own_{n}", _("This day stands above already."))
            elif day and not words:
                self.add_error(f"own_words_{n}", _("Say in their words what they keep on this day."))
            elif words and not day and f"own_{n}" not in self.errors:
                self.add_error(f"own_{n}", _("On which day? Without it nothing is planned."))
            days += [day] if day else []

    def _day(self, of: str, n: int) -> Day | None:
        typed = self.cleaned_data.get(f"{of}_{n}")
        if typed is None:
            return None
        year, month, day = typed
        return Day(month, day, self.cleaned_data.get(f"{of}_calendar_{n}") or Calendar.SOLAR, year)

    @property
    def wishes(self) -> Wishes:
        """Return what was ticked."""
        said = self.cleaned_data
        solar = dict.fromkeys(said["rites"], Calendar.SOLAR.value)
        if "anniversary" in solar:
            solar["anniversary"] = said["calendar_anniversary"]
        return Wishes(
            rites=solar,
            silent_days=[day for n in range(1, SILENT + 1) if (day := self._day("silent", n))],
            own_rites=[
                Own(day, said[f"own_words_{n}"]) for n in range(1, OWN + 1) if (day := self._day("own", n))
            ],
            events=said["events"] == "yes",
            first_months=not said["no_first_months"],
            birthdays=said["birthdays"],
            birthdays_calendar=said["calendar_birthday"] or Calendar.SOLAR,
            counts_the_day=said["counts_the_day"] == "yes",
            tradition=said["tradition"],
            own_way=said["own_way"],
        )


def as_ticked(family: Family, opened: dict[str, Any]) -> dict[str, Any]:
    """Return the sheet as it stands now, for the form that changes it; before it, what is usual there."""
    if family.wishes_recorded_on is None:
        return {"counts_the_day": "yes" if places.counts_the_day(family.branch) else "no"}
    rites = {rite.rite: rite.calendar for rite in family.rites.all()}
    found: dict[str, Any] = {
        "rites": list(rites),
        "calendar_anniversary": rites.get("anniversary", ""),
        "counts_the_day": "yes" if family.counts_the_day else "no",
        "no_first_months": family.first_months_declined_at is not None,
        "events": "no" if family.events_declined_at else "yes",
        "birthdays": family.birthdays_asked_at is not None,
        "calendar_birthday": family.birthdays_calendar if family.birthdays_asked_at else "",
        **opened,
    }
    own = list(family.own_rites.order_by("month", "day", "id")[:OWN])
    for n, (rite, cells) in enumerate(zip(own, vault.open(own, ["words"]), strict=True), start=1):
        found |= _as_typed("own", n, rite)
        found[f"own_words_{n}"] = cells["words"] if isinstance(cells["words"], str) else ""
    days = family.silent_days.order_by("month", "day", "id")
    for n, day in enumerate(days[:SILENT], start=1):
        found |= _as_typed("silent", n, day)
    return found


def _as_typed(of: str, n: int, day: OwnRite | SilentDay) -> dict[str, str]:
    """Return a day as it stands in its line."""
    typed = f"{day.year}-{day.month}-{day.day}" if day.year else f"{day.month}-{day.day}"
    return {f"{of}_{n}": typed, f"{of}_calendar_{n}": day.calendar}
