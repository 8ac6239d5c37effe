"""A household and a donor who were there before their programme was in use have their plan the next night."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notifications.plans import missing, tasks
from notifications.plans.models import Plan
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.factories import plans
from tests.factories.donors import DonorFactory
from tests.factories.families import MemberFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 19, 40, tzinfo=UTC)
BEFORE = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def donated() -> Donor:
    donor = DonorFactory(state=DonorState.DONATED)
    Donor.objects.filter(pk=donor.pk).update(donated_at=BEFORE)
    return donor


class TestAPlan:
    def test_is_begun_for_who_was_there_before_the_programme(self, donated):
        family = MemberFactory().family
        assert not Plan.objects.exists()
        plans.install()

        tasks.plan_ahead()

        assert {plan.family_id or plan.subject_id for plan in Plan.objects.all()} == {
            family.pk,
            donated.subject_id,
        }
        assert all(plan.touchpoints.exists() for plan in Plan.objects.filter(subject__isnull=False))
        assert missing.begin_missing(at=AT) == 0

    def test_is_not_begun_while_no_programme_is_in_use(self, donated):
        assert missing.begin_missing(at=AT) == 0

    def test_is_not_begun_for_who_left(self):
        gone = DonorFactory(state=DonorState.WITHDRAWN)
        Donor.objects.filter(pk=gone.pk).update(donated_at=BEFORE)
        plans.install()

        assert missing.begin_missing(at=AT) == 0

    def test_of_one_that_cannot_be_begun_keeps_no_other_waiting(self, donated, monkeypatch):
        MemberFactory()
        plans.install()
        monkeypatch.setattr(missing.actions, "keep_family", lambda *_a, **_k: 1 / 0)

        assert missing.begin_missing(at=AT) == 1
        assert Plan.objects.get().subject_id == donated.subject_id
