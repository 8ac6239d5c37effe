"""Mei enters one who gave, opens the family, and hears what it wishes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.evidence import NewEvidence
from consent.models import Consent
from consent.states import EvidenceKind, State
from foundation import moves, vault
from foundation.access import Branch, Role
from foundation.trail.models import TrailRow
from foundation.vault import Capacity
from registry.donors.actions import doors
from registry.donors.models import Donor
from registry.families import actions, signals
from registry.families.models import Family, Giver, Member
from registry.families.records import Day, Wishes
from tests.at_the_families import LATER, ON, Desk, history, install_texts
from tests.factories.donors import DonorFactory
from tests.factories.families import (
    ENTERED,
    FamilyFactory,
    GiverFactory,
    MemberFactory,
    one_who_gave,
)
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
ENOUGH = Wishes(rites={"d100": "SOLAR", "anniversary": "LUNAR"}, silent_days=[Day(5, 20, "SOLAR")])


@pytest.fixture
def county() -> Any:
    return BranchFactory(name="鄞州区红十字会")


@pytest.fixture
def mei(county: Any) -> Any:
    return StaffFactory(name="梅雪", role=Role.FAMILY_CARE, branch=county)


@pytest.fixture
def desk(mei: Any, signed_in: Any) -> Desk:
    install_texts()
    return Desk(signed_in(mei))


def number_of(donor: Donor) -> str:
    return str(vault.open_one(donor, "document")["document"])


class TestAFirstVisit:
    def test_leads_from_the_one_who_gave_to_the_wishes(self, desk, county, mei):
        desk.send("enter",
            branch=county.pk, name="周建国", gifts=["ORGAN", "CORNEA"],
            died_on="20260820", gave_on="2026-08-20",
        )  # fmt: skip
        giver = Giver.objects.get()
        desk.send("open", giver.pk, branch=county.pk, officer=mei.pk, begins="now", address="浙江省示例路8号")
        family = Family.objects.get()
        desk.send("add-member", family.pk,
            name="沈丽萍", kin="SPOUSE", phone="138 0013 8000", language="zh-hans", time_zone="Asia/Shanghai",
        )  # fmt: skip
        member = Member.objects.get()
        shown = desk.send("wishes", family.pk,
            on="2026-09-08", rites=["d100", "anniversary"], calendar_anniversary="LUNAR",
            counts_the_day="yes", events="no", silent_1="5-20", silent_calendar_1="SOLAR", tradition="HAN",
            member=member.pk, ways=["contact_phone", "contact_post"], how="paper", language="zh-hans",
        )  # fmt: skip

        family.refresh_from_db()
        assert dict(family.rites.values_list("rite", "calendar")) == {"d100": "SOLAR", "anniversary": "LUNAR"}
        assert family.silent_days.values_list("month", "day").get() == (5, 20)
        assert family.events_declined_at is not None
        signed = Consent.objects.filter(subject=member.subject, state=State.SIGNED)
        assert set(signed.values_list("purpose", flat=True)) == {"contact_phone", "contact_post"}
        assert "七月初八" in shown
        assert "周**" in shown
        assert "周建国" not in shown
        assert "沈丽萍" not in shown
        assert history(family) == ["OPENED", "MEMBER_ADDED", "WISHES", "REACH"]

    def test_promises_no_silence_that_is_broken_and_takes_a_no_to_what_comes_unasked(self, desk, county):
        family = MemberFactory(branch=county).family
        assert "three things come at first" in desk.page("sheet", family.pk, language="en")
        empty = {"on": "2026-09-08", "events": "yes", "counts_the_day": "yes", "how": "paper"}

        shown = desk.send("wishes", family.pk, **empty, language="zh-hans", no_first_months="on")
        assert "no call in the second month and no letter in the third" in shown

        family.refresh_from_db()
        assert family.first_months_declined_at is not None
        (box,) = re.findall(r'<input[^>]*name="no_first_months"[^>]*>', desk.page("wishes", family.pk))
        assert "checked" in box
        desk.send("wishes", family.pk, **empty, language="zh-hans")
        family.refresh_from_db()
        assert family.first_months_declined_at is None

    def test_counts_the_days_as_the_region_does_until_the_family_says_how(self, desk, county):
        Branch.objects.filter(pk=county.parent_id).update(counts_the_day=False)

        family = MemberFactory(branch=county).family

        assert not family.counts_the_day
        sheet = desk.page("wishes", family.pk)
        (chosen,) = re.findall(r'<input[^>]*name="counts_the_day"[^>]*checked[^>]*>', sheet)
        assert 'value="no"' in chosen
        Branch.objects.filter(pk=county.pk).update(counts_the_day=True)
        assert FamilyFactory(branch=county).counts_the_day

    def test_opens_names_and_words_once_for_a_reason_that_is_written_down(self, desk, county):
        member = MemberFactory(branch=county)
        actions.write_note(member.family, words="想听他帮了谁。", by=SETTER_UP, at=LATER)
        shown = desk.page("detail", member.family.pk)
        assert "想听他帮了谁" not in shown

        opened = desk.client.post(reverse("families:reveal", args=[member.family.pk]), {"reason": "reach"})

        assert "沈丽萍" in opened.content.decode()
        assert "想听他帮了谁" in opened.content.decode()
        assert TrailRow.objects.filter(verb="family.revealed").count() == 1
        masked = desk.client.post(
            reverse("families:reveal", args=[member.family.pk]), {"reason": "x"}, follow=True
        )
        assert "沈丽萍" not in masked.content.decode()

    def test_keeps_names_and_words_out_of_the_trail(self, desk, county):
        member = MemberFactory(branch=county, about={"name": "皋雪霁"})
        desk.send("no-more", member.pk, whole="one", words="门口的槐树别再提了")
        written = b"".join(bytes(body) for body in TrailRow.objects.values_list("body", flat=True)).decode()
        assert "relative.no_more" in written
        assert "皋雪霁" not in written
        assert "槐树" not in written

    def test_prints_the_sheet_in_three_languages_without_a_name(self, desk, county):
        member = MemberFactory(branch=county)
        asked = {"en": "please leave us alone", "zh-hans": "可以用这些方式", "zh-hant": "可以用這些方式"}
        for language, words in asked.items():
            shown = desk.page("sheet", member.family.pk, language=language)
            assert words in shown
            assert "周建国" not in shown
            assert "沈丽萍" not in shown
            assert shown.count('class="box"') > 20
        paper = desk.client.get(reverse("families:sheet-paper", args=[member.family.pk]))
        assert paper.content.startswith(b"%PDF")

    def test_asks_by_which_calendar_and_whose_word_it_is(self, desk, county):
        family = FamilyFactory(branch=county)
        shown = desk.fail(
            "wishes", family.pk,
            on="2026-09-08", rites=["anniversary"], ways=["contact_sms"], how="paper", counts_the_day="yes",
            events="yes", language="en", silent_1="2-31", silent_calendar_1="SOLAR",
        )  # fmt: skip
        assert "Solar or lunar? The family knows." in shown
        assert "Say whose word it is." in shown
        assert "There is no such day in the calendar." in shown
        assert not family.rites.exists()


class TestEnteringOneWhoGave:
    def test_silences_the_volunteer_they_had_been(self, county):
        donor = DonorFactory(branch=county)
        document = {"document_kind": donor.document_kind, "document_number": number_of(donor)}

        GiverFactory(branch=county, about=document)

        assert Donor.objects.get().death_reported_at is not None

    def test_lets_a_volunteer_speak_again_whose_document_was_mistyped(self, county):
        donor, own = DonorFactory(branch=BranchFactory()), DonorFactory(branch=county)
        wrong, right = (
            {"document_kind": one.document_kind, "document_number": number_of(one)} for one in (donor, own)
        )
        by = actor(StaffFactory(role=Role.FAMILY_CARE, branch=county), at=LATER)
        giver = GiverFactory(branch=county, about=wrong)

        actions.correct_giver(giver, one_who_gave(**right), by=by, at=LATER)

        donor = Donor.objects.select_related("subject").get(pk=donor.pk)
        assert (donor.death_reported_at, donor.subject.died_reported_at) == (None, None)
        assert Donor.objects.get(pk=own.pk).death_reported_at is not None

        actions.correct_giver(giver, one_who_gave(), by=by, at=LATER + timedelta(days=1))
        assert Donor.objects.get(pk=own.pk).death_reported_at is None

    def test_leaves_a_volunteer_silent_of_whom_others_said_it_too(self, county):
        donor = DonorFactory(branch=county)
        document = {"document_kind": donor.document_kind, "document_number": number_of(donor)}
        vault.report_dead(donor.subject, by=SETTER_UP, at=ENTERED - timedelta(days=1))
        giver = GiverFactory(branch=county, about=document)

        actions.correct_giver(giver, one_who_gave(), by=SETTER_UP, at=LATER)

        assert Donor.objects.get().death_reported_at is not None

    def test_asks_no_more_documents_in_an_hour_than_the_work_needs(self, county, settings):
        settings.DOOR_ASKED_PER_HOUR = 1
        document = {"document_kind": "RESIDENT_ID", "document_number": "11010519491231002X", "born_on": None}
        cache.clear()
        giver = GiverFactory(branch=county)
        GiverFactory(branch=county, about=document)
        with pytest.raises(doors.AskedTooOften):
            GiverFactory(branch=county, about=document)
        with pytest.raises(doors.AskedTooOften):
            actions.correct_giver(giver, one_who_gave(**document), by=SETTER_UP, at=ENTERED)
        cache.clear()

    def test_is_done_once_for_a_document(self, county):
        document = {"document_kind": "RESIDENT_ID", "document_number": "11010519491231002X", "born_on": None}
        giver = GiverFactory(branch=county, about=document)
        assert giver.born_on == date(1949, 12, 31)  # as the number says

        with pytest.raises(actions.AlreadyEntered):
            GiverFactory(branch=county, about=document)

    def test_refuses_days_that_cannot_be(self, county):
        with pytest.raises(moves.Refused) as refused:
            GiverFactory(branch=county, about={"died_on": date(2026, 8, 20), "gave_on": date(2026, 8, 19)})
        assert len(refused.value.sentences) == 1
        with pytest.raises(moves.Refused):
            GiverFactory(branch=county, about={"died_on": date(2027, 1, 1), "gave_on": date(2027, 1, 1)})

    def test_tells_the_households_when_a_day_was_wrong(self, county):
        told: list[Family] = []
        family = FamilyFactory(branch=county)

        def listen(*, family: Family, **_: Any) -> None:
            told.append(family)

        signals.family_changed.connect(listen)
        changed = actions.correct_giver(
            family.giver, one_who_gave(died_on=date(2026, 8, 19)), by=SETTER_UP, at=LATER
        )
        assert changed == ["died_on"]
        assert told == [family]
        with pytest.raises(moves.Refused):
            actions.correct_giver(
                family.giver, one_who_gave(died_on=date(2026, 8, 19)), by=SETTER_UP, at=LATER
            )

    def test_is_not_for_another_branch(self, county):
        elsewhere = actor(StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory()), at=LATER)
        with pytest.raises(moves.NotAllowed):
            actions.enter_giver(one_who_gave(), branch=county, by=elsewhere, at=LATER)


class TestOpeningAHousehold:
    def test_asks_as_often_in_a_large_scope_as_in_a_small_one(self, county, signed_in):
        giver, above = GiverFactory(branch=county), county.parent
        desk = Desk(signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=above)))
        desk.page("open", giver.pk)  # the first page of a login asks more
        with CaptureQueriesContext(connection) as few:
            desk.page("open", giver.pk)
        staff = [
            StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory(parent=above), name=f"小{n}")
            for n in range(4)
        ]
        with CaptureQueriesContext(connection) as many:
            shown = desk.page("open", giver.pk)
        assert len(many) == len(few)
        assert all(str(one.pk) in shown for one in staff)


class TestWishes:
    def test_start_empty(self):
        family = FamilyFactory()
        assert family.wishes_recorded_on is None
        assert not family.rites.exists()

    def test_take_the_place_of_those_before(self):
        family = FamilyFactory()
        actions.record_rites(family, ENOUGH, on=ON, by=SETTER_UP, at=LATER)
        first = family.rites.get(rite="d100").pk

        actions.record_rites(
            family, Wishes(rites={"d100": "SOLAR", "qingming": "SOLAR"}), on=ON, by=SETTER_UP, at=LATER
        )

        assert set(family.rites.values_list("rite", flat=True)) == {"d100", "qingming"}
        assert family.rites.get(rite="d100").pk == first
        assert not family.silent_days.exists()

    @pytest.mark.parametrize(
        "wishes",
        [
            Wishes(rites={"party": "SOLAR"}),
            Wishes(rites={"d100": "MAYA"}),
            Wishes(rites={}, silent_days=[Day(2, 31, "SOLAR")]),
            Wishes(rites={}, tradition="X"),
        ],
    )
    def test_are_those_of_the_sheet(self, wishes):
        with pytest.raises(moves.Refused):
            actions.record_rites(FamilyFactory(), wishes, on=ON, by=SETTER_UP, at=LATER)

    def test_keep_what_a_family_believes_sealed(self):
        family = actions.record_rites(
            FamilyFactory(), Wishes(rites={}, tradition="MUSLIM"), on=ON, by=SETTER_UP, at=LATER
        )
        assert vault.open_one(family, "tradition")["tradition"] == "MUSLIM"
        stored = Family.objects.filter(pk=family.pk).values().get()
        assert "MUSLIM" not in str({**stored, "tradition": stored["tradition"].blob})


class TestHowToReachThem:
    def test_is_a_no_to_what_is_not_ticked(self, desk, county):
        member = MemberFactory(branch=county)
        evidence = NewEvidence(EvidenceKind.WITNESSED_WORD, witness="方敏")
        signed = actions.record_reach(
            member,
            ["contact_phone", "contact_sms"],
            evidence=evidence,
            language="zh-hans",
            by=SETTER_UP,
            at=LATER,
        )
        assert {one.purpose for one in signed} == {"contact_phone", "contact_sms"}

        typed = {"ways": ["contact_phone"], "language": "zh-hans", "how": "witness", "witness": "方敏"}
        desk.send("reach", member.pk, **typed)

        stands = Consent.objects.standing().filter(subject=member.subject)
        assert set(stands.values_list("purpose", flat=True)) == {"contact_phone"}
        assert member.subject.capacity == Capacity.RELATIVE
