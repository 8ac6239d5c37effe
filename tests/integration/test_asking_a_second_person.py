"""What needs two people: one asks, another of the branch or above answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from foundation import approvals, moves
from foundation.access import BranchKind, Permission, Role
from foundation.approvals import Approval, Decision, Kind, kinds
from foundation.trail.models import TrailRow
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
done: list[str] = []


def _note(approval: Approval, *, by: object, at: datetime) -> None:
    done.append(approval.object_id)


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    done.clear()
    approvals.register(Kind("close", "Close a branch", Permission.DRIVE_MANAGE, on_yes=_note))
    approvals.register(Kind("export", "Free export", Permission.DONOR_EXPORT, from_parent=True))
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def county():
    return BranchFactory()


@pytest.fixture
def coordinator(county):
    return StaffFactory(branch=county)


@pytest.fixture
def question(coordinator, county):
    return approvals.ask("close", county, by=actor(coordinator), at=AT, reason="moved")


class TestAsking:
    def test_twice_is_once(self, question, coordinator, county):
        again = approvals.ask("close", county, by=actor(coordinator), at=AT)
        assert again.pk == question.pk

    def test_anew_is_possible_when_nobody_answered_in_time(self, question, coordinator, county):
        later = AT + timedelta(days=settings.APPROVAL_DAYS + 1)
        assert approvals.ask("close", county, by=actor(coordinator), at=later).pk != question.pk


class TestAnswering:
    def test_is_for_another_person_above(self, question, county):
        caseworker = StaffFactory(role=Role.CASEWORKER, branch=county.parent)
        approvals.decide(question, yes=True, by=actor(caseworker), at=AT)
        assert done == [str(county.pk)]
        assert approvals.standing(county, "close", at=AT)

    def test_is_refused_to_the_one_who_asked(self, question, coordinator):
        with pytest.raises(approvals.NotYours):
            approvals.decide(question, yes=True, by=actor(coordinator), at=AT)
        assert done == []

    def test_is_refused_by_the_database_too(self, question, coordinator):
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.filter(pk=question.pk).update(
                decision=Decision.YES, decided_at=AT, decided_by_id=str(coordinator.pk)
            )

    def test_is_refused_to_somebody_of_another_branch(self, question):
        with pytest.raises(approvals.NotYours):
            approvals.decide(question, yes=True, by=actor(StaffFactory(role=Role.CASEWORKER)), at=AT)

    def test_is_refused_to_a_role_without_the_right(self, question, county):
        auditor = StaffFactory(role=Role.AUDITOR, branch=county)
        with pytest.raises(approvals.NotYours):
            approvals.decide(question, yes=True, by=actor(auditor), at=AT)

    def test_is_refused_where_no_is_said_because_it_is_right(self, question, county):
        with pytest.raises(moves.Refused):
            approvals.decide(
                question, yes=False, answer="checked", by=actor(StaffFactory(branch=county)), at=AT
            )

    def test_happens_once(self, question, county):
        colleague = StaffFactory(branch=county)
        approvals.decide(question, yes=False, answer="not_needed", by=actor(colleague), at=AT)
        with pytest.raises(moves.Refused):
            approvals.decide(question, yes=True, by=actor(colleague), at=AT)

    def test_is_too_late_after_its_days(self, question, county):
        colleague = StaffFactory(branch=county)
        with pytest.raises(moves.Refused):
            approvals.decide(question, yes=True, by=actor(colleague), at=AT + timedelta(days=30))

    def test_goes_to_the_parent_branch_where_that_is_asked(self, coordinator, county):
        question = approvals.ask("export", county, by=actor(coordinator), at=AT)
        colleague = StaffFactory(role=Role.CASEWORKER, branch=county)
        with pytest.raises(approvals.NotYours):
            approvals.decide(question, yes=True, by=actor(colleague), at=AT)
        above = StaffFactory(role=Role.CASEWORKER, branch=county.parent)
        approvals.decide(question, yes=True, by=actor(above), at=AT)

    def test_stays_at_the_top_where_there_is_nobody_above(self):
        province = BranchFactory(kind=BranchKind.PROVINCE)
        question = approvals.ask("export", province, by=actor(StaffFactory(branch=province)), at=AT)
        approvals.decide(
            question, yes=True, by=actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=province)), at=AT
        )

    def test_serves_one_act(self, question, coordinator, county):
        approvals.decide(question, yes=True, by=actor(StaffFactory(branch=county)), at=AT)
        approvals.use(question, by=actor(coordinator), at=AT)
        assert approvals.standing(county, "close", at=AT) is None
        with pytest.raises(moves.Refused):
            approvals.use(question, by=actor(coordinator), at=AT)

    def test_is_on_the_trail(self, question, county):
        approvals.decide(question, yes=True, by=actor(StaffFactory(branch=county)), at=AT)
        verbs = TrailRow.objects.filter(object=f"foundation.approval:{question.pk}").values_list(
            "verb", flat=True
        )
        assert sorted(verbs) == ["approval.agreed", "approval.asked"]


class TestPage:
    def test_shows_what_waits_for_me_and_takes_the_answer(self, question, county):
        client = signed_in(Client(), StaffFactory(role=Role.CASEWORKER, branch=county.parent))
        assert "Close a branch" in client.get(reverse("desk:approvals")).content.decode()
        url = reverse("desk:approval", args=[question.pk])
        assert "Close a branch" in client.get(url).content.decode()
        client.post(url, {"decision": "yes", "answer": "checked"})
        assert done == [str(county.pk)]

    def test_wants_a_reason_that_fits(self, question, county):
        client = signed_in(Client(), StaffFactory(branch=county))
        url = reverse("desk:approval", args=[question.pk])
        page = client.post(url, {"decision": "no", "answer": "checked"}, headers={"accept-language": "en"})
        assert page.status_code == client.post(url).status_code == 422
        assert "Choose what speaks against it." in page.content.decode()
        question.refresh_from_db()
        assert question.decision == ""

    def test_tells_the_one_who_asked_to_wait(self, question, coordinator):
        client = signed_in(Client(), coordinator)
        page = client.get(reverse("desk:approval", args=[question.pk]))
        assert not page.context["can_answer"]
        own = client.post(
            reverse("desk:approval", args=[question.pk]), {"decision": "yes", "answer": "checked"}
        )
        assert (own.status_code, done) == (422, [])
        client.post(reverse("desk:approval_take_back", args=[question.pk]))
        question.refresh_from_db()
        assert question.decision == Decision.NO

    def test_is_not_there_for_other_branches(self, question):
        client = signed_in(Client(), StaffFactory())
        assert client.get(reverse("desk:approval", args=[question.pk])).status_code == 404
