"""What everybody on the register is told: planned in one statement a step, once a person and time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db.models import F

from consent.purposes import Purpose
from notifications import outbox, recipients
from notifications.outbox.many import queue_many
from notifications.outbox.models import Message
from notifications.retention import everybody, ringing
from notifications.wordings import fields
from registry.donors import queries
from registry.donors.models import CallTask, Donor
from tests.factories import plans
from tests.factories.consent import ConsentFactory
from tests.factories.donors import DonorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
WELCOMED = ON - timedelta(days=30)
SAID = {
    "subject": F("subject_id"),
    "branch_path": F("service_path"),
    "language": F("subject__language"),
    "channel": "SMS",
    "occasion": "retention.welcome:once",
    "wording": "donor.welcome",
    "programme_key": "retention",
    "due_at": AT,
    "made_at": AT,
}


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

    def test_that_failed_is_not_planned_anew_by_the_next_night(self):
        volunteer()
        everybody.plan(ON, at=AT)
        Message.objects.update(state="FAILED")

        assert everybody.plan(ON + timedelta(days=1), at=AT + timedelta(days=1)) == 0

    @pytest.mark.parametrize(("end", "ways"), [("FAILED", ["SMS", "EMAIL"]), ("UNKNOWN", ["SMS"])])
    def test_goes_by_the_next_way_after_one_that_failed_and_never_after_an_unclear_one(self, end, ways):
        told = volunteer(about={"email": "who@example.org"})
        ConsentFactory(subject=told.subject, purpose=Purpose.CONTACT_EMAIL, state="ACTIVE")
        everybody.plan(ON, at=AT)
        later = AT + timedelta(hours=2)

        taken = outbox.claim(Message.objects.get().pk, at=later)
        if end == "FAILED":
            outbox.fail(taken, at=later, why="gateway_invalid_number")
        else:
            Message.objects.update(state="SENDING", begun_at=later)
            outbox.leave_to_a_person(taken, at=later, why="gateway_line_broke")

        assert list(Message.objects.order_by("id").values_list("channel", flat=True)) == ways
        if end == "FAILED":  # and it ends there: no way is left
            last = outbox.claim(Message.objects.get(state="DUE").pk, at=later)
            outbox.fail(last, at=later, why="no_such_mailbox")
        assert Message.objects.count() == len(ways)
        assert everybody.plan(ON, at=later) == 0

    def test_is_queued_once_where_the_database_meets_a_second_one(self):
        told = volunteer()
        ConsentFactory(subject=told.subject, purpose=Purpose.CONTACT_EMAIL, state="ACTIVE")
        twice = Donor.objects.filter(subject__consents__state="ACTIVE")

        assert [twice.count(), queue_many(twice, SAID)] == [2, 1]

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


class TestEveryStep:
    """On its day, of the facts it counts from; the day before, and to who is not meant, nothing."""

    @pytest.mark.parametrize(
        ("step", "facts"),
        [
            ("cooling_off", {"state": "SAMPLED", "listed_on": None, "registered_at": AT - timedelta(days=5)}),
            ("welcome", {}),
            ("contact_check", {"listed_on": date(2020, 1, 1), "contact_verified_on": date(2025, 11, 20)}),
            ("limit_notice", {"listed_on": date(2020, 1, 1), "limit_notice_on": ON}),
            ("age_notice", {"listed_on": date(2020, 1, 1), "limit_notice_on": ON, "age_notice_on": ON}),
        ],
    )
    def test_is_planned_on_its_day_and_not_before(self, step, facts):
        volunteer(**facts)

        assert everybody.plan(ON - timedelta(days=1), at=AT - timedelta(days=1)) == 0
        assert everybody.plan(ON, at=AT) == 1
        assert Message.objects.get().wording == f"donor.{step}"

    def test_asks_who_graduates_in_may_of_that_year(self):
        for graduates_on in (date(2027, 6, 30), date(2028, 6, 30)):
            one = volunteer(listed_on=date(2026, 1, 1))
            Donor.objects.filter(pk=one.pk).update(graduates_on=graduates_on)
        at = AT + timedelta(days=176)

        assert everybody.plan(date(2027, 5, 14), at=at - timedelta(days=1)) == 0
        assert everybody.plan(date(2027, 5, 15), at=at) == 1
        assert Message.objects.get().wording == "donor.graduation"

    @pytest.mark.parametrize(
        ("joined", "asked"), [(date(2027, 5, 18), date(2027, 5, 19)), (date(2027, 6, 1), date(2027, 6, 15))]
    )
    def test_asks_who_joins_after_that_day_too_and_once(self, joined, asked):
        one = volunteer(registered_at=datetime.combine(joined, time(10), UTC))
        Donor.objects.filter(pk=one.pk).update(graduates_on=date(2027, 6, 30))
        nights = {asked + timedelta(days=n): AT + timedelta(days=200 + n) for n in (-1, 0, 1, 14)}
        planned = [everybody.plan(on, at=at) for on, at in nights.items() if on > joined]

        assert sum(planned) == Message.objects.filter(wording="donor.graduation").count() == 1
        assert everybody.plan(asked, at=AT) == 0


class TestANoticeOfAge:
    def test_says_the_day_on_which_the_register_ends(self):
        donor = volunteer(age_notice_on=ON, about={"born_on": date(1966, 12, 2)})
        reader = recipients.of([donor.subject_id])[donor.subject_id]

        assert fields.values(["ends_on"], "DONOR", reader, {}, at=AT) == (
            {"ends_on": "2026年12月20日（星期日）"},  # thirty days after the notice
            [],
        )
        Donor.objects.update(age_notice_on=date(2026, 10, 1))
        later = recipients.of([donor.subject_id])[donor.subject_id]
        assert fields.values(["ends_on"], "DONOR", later, {}, at=AT)[0] == {
            "ends_on": "2026年12月2日（星期三）"
        }

    def test_never_says_a_day_in_the_past(self):
        donor = volunteer(age_notice_on=date(2026, 10, 1), about={"born_on": date(1966, 10, 2)})
        reader = recipients.of([donor.subject_id])[donor.subject_id]
        said = queries.screen_of(donor, kind="AGE_LIMIT", task=None, today=ON).lines[0].script.aloud

        assert fields.values(["ends_on"], "DONOR", reader, {}, at=AT)[0] == {
            "ends_on": "2026年11月20日（星期五）"
        }
        assert "2026年11月20日" in "".join(said)

    @pytest.mark.parametrize("column", ["age_notice_on", "limit_notice_on"])
    def test_becomes_a_call_where_no_message_leaves(self, column):
        written = volunteer(**{column: ON, "listed_on": date(2020, 1, 1)})
        rung = volunteer(agreed=None, **{column: ON, "listed_on": date(2020, 1, 1)})
        everybody.plan(ON, at=AT)

        assert ringing.ring(ON, at=AT) == 0  # a message may still be planned today
        night, at = ON + timedelta(days=1), AT + timedelta(days=1)
        assert [ringing.ring(night, at=at), ringing.ring(night, at=at)] == [1, 0]
        assert CallTask.objects.get().donor_id == rung.pk
        Message.objects.update(state="FAILED")
        assert ringing.ring(night, at=at) == 1
        assert set(CallTask.objects.values_list("donor", "kind")) == {
            (rung.pk, "AGE_LIMIT"),
            (written.pk, "AGE_LIMIT"),
        }
