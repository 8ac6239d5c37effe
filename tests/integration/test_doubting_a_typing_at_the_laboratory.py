"""A laboratory doubts a typing: it sees and pauses whose tubes came to it, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from foundation.access import BranchKind, Role
from registry.donors import usage
from registry.donors.models import Donor
from registry.donors.reasons import Reason, SampleReason
from registry.donors.states import DonorState
from registry.samples import actions
from registry.samples.models import Sample
from tests.factories import samples as make
from tests.factories.foundation import BranchFactory, StaffFactory
from tests.factories.samples import LATER, TYPING, House, again

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def typed_here(house: House) -> tuple[Sample, Sample, Sample]:
    """Return a tube typed here, one beside it, and one that lay elsewhere beside a tube turned away."""
    donor, other = make.volunteer(house), of_another_laboratory(house)
    there, elsewhere = make.tube(house, donor), make.tube(house)
    box = make.sent(other, there, elsewhere)
    clotted = actions.receive(box, there.barcode, by=other.types, at=LATER)
    actions.reject(clotted, reason=SampleReason.CLOTTED, by=other.types, at=LATER, on=other.laboratory)
    here, near = make.tube(house, again(donor), at=LATER), make.tube(house)
    box = make.sent(house, here, near)
    tube = actions.receive(box, here.barcode, by=house.types, at=LATER)
    actions.record_typing(tube, text=TYPING, by=house.types, at=LATER)
    return tube, near, elsewhere


def of_another_laboratory(house: House) -> House:
    """Return the same house with another laboratory that it sends to."""
    laboratory = BranchFactory(kind=BranchKind.LABORATORY, parent=house.prefecture.parent)
    return replace(
        house, laboratory=laboratory, technician=StaffFactory(role=Role.LABORATORY, branch=laboratory)
    )


class TestDoubt:
    def test_shows_no_tube_of_another_laboratorys_box(
        self, house: House, typed_here: tuple[Sample, Sample, Sample], signed_in: Any
    ) -> None:
        tube, near, elsewhere = typed_here
        assert elsewhere.donor_id in {one.donor_id for one in usage.neighbours_of(tube.donor)}

        page = signed_in(house.technician).get(reverse("samples:doubt", args=[tube.pk])).content.decode()

        assert near.barcode in page
        assert elsewhere.barcode not in page

    def test_pauses_nobody_whose_tube_went_to_another_laboratory(
        self, house: House, typed_here: tuple[Sample, Sample, Sample], signed_in: Any
    ) -> None:
        tube, near, elsewhere = typed_here
        asked = {"reason": Reason.TQ_MIXED_UP, "others": [str(near.donor_id), str(elsewhere.donor_id)]}

        answer = signed_in(house.technician).post(reverse("samples:doubt", args=[tube.pk]), asked)

        assert answer.status_code == 422
        assert not Donor.objects.filter(state=DonorState.ON_HOLD).exists()
