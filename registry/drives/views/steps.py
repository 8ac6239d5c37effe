"""The steps of an enrolment: which form each has, made from what the draft holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from consent import queries as consents
from consent.forms import LinesForm
from foundation.access import StaffRequest
from foundation.pages.forms import RelayForm
from registry.drives import queries
from registry.drives.answers import ASKED, Answers, Typed, as_data
from registry.drives.forms.contacts import ContactsForm
from registry.drives.forms.document import DocumentForm
from registry.drives.forms.health import HealthForm
from registry.drives.forms.lines import facts_of
from registry.drives.forms.tube import TubeForm
from registry.drives.models import Draft, Drive
from registry.drives.own_forms.forms import SeenDocument
from registry.drives.states import Step

RECRUITMENT: Final = "hpc_recruitment"
ASSISTED: Final = (Step.DOCUMENT, Step.CONTACTS, Step.HEALTH)
"""The steps a helper may do; consent and tube are the coordinator's."""

Data = Mapping[str, Any] | None
Make = Callable[[StaffRequest, Drive, Answers, Data], RelayForm]


@dataclass(frozen=True, slots=True)
class Page:
    """One step: its form, its template, and what it leaves in the draft."""

    step: Step
    make: Make
    facts: Callable[[Any], Mapping[str, Any]]

    @property
    def number(self) -> int:
        """Return the place of this step among all."""
        return list(Step).index(self.step) + 1

    @property
    def template(self) -> str:
        """Return the page's template."""
        return f"registry/drives/enrol/{self.step.value}.html"

    @property
    def before(self) -> Step | None:
        """Return the step before this one."""
        return ASKED[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> Step:
        """Return the step after this one."""
        return list(Step)[self.number]


def today(request: StaffRequest) -> date:
    """Return the day of the request, where the drive is."""
    return timezone.localdate(request.at)


def _document(request: StaffRequest, drive: Drive, answers: Answers, data: Data) -> RelayForm:
    return DocumentForm(data, on=today(request))


def _seen_document(request: StaffRequest, drive: Drive, answers: Answers, data: Data) -> RelayForm:
    return SeenDocument(data, on=today(request))


def _contacts(request: StaffRequest, drive: Drive, answers: Answers, data: Data) -> RelayForm:
    return ContactsForm(data, on=today(request))


def _health(request: StaffRequest, drive: Drive, answers: Answers, data: Data) -> RelayForm:
    return HealthForm(data, sex=answers.facts(Step.DOCUMENT)["sex"])


def _consents(request: StaffRequest, drive: Drive, answers: Answers, data: Data) -> RelayForm:
    text = consents.text_in_force(RECRUITMENT, at=request.at)
    return LinesForm(data, text=text, language=request.LANGUAGE_CODE)


def _tube(request: StaffRequest, drive: Drive, answers: Answers, data: Data) -> RelayForm:
    return TubeForm(data, initial={"volume_ml": queries.usual_volume(drive)})


def _own_facts(form: Any) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = form.facts
    return facts


PAGES: Final[Mapping[Step, Page]] = {
    Step.DOCUMENT: Page(Step.DOCUMENT, _document, _own_facts),
    Step.CONTACTS: Page(Step.CONTACTS, _contacts, _own_facts),
    Step.HEALTH: Page(Step.HEALTH, _health, _own_facts),
    Step.CONSENTS: Page(Step.CONSENTS, _consents, facts_of),
    Step.TUBE: Page(Step.TUBE, _tube, _own_facts),
}
SEEN_DOCUMENT: Final = Page(Step.DOCUMENT, _seen_document, _own_facts)
"""The first step of an own form: the document is compared with what the volunteer typed alone."""


def page_of(step: Step, draft: Draft) -> Page:
    """Return the page of a step; an own form begins with its document being seen."""
    return SEEN_DOCUMENT if step == Step.DOCUMENT and draft.wants_to_be_seen else PAGES[step]


def as_typed(data: QueryDict, form: RelayForm) -> Typed:
    """Return the form's own fields as they were typed; nothing else of a request is kept."""
    unkept: frozenset[str] = getattr(form, "unkept", frozenset())
    names = (form.add_prefix(name) for name in form.fields if name not in unkept)
    return {name: data.getlist(name) for name in names if name in data}


def shown(page: Page, request: StaffRequest, drive: Drive, answers: Answers) -> RelayForm:
    """
    Return the form of a step as it was left: what was typed, without scolding before it is sent again.
    """
    form = page.make(request, drive, answers, None)
    typed = answers.typed(page.step) or {}
    data = as_data(form.still_said(typed) if isinstance(form, LinesForm) else typed)
    for name, field in form.fields.items():
        bound = form.add_prefix(name)
        if bound in data:
            form.initial[name] = field.widget.value_from_datadict(data, MultiValueDict(), bound)
    return form
