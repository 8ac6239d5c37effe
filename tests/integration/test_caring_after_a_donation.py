"""After a donation: care begins by itself, ends with a withdrawal, begins anew if that was a mistake."""

from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from consent.purposes import Purpose
from foundation import calendar
from foundation.access import Role, task_actor
from notifications import outbox
from notifications.outbox.models import Message
from notifications.plans import actions, receivers
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import PlanState, TouchpointState
from tests.factories import plans
from tests.factories.consent import ConsentFactory
from tests.factories.donors import DonorFactory
from tests.factories.foundation import SETTER_UP, StaffFactory, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(days=10)


@pytest.fixture
def donor():
    plans.install()
    known = {"email": "who@example.org"}
    donor = DonorFactory(state="DONATED", donated_at=AT, listed_on=AT.date(), about=known)
    receivers.donor_moved(donor=donor, step=SimpleNamespace(to_state="DONATED"), at=AT)
    return donor


def states(donor):
    return list(Plan.objects.filter(subject=donor.subject).order_by("id").values_list("state", flat=True))


def test_every_call_is_planned_once_however_often_it_is_told(donor):
    receivers.donor_moved(donor=donor, step=SimpleNamespace(to_state="DONATED"), at=AT)

    planned = Touchpoint.objects.filter(plan__subject=donor.subject).order_by("on_date")
    assert [one.key for one in planned] == [
        "d2", "d7", "expenses", "d30", "honour", "benefit", "d180", "yearly",
    ]  # fmt: skip


def test_the_day_comes_and_it_is_somebodys_task_without_anybodys_leave(donor):
    actions.plan_due((AT + timedelta(days=2)).date(), at=AT + timedelta(days=2))

    d2 = Touchpoint.objects.get(key="d2")
    assert d2.state == TouchpointState.APPROVED
    caller = StaffFactory(role=Role.COORDINATOR, branch=donor.subject.branch)
    actions.done(d2, by=actor(caller), at=AT + timedelta(days=2), channel="CALL")
    assert Touchpoint.objects.get(key="d2").state == TouchpointState.DONE


@pytest.mark.parametrize(("end", "ways"), [("FAILED", ["SMS", "EMAIL"]), ("UNKNOWN", ["SMS"])])
def test_words_go_by_the_next_way_after_a_failure_and_never_after_an_unclear_one(donor, end, ways):
    for purpose in (Purpose.CONTACT_SMS, Purpose.CONTACT_EMAIL):
        ConsentFactory(subject=donor.subject, purpose=purpose)
    benefit = Touchpoint.objects.get(key="benefit")
    on = calendar.at(benefit.on_date, time(11))
    actions.approve(benefit, by=task_actor("tests"), at=on)
    message = Message.objects.get()

    taken = outbox.claim(message.pk, at=on)
    if end == "FAILED":
        outbox.fail(taken, at=on, why="gateway_invalid_number")
    else:
        Message.objects.update(state="SENDING", begun_at=on)
        outbox.leave_to_a_person(taken, at=on, why="gateway_line_broke")

    assert list(Message.objects.order_by("id").values_list("channel", flat=True)) == ways


def test_what_was_found_too_late_is_left_out(donor):
    actions.plan_due((AT + timedelta(days=10)).date(), at=LATER)

    found = {one.key: (str(one.state), one.why) for one in Touchpoint.objects.filter(key__in=["d2", "d7"])}
    assert found == {"d2": ("SKIPPED", "too_late"), "d7": ("APPROVED", "")}


def test_it_ends_with_a_withdrawal_and_begins_anew_if_that_was_a_mistake(donor):
    stop = receivers.donor_withdrawn(donor=donor, by=SETTER_UP, at=LATER)

    assert (stop.what, stop.count, states(donor)) == ("plans.stopped", 1, [PlanState.STOPPED])
    assert receivers.donor_withdrawn(donor=donor, by=SETTER_UP, at=LATER) is None
    receivers.donor_restored(donor=donor, move="withdraw", at=LATER)
    assert states(donor) == [PlanState.STOPPED, PlanState.ACTIVE]
