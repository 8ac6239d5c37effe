"""People at the pages of matches in tests: each opens pages, sends forms and reads English."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from foundation.access import Branch, BranchKind, Role, Staff, named
from registry.cases.models import MatchCase
from tests.factories.foundation import BranchFactory, StaffFactory, signed_in

ENGLISH: Any = {"headers": {"accept-language": "en"}}


class Desk:
    """Somebody who is signed in and reads English."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.client = signed_in(Client(), staff)

    def get(self, name: str, *args: Any) -> Any:
        """Return the answer to looking at a page."""
        return self.client.get(reverse(f"cases:{name}", args=args), **ENGLISH)

    def page(self, name: str, *args: Any) -> str:
        """Return what a page shows."""
        answer = self.get(name, *args)
        assert answer.status_code == 200, answer.content.decode()[:3000]
        return answer.content.decode()

    def send(self, name: str, /, *args: Any, **typed: Any) -> str:
        """Send a form, which is accepted, and return what the next page says."""
        answer = self.client.post(reverse(f"cases:{name}", args=args), typed, follow=True, **ENGLISH)
        assert answer.redirect_chain, answer.content.decode()[:4000]
        return answer.content.decode()

    def fail(self, name: str, /, *args: Any, **typed: Any) -> str:
        """Send a form, which is not accepted, and return what the page says of it."""
        answer = self.client.post(reverse(f"cases:{name}", args=args), typed, **ENGLISH)
        assert answer.status_code == 422, answer.content.decode()[:3000]
        return answer.content.decode()

    def is_kept_out(self, name: str, /, *args: Any) -> bool:
        """Return whether a page is not there for them, whether looked at or written to."""
        answers = {self.get(name, *args).status_code}
        answers.add(self.client.post(reverse(f"cases:{name}", args=args), {}, **ENGLISH).status_code)
        return answers - {405} <= {403, 404}


class House:
    """A county with two managers, a caseworker and a reviewer, and two hospitals with somebody in each."""

    def __init__(self) -> None:
        self.county: Branch = BranchFactory(name="鄞州区红十字会")
        self.hospital: Branch = BranchFactory(kind=BranchKind.HOSPITAL, name="移植医院")
        self.ward: Branch = BranchFactory(kind=BranchKind.HOSPITAL, name="采集医院")
        self.zhou = Desk(StaffFactory(role=Role.CASEWORKER, branch=self.county))
        self.manager = Desk(StaffFactory(role=Role.REGISTRY_MANAGER, branch=self.county))
        self.other = Desk(StaffFactory(role=Role.REGISTRY_MANAGER, branch=self.county))
        self.reviewer = Desk(StaffFactory(role=Role.MEDICAL_REVIEWER, branch=self.county))
        self.transplant = Desk(StaffFactory(role=Role.TRANSPLANT_HOSPITAL, branch=self.hospital))
        self.collection = Desk(StaffFactory(role=Role.COLLECTION_HOSPITAL, branch=self.ward))

    def sign_in_again(self) -> None:
        """Sign everybody in anew: days have passed."""
        for desk in (self.zhou, self.manager, self.other, self.reviewer, self.transplant, self.collection):
            desk.client = signed_in(Client(), desk.staff)

    def name_hospitals(self, case: MatchCase) -> None:
        """Let the people of both hospitals in on a match."""
        MatchCase.objects.filter(pk=case.pk).update(
            transplant_hospital=self.hospital, collection_hospital=self.ward
        )
        for desk in (self.transplant, self.collection):
            named.add(desk.staff, case)
