"""At night the lists are filled: whoever may not be rung keeps nobody else from coming on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from consent.purposes import CORE, Purpose
from foundation.access import task_actor
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


@pytest.mark.parametrize(
    ("fill", "columns"),
    [
        (actions.remind_while_thinking, {"registered_at": AT - timedelta(days=6)}),
        (
            actions.check_old_numbers,
            {"state": DonorState.LISTED, "contact_verified_on": date(2020, 1, 1), "legacy": True},
        ),
    ],
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
