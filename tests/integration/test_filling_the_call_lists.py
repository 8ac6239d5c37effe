"""At night the lists are filled: whoever may not be rung keeps nobody else from coming on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from consent.purposes import CORE, Purpose
from foundation.access import task_actor
from notifications.channel_names import Channel
from notifications.recipients import contact
from notifications.recipients.models import Reach
from registry.donors import actions
from registry.donors.actions import filling
from registry.donors.models import CallTask
from registry.donors.states import DonorState
from tests.factories import consent as consents
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
TASK = task_actor("tests")
WITHOUT_CALLS = sorted(set(CORE) - {Purpose.CONTACT_PHONE})


THINKING: dict[str, Any] = {"registered_at": AT - timedelta(days=6)}
LONG_UNCHECKED: dict[str, Any] = {
    "state": DonorState.LISTED,
    "contact_verified_on": date(2020, 1, 1),
    "legacy": True,
}
PAUSE_OVER: dict[str, Any] = {
    "state": DonorState.ON_HOLD,
    "return_to": DonorState.LISTED,
    "hold_reason": "PR_NOT_STATED",
    "hold_until": date(2026, 11, 1),
}


@pytest.mark.parametrize(
    ("fill", "columns"),
    [(actions.remind_while_thinking, THINKING), (actions.check_old_numbers, LONG_UNCHECKED)],
    ids=["thinking it over", "number long unchecked"],
)
def test_nobody_waits_behind_who_may_not_be_rung(
    monkeypatch: pytest.MonkeyPatch, fill: Callable[..., int], columns: dict[str, Any]
) -> None:
    monkeypatch.setattr(filling, "AT_ONCE", 1)
    branch = BranchFactory()
    silent, willing = (DonorFactory(branch=branch, **columns) for _ in range(2))
    consents.sign(silent.subject, given=WITHOUT_CALLS)
    consents.sign(willing.subject)
    assert silent.pk < willing.pk

    assert fill(by=TASK, at=AT) == 1

    assert CallTask.objects.get().donor == willing


@pytest.mark.parametrize(
    ("fill", "columns"),
    [
        (actions.remind_while_thinking, THINKING),
        (actions.check_old_numbers, LONG_UNCHECKED),
        (actions.call_where_a_pause_ended, PAUSE_OVER),
        (actions.call_before_listing, {"state": DonorState.TYPED}),
    ],
    ids=["thinking it over", "number long unchecked", "the pause is over", "before listing"],
)
def test_nobody_is_rung_who_wants_no_calls(fill: Callable[..., int], columns: dict[str, Any]) -> None:
    branch = BranchFactory()
    tired, willing = (DonorFactory(branch=branch, **columns) for _ in range(2))
    for donor in (tired, willing):
        consents.sign(donor.subject)
    contact.mark(tired.subject, Channel.CALL, Reach.STOPPED, by=TASK, at=AT)

    assert fill(by=TASK, at=AT) == 1

    assert CallTask.objects.get().donor == willing
