"""Several people act on own forms and left numbers at one instant: once is once, and nobody is lost."""

from __future__ import annotations

from uuid import uuid4

import pytest

from foundation import moves
from foundation.access import Role, task_actor
from registry.donors.documents import DocumentKind, check
from registry.donors.models import CallTask, Donor, MovedNote
from registry.donors.moved import actions as moved
from registry.drives import actions
from registry.drives.actions import drafts
from registry.drives.answers import Answer
from registry.drives.models import Draft, Drive
from registry.drives.own_forms import actions as own
from registry.drives.states import Step
from tests.factories import consent as consents
from tests.factories import donors
from tests.factories.donors import DonorFactory
from tests.factories.drives import AT, DriveFactory, draft
from tests.factories.foundation import StaffFactory, actor
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
PAGE = Answer({"name": ["王晓"]}, None)


def begun(drive: Drive) -> Draft:
    return own.begin(drive, key=uuid4(), answer=PAGE, language="en", at=AT)


def own_form(drive: Drive, staff: object, **changes: object) -> Draft:
    """Return an own form whose every page was answered, handed in."""
    full = draft(drive, staff=staff, by=actor(staff), **changes)  # type: ignore[arg-type]
    Draft.objects.filter(pk=full.pk).update(own_form=True, handed_in_at=AT, started_by=None)
    return Draft.objects.get(pk=full.pk)


def test_phones_that_hand_in_at_once_get_numbers_of_their_own() -> None:
    drive = DriveFactory()
    for _ in range(FEWER):
        Draft.objects.all().delete()
        forms = [begun(drive) for _ in range(5)]
        answers = at_once(*[lambda one=one: own.hand_in(one, at=AT) for one in forms])
        assert sorted(answer.number for answer in answers) == [1, 2, 3, 4, 5]


def test_one_page_sent_twice_is_one_form() -> None:
    drive = DriveFactory()
    for _ in range(FEWER):
        key = uuid4()
        answers = at_once(*[lambda key=key: own.begin(drive, key=key, answer=PAGE, language="en", at=AT)] * 3)
        assert {answer.pk for answer in answers} == {Draft.objects.get(idempotency_key=key).pk}


def test_one_form_handed_in_twice_has_one_number() -> None:
    drive = DriveFactory()
    for _ in range(FEWER):
        one = begun(drive)
        answers = at_once(*[lambda one=one: own.hand_in(one, at=AT)] * 3)
        assert len({answer.number for answer in answers}) == 1


def test_two_coordinators_confirm_and_enrol_one_donor() -> None:
    consents.text()
    drive = DriveFactory()
    lin, mei = (StaffFactory(role=Role.COORDINATOR, branch=drive.branch) for _ in range(2))
    for _ in range(FEWER):
        form = own_form(drive, lin)

        def confirm(who: object, form: Draft = form) -> Donor:
            own.confirm(form, by=actor(who), at=AT)  # type: ignore[arg-type]
            return actions.enrol(form, by=actor(who), at=AT)  # type: ignore[arg-type]

        before = Donor.objects.count()
        answers = at_once(lambda: confirm(lin), lambda: confirm(mei))
        assert {type(answer) for answer in answers} == {Donor}, answers
        assert Donor.objects.count() == before + 1


def test_two_forms_of_one_person_are_one_donor() -> None:
    consents.text()
    drive = DriveFactory()
    lin = StaffFactory(role=Role.COORDINATOR, branch=drive.branch)
    for _ in range(FEWER):
        number = donors.person().document_number
        forms = [own_form(drive, lin, number=number) for _ in range(2)]
        for form in forms:
            own.confirm(form, by=actor(lin), at=AT)
        answers = at_once(*[lambda one=one: actions.enrol(one, by=actor(lin), at=AT) for one in forms])
        assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyRegistered", "Donor"]


def test_a_form_that_is_destroyed_while_it_is_confirmed_is_one_or_the_other() -> None:
    drive = DriveFactory()
    lin = StaffFactory(role=Role.COORDINATOR, branch=drive.branch)
    for _ in range(FEWER):
        form = own.hand_in(begun(drive), at=AT)
        at_once(
            lambda form=form: own.confirm(form, by=actor(lin), at=AT),
            lambda form=form: own.destroy(form, at=AT),
        )
        left = Draft.objects.filter(pk=form.pk).first()
        assert left is None or left.seen_at == AT


def test_a_page_written_while_the_form_is_handed_in_changes_nothing_afterwards() -> None:
    drive, later = DriveFactory(), Answer({"name": ["李晓"]}, None)
    for _ in range(FEWER):
        form = begun(drive)
        faults = at_once(
            lambda form=form: own.hand_in(form, at=AT),
            lambda form=form: own.write(form, Step.DOCUMENT, later, at=AT),
        )
        assert not any(isinstance(fault, Exception) for fault in faults), faults
        kept = drafts.read(Draft.objects.get(pk=form.pk)).typed(Step.DOCUMENT)
        own.write(form, Step.DOCUMENT, Answer({"name": ["张晓"]}, None), at=AT)
        assert drafts.read(Draft.objects.get(pk=form.pk)).typed(Step.DOCUMENT) == kept


def test_a_number_left_is_compared_by_one_worker() -> None:
    by = task_actor("donors.moved")
    for n in range(FEWER):
        who = donors.person()
        donor = DonorFactory(about={"name": who.name, "document_number": who.document_number})
        document = check(DocumentKind.RESIDENT_ID, who.document_number)
        notes = [moved.put_down(document, name=who.name, phone=f"+86159{n:08}", at=AT) for _ in range(2)]
        faults = at_once(*[lambda note=note: moved.compare(note.pk, by=by, at=AT) for note in notes * 2])
        assert not any(isinstance(fault, moves.Refused | OSError) for fault in faults), faults
        assert sorted(map(str, faults)) == ["False", "False", "True", "True"]
        assert CallTask.objects.filter(donor=donor).count() == 1
    assert MovedNote.objects.count() == 0
