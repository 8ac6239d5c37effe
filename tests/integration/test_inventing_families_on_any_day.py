"""Whatever day the demo is filled on, family care's week in it is one that the rules allow."""

from datetime import UTC, datetime, timedelta

import pytest

from consent import actions as consents
from foundation import access
from notifications.plans import ways
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.programmes import actions as programmes
from registry.config.demo import families, remembering
from registry.config.demo import world as worlds

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.slow]


def test_nobody_is_rung_who_asked_for_no_calls():
    at = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)  # one of them was the next to ring
    world = worlds.build(password="", since=at - timedelta(days=365 * 5))
    consents.install_first_texts(by=access.command_actor(), at=world.since)
    programmes.install_first_programmes(by=access.command_actor(), at=world.since)

    with access.remembering():
        families.remember(world, at=at)
        remembering.remember(world, at=at)

    to_ring = Touchpoint.objects.filter(state=TouchpointState.APPROVED)
    assert to_ring.count() >= remembering.CALLS
    assert [one for one in to_ring if ways.choose(one, wanted="", at=at).against] == []
