"""The pages of the own form: what each asks, and how the answers become those of the enrolment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.pages.forms import RelayForm
from registry.donors import documents, phones
from registry.drives.answers import Answer, Answers, Facts, Typed, as_data
from registry.drives.forms.contacts import ContactsForm
from registry.drives.forms.health import HealthForm
from registry.drives.own_forms.forms import (
    NONE,
    FirstContact,
    OwnDocument,
    OwnHealth,
    PartOfContacts,
    Reach,
    SecondContact,
)
from registry.drives.states import Step

Make = Callable[[Any, Answers, date], RelayForm]


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the own form."""

    name: str
    step: Step
    heading: str | Promise
    make: Make

    @property
    def number(self) -> int:
        """Return the place of this page among all."""
        return list(PARTS).index(self.name) + 1

    @property
    def before(self) -> str | None:
        """Return the page before this one."""
        return list(PARTS)[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> str | None:
        """Return the page after this one."""
        return [*PARTS, None][self.number]

    @property
    def template(self) -> str:
        """Return the page's template; the two contacts share one."""
        name = "contact" if self.name in {"first", "second"} else self.name
        return f"registry/drives/own_forms/{name}.html"

    def shown(self, answers: Answers, *, on: date) -> RelayForm:
        """Return the form as it was left, without scolding."""
        form = self.make(None, answers, on)
        typed = as_data(answers.typed(self.step) or {})
        for name, field in form.fields.items():
            if name in typed:
                form.initial[name] = field.widget.value_from_datadict(typed, {}, name)
        return form

    def answer(self, data: QueryDict, form: RelayForm, answers: Answers, *, on: date) -> Answer:
        """Return what is kept of this page together with the other pages of the same step."""
        names = set(form.fields) - {"leave_empty"}
        mine = {name: data.getlist(name) for name in names if name in data}
        before = {name: v for name, v in (answers.typed(self.step) or {}).items() if name not in names}
        typed = before | mine
        if self.step == Step.HEALTH:
            typed["none_of_these"] = ["on"] if data.get("well") == NONE else []
        return Answer(typed, _FACTS[self.step](typed, answers, on))


def first_open(answers: Answers, *, on: date) -> str | None:
    """Return the first page that is not answered rightly, or None."""
    for part in PARTS.values():
        typed = answers.typed(part.step)
        if typed is None or not part.make(as_data(typed), answers, on).is_valid():
            return part.name
    return None


def _document(data: Any, answers: Answers, on: date) -> RelayForm:
    return OwnDocument(data, on=on)


def _part(kind: type[PartOfContacts], *others: str) -> Make:
    def make(data: Any, answers: Answers, on: date) -> RelayForm:
        return kind(data, on=on, taken=_numbers(answers, others))

    return make


def _numbers(answers: Answers, names: tuple[str, ...]) -> frozenset[str]:
    """Return the numbers that were typed on other pages, in the one spelling."""
    found = set()
    for name in names:
        for text in (answers.typed(Step.CONTACTS) or {}).get(name, []):
            with suppress(phones.PhoneProblem):
                found.add(phones.check(text, landline=True))
    return frozenset(found)


def _health(data: Any, answers: Answers, on: date) -> RelayForm:
    return OwnHealth(data, sex=sex_of(answers))


def sex_of(answers: Answers) -> str:
    """Return the sex that the document tells, or the one that was chosen."""
    typed = answers.typed(Step.DOCUMENT) or {}
    first: Mapping[str, str] = {name: values[0] for name, values in typed.items() if values}
    with suppress(documents.DocumentProblem):
        told = documents.check(first.get("kind", ""), first.get("number", "")).sex
        if told:
            return told
    return first.get("sex") or "F"


def _no_facts(typed: Typed, answers: Answers, on: date) -> Facts | None:
    """Leave the document open: it counts once a coordinator has seen it."""
    return None


def _contact_facts(typed: Typed, answers: Answers, on: date) -> Facts | None:
    form = ContactsForm(as_data(typed), on=on)
    return form.facts if form.is_valid() else None


def _health_facts(typed: Typed, answers: Answers, on: date) -> Facts | None:
    form = HealthForm(as_data(typed), sex=sex_of(answers))
    return form.facts if form.is_valid() else None


_FACTS: Final = {
    Step.DOCUMENT: _no_facts,
    Step.CONTACTS: _contact_facts,
    Step.HEALTH: _health_facts,
}
PARTS: Final[Mapping[str, Part]] = {
    part.name: part
    for part in (
        Part("document", Step.DOCUMENT, _("Who are you?"), _document),
        Part("reach", Step.CONTACTS, _("How can we find you?"), _part(Reach)),
        Part("first", Step.CONTACTS, _("Who always knows where you are?"), _part(FirstContact, "phone")),
        Part("second", Step.CONTACTS, _("And a second person"), _part(SecondContact, "phone", "first_phone")),
        Part("health", Step.HEALTH, _("Are you well?"), _health),
    )
}
