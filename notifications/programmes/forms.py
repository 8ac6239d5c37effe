"""The forms of programmes: for whom to preview, and one step of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.calendar import Term
from foundation.pages import RelayForm
from notifications.channel_names import Channel
from notifications.programmes import alarms, conditions, days, queries, words
from notifications.programmes.checks import LANGUAGES
from notifications.programmes.models import Audience, Programme, ProgrammeStep, Rule
from notifications.wordings import known

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


_NO_CODE = _("A code has small letters, digits and _ only.")


class Preview(RelayForm):
    """To whom everything happened on one day."""

    all_optional = True
    day = forms.DateField(label=_("The day it counts from"))
    years = forms.IntegerField(
        label=_("Years"), min_value=1, max_value=12, widget=forms.NumberInput(attrs={"class": "short"})
    )
    kept_by = forms.ChoiceField(
        label=_("The family keeps days by"),
        choices=[("SOLAR", _("the solar calendar")), ("LUNAR", _("the lunar calendar"))],
    )
    counts = forms.ChoiceField(
        label=_("The region counts"),
        choices=[("1", _("the day itself as the first")), ("0", _("from the day after"))],
    )

    def clean(self) -> dict[str, Any]:
        """Return what planning is to be asked."""
        cleaned = super().clean()
        cleaned["counts_the_day"] = cleaned.get("counts") == "1"
        return cleaned


class New(RelayForm):
    """A programme that does not exist yet: its code, its names, for whom, and with which steps it begins."""

    key = forms.SlugField(
        max_length=32,
        label=pgettext_lazy("step", "Code"),
        help_text=_("As family_care. It stays the same for ever."),
        error_messages={"invalid": _NO_CODE},
    )
    audience = forms.ChoiceField(label=_("For"), widget=forms.RadioSelect)
    like = forms.ChoiceField(
        label=_("Begin with the steps of"), required=False, help_text=_("Or with none, and write each.")
    )

    def __init__(
        self,
        *args: Any,
        audiences: Sequence[tuple[str, StrOrPromise]],
        others: Sequence[Programme],
        language: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.others = {str(one.pk): one for one in others}
        self.fields["audience"].choices = audiences  # type: ignore[attr-defined]
        named = [(pk, one.name_in(language)) for pk, one in self.others.items()]
        self.fields["like"].choices = [("", _("None")), *named]  # type: ignore[attr-defined]
        for each in LANGUAGES:
            self.fields[f"name_{each}"] = _name_in(each)
        self.order_fields(["key", *(f"name_{each}" for each in LANGUAGES)])
        if len(audiences) == 1:
            self.fields["audience"].initial = audiences[0][0]

    def clean(self) -> dict[str, Any]:
        """Take steps of a programme for the same people alone."""
        cleaned = super().clean()
        like = self.others.get(cleaned.get("like", ""))
        if like is not None and cleaned.get("audience") not in {None, like.audience}:
            self.add_error("like", _("That programme is for other people."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        cleaned = self.cleaned_data
        return {
            "key": cleaned["key"],
            "audience": cleaned["audience"],
            "names": {each: cleaned[f"name_{each}"] for each in LANGUAGES},
            "like": self.others.get(cleaned["like"]),
        }


class Step(RelayForm):
    """
    One step of a draft: when, for whom, by which ways, in which words, and who lets it go.

    Of an alarm it asks whom, by which ways, in which words, and how long an answer is waited for.
    """

    all_optional = True
    key = forms.SlugField(
        max_length=32,
        label=pgettext_lazy("step", "Code"),
        help_text=_("As d100. It stays the same for ever."),
        error_messages={"invalid": _NO_CODE},
    )
    rule = forms.ChoiceField(label=_("When"), choices=Rule.choices)
    base = forms.ChoiceField(label=_("Counted from"), required=False)
    offset_months = forms.IntegerField(label=_("Months after"), min_value=0, max_value=600, required=False)
    offset_days = forms.IntegerField(
        label=_("Days after"),
        min_value=-400,
        max_value=4000,
        required=False,
        help_text=_("Less than nought is before."),
    )
    counts_the_day = forms.BooleanField(
        label=_("A region that does not count the day itself has it a day later"), required=False
    )
    first_year = forms.IntegerField(label=_("From which time on"), min_value=0, max_value=120, required=False)
    last_year = forms.IntegerField(
        label=_("Up to which time"), min_value=0, max_value=120, required=False, help_text=_("0: without end")
    )
    month = forms.IntegerField(label=_("Month"), min_value=0, max_value=12, required=False)
    day = forms.IntegerField(label=_("Day"), min_value=0, max_value=31, required=False)
    term = forms.ChoiceField(
        label=_("Solar term"),
        choices=lambda: [("", "–"), *((one.value, words.term(one.value)) for one in Term)],
        required=False,
    )
    conditions = forms.MultipleChoiceField(
        label=_("Only if"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    only_if_chosen = forms.BooleanField(label=_("Only if the family chose it"), required=False)
    on_working_day = forms.BooleanField(label=_("On a day off, the next working day"), required=False)
    wording = forms.ChoiceField(label=_("Wording"), required=False)
    needs_approval = forms.BooleanField(label=_("A person releases it"), required=False)
    asks = forms.BooleanField(
        label=_("It asks for something: a survey, an appeal, a gift of money"), required=False
    )
    beats_gap = forms.BooleanField(
        label=_("Its day counts more than the 48 hours between two messages"), required=False
    )
    at_least_once = forms.BooleanField(
        label=_("Sent again where it is not clear whether it arrived"), required=False
    )
    minutes = forms.IntegerField(
        label=_("Minutes until it is passed on"), help_text=_("So long an answer is waited for.")
    )

    _of_an_alarm = frozenset({"key", "rule", "wording", "minutes"})
    _numbers = ("offset_months", "offset_days", "first_year", "last_year", "month", "day", "minutes")

    def __init__(
        self,
        data: Any = None,
        *,
        programme: Programme,
        language: str,
        step: ProgrammeStep | None = None,
        **kwargs: Any,
    ) -> None:
        initial = _initial(step) if step else {"needs_approval": True}
        super().__init__(data, initial=initial, **kwargs)
        self.calls = programme.audience == Audience.STAFF
        known = days.of(programme.audience)
        self.fields["base"].choices = [("", "–"), *known.items()]  # type: ignore[attr-defined]
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            one for one in Rule.choices if (one[0] in alarms.CALLS) == self.calls
        ]
        theirs = [(key, one.words) for key, one in conditions.KNOWN.items() if one.of == programme.audience]
        self.fields["conditions"].choices = theirs  # type: ignore[attr-defined]
        self._leave_out()
        self._offer_words(programme, language)
        known_ways = alarms.WAYS if self.calls else tuple(Channel)
        self.ways = [f"way_{place}" for place in range(1, len(known_ways) + 1)]
        for each in LANGUAGES:
            self.fields[f"name_{each}"] = _name_in(each)
        for place, name in enumerate(self.ways, start=1):
            self.fields[name] = forms.ChoiceField(
                label=_("Way %(place)s") % {"place": place},
                choices=[("", "–"), *((one.value, one.label) for one in known_ways)],
                required=place == 1,
            )
        names = [f"name_{each}" for each in LANGUAGES]
        first = ["rule", "minutes", "wording"] if self.calls else ["wording", "needs_approval"]
        self.order_fields(["key", *names, *first, *self.ways])

    def _leave_out(self) -> None:
        """Take out what means nothing for these people."""
        others = set(Step.base_fields) - self._of_an_alarm if self.calls else {"minutes"}
        for name in others:
            del self.fields[name]

    def _offer_words(self, programme: Programme, language: str) -> None:
        """Offer the words for these people; others that stand here, or were sent, stay to be seen."""
        every = known.every()
        why = {key: queries.against(programme, key, one) for key, one in every.items()}
        offered = [(key, f"{every[key].name_in(language)} · {key}") for key in sorted(why) if not why[key]]
        asked = (self.initial.get("wording"), self.data.get(self.add_prefix("wording")))
        here = {str(key) for key in asked if key}
        self.wrong_words = {
            key: why.get(key) or queries.against(programme, key, None) for key in here - dict(offered).keys()
        }
        self.fields["wording"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *self.wrong_words.items(),
            *offered,
        ]

    def clean_wording(self) -> str:
        """Refuse words that are not there, or are for others."""
        key: str = self.cleaned_data["wording"]
        if key in self.wrong_words:
            raise ValidationError(self.wrong_words[key])
        return key

    def clean(self) -> dict[str, Any]:
        """Refuse a way that is named twice."""
        cleaned = super().clean()
        ways = self._ways(cleaned)
        if len(set(ways)) < len(ways):
            self.add_error("way_1", _("A way is named twice."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """Return the step as it is kept."""
        cleaned = self.cleaned_data
        plain = {
            name: value
            for name, value in cleaned.items()
            if not name.startswith(("name_", "way_")) and name not in self._numbers
        }
        return {
            **plain,
            **{name: cleaned.get(name) or 0 for name in self._numbers},
            "needs_approval": bool(cleaned.get("needs_approval")),
            "names": {language: cleaned[f"name_{language}"] for language in LANGUAGES},
            "channels": self._ways(cleaned),
        }

    def _ways(self, cleaned: dict[str, Any]) -> list[str]:
        asked = (cleaned.get(name) for name in self.ways)
        return [way for way in asked if way]


def _name_in(language: str) -> forms.CharField:
    local = get_language_info(language)["name_local"]
    return forms.CharField(max_length=60, label=_("Name (%(language)s)") % {"language": local})


def _initial(step: ProgrammeStep) -> dict[str, Any]:
    same = {name: getattr(step, name) for name in Step.base_fields}
    names = {f"name_{language}": step.names.get(language, "") for language in LANGUAGES}
    ways = {f"way_{place}": way for place, way in enumerate(step.channels, start=1)}
    return {**same, **names, **ways}
