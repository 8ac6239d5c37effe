"""A donor wavers, stays or leaves; the ledger counts it, and the receipt shows what ended."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from consent.purposes import Purpose
from foundation import approvals, moves
from foundation.access import Role
from notifications.outbox import epoch
from notifications.outbox.models import OutboxEpoch
from registry.cases import actions
from registry.cases.actions import intervening, merging
from registry.cases.models import Exit, Intervention, Letter, MatchCase, Talk
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Withdrawal, Word
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, PatientFactory, agree
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def house() -> SimpleNamespace:
    """Return a county with a caseworker, a coordinator and a manager."""
    county = BranchFactory()
    staff = {role: StaffFactory(role=role, branch=county) for role in Role}
    return SimpleNamespace(branch=county, staff=staff, by=lambda role: actor(staff[role]))


def withdraw(donor: Donor, house: SimpleNamespace) -> Withdrawal:
    return donors.withdraw(
        donor, by=house.by(Role.COORDINATOR), at=NOW, word=Word.STAFF_TWO_FACTS,
        facts=["document", "phone"], reason="PR_FAM_PARENT",
    )  # fmt: skip


class TestWavering:
    def test_who_stays_is_a_near_miss(self, house: SimpleNamespace, signed_in: Any) -> None:
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
        client = signed_in(house.staff[Role.CASEWORKER])
        said = {"reason": "PR_FAM_PARENT", "kind": "FAMILY", "result": "OPEN", "words": "妈妈很担心"}

        assert client.post(reverse("cases:intervene", args=[case.pk]), said).status_code == 302
        tried = Intervention.objects.get()
        page = client.get(reverse("cases:detail", args=[case.pk]), headers=ENGLISH).content.decode()
        settle = reverse("cases:intervention", args=[case.pk, tried.pk])
        assert settle in page
        assert "妈妈很担心" not in page
        client.post(settle, {"result": "STAYED"})

        tried = Intervention.objects.get()
        assert (tried.result, tried.regret, tried.stage) == ("STAYED", "R2", "WORKUP")
        client.post(settle, {"result": "LEFT"})
        assert Intervention.objects.get().result == "STAYED"

    def test_is_nothing_but_a_reason_of_ones_own(self, house: SimpleNamespace) -> None:
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
        with pytest.raises(moves.Refused):
            intervening.intervene(
                case, reason="MR_P_CARDIO", kind="TALK", by=house.by(Role.CASEWORKER), at=NOW
            )


class TestLedger:
    def test_opens_the_cases_that_each_number_counts(self, house: SimpleNamespace, signed_in: Any) -> None:
        zhou = house.by(Role.CASEWORKER)
        regretted = CaseFactory(state=CaseState.REMOBILISED, branch=house.branch)
        actions.close(regretted, outcome="PR_AMBIVALENT", by=zhou, at=NOW)
        died = CaseFactory(state=CaseState.HR_LAB, branch=house.branch)
        actions.close(died, outcome="PDC", by=zhou, at=NOW)
        CaseFactory(state=CaseState.HR_LAB, branch=house.branch)
        foreign = CaseFactory(state=CaseState.REMOBILISED)
        Exit.objects.create(
            case=foreign, at=NOW, stage="REMOBILISED", side="DONOR", code="PR_AMBIVALENT", parent="PR",
            regret="R1", service_path=foreign.service_path, **zhou.columns(),
        )  # fmt: skip
        client = signed_in(house.staff[Role.CASEWORKER])

        shown = client.get(reverse("cases:ledger"), headers=ENGLISH).context

        figures = [number.value for _words, number in shown["figures"]]
        assert figures == [3, 1, 0, 0]
        regrets = {one["key"]: (one["left"].value, one["base"].value) for one in shown["regrets"]}
        assert regrets == {"R1": (1, 3), "R2": (0, 2), "R3": (0, 0), "R4": (0, 0)}
        url = shown["regrets"][0]["left"].url
        rows = client.get(url, headers=ENGLISH).context["rows"]
        assert [row["case"].pk for row in rows] == [regretted.pk]
        stage = next(one for one in shown["stages"] if one["patient"].value)
        assert [row["case"].pk for row in client.get(stage["patient"].url).context["rows"]] == [died.pk]
        assert client.get(reverse("cases:ledger-cases"), {"what": "nothing"}).status_code == 404
        quarter = client.get(reverse("cases:ledger"), {"cohort": "2026-Q3", "by": "quarter"}).context
        assert quarter["figures"][0][1].value == 3
        month = client.get(reverse("cases:ledger"), {"by": "month", "months": "1"}).context
        assert month["figures"][0][1].value == 0

    def test_costs_the_same_however_many_there_are(
        self, house: SimpleNamespace, signed_in: Any, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(5):
            CaseFactory(state=CaseState.CLOSED, branch=house.branch)
        client = signed_in(house.staff[Role.CASEWORKER])
        with django_assert_max_num_queries(20):
            client.get(reverse("cases:ledger"))


class TestReceipt:
    def test_shows_every_match_that_ended_and_who_is_called(
        self, house: SimpleNamespace, signed_in: Any
    ) -> None:
        donor = DonorFactory(state=DonorState.IN_CASE, branch=house.branch)
        zhou = house.staff[Role.CASEWORKER]
        kept = CaseFactory(state=CaseState.CONDITIONING, donor=donor, owner=zhou)
        waits = CaseFactory(state=CaseState.WAITING, donor=donor, patient=PatientFactory(branch=house.branch))

        withdraw(donor, house)

        assert {case.state for case in MatchCase.objects.all()} == {CaseState.CLOSED}
        client = signed_in(zhou)
        page = client.get(reverse("donors:receipt", args=[donor.pk]), headers=ENGLISH)
        text = page.content.decode()
        assert page.context["all_stopped"]
        for case, stood in ((kept, "Conditioning has begun"), (waits, "Waits behind another match")):
            assert f"…{case.pk.hex[-6:].upper()} has ended. It stood at “{stood}”." in text
        assert f"Called: {zhou} 11-20 10:00" in text
        assert "Nobody has answered yet." in text
        assert "The matches in which you were asked have ended (2)" in text
        paper = client.get(reverse("donors:receipt-paper", args=[donor.pk]), headers=ENGLISH)
        assert paper["Content-Type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF")

    def test_says_that_nobody_was_reached_yet_in_a_backup_that_was_put_back(
        self, house: SimpleNamespace, signed_in: Any
    ) -> None:
        zhou = house.staff[Role.CASEWORKER]
        case = CaseFactory(state=CaseState.CONDITIONING, branch=house.branch, owner=zhou)
        epoch.look(at=NOW)
        OutboxEpoch.objects.update(held_at=NOW, held_why="rewound")

        withdraw(case.donor, house)

        page = signed_in(zhou).get(reverse("donors:receipt", args=[case.donor_id]), headers=ENGLISH)
        assert f"Called: {zhou}" not in page.content.decode()
        assert str(zhou) in page.content.decode()

    def test_is_neutral_on_the_copy_of_the_person(self, house: SimpleNamespace) -> None:
        from django.template.loader import render_to_string  # noqa: PLC0415

        from registry.donors import receipt_parts  # noqa: PLC0415
        from registry.donors.queries import receipt_of  # noqa: PLC0415

        zhou = house.staff[Role.CASEWORKER]
        case = CaseFactory(state=CaseState.CONDITIONING, branch=house.branch, owner=zhou)
        withdraw(case.donor, house)
        found = Withdrawal.objects.get()
        said = {**receipt_of(found), "parts": receipt_parts.of(found), "grid": "", "branch": house.branch}
        text = render_to_string("registry/donors/receipt_paper.html", said)
        assert case.pk.hex[-6:].upper() in text
        for word in (str(zhou), case.patient.code, "反悔", "PR_FAM", case.notice_code):
            assert word not in text

    def test_ends_the_part_of_a_back_up_too(self, house: SimpleNamespace) -> None:
        stands_by = DonorFactory(state=DonorState.LISTED, branch=house.branch)
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch, backup=stands_by, no_backup="")

        receipt = withdraw(stands_by, house)

        assert MatchCase.objects.get(pk=case.pk).backup is None
        assert case.history.get().code == merging.BACKUP_LEFT
        assert "cases.backup" in {line.what for line in receipt.lines.all()}
        manager = house.by(Role.REGISTRY_MANAGER)
        words = moves.missing(MatchCase.objects.get(pk=case.pk), "schedule", by=manager, at=NOW) or []
        assert any("back-up" in str(one) or "备" in str(one) for one in words)

    def test_ends_what_was_wanted_after_a_donation(self, house: SimpleNamespace) -> None:
        given, talk = self.given_and_asked_for_a_talk(house)
        question = approvals.ask(
            actions.AGAIN, given.donor, by=house.by(Role.CASEWORKER), at=NOW, facts={"code": "N1"}
        )

        receipt = withdraw(given.donor, house)

        assert Talk.objects.get(pk=talk.pk).state == "DECLINED"
        assert approvals.Approval.objects.get(pk=question.pk).decision == "no"
        went = set(Letter.objects.values_list("direction", "state", "returned_reason"))
        assert went == {
            ("TO_DONOR", "RETURNED", "LEFT"), ("TO_RECIPIENT", "RETURNED", "LEFT"),
            ("TO_DONOR", "FORWARDED", ""),
        }  # fmt: skip
        said = {line.what: line.count for line in receipt.lines.all()}
        assert [said.get(f"cases.{what}") for what in ("talks", "again", "letters", "follow_ups")] == [
            1, 1, 2, 14,
        ]  # fmt: skip

    def test_of_another_kind_ends_it_too(self, house: SimpleNamespace) -> None:
        given, talk = self.given_and_asked_for_a_talk(house)
        manager = house.by(Role.REGISTRY_MANAGER)
        donors.exclude(given.donor, reason="MR_P_CARDIO", by=house.by(Role.MEDICAL_REVIEWER), at=NOW)

        assert not Letter.objects.filter(state__in=["RECEIVED", "SCREENED"]).exists()
        with pytest.raises(moves.Refused):
            actions.settle_talk(talk, held=True, by=manager, at=NOW)

    def test_lets_nobody_write_down_a_talk_that_is_not_agreed_to(self, house: SimpleNamespace) -> None:
        given, talk = self.given_and_asked_for_a_talk(house)
        manager = house.by(Role.REGISTRY_MANAGER)

        with pytest.raises(moves.Refused):
            actions.settle_talk(talk, held=True, by=manager, at=NOW)
        agree(given, Purpose.PEER_TALK)
        assert actions.settle_talk(talk, held=True, by=manager, at=NOW).state == "HELD"

    def given_and_asked_for_a_talk(self, house: SimpleNamespace) -> tuple[MatchCase, Talk]:
        """Return the match of somebody who has donated, with letters, and a talk they were offered for."""
        given = CaseFactory(state=CaseState.DONATED, branch=house.branch)
        actions.plan_follow_ups(given)
        for direction, state in (
            ("TO_DONOR", "RECEIVED"), ("TO_RECIPIENT", "SCREENED"), ("TO_DONOR", "FORWARDED"),
        ):  # fmt: skip
            Letter.objects.create(
                case=given, direction=direction, state=state, received_on=NOW.date(), not_before=NOW.date(),
                **house.by(Role.CASEWORKER).columns(),
            )  # fmt: skip
        other = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
        talk = Talk.objects.create(
            case=other, kind="PEER", peer=given.donor, offered_at=NOW,
            **house.by(Role.CASEWORKER).columns(),
        )  # fmt: skip
        return given, talk


class TestTwoRecordsOfOnePerson:
    def test_bring_their_matches_together_and_apart_again(self, house: SimpleNamespace) -> None:
        kept = DonorFactory(state=DonorState.IN_CASE, branch=house.branch)
        other = DonorFactory(state=DonorState.LISTED)
        active = CaseFactory(state=CaseState.WORKUP, donor=kept, backup=other, no_backup="")
        old = CaseFactory(state=CaseState.CLOSED, donor=other, patient=PatientFactory(branch=house.branch))
        backed = CaseFactory(state=CaseState.WORKUP, branch=house.branch, backup=other, no_backup="")
        by = house.by(Role.REGISTRY_MANAGER)

        moved = merging.bring_over(kept, other, by=by, at=NOW)

        assert MatchCase.objects.get(pk=old.pk).donor == kept
        assert MatchCase.objects.get(pk=old.pk).service_path == kept.service_path
        assert MatchCase.objects.get(pk=backed.pk).backup == kept
        assert MatchCase.objects.get(pk=active.pk).backup is None, "nobody stands by for themselves"
        assert MatchCase.objects.active().filter(donor=kept).count() == 1

        paths = {"service": other.service_path, "owner": other.owner_path}
        merging.bring_back(kept, other, {**moved, "paths": paths})

        back = MatchCase.objects.get(pk=old.pk)
        assert (back.donor, back.service_path) == (other, other.service_path)
        assert MatchCase.objects.get(pk=backed.pk).backup == other
        assert MatchCase.objects.get(pk=active.pk).donor == kept
