"""The desk of family care in tests: who sits there; open its pages, send its forms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consent import actions as consents
from foundation.access import Branch, Role, Staff
from registry.families.models import Family
from tests.factories.families import ENTERED
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory

ENGLISH: Any = {"headers": {"accept-language": "en"}}
LATER = ENTERED + timedelta(days=10)
ON = date(2026, 9, 8)  # a sheet was ticked


@pytest.fixture
def branch() -> Branch:
    """A branch that looks after families."""
    made: Branch = BranchFactory()
    return made


@pytest.fixture
def mei(branch: Branch) -> Staff:
    """Who cares for the families there."""
    made: Staff = StaffFactory(role=Role.FAMILY_CARE, branch=branch)
    return made


class Desk:
    """Somebody who is signed in and reads English."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def page(self, name: str, *args: Any, **asked: str) -> str:
        """Return what a page shows."""
        answer = self.client.get(reverse(f"families:{name}", args=args), asked, **ENGLISH)
        assert answer.status_code == 200, answer.content.decode()[:2000]
        return answer.content.decode()

    def send(self, name: str, /, *args: Any, **typed: Any) -> str:
        """Send a form, which is accepted, and return what the next page says."""
        answer = self.client.post(reverse(f"families:{name}", args=args), typed, follow=True, **ENGLISH)
        assert answer.redirect_chain, answer.content.decode()[:3000]
        return answer.content.decode()

    def fail(self, name: str, /, *args: Any, **typed: Any) -> str:
        """Send a form, which is not accepted, and return what the page says of it."""
        answer = self.client.post(reverse(f"families:{name}", args=args), typed, **ENGLISH)
        assert answer.status_code == 422, answer.content.decode()[:2000]
        return answer.content.decode()


def install_texts() -> None:
    """Bring in the text that asks a family how it may be reached."""
    consents.install_first_texts(by=SETTER_UP, at=ENTERED - timedelta(days=400))


def history(family: Family) -> list[str]:
    """Return what happened with a household, in order."""
    return list(family.history.order_by("id").values_list("about", flat=True))
