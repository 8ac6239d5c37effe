"""Nobody is lost before every number was tried in every round, and a caseworker confirms it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from foundation.access import Role
from registry.donors import actions, protocol
from registry.donors.models import Call, CallKind, CallTask, Donor
from registry.donors.states import DonorState
from tests.factories import consent as consents
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import StaffFactory
from tests.on_the_telephone import (
    AT,
    TODAY,
    SignIn,
    afternoon,
    by,
    caseworker,
    county,
    desk,
    go,
    lin,
    on_screen,
    sentences,
)

__all__ = ["afternoon", "by", "caseworker", "county", "desk", "lin"]  # fixtures
pytestmark = pytest.mark.django_db


class TestTheContactProtocol:
    def ring(self, donor: Donor, by: Any, *, days: int = 0, number: str = "donor", **more: Any) -> Call:
        at = AT + timedelta(days=days)
        task = CallTask.objects.open().filter(donor=donor, kind=CallKind.OUT_OF_CONTACT).first()
        facts: dict[str, Any] = {"kind": CallKind.OUT_OF_CONTACT, "result": "NO_ANSWER", **more}
        return actions.record_call(donor, number=number, task=task, by=by, at=at, **facts)

    def test_says_number_by_number_what_is_missing(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        self.ring(donor, by)
        self.ring(donor, by, days=1)  # the same round: too soon
        self.ring(donor, by, number="1")

        lines = protocol.of(donor).lines
        assert [len(line.rounds) for line in lines] == [1, 1, 0]
        assert len(protocol.of(donor).missing) == 3

    def test_proposes_only_who_was_tried_everywhere_in_every_round(
        self, county: Any, by: Any, caseworker: Any
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.open_task(donor, CallKind.OUT_OF_CONTACT, due_on=TODAY, at=AT)
        for days in (0, 3, 6):
            for number in ("donor", "1", "2"):
                at = AT + timedelta(days=days)
                assert sentences(partial(actions.lose, donor, by=caseworker, at=at))
                self.ring(donor, by, days=days, number=number)
                task = CallTask.objects.get(donor=donor)
                assert (task.proposed_at is not None) == ((days, number) == (6, "2"))

        actions.lose(donor, by=caseworker, at=AT + timedelta(days=6))

        assert Donor.objects.get().state == DonorState.LOST
        assert not CallTask.objects.open().exists()

    def test_keeps_one_on_the_screen_until_the_round_is_made(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        CallTaskFactory(donor=donor, kind=CallKind.OUT_OF_CONTACT)
        task = on_screen(desk)
        for number in ("donor", "1"):
            answer = go(desk, "call", task.pk, number=number, result="NO_ANSWER")
            assert str(task.pk) in answer.url

        answer = go(desk, "call", task.pk, number="2", result="SWITCHED_OFF")

        assert "/donors/calls/done/" in answer.url
        assert CallTask.objects.get().due_on == date(2026, 11, 23)

    def test_begins_anew_with_a_new_number_and_after_reaching(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        self.ring(donor, by)
        heard = actions.Heard(new_phone="13900001234")
        self.ring(donor, by, days=3, number="1", result="REACHED", heard=heard)
        assert [len(line.rounds) for line in protocol.of(Donor.objects.get()).lines] == [0, 1, 0]

        self.ring(donor, by, days=4, result="REACHED")

        assert [len(line.rounds) for line in protocol.of(Donor.objects.get()).lines] == [0, 0, 0]

    def test_does_not_count_an_hour_that_was_named_or_a_slip(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        self.ring(donor, by, result="LATER")
        slip = self.ring(donor, by, days=1)
        actions.undo_call(slip, by=by, at=AT + timedelta(days=1))

        assert protocol.of(donor).lines[0].rounds == []

    def test_is_taken_up_after_three_tries_in_vain(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        task = CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        for days in (0, 3, 6):
            actions.record_call(
                donor, kind=task.kind, result="NO_ANSWER", task=task, by=by, at=AT + timedelta(days=days)
            )

        assert [each.kind for each in CallTask.objects.open()] == [CallKind.OUT_OF_CONTACT]

    def test_is_shown_as_a_grid_before_anybody_presses(self, county: Any, by: Any, signed_in: SignIn) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED, about={"name": "王丽华"})
        actions.open_task(donor, CallKind.OUT_OF_CONTACT, due_on=TODAY, at=AT)
        self.ring(donor, by)
        work = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county.parent))

        for page in (reverse("donors:losing"), reverse("donors:lose", args=[donor.pk])):
            html = work.get(page).content.decode()
            assert "2026-11-23" in html
            assert "王丽华" not in html

    def test_finds_again_who_is_reached_and_the_caseworker_confirms(
        self, county: Any, by: Any, caseworker: Any, signed_in: SignIn
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LOST, legacy=True)
        consents.sign(donor.subject)
        task = CallTaskFactory(donor=donor, kind=CallKind.NEW_NUMBER)
        actions.record_call(donor, kind=task.kind, result="REACHED", task=task, by=by, at=AT)
        work = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county.parent))
        assert (
            reverse("donors:recover", args=[donor.pk]) in work.get(reverse("donors:losing")).content.decode()
        )

        actions.recover(donor, by=caseworker, at=AT)

        assert (Donor.objects.get().state, Donor.objects.get().found_at) == (DonorState.LISTED, None)

    def test_is_named_after_what_is_true_of_them(self) -> None:
        """Nobody is lost before a caseworker says so."""
        with translation.override("zh-hans"):
            assert str(CallKind.OUT_OF_CONTACT.label) != str(DonorState.LOST.label)
