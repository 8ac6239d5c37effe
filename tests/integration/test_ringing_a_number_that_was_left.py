"""A number was left under somebody's name: it becomes theirs once whoever answers knows a fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation import moves, vault
from foundation.trail.models import TrailRow
from registry.donors import actions
from registry.donors.models import Call, CallTask, Donor
from registry.donors.states import DonorState
from tests.factories.donors import DonorFactory
from tests.on_the_telephone import (
    AT,
    TODAY,
    afternoon,
    by,
    county,
    desk,
    donor,
    go,
    lin,
    now,
    on_screen,
    ring,
)

__all__ = ["afternoon", "by", "county", "desk", "donor", "lin"]  # fixtures
pytestmark = pytest.mark.django_db
BEFORE = AT - timedelta(days=4)


class TestANumberThatWasLeft:
    def test_waits_sealed_for_the_next_working_day(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        task = actions.leave_number(donor, "139 0000 1234", by=by, at=AT, words="搬到宁波")
        again = actions.leave_number(donor, "13900001235", by=by, at=AT)

        assert task is not None
        assert again == task
        assert task.due_on == date(2026, 11, 23)
        assert actions.left_numbers(CallTask.objects.get()) == ["+8613900001235", "+8613900001234"]
        assert vault.open_one(CallTask.objects.get(), "words")["words"] == "搬到宁波"
        assert vault.open_one(Donor.objects.get(), "phone")["phone"] != "+8613900001235"

    def test_becomes_theirs_once_they_know_a_fact(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.leave_number(donor, "13900001234", by=by, at=AT - timedelta(days=3))
        task = on_screen(desk)
        wrong = go(desk, "call", task.pk, number="left", result="REACHED", said_born_on="1990-01-01")
        assert wrong.status_code == 422

        go(desk, "call", task.pk, number="left", result="REACHED", said_born_on="19990305")

        now = Donor.objects.get()
        assert vault.open_one(now, "phone")["phone"] == "+8613900001234"
        assert now.contact_verified_on == TODAY

    def test_is_struck_out_where_it_is_somebody_elses(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        for number in ("13900001234", "13900001235"):
            actions.leave_number(donor, number, by=by, at=AT - timedelta(days=3))
        task = on_screen(desk)

        answer = go(desk, "call", task.pk, number="left", result="NOT_THE_PERSON")

        assert str(task.pk) in answer.url, "the other number is tried at once"
        assert actions.left_numbers(CallTask.objects.get()) == ["+8613900001234"]

    def test_is_not_kept_for_who_has_left(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.WITHDRAWN)
        assert actions.leave_number(donor, "13900001234", by=by, at=AT) is None
        assert not CallTask.objects.exists()


class TestWhoAnswersAtANumberThatWasLeft:
    @pytest.fixture
    def desk(self, lin: Any, signed_in: Callable[[Any], Client]) -> Client:
        return signed_in(lin)

    @pytest.fixture
    def unknown(self, county: Any, by: Any) -> Donor:
        """Return somebody whose birth date nobody knows, and who left a number."""
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        Donor.objects.filter(pk=donor.pk).update(born_on=None)
        actions.leave_number(donor, "13900001234", by=by, at=BEFORE)
        return donor

    def say(self, desk: Client, task: CallTask, **said: str) -> Any:
        told = {"number": "left", "result": "REACHED", **said}
        return desk.post(reverse("donors:call", args=[task.pk]), told)

    def test_says_the_end_of_their_document_where_no_birth_date_is_known(
        self, unknown: Donor, desk: Client
    ) -> None:
        task = CallTask.objects.get()
        desk.post(reverse("donors:open-call", args=[task.pk]))
        document = str(vault.open_one(unknown, "document")["document"])
        old = vault.open_one(unknown, "phone")["phone"]

        for wrong in ({}, {"said_document_end": "0000"}, {"said_born_on": "19990305"}):
            assert self.say(desk, task, **wrong).status_code == 422
        assert vault.open_one(now(unknown), "phone")["phone"] == old
        assert not Call.objects.exists()

        self.say(desk, task, said_document_end=document[-4:].lower())

        assert vault.open_one(now(unknown), "phone")["phone"] == "+8613900001234"

    @pytest.mark.parametrize("heard", [actions.Heard(), actions.Heard(new_phone="13900005678")])
    def test_is_believed_by_no_other_way_either(
        self, unknown: Donor, donor: Donor, by: Any, heard: actions.Heard
    ) -> None:
        actions.leave_number(donor, "13900001235", by=by, at=BEFORE)
        for task in CallTask.objects.all():
            with pytest.raises(moves.Refused):
                ring(task.donor, by, task=task, number="left", result="REACHED", heard=heard)
        assert not TrailRow.objects.filter(verb="donor.number_changed").exists()


def test_a_contact_whom_a_colleague_took_off_meanwhile_is_written_of_no_more(donor: Donor, by: Any) -> None:
    donor.contacts.filter(order=1).delete()
    stance = {"stance": "SUPPORTS", "may_know": True, "by": by, "at": AT}
    acts: tuple[Callable[[], Any], ...] = (
        lambda: actions.record_contacts_number(donor, "1", "13900001234", by=by, at=AT),
        lambda: actions.record_stance(donor, order=1, **stance),
    )
    for act in acts:
        with pytest.raises(moves.Refused) as refused:
            act()
        assert len(refused.value.sentences) == 1
