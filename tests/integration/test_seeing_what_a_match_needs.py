"""Whoever takes a donor's word, is called, or opens the board sees at once what a match needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from registry.cases.models import MatchCase
from registry.cases.states import CaseState
from tests.at_the_cases import ENGLISH, House
from tests.factories.cases import NOW, CaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> House:
    return House()


class TestWhoTakesTheDonorsWord:
    def test_reads_on_every_page_that_conditioning_has_begun(self, house):
        case = CaseFactory(state=CaseState.MOBILISING, branch=house.county, owner=house.zhou.staff)
        pages = [
            reverse(f"donors:{name}", args=[case.donor_id]) for name in ("detail", "withdraw", "record-call")
        ]
        pages.append(reverse("cases:attempt", args=[case.pk]))
        warned = "it is never refused, and everybody concerned is called at once"
        for page in pages:
            shown = house.zhou.client.get(page, **ENGLISH).content.decode()
            assert "<b>Conditioning has begun</b>" in shown, page
            assert warned in shown, page

        MatchCase.objects.update(state=CaseState.SCHEDULED, conditioning_at=None)

        for page in pages:
            assert warned not in house.zhou.client.get(page, **ENGLISH).content.decode(), page
