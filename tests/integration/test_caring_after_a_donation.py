"""After a donation: care begins by itself, ends with a withdrawal, begins anew if that was a mistake."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from foundation.access import Role
from notifications.plans import actions, receivers
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import PlanState, TouchpointState
from tests.factories import plans
from tests.factories.donors import DonorFactory
from tests.factories.foundation import SETTER_UP, StaffFactory, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(days=10)


@pytest.fixture
def donor():
    plans.install()
    donor = DonorFactory(state="DONATED", donated_at=AT, listed_on=AT.date())
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
