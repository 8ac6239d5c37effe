"""The demo takes a county's own list over the way such a branch would: every line goes in and comes back."""

from datetime import UTC, datetime, timedelta

import pytest

from registry.config.demo import records
from registry.config.demo import world as worlds
from registry.config.demo.people import Crowd
from registry.donors.models import Contact, Donor
from registry.donors.states import DonorState
from tests.factories import consent as consents

AT = datetime(2026, 11, 15, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_every_line_goes_in_and_comes_back():
    consents.text()
    world = worlds.build(password="", since=AT - timedelta(days=900))

    report = records.take_over(world, Crowd(seed=1), at=AT).report

    assert (report.accepted, report.rejected) == (records.PEOPLE, {})
    assert report.round_trip.as_json() == {"lines": 40, "same": 40, "differing": {}}
    assert set(Donor.objects.values_list("state", flat=True)) == {
        DonorState.LISTED,
        DonorState.ON_HOLD,
        DonorState.LOST,
        DonorState.WITHDRAWN,
    }
    assert not Donor.objects.reachable().exists()
    assert Contact.objects.count() == 40 - 6
