"""What everybody on the register is told: planned in one statement a step, once a person and time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from consent.purposes import Purpose
from notifications.outbox.models import Message
from notifications.retention import everybody
from registry.donors.models import Donor
from tests.factories import plans
from tests.factories.consent import ConsentFactory
from tests.factories.donors import DonorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
WELCOMED = ON - timedelta(days=30)


@pytest.fixture(autouse=True)
def programmes():
    plans.install()


def volunteer(*, agreed=Purpose.CONTACT_SMS, **facts):
    donor = DonorFactory(**{"state": "LISTED", "listed_on": WELCOMED, "contact_verified_on": ON, **facts})
    if agreed:
        ConsentFactory(subject=donor.subject, purpose=agreed, state="ACTIVE")
    return donor


class TestAWelcome:
    def test_goes_once_to_who_agreed_to_the_way(self):
        told, _asleep = volunteer(), volunteer(agreed=None)

        assert [everybody.plan(ON, at=AT), everybody.plan(ON, at=AT)] == [1, 0]

        message = Message.objects.get()
        sent = (message.subject_id, message.channel, message.wording)
        assert sent == (told.subject_id, "SMS", "donor.welcome")
        assert (message.state, message.language, message.pk.version) == ("DUE", told.subject.language, 7)
        assert message.branch_path == told.service_path
        assert message.occasion == f"retention.welcome:{WELCOMED}"
        assert message.due_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten in the morning there

    def test_is_caught_up_when_a_night_was_missed_and_given_up_after_a_week(self):
        volunteer(listed_on=WELCOMED - timedelta(days=7))
        volunteer(listed_on=WELCOMED - timedelta(days=8))

        assert everybody.plan(ON, at=AT) == 1
        assert everybody.plan(ON + timedelta(days=1), at=AT + timedelta(days=1)) == 0

    @pytest.mark.parametrize(
        "changes",
        [
            {"objected_at": AT},
            {"contact_choice": "ONLY_IF_MATCHED"},
            {"death_reported_at": AT},
            {"legacy": True, "contact_verified_on": None},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_goes_to_nobody_whom_nothing_may_be_sent(self, changes):
        donor = volunteer()
        Donor.objects.filter(pk=donor.pk).update(**changes)

        assert everybody.plan(ON, at=AT) == 0
