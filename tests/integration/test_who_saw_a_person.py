"""The report of looks covers a person, whatever of theirs was seen; not their record alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model, OneToOneField
from django.test import Client
from django.urls import reverse

from consent.models import Consent
from foundation import trail
from foundation.access import BranchKind, Role
from foundation.desk import belongings
from foundation.vault import Subject
from registry.donors.models import Donor
from tests.factories import samples as tubes
from tests.factories.donors import CallFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ELSEWHERE = {"registry.nationalfinding"}  # a row of somebody's sheet that may fit a donor; its sheet is seen


@pytest.fixture
def house() -> tubes.House:
    return tubes.house()


@pytest.fixture
def auditor(house: tubes.House) -> Any:
    return StaffFactory(role=Role.AUDITOR, branch=house.prefecture.parent)


def of_a_person(donor: Donor, sample: Any) -> list[Model]:
    """Return things of one person in every room."""
    consent = Consent.objects.filter(subject=donor.subject).select_related("evidence").first()
    assert consent is not None
    assert consent.evidence is not None
    return [donor, donor.subject, consent, consent.evidence, sample, CallFactory(donor=donor)]


def reported(auditor: Any, thing: str) -> list[str]:
    """Return what the report names, asked by the id of a thing."""
    page = signed_in(Client(), auditor).get(reverse("desk:looks"), {"object": thing})
    return [line.row.object for line, _name in page.context["lines"]]


class TestReport:
    def test_covers_whatever_of_a_person_was_seen(self, house: tubes.House, auditor: Any) -> None:
        sample, other = tubes.tube(house), tubes.tube(house)
        things = of_a_person(sample.donor, sample)
        for thing in [*things, other, other.donor]:
            trail.record(f"{thing._meta.model_name}.viewed", by=actor(auditor), at=AT, object=thing)
        names = {f"{thing._meta.label_lower}:{thing.pk}" for thing in things}
        for asked in things:
            assert names <= set(reported(auditor, str(asked.pk)))
            assert not {f"registry.sample:{other.pk}"} & set(reported(auditor, str(asked.pk)))

    def test_is_asked_by_what_a_row_of_the_trail_names(self, house: tubes.House, auditor: Any) -> None:
        sample = tubes.tube(house)
        trail.record("donor.viewed", by=actor(auditor), at=AT, object=sample.donor)
        assert f"registry.donor:{sample.donor_id}" in reported(auditor, f"registry.sample:{sample.pk}")

    def test_of_what_is_nobody_s_is_about_that_alone(self, auditor: Any) -> None:
        trail.record("staff.viewed", by=actor(auditor), at=AT, object=auditor)
        assert reported(auditor, str(auditor.pk)) == [f"foundation.staff:{auditor.pk}"]

    def test_finds_whose_a_thing_is_by_one_question(
        self, house: tubes.House, django_assert_num_queries: Any
    ) -> None:
        sample = tubes.tube(house)
        for thing in of_a_person(sample.donor, sample):
            with django_assert_num_queries(1):
                assert belongings.person_of(str(thing.pk)) == sample.donor.subject_id

    def test_shows_nothing_of_another_branch(self, house: tubes.House, auditor: Any) -> None:
        sample = tubes.tube(house)
        trail.record("donor.viewed", by=actor(auditor), at=AT, object=sample.donor)
        far = StaffFactory(role=Role.AUDITOR, branch=BranchFactory(kind=BranchKind.PROVINCE))
        assert reported(far, str(sample.donor_id)) == []

    def test_costs_the_same_however_much_was_seen(
        self, house: tubes.House, auditor: Any, django_assert_max_num_queries: Any
    ) -> None:
        sample = tubes.tube(house)
        for _ in range(20):
            trail.record("donor.viewed", by=actor(auditor), at=AT, object=sample.donor)
        client = signed_in(Client(), auditor)
        with django_assert_max_num_queries(80):
            client.get(reverse("desk:looks"), {"object": str(sample.pk)})


def test_every_table_that_points_to_a_person_is_counted() -> None:
    pointing = {
        model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey | OneToOneField) and field.related_model in {Subject, Donor}
    }
    missing = {model._meta.label_lower for model in pointing - belongings.models()} - ELSEWHERE
    assert missing == set()
