"""From a tube at the county to a typing from the laboratory, and all that may go wrong between."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from foundation import approvals, moves, vault
from foundation.trail.models import TrailRow
from registry.donors import actions as donors
from registry.donors.models import CallTask, Donor, Word
from registry.donors.reasons import Reason
from registry.hla.models import StoredTyping
from registry.samples import actions, manifest, queries
from registry.samples.barcodes import BarcodeProblem
from registry.samples.faults import BarcodeTaken, NotHere, TubesMayNotGo
from registry.samples.models import Batch, Sample
from tests.factories import consent
from tests.factories import samples as make
from tests.factories.foundation import StaffFactory, actor
from tests.factories.samples import LATER, REGISTERED, TYPING, again

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def house():
    return make.house()


class TestCollect:
    def test_makes_the_donor_a_sampled_one(self, house):
        sample = make.tube(house)

        assert sample.state == "TAKEN"
        assert again(sample.donor).state == "SAMPLED"
        assert sample.taken_by_id == house.coordinator.pk

    def test_writes_a_barcode_one_way(self, house):
        assert make.tube(house, barcode=" \uff41\uff42-\uff11\uff12\uff13\uff14 ").barcode == "AB-1234"

    @pytest.mark.parametrize("wrong", ["AB1", "x" * 21, "ABC_1234", "试管123456", ""])
    def test_refuses_what_is_no_barcode(self, house, wrong):
        with pytest.raises(BarcodeProblem):
            make.tube(house, barcode=wrong)

    def test_refuses_a_barcode_of_any_other_tube(self, house):
        first = make.tube(house)

        with pytest.raises(BarcodeTaken):
            make.tube(make.house(), barcode=first.barcode.lower())

    @pytest.mark.parametrize("volume", ["5.9", "8.1"])
    def test_refuses_a_tube_that_is_not_6_to_8_ml(self, house, volume):
        with pytest.raises(moves.Refused):
            make.tube(house, volume_ml=Decimal(volume))

    def test_knows_neither_volume_nor_taker_of_a_tube_from_a_sheet(self, house):
        sample = make.tube(house, volume_ml=None, from_sheet=True)

        assert (sample.volume_ml, sample.taken_by_id) == (None, None)

    def test_leaves_nothing_behind_when_it_is_refused(self, house):
        sample = make.tube(house)

        with pytest.raises(moves.Refused):
            make.tube(house, sample.donor)  # already sampled

        assert Sample.objects.count() == 1

    def test_is_not_for_a_coordinator_of_another_county(self, house):
        donor = make.volunteer(house)

        with pytest.raises(moves.NotAllowed):
            make.tube(make.house(), donor)


class TestABox:
    def test_takes_a_tube_once(self, house):
        sample = make.tube(house)
        box = make.box(house, sample)

        with pytest.raises(moves.Refused) as refusal:
            actions.scan_in(box, sample.barcode, by=house.sends, at=LATER)

        assert refusal.value.sentences == ["This tube is in the box already."]

    def test_does_not_know_tubes_of_other_branches(self, house):
        stranger = make.tube(make.house())

        with pytest.raises(NotHere):
            actions.scan_in(make.box(house), stranger.barcode, by=house.sends, at=LATER)

    def test_gives_a_tube_back(self, house):
        sample = make.tube(house)
        box = make.box(house, sample)

        actions.take_out(sample, by=house.sends, at=LATER)

        assert again(sample).state == "TAKEN"
        assert not box.samples.exists()

    def test_goes_to_laboratories_only(self, house):
        with pytest.raises(moves.Refused):
            actions.open_batch(
                from_branch=house.prefecture, laboratory=house.county, by=house.sends, at=LATER
            )

    def test_is_not_sealed_empty(self, house):
        with pytest.raises(moves.Refused):
            actions.seal_batch(make.box(house), by=house.sends, at=LATER)

    def test_freezes_its_manifest_with_barcodes_only(self, house):
        first, second = make.tube(house), make.tube(house)
        box = actions.seal_batch(make.box(house, first, second), by=house.sends, at=LATER)

        content = vault.open_one(again(box), "manifest")["manifest"]

        assert [tube["barcode"] for tube in json.loads(content)["tubes"]] == sorted(
            [first.barcode, second.barcode]
        )
        assert manifest.fingerprint(content.encode()) == box.manifest_sha256
        assert "王" not in content
        assert box.tubes == 2

    def test_takes_no_tube_when_sealed(self, house):
        box = actions.seal_batch(make.box(house, make.tube(house)), by=house.sends, at=LATER)

        with pytest.raises(moves.Refused):
            actions.scan_in(box, make.tube(house).barcode, by=house.sends, at=LATER)

    def test_is_sealed_anew_after_its_seal_was_broken(self, house):
        first, second = make.tube(house), make.tube(house)
        box = actions.seal_batch(make.box(house, first), by=house.sends, at=LATER)
        before = box.manifest_sha256

        actions.break_seal(box, by=house.sends, at=LATER)
        actions.scan_in(box, second.barcode, by=house.sends, at=LATER)
        sealed = actions.seal_batch(box, by=house.sends, at=LATER)

        assert sealed.manifest_sha256 != before
        assert len(queries.manifest_lines(again(sealed)) or []) == 2

    def test_shows_when_its_manifest_was_altered(self, house):
        box = actions.seal_batch(make.box(house, make.tube(house)), by=house.sends, at=LATER)
        Batch.objects.filter(pk=box.pk).update(manifest_sha256="0" * 64)

        assert queries.manifest_lines(again(box)) is None
        with pytest.raises(moves.Refused):
            actions.dispatch_batch(again(box), by=house.sends, at=LATER)


class TestDispatch:
    def test_brings_every_donor_to_typing(self, house):
        sample = make.tube(house)
        box = make.sent(house, sample)

        assert box.state == "SENT"
        assert again(sample).state == "SENT"
        assert again(sample.donor).state == "TYPING"

    def test_names_each_donor_who_stands_in_the_way_and_sends_nothing(self, house):
        good, fresh = make.tube(house), make.tube(house, at=LATER - timedelta(days=2))
        paper = make.tube(house, make.volunteer(house, on_paper=True))
        box = actions.seal_batch(make.box(house, good, fresh, paper), by=house.sends, at=LATER)

        with pytest.raises(TubesMayNotGo) as refusal:
            actions.dispatch_batch(box, by=house.sends, at=LATER)

        assert {each.sample.barcode for each in refusal.value.tubes} == {fresh.barcode, paper.barcode}
        assert "The seven days to think it over are not up." in str(refusal.value.sentences)
        assert again(box).state == "SEALED"
        assert again(good).state == "BATCHED"

    def test_goes_once_those_tubes_are_out(self, house):
        good, fresh = make.tube(house), make.tube(house, at=LATER - timedelta(days=2))
        box = actions.seal_batch(make.box(house, good, fresh), by=house.sends, at=LATER)

        actions.set_aside(box, [fresh], by=house.sends, at=LATER)
        sealed = actions.seal_batch(box, by=house.sends, at=LATER)
        actions.dispatch_batch(sealed, by=house.sends, at=LATER)

        assert again(fresh).state == "TAKEN"
        assert again(good).state == "SENT"

    def test_says_beforehand_what_the_guards_will_say(self, house):
        good, fresh = make.tube(house), make.tube(house, at=LATER - timedelta(days=2))
        paper = make.tube(house, make.volunteer(house, on_paper=True))
        tubes = [Sample.objects.select_related("donor").get(pk=s.pk) for s in (good, fresh, paper)]

        ready = {each.sample.pk: bool(each.sentences) for each in queries.readiness(tubes, at=LATER)}
        box = actions.seal_batch(make.box(house, good, fresh, paper), by=house.sends, at=LATER)
        refused = {each.sample.pk for each in queries.in_the_way(tubes, box, by=house.sends, at=LATER)}

        assert {pk for pk, stays in ready.items() if stays} == refused

    def test_is_for_the_caseworker(self, house):
        box = actions.seal_batch(make.box(house, make.tube(house)), by=house.sends, at=LATER)

        with pytest.raises(moves.NotAllowed):
            actions.dispatch_batch(box, by=house.collects, at=LATER)


class TestTheLaboratory:
    def test_counts_each_tube_in_with_its_volume(self, house):
        sample = make.tube(house, volume_ml=None)
        box = make.sent(house, sample)

        received = actions.receive(box, sample.barcode, volume_ml=Decimal("6.5"), by=house.types, at=LATER)

        assert (received.state, received.volume_ml) == ("RECEIVED", Decimal("6.5"))

    def test_counts_a_tube_once(self, house):
        sample = make.tube(house)
        box = make.sent(house, sample)
        actions.receive(box, sample.barcode, by=house.types, at=LATER)

        with pytest.raises(moves.Refused) as refusal:
            actions.receive(box, sample.barcode, by=house.types, at=LATER)

        assert refusal.value.sentences == ["This tube has been counted already."]

    def test_hears_of_which_box_a_strange_tube_is(self, house):
        here, there = make.tube(house), make.tube(house)
        box, other = make.sent(house, here), make.sent(house, there)

        with pytest.raises(NotHere) as refusal:
            actions.receive(box, there.barcode, by=house.types, at=LATER)

        assert refusal.value.sentences == [f"This tube belongs to box {other.code}."]

    def test_says_what_is_missing_before_a_box_is_done(self, house):
        here, lost = make.tube(house), make.tube(house)
        box = make.sent(house, here, lost)
        actions.receive(box, here.barcode, by=house.types, at=LATER)

        with pytest.raises(moves.Refused):
            actions.finish_receipt(box, by=house.types, at=LATER)

        assert [tube.barcode for tube in queries.count_in(box).missing] == [lost.barcode]

    def test_finishes_a_box_once_the_missing_are_reported_lost(self, house):
        lost = make.tube(house)
        box = make.sent(house, lost)

        actions.reject(lost, reason="LOST", by=house.types, at=LATER, on=house.laboratory)
        done = actions.finish_receipt(box, by=house.types, at=LATER)

        assert done.state == "RECEIVED"

    @pytest.mark.parametrize(
        "reason", ["HAEMOLYSED", "CLOTTED", "UNLABELLED", "INSUFFICIENT", "LOST", "MIXED_UP"]
    )
    def test_turns_a_tube_away_so_that_the_donor_is_called(self, house, reason):
        sample = make.at_laboratory(house, make.tube(house))

        actions.reject(sample, reason=reason, by=house.types, at=LATER, on=house.laboratory)

        assert again(sample).state == "REJECTED"
        assert again(sample.donor).state == "REGISTERED"
        assert CallTask.objects.filter(donor=sample.donor, kind="RESAMPLE", state="OPEN").count() == 1

    def test_finds_a_tube_with_too_little_in_it(self, house):
        sample = make.tube(house)
        box = make.sent(house, sample)

        with pytest.raises(moves.Refused):
            actions.receive(box, sample.barcode, volume_ml=Decimal("2.0"), by=house.types, at=LATER)

    def test_may_not_touch_another_laboratorys_box(self, house):
        sample = make.tube(house)
        box = make.sent(house, sample)

        with pytest.raises(moves.NotAllowed):
            actions.receive(box, sample.barcode, by=make.house().types, at=LATER)

    def test_lets_a_new_tube_be_taken_after_one_was_turned_away(self, house):
        sample = make.at_laboratory(house, make.tube(house))
        actions.reject(sample, reason="CLOTTED", by=house.types, at=LATER, on=house.laboratory)

        second = make.tube(house, again(sample.donor), at=LATER)

        assert again(second.donor).state == "SAMPLED"


class TestATyping:
    def test_is_sealed_and_brings_the_donor_on(self, house):
        sample = make.at_laboratory(house, make.tube(house))

        typing = actions.record_typing(sample, text=TYPING, by=house.types, at=LATER)

        assert vault.open_one(again(typing), "text")["text"] == TYPING
        assert typing.loci == ["A", "B", "DRB1"]
        assert again(sample.donor).state == "TYPED"
        assert CallTask.objects.filter(donor=sample.donor, kind="PRE_LISTING").exists()
        assert not TrailRow.objects.filter(body__contains=b"15:01").exists()

    def test_waits_until_the_tube_has_arrived(self, house):
        sample = make.tube(house)
        make.sent(house, sample)

        with pytest.raises(moves.Refused):
            actions.record_typing(sample, text=TYPING, by=house.types, at=LATER)

    def test_comes_in_a_table_whose_wrong_lines_come_back(self, house):
        good, bad = make.at_laboratory(house, make.tube(house)), make.at_laboratory(house, make.tube(house))
        rows = [
            actions.Row(1, good.barcode, TYPING),
            actions.Row(2, bad.barcode, "A*01:01"),
            actions.Row(3, "NOBODY-99", TYPING),
        ]

        refused = actions.record_typings(rows, tubes=Sample.objects.all(), by=house.types, at=LATER)

        assert [(row.number, bool(row.sentences)) for row in refused] == [(2, True), (3, True)]
        assert StoredTyping.objects.get().sample_id == good.pk

    def test_is_set_aside_when_it_is_disputed(self, house):
        sample = make.at_laboratory(house, make.tube(house))
        actions.record_typing(sample, text=TYPING, by=house.types, at=LATER)

        donors.dispute_typing(again(sample.donor), reason="TQ", by=house.sends, at=LATER)

        assert StoredTyping.objects.get().disputed_at == LATER
        assert again(sample.donor).state == "REGISTERED"


class TestSwappingTubes:
    def test_waits_for_a_second_person(self, house):
        first, second = make.tube(house), make.tube(house)

        approval = actions.ask_swap(
            first, second, reason="LABELS_EXCHANGED", by=house.collects, at=REGISTERED
        )

        assert again(first).donor_id == first.donor_id
        with pytest.raises(approvals.NotYours):
            approvals.decide(approval, yes=True, by=house.collects, at=REGISTERED)

    def test_exchanges_the_donors_once_they_agree(self, house):
        first, second = make.tube(house), make.tube(house)
        approval = actions.ask_swap(
            first, second, reason="LABELS_EXCHANGED", by=house.collects, at=REGISTERED
        )

        approvals.decide(approval, yes=True, by=house.sends, at=REGISTERED)

        assert again(first).donor_id == second.donor_id
        assert again(second).donor_id == first.donor_id
        steps = moves.steps_of(first.donor).values_list("move", flat=True)
        assert list(steps)[-1] == "swap_tubes"

    def test_is_not_possible_after_dispatch(self, house):
        first, second = make.tube(house), make.tube(house)
        make.sent(house, first)

        with pytest.raises(moves.Refused):
            actions.ask_swap(again(first), second, reason="LABELS_EXCHANGED", by=house.collects, at=LATER)

    def test_is_refused_when_a_tube_has_left_meanwhile(self, house):
        first, second = make.tube(house), make.tube(house)
        approval = actions.ask_swap(first, second, reason="LABELS_EXCHANGED", by=house.collects, at=LATER)
        make.sent(house, first)

        with pytest.raises(moves.Refused):
            approvals.decide(approval, yes=True, by=house.sends, at=LATER)

        assert again(first).donor_id == first.donor_id


class TestAWithdrawal:
    def withdraw(self, donor: Donor, house, **how):
        facts = ("document", "phone")
        return donors.withdraw(
            again(donor), by=house.collects, at=LATER, word=Word.STAFF_TWO_FACTS, facts=facts, **how
        )

    def test_orders_the_tube_destroyed_in_seven_days(self, house):
        sample = make.tube(house)

        receipt = self.withdraw(sample.donor, house)

        tube = again(sample)
        assert tube.state == "DESTRUCTION_ORDERED"
        assert (tube.destroy_on - LATER.date()).days == 7
        assert receipt.lines.filter(what="samples.destruction_ordered", ok=True).exists()

    def test_pulls_the_tube_out_of_a_sealed_box(self, house):
        gone, stays = make.tube(house), make.tube(house)
        box = actions.seal_batch(make.box(house, gone, stays), by=house.sends, at=LATER)

        self.withdraw(gone.donor, house)

        assert again(box).state == "OPEN"
        assert list(box.samples.values_list("barcode", flat=True)) == [stays.barcode]

    def test_tells_the_laboratory_when_the_tube_arrives(self, house):
        sample = make.tube(house)
        box = make.sent(house, sample)
        self.withdraw(sample.donor, house)

        arrived = actions.receive(box, sample.barcode, by=house.types, at=LATER)

        assert arrived.state == "DESTRUCTION_ORDERED"
        assert not queries.count_in(box).missing
        with pytest.raises(moves.Refused):
            actions.record_typing(arrived, text=TYPING, by=house.types, at=LATER)

    def test_lets_nobody_destroy_before_the_day(self, house):
        sample = make.tube(house)
        self.withdraw(sample.donor, house)

        with pytest.raises(moves.Refused):
            actions.destroy(sample, by=house.collects, at=LATER)
        done = actions.destroy(sample, by=house.collects, at=LATER + timedelta(days=7))

        assert done.state == "DESTROYED"

    def test_destroys_at_once_if_the_person_says_so(self, house):
        sample = make.tube(house)
        self.withdraw(sample.donor, house, destroy_now=True)

        assert actions.destroy(sample, by=house.collects, at=LATER).state == "DESTROYED"

    def test_is_recorded_by_somebody_without_rights_over_tubes(self, house):
        sample = make.tube(house)
        stranger = actor(StaffFactory(role="family_care", branch=make.house().county))

        actions.order_destruction(again(sample.donor), by=stranger, at=LATER)

        assert again(sample).state == "DESTRUCTION_ORDERED"

    def test_can_be_undone_until_the_tube_is_destroyed(self, house):
        sample = make.at_laboratory(house, make.tube(house))
        self.withdraw(sample.donor, house)

        actions.lift_destruction(again(sample.donor), by=house.collects, at=LATER)

        tube = again(sample)
        assert (tube.state, tube.destroy_on) == ("RECEIVED", None)

    def test_stands_where_something_later_was_recorded_by_mistake(self, house):
        sample = make.tube(house)
        self.withdraw(sample.donor, house)
        donor = self.come_back(again(sample.donor), house)
        hold = {"until": date(2027, 1, 1), "reason": Reason.PR_WORK_STUDY}
        donors.hold(again(donor), **hold, by=house.collects, at=LATER + timedelta(days=4))
        asked = donors.ask_to_undo(again(donor), by=house.collects, at=LATER + timedelta(days=4))

        approvals.decide(asked, yes=True, by=house.sends, at=LATER + timedelta(days=4))

        assert again(donor).state == "REGISTERED"
        assert again(sample).state == "DESTRUCTION_ORDERED"

    @staticmethod
    def come_back(donor, house):
        day = LATER + timedelta(days=3)
        consent.sign(donor.subject, by=house.collects, at=day)
        return donors.rejoin(donor, by=house.collects, at=day)

    def test_is_called_for_by_the_night_once(self, house):
        sample = make.tube(house)
        self.withdraw(sample.donor, house)
        day = again(sample).destroy_on

        early = actions.call_for_destruction(on=day - timedelta(days=1), by=house.collects, at=LATER)
        first = actions.call_for_destruction(on=day, by=house.collects, at=LATER)
        second = actions.call_for_destruction(on=day, by=house.collects, at=LATER)

        assert (early, first, second) == (0, 1, 0)


class TestTheDatabase:
    def test_keeps_barcodes_apart(self, house):
        first, second = make.tube(house), make.tube(house)

        with pytest.raises(IntegrityError), transaction.atomic():
            Sample.objects.filter(pk=second.pk).update(barcode=first.barcode)

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "SWAB"},
            {"volume_ml": Decimal(-1)},
            {"state": "BATCHED"},
            {"state": "REJECTED"},
            {"state": "DESTRUCTION_ORDERED"},
            {"state": "DESTROYED"},
        ],
        ids=str,
    )
    def test_refuses_a_tube_that_cannot_be(self, house, change):
        sample = make.tube(house)

        with pytest.raises(IntegrityError), transaction.atomic():
            Sample.objects.filter(pk=sample.pk).update(**change)

    @pytest.mark.parametrize(
        "change", [{"tubes": 3}, {"state": "SEALED"}, {"state": "SENT"}, {"state": "RECEIVED"}], ids=str
    )
    def test_refuses_a_box_that_cannot_be(self, house, change):
        box = make.box(house)

        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.filter(pk=box.pk).update(**change)
