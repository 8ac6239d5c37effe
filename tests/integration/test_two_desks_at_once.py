"""Two coordinators enrol the same person at the same instant: one wins, the other learns one sentence."""

from __future__ import annotations

import pytest

from foundation.access import Role
from foundation.ids import uuid7
from foundation.vault import Subject
from registry.donors.models import Donor
from registry.drives import actions
from registry.drives.actions import drafts
from registry.drives.models import Draft
from registry.samples.models import Sample
from tests.factories import consent as consents
from tests.factories import donors
from tests.factories.drives import AT, DriveFactory, draft
from tests.factories.foundation import StaffFactory, actor
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_one_person_is_registered_once() -> None:
    consents.text()
    drive = DriveFactory()
    lin, mei = (StaffFactory(role=Role.COORDINATOR, branch=drive.branch) for _ in range(2))
    for _ in range(FEWER):
        number = donors.person().document_number
        wide = "".join(chr(ord(c) + 0xFEE0) for c in number)  # the same number, typed in full width
        one = draft(drive, staff=lin, by=actor(lin), number=number)
        other = draft(drive, staff=mei, by=actor(mei), number=f" {wide} ")
        before = (Donor.objects.count(), Subject.objects.count(), Sample.objects.count())

        answers = at_once(
            lambda one=one: actions.enrol(one, by=actor(lin), at=AT),
            lambda other=other: actions.enrol(other, by=actor(mei), at=AT),
        )

        assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyRegistered", "Donor"]
        after = (Donor.objects.count(), Subject.objects.count(), Sample.objects.count())
        assert after == tuple(n + 1 for n in before)


def test_one_draft_sent_twice_is_one_donor() -> None:
    consents.text()
    drive = DriveFactory()
    lin = StaffFactory(role=Role.COORDINATOR, branch=drive.branch)
    for _ in range(FEWER):
        only = draft(drive, staff=lin, by=actor(lin))
        answers = at_once(*[lambda only=only: actions.enrol(only, by=actor(lin), at=AT)] * 3)
        assert {answer.pk for answer in answers} == {Draft.objects.get(pk=only.pk).donor_id}


def test_drafts_begun_at_once_get_numbers_of_their_own() -> None:
    drive = DriveFactory()
    lin = StaffFactory(role=Role.COORDINATOR, branch=drive.branch)

    def begin() -> Draft:
        return drafts.begin(drive, draft_id=uuid7(), staff=lin, language="en", by=actor(lin), at=AT)

    made = at_once(*[begin] * 6)
    assert sorted(one.number for one in made) == [1, 2, 3, 4, 5, 6]
