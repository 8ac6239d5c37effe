"""Who has left is asked to come back only where they did not forbid it; coming back closes it by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consent import actions as consents
from consent import evidence
from consent.models import Text
from consent.purposes import CORE, Purpose
from consent.states import TextState
from foundation import moves, vault
from foundation.access import Role
from notifications.answers import actions as answers
from registry.cases import actions, asking_back, receivers
from registry.cases.actions import merging
from registry.cases.models import MatchCase, WinBack
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Word
from registry.donors.states import DonorState
from tests.factories import consent as make
from tests.factories.cases import CaseFactory
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
PHONE = "13912345678"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def house() -> SimpleNamespace:
    """Return a county with its staff."""
    county = BranchFactory()
    staff = {role: StaffFactory(role=role, branch=county) for role in Role}
    return SimpleNamespace(branch=county, staff=staff, by=lambda role: actor(staff[role]))


def may_be_called(donor: Donor, *more: Purpose) -> Donor:
    """Sign, on the screen, that the donor may be called, and more."""
    consents.install_first_texts(by=make.TAKER, at=NOW - timedelta(days=400))
    text = Text.objects.get(document="hpc_recruitment", state=TextState.PUBLISHED)
    slots = [slot.key for line in text.structure() for slot in line.slots]
    consents.record(
        donor.subject, text=text, language="zh-hans", given=[Purpose.CONTACT_PHONE, *more],
        evidence=evidence.drawn(dict.fromkeys(slots, make.png())), by=make.TAKER, at=NOW,
    )  # fmt: skip
    return donor


def lost_match(house: SimpleNamespace, outcome: str = "PR_FEAR_HEALTH", *more: Purpose) -> MatchCase:
    """Return a match that ended on the donor's side; the donor is listed again and may be called."""
    case = CaseFactory(state=CaseState.REMOBILISED, branch=house.branch)
    may_be_called(case.donor, *more)
    actions.close(case, outcome=outcome, by=house.by(Role.CASEWORKER), at=NOW)
    if not outcome.startswith("MR"):
        listed = {"state": "LISTED", "return_to": "", "hold_until": None, "hold_reason": ""}
        Donor.objects.filter(pk=case.donor_id).update(**listed)
    return MatchCase.objects.select_related("donor__subject").get(pk=case.pk)


def ask(donor: Donor, house: SimpleNamespace, **more: Any) -> WinBack:
    said = {"way": "PHONE", "words": "问过是否愿意再谈谈", "by": house.by(Role.CASEWORKER), "at": NOW, **more}
    return actions.try_to_win_back(donor, **said)


class TestWhoMayBeAsked:
    def test_is_who_left_a_match_for_a_reason_of_their_own(self, house: SimpleNamespace) -> None:
        case = lost_match(house)

        tried = ask(case.donor, house)

        assert (tried.case, tried.reason, tried.result) == (case, "PR_FEAR_HEALTH", "PENDING")
        with pytest.raises(moves.Refused, match=r"asking already|refused"):
            ask(case.donor, house)
        with pytest.raises(moves.NotAllowed):
            ask(case.donor, house, by=house.by(Role.MEDICAL_REVIEWER))

    def test_is_nobody_whom_the_patient_did_not_need_or_an_illness_stopped(
        self, house: SimpleNamespace
    ) -> None:
        for outcome in ("PDC", "MR_T_ILLNESS"):
            donor = Donor.objects.get(pk=lost_match(house, outcome).donor_id)
            assert asking_back.lost(donor) is None
            with pytest.raises(moves.Refused):
                ask(donor, house)

    def test_is_nobody_whose_next_match_the_patients_side_ended(self, house: SimpleNamespace) -> None:
        donor = lost_match(house).donor
        later = CaseFactory(state=CaseState.WORKUP, donor=donor)
        Donor.objects.filter(pk=donor.pk).update(state="IN_CASE")
        actions.close(later, outcome="PDC", by=house.by(Role.REGISTRY_MANAGER), at=LATER)
        donor = Donor.objects.get(pk=donor.pk)
        assert donor.hold_reason == "OT"  # a month's pause of ours is no leaving
        assert asking_back.lost(donor) is None

    @pytest.mark.parametrize(
        "forbade",
        [
            {"contact_choice": "ONLY_IF_MATCHED"},
            {"objected_at": NOW},
            {
                "state": "ON_HOLD", "return_to": "LISTED", "hold_until": date(2027, 3, 1),
                "hold_reason": "PR_PRIVACY",
            },
            {"state": "WITHDRAWN", "left_at": NOW, "left_reason": "PR_PRIVACY"},
        ],
    )  # fmt: skip
    def test_is_nobody_who_forbade_it_and_who_comes_to_us_is_written_down(
        self, house: SimpleNamespace, forbade: dict[str, Any]
    ) -> None:
        donor = lost_match(house).donor
        Donor.objects.filter(pk=donor.pk).update(**forbade)

        with pytest.raises(moves.Refused) as refused:
            ask(donor, house)
        assert refused.value.sentences == asking_back.against(Donor.objects.get(pk=donor.pk), at=NOW)
        assert ask(donor, house, way="CAME").way == "CAME"

    def test_is_nobody_reported_dead_by_no_way_at_all(self, house: SimpleNamespace) -> None:
        donor = lost_match(house).donor
        Donor.objects.filter(pk=donor.pk).update(death_reported_at=NOW)
        for way in ("PHONE", "CAME"):
            with pytest.raises(moves.Refused):
                ask(donor, house, way=way)

    def test_is_nobody_by_a_way_without_a_consent(self, house: SimpleNamespace) -> None:
        donor = lost_match(house).donor
        assert asking_back.ways(donor, at=NOW) == ["PHONE", "CAME"]
        with pytest.raises(moves.Refused):
            ask(donor, house, way="VISIT")

    def test_is_nobody_by_a_way_that_they_stopped_themselves(self, house: SimpleNamespace) -> None:
        donor = lost_match(house, "PR_FEAR_HEALTH", Purpose.CONTACT_SMS).donor
        saves = vault.seal(donor, phone=PHONE)
        saves += vault.index.put(donor, phone_index=vault.index.phone(PHONE))
        donor.save(update_fields=saves)
        assert asking_back.ways(donor, at=NOW) == ["PHONE", "SMS", "CAME"]

        answers.received("SMS", PHONE, "STOP", provider_id="1", by=make.TAKER, at=NOW)

        assert asking_back.ways(donor, at=LATER) == ["PHONE", "CAME"]
        with pytest.raises(moves.Refused):
            ask(donor, house, way="SMS")

    def test_is_nobody_who_said_never_again_until_they_come_back(self, house: SimpleNamespace) -> None:
        donor = lost_match(house).donor
        tried = ask(donor, house)
        actions.settle_win_back(tried, result="NEVER", by=house.by(Role.COORDINATOR), at=NOW)
        with pytest.raises(moves.Refused):
            actions.settle_win_back(tried, result="BACK", by=house.by(Role.COORDINATOR), at=NOW)

        assert asking_back.ways(donor, at=LATER) == ["CAME"]
        ask(donor, house, way="CAME", result="BACK", at=LATER)
        assert asking_back.against(donor, at=LATER) == []

    def test_is_asked_by_one_at_a_time(self, house: SimpleNamespace) -> None:
        tried = ask(lost_match(house).donor, house)
        with pytest.raises(IntegrityError), transaction.atomic():
            WinBack.objects.create(
                donor=tried.donor, at=NOW, reason="PR_PRIVACY", way="CAME",
                **house.by(Role.CASEWORKER).columns(),
            )  # fmt: skip


class TestComingBack:
    def test_closes_the_try_and_a_mistake_opens_it_again(self, house: SimpleNamespace) -> None:
        donor = may_be_called(DonorFactory(state=DonorState.LOST, branch=house.branch, legacy=True), *CORE)
        ask(donor, house, way="CAME")
        donors.recover(donor, by=house.by(Role.CASEWORKER), at=LATER)
        tried = WinBack.objects.get()
        assert (tried.reason, tried.result, tried.settled_at) == ("UC_NO_ANSWER", "BACK", LATER)

        receivers.a_mistake_was_undone(
            donor=donor, move="recover", since=LATER, by=house.by(Role.CASEWORKER), at=LATER
        )
        assert WinBack.objects.get().result == "PENDING"

    def test_is_agreeing_in_the_next_match_too_and_leaving_is_not(self, house: SimpleNamespace) -> None:
        donor = lost_match(house).donor
        ask(donor, house)
        step = SimpleNamespace(move="agree", from_state="REMOBILISED")
        again = CaseFactory(state=CaseState.REMOBILISED, donor=donor)
        receivers.a_case_moved(case=again, step=step, by=house.by(Role.CASEWORKER), at=LATER)  # type: ignore[arg-type]
        assert WinBack.objects.get().result == "BACK"

        other = lost_match(house).donor
        tried = ask(other, house)
        donors.withdraw(
            other, by=house.by(Role.COORDINATOR), at=LATER, word=Word.STAFF_TWO_FACTS,
            facts=["document", "phone"],
        )  # fmt: skip
        assert WinBack.objects.get(pk=tried.pk).result == "NOT_NOW"

    def test_goes_along_where_two_records_become_one(self, house: SimpleNamespace) -> None:
        emptied, kept = lost_match(house).donor, DonorFactory(state=DonorState.LISTED, branch=house.branch)
        tried = ask(emptied, house)
        moved = merging.bring_over(kept, emptied, by=house.by(Role.REGISTRY_MANAGER), at=NOW)
        assert WinBack.objects.get(pk=tried.pk).donor == kept
        merging.bring_back(kept, emptied, moved)
        assert WinBack.objects.get(pk=tried.pk).donor == emptied


class TestThePages:
    def test_offer_it_and_count_it(self, house: SimpleNamespace, signed_in: Any) -> None:
        case = lost_match(house)
        client = signed_in(house.staff[Role.CASEWORKER])
        url = reverse("cases:win-back", args=[case.donor_id])
        for page in (reverse("donors:detail", args=[case.donor_id]), reverse("cases:detail", args=[case.pk])):
            assert url in client.get(page, headers=ENGLISH).content.decode()
        assert client.post(url, {"way": "VISIT", "words": ""}).status_code == 422
        said = {"way": "PHONE", "words": "想先和家人商量", "result": "PENDING"}
        assert client.post(url, said).status_code == 302
        settle = reverse("cases:win-back-settle", args=[WinBack.objects.get().pk])
        shown = client.get(reverse("cases:detail", args=[case.pk]), headers=ENGLISH).content.decode()
        assert settle in shown
        assert "Try to win back" not in shown
        client.post(settle, {"result": "BACK"})

        ledger = client.get(reverse("cases:ledger"), headers=ENGLISH).context
        line = ledger["won_back"][0]
        assert (str(line.words), line.tried, line.back, line.share) == (
            "Fears for their health",
            1,
            1,
            (1, 1),
        )
        code = ledger["codes"][0]
        assert (code["asked"].value, code["back"].value) == (1, 1)
        assert [row["case"].pk for row in client.get(code["back"].url).context["rows"]] == [case.pk]

    def test_say_why_nobody_may_ask(self, house: SimpleNamespace, signed_in: Any) -> None:
        case = lost_match(house)
        Donor.objects.filter(pk=case.donor_id).update(contact_choice="ONLY_IF_MATCHED")
        client = signed_in(house.staff[Role.CASEWORKER])
        shown = client.get(reverse("donors:detail", args=[case.donor_id]), headers=ENGLISH).content.decode()
        assert "They are called only if they match a patient." in shown
        assert "Try to win back" not in shown
        assert "They came to us themselves" in shown
