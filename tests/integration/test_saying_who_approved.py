"""When something was approved stands nowhere without who did it, nor the other way round."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.wordings.models import WordingState, WordingVersion
from tests.factories.plans import TouchpointFactory
from tests.factories.wordings import WordingFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HALVES = pytest.mark.parametrize(
    "half", [{"approved_at": AT, "approved_by_id": ""}, {"approved_at": None, "approved_by_id": "mei"}]
)


class TestATouchpoint:
    @HALVES
    def test_is_approved_by_somebody_at_a_moment(self, half: dict[str, Any]) -> None:
        touchpoint = TouchpointFactory(state=TouchpointState.DUE)

        with pytest.raises(IntegrityError, match="approved_says_when"), transaction.atomic():
            Touchpoint.objects.filter(pk=touchpoint.pk).update(**half)


class TestAWording:
    @HALVES
    def test_is_approved_by_somebody_at_a_moment(self, half: dict[str, Any]) -> None:
        WordingFactory()

        with pytest.raises(IntegrityError, match="approved_says_when"), transaction.atomic():
            WordingVersion.objects.update(**half)

    def test_was_approved_by_nobody_while_it_is_a_draft(self) -> None:
        wording = WordingFactory()
        draft = {"number": 2, "state": WordingState.DRAFT, "made_at": AT, "by_kind": "command", "by_id": "x"}

        with pytest.raises(IntegrityError, match="approved_says_when"), transaction.atomic():
            WordingVersion.objects.create(wording=wording, approved_at=AT, approved_by_id="mei", **draft)
