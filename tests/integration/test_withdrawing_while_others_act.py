"""Somebody withdraws at the very moment others hold, list, send, call, reserve, import or verify.

It always commits; afterwards nothing offers the donor, rings them, or sends what is theirs.

Source: design/security.md section 4.8; security-checklist.md 13, 63
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import pytest
from django.dispatch import Signal
from django.urls import reverse

from consent import actions as consenting
from consent.models import Consent
from consent.states import STANDING, State
from foundation import approvals, moves
from foundation.access import Role, task_actor
from foundation.approvals.models import Decision
from foundation.moves import stops
from foundation.moves.models import StopDue
from foundation.trail.models import TrailRow
from registry import signals
from registry.donors import actions
from registry.donors.actions import nightly
from registry.donors.models import CallKind, CallTask, Donor, Withdrawal, Word
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.drives.imports import import_rows
from registry.samples import actions as samples
from registry.samples.faults import BarcodeTaken
from registry.samples.models import Batch, Sample
from registry.samples.states import BatchState, SampleState
from tests.factories import consent as consents
from tests.factories import donors, sheets
from tests.factories import samples as tubes
from tests.factories.drives import DriveFactory
from tests.factories.foundation import StaffFactory, actor
from tests.racing import FEWER, WITHDRAWALS, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FACTS = ("document_seen", "face_seen")
YES = {"family_supports": "yes", "process_known": "yes", "would_go_on": "yes"}


class House(tubes.House):
    """The house of the tubes, with a manager above it; each keeps the role they came with."""

    @cached_property
    def collects(self) -> Any:
        """The county's coordinator."""
        return super().collects

    @cached_property
    def sends(self) -> Any:
        """The prefecture's caseworker."""
        return super().sends

    @property
    def manages(self) -> Any:
        """Who lists donors and reserves them."""
        return actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=self.prefecture.parent))


@pytest.fixture
def house() -> House:
    """Return a county, a prefecture, a laboratory and their people."""
    consents.text()
    made = tubes.house()
    return House(*(getattr(made, name) for name in made.__dataclass_fields__))


def withdraws(donor: Donor, house: House) -> Callable[[], Any]:
    """Return the act of writing the donor's own word down."""
    by = house.collects
    return lambda: actions.withdraw(donor, by=by, at=AT, word=Word.STAFF_TWO_FACTS, facts=FACTS)


def race(donor: Donor, house: House, *others: Callable[[], Any]) -> list[Any]:
    """Let a donor withdraw while others act; check that it held, and that who lost learned a sentence."""
    answer, *lost = at_once(withdraws(donor, house), *others)
    assert isinstance(answer, Withdrawal), answer
    for one in lost:
        assert not isinstance(one, Exception) or getattr(one, "sentences", None), repr(one)
    check_gone(donor)
    return lost


def check_gone(donor: Donor) -> None:
    """Check that nothing goes on with a donor."""
    now = Donor.objects.select_related("subject").get(pk=donor.pk)
    assert now.state == DonorState.WITHDRAWN
    assert not Donor.objects.searchable().filter(pk=donor.pk).exists()
    assert not Consent.objects.filter(subject=now.subject_id, state__in=STANDING).exists()
    assert not CallTask.objects.open().filter(donor=donor).exists()
    assert not Sample.objects.filter(donor=donor, state__in=[SampleState.TAKEN, SampleState.BATCHED]).exists()
    assert now.subject.restricted_at is not None
    assert Withdrawal.objects.filter(donor=donor, ended_at__isnull=True).count() == 1
    assert moves.steps_of(now).filter(move="withdraw").count() == 1


def listed(house: House) -> Donor:
    """Return somebody on the list, with consents and an open call."""
    donor = donors.DonorFactory(state=DonorState.LISTED, branch=house.county)
    consents.sign(donor.subject, by=house.collects)
    donors.CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
    return donor


def ready(house: House) -> Donor:
    """Return somebody whose tube was typed and who said yes on the telephone."""
    tube = tubes.at_laboratory(house, tubes.tube(house))
    samples.record_typing(tube, text=tubes.TYPING, by=house.types, at=tubes.LATER)
    donor = Donor.objects.get(pk=tube.donor_id)
    task = CallTask.objects.get(donor=donor, kind=CallKind.PRE_LISTING)
    actions.record_call(
        donor, kind="PRE_LISTING", result="REACHED", answers=YES, task=task, by=house.collects, at=AT
    )
    return Donor.objects.get(pk=donor.pk)


class TestWithdrawalHolds:
    def test_against_a_hold(self, house: House) -> None:
        for _ in range(WITHDRAWALS):
            donor = listed(house)
            by = house.sends
            race(
                donor,
                house,
                lambda donor=donor, by=by: actions.hold(
                    donor, until=date(2027, 3, 1), reason=Reason.PR_WORK_STUDY, by=by, at=AT, words="出差"
                ),
                lambda donor=donor, by=by: actions.object_to(donor, by=by, at=AT, words="妈妈反对"),
            )

    @pytest.mark.slow
    def test_against_the_listing(self, house: House) -> None:
        manager = house.manages
        for _ in range(WITHDRAWALS):
            donor = ready(house)
            [result] = race(
                donor, house, lambda donor=donor: actions.list_ready([donor.pk], by=manager, at=AT)
            )
            made, left = result
            assert len(made) + len(left) == 1

    @pytest.mark.slow
    def test_against_the_box_that_leaves(self, house: House) -> None:
        for _ in range(WITHDRAWALS):
            tube, other = tubes.tube(house), tubes.tube(house)
            box = samples.seal_batch(tubes.box(house, tube, other), by=house.sends, at=tubes.LATER)
            by = house.sends
            [answer] = race(
                Donor.objects.get(pk=tube.donor_id),
                house,
                lambda box=box, by=by: samples.dispatch_batch(box, by=by, at=AT),
            )
            left = Batch.objects.get(pk=box.pk).state == BatchState.SENT
            assert left == (not isinstance(answer, Exception))
            assert Sample.objects.get(pk=tube.pk).state == SampleState.DESTRUCTION_ORDERED
            stayed = Donor.objects.get(pk=other.donor_id).state
            assert stayed == (DonorState.TYPING if left else DonorState.SAMPLED)

    @pytest.mark.slow
    def test_against_the_scanner(self, house: House) -> None:
        for _ in range(WITHDRAWALS):
            tube, box, by = tubes.tube(house), tubes.box(house), house.sends
            race(
                Donor.objects.get(pk=tube.donor_id),
                house,
                lambda tube=tube, box=box, by=by: samples.scan_in(box, tube.barcode, by=by, at=AT),
            )
            assert not Batch.objects.get(pk=box.pk).samples.filter(state=SampleState.BATCHED).exists()

    def test_against_a_call(self, house: House) -> None:
        for _ in range(WITHDRAWALS):
            donor = listed(house)
            task, by = CallTask.objects.get(donor=donor), house.collects
            race(
                donor,
                house,
                lambda donor=donor, task=task, by=by: actions.record_call(
                    donor, kind=task.kind, result="NO_ANSWER", by=by, at=AT, task=task
                ),
                lambda donor=donor, by=by: actions.plan_call(
                    donor, kind=CallKind.OTHER, due_on=date(2026, 12, 1), by=by, at=AT
                ),
            )

    @pytest.mark.slow
    def test_against_the_nightly_call_list(self, house: House) -> None:
        by = task_actor("donors.tend_donors")
        for _ in range(WITHDRAWALS):
            donor = donors.DonorFactory(
                state=DonorState.ON_HOLD, branch=house.county, hold_until=date(2026, 11, 19)
            )
            consents.sign(donor.subject, by=house.collects)
            race(donor, house, lambda: nightly.call_where_a_pause_ended(by=by, at=AT))

    @pytest.mark.slow
    def test_against_a_reservation(self, house: House) -> None:
        manager = house.manages
        for _ in range(WITHDRAWALS):
            donor = listed(house)
            race(donor, house, lambda donor=donor: actions.reserve(donor, by=manager, at=AT))

    @pytest.mark.slow
    def test_against_the_paper_list_that_names_them(self, house: House) -> None:
        drive = DriveFactory(branch=house.county)
        drive.paper_text = consents.text()
        drive.save(update_fields=["paper_text"])
        for n in range(WITHDRAWALS):
            row = sheets.row(300 + n)
            content = sheets.csv(row)
            by = house.collects
            import_rows(content, drive, by=by, at=AT, name="list.csv")
            donor = Donor.objects.get(samples__barcode=row[sheets.Column.BARCODE])
            race(
                donor,
                house,
                lambda content=content, by=by: import_rows(content, drive, by=by, at=AT, name="list.csv"),
            )
            assert Donor.objects.filter(samples__barcode=row[sheets.Column.BARCODE]).count() == 1

    @pytest.mark.slow
    def test_against_the_verification_of_their_paper(self, house: House) -> None:
        for _ in range(WITHDRAWALS):
            donor = tubes.volunteer(house, on_paper=True)
            consenting.attach_scan(donor.subject, consents.jpeg(), by=house.collects, at=AT)
            waiting = list(Consent.objects.filter(subject=donor.subject, state=State.SIGNED))
            by = house.sends
            race(donor, house, lambda waiting=waiting, by=by: consenting.verify(waiting, by=by, at=AT))

    def test_against_itself_through_the_consent(self, house: House) -> None:
        for _ in range(WITHDRAWALS):
            donor = listed(house)
            consent = Consent.objects.get(subject=donor.subject, purpose="share_registry")
            by = house.collects
            race(
                donor,
                house,
                lambda consent=consent, by=by: consenting.withdraw(consent, by=by, at=AT),
                withdraws(donor, house),
            )

    @pytest.mark.slow
    def test_against_a_new_signing(self, house: House) -> None:
        for _ in range(WITHDRAWALS):
            donor = listed(house)
            by = house.collects
            answer, signed = at_once(
                withdraws(donor, house),
                lambda donor=donor, by=by: consents.sign(donor.subject, by=by, at=AT),
            )
            assert isinstance(answer, Withdrawal)
            assert Donor.objects.get(pk=donor.pk).state == DonorState.WITHDRAWN
            assert not Donor.objects.searchable().filter(pk=donor.pk).exists()
            assert isinstance(signed, list), signed  # who signs anew means it: `rejoin` asks for just that


class TestReservation:
    def test_is_won_by_one(self, house: House) -> None:
        managers = [house.manages, house.manages]
        for _ in range(FEWER):
            donor = listed(house)
            answers = at_once(
                *(lambda donor=donor, by=by: actions.reserve(donor, by=by, at=AT) for by in managers)
            )
            assert sorted(type(answer).__name__ for answer in answers) == ["WrongState", "str"]
            assert moves.steps_of(donor).filter(move="reserve").count() == 1


class TestBarcode:
    def test_scanned_for_two_people_at_once_is_one_s(self, house: House) -> None:
        for _ in range(FEWER):
            people, code, by = [tubes.volunteer(house) for _ in range(2)], tubes.barcode(), house.collects
            answers = at_once(
                *(
                    lambda donor=donor, code=code, by=by: samples.collect(
                        donor, barcode=code, kind="BLOOD", volume_ml=Decimal(7), taken_at=AT, by=by, at=AT
                    )
                    for donor in people
                )
            )
            assert sorted(type(answer) is BarcodeTaken for answer in answers) == [False, True]
            states = Donor.objects.filter(pk__in=[one.pk for one in people]).values_list("state", flat=True)
            assert sorted(states) == [DonorState.REGISTERED, DonorState.SAMPLED]

    def test_scanned_into_two_boxes_at_once_lies_in_one(self, house: House) -> None:
        for _ in range(FEWER):
            tube, boxes, by = tubes.tube(house), [tubes.box(house), tubes.box(house)], house.sends
            answers = at_once(
                *(
                    lambda box=box, tube=tube, by=by: samples.scan_in(box, tube.barcode, by=by, at=AT)
                    for box in boxes
                )
            )
            assert sorted(isinstance(answer, moves.Refused) for answer in answers) == [False, True]
            assert sum(box.samples.count() for box in boxes) == 1


class TestApproval:
    def test_answered_twice_at_once_is_answered_once(self, house: House) -> None:
        seconds = [house.manages, house.manages]
        for _ in range(FEWER):
            donor = listed(house)
            actions.hold(donor, until=date(2027, 3, 1), reason=Reason.OT, by=house.collects, at=AT)
            question = actions.ask_to_undo(Donor.objects.get(pk=donor.pk), by=house.collects, at=AT)
            answers = at_once(
                lambda q=question: approvals.decide(q, yes=True, by=seconds[0], at=AT),
                lambda q=question: approvals.decide(q, yes=True, by=seconds[1], at=AT),
            )
            assert sum(isinstance(answer, moves.Refused) for answer in answers) == 1, answers
            assert moves.steps_of(donor).filter(move="mark_as_error").count() == 1

    def test_answered_yes_and_no_at_once_has_one_answer(self, house: House) -> None:
        seconds = [house.manages, house.manages]
        for _ in range(FEWER):
            donor = listed(house)
            actions.hold(donor, until=date(2027, 3, 1), reason=Reason.OT, by=house.collects, at=AT)
            question = actions.ask_to_undo(Donor.objects.get(pk=donor.pk), by=house.collects, at=AT)
            answers = at_once(
                lambda q=question: approvals.decide(q, yes=True, by=seconds[0], at=AT),
                lambda q=question: approvals.decide(q, yes=False, answer="not_needed", by=seconds[1], at=AT),
            )
            [given] = [one for one in answers if not isinstance(one, Exception)]
            undone = Donor.objects.get(pk=donor.pk).state == DonorState.LISTED
            assert undone == (given.decision == Decision.YES)


BROKEN: set[str] = set()


def breaks_at_first(*, donor: Donor, **_: Any) -> stops.Stop:
    """Stop something of a room that does not answer yet."""
    if str(donor.pk) in BROKEN:
        raise OSError
    return stops.Stop("donors.searches", AT)


@pytest.fixture
def a_room_that_breaks() -> Any:
    """Let a higher room listen whose stop fails while the donor stands in BROKEN."""
    signal: Signal = signals.donor_withdrawn
    signal.connect(breaks_at_first, dispatch_uid="tests.breaks")
    yield
    signal.disconnect(dispatch_uid="tests.breaks")
    BROKEN.clear()


@pytest.mark.usefixtures("a_room_that_breaks")
class TestStop:
    def test_that_failed_holds_nothing_back_stands_red_and_settles(
        self, house: House, signed_in: Any
    ) -> None:
        donor = listed(house)
        BROKEN.add(str(donor.pk))
        race(donor, house, lambda: actions.reserve(donor, by=house.manages, at=AT))
        page = signed_in(house.coordinator)
        url = reverse("donors:receipt", args=[donor.pk])
        assert page.get(url).context["all_stopped"] is False

        assert stops.try_again(at=AT + timedelta(minutes=1)) == 0
        assert StopDue.objects.get().tries == 2
        assert page.get(url).context["all_stopped"] is False

        BROKEN.clear()
        assert stops.try_again(at=AT + timedelta(minutes=2)) == 1
        assert page.get(url).context["all_stopped"] is True
        assert stops.try_again(at=AT + timedelta(minutes=9)) == 0

    @pytest.mark.slow
    def test_is_tried_again_by_two_workers_at_once(self, house: House) -> None:
        for _ in range(WITHDRAWALS):
            donor = listed(house)
            BROKEN.add(str(donor.pk))
            withdraws(donor, house)()
            BROKEN.clear()
            later = AT + timedelta(minutes=1)
            answers = at_once(*[lambda later=later: stops.try_again(at=later)] * 2)
            assert all(isinstance(answer, int) for answer in answers), answers
            assert not StopDue.objects.filter(settled_at__isnull=True).exists()
            check_gone(donor)

    def test_says_on_the_receipt_what_each_room_stopped(self, house: House) -> None:
        donor = listed(house)
        withdraws(donor, house)()
        lines = Withdrawal.objects.get(donor=donor).lines.all()
        assert {"donors.searches", "donors.consents", "donors.calls"} <= {line.what for line in lines}
        assert all(line.ok for line in lines)
        assert TrailRow.objects.filter(verb="donor.withdraw").count() == 1
