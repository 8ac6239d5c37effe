"""Two records that differ in who the person is are joined only by somebody who says why, in writing."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation import approvals, moves, vault
from foundation.access import Role
from foundation.approvals import Approval
from foundation.trail.models import TrailRow
from registry.donors import actions, likeness
from registry.donors.models import Donor, Merge, MoveNote
from tests.factories.foundation import StaffFactory, actor
from tests.integration.test_joining_two_records import AT, House, again, house, in_english, person

__all__ = ["house", "in_english"]  # fixtures
pytestmark = pytest.mark.django_db
WHY = "两张表上都是王丽华本人，旧表抄错了出生日期"
OTHERWISE = {"name": "刘洋", "sex": "M", "born_on": date(1990, 1, 7)}
CHOSEN = {"document": "kept", "name": "kept", "phone": "kept", "both_documents": "no", "seen": "on"}


def unlike(house: House, *differs: str) -> tuple[Donor, Donor]:
    """Return two records that say these things otherwise."""
    return person(house), person(house, about={name: OTHERWISE[name] for name in differs})


def ask(pair: tuple[Donor, Donor], by: Any, *, at: datetime = AT, **said: Any) -> Approval:
    """Ask a second person about two records."""
    return actions.ask_to_merge(*pair, chosen={}, both_documents=False, by=by, at=at, **said)


@pytest.fixture
def xu(house: House) -> Any:
    """Return the registry manager of the province."""
    return StaffFactory(role=Role.REGISTRY_MANAGER, branch=house.prefecture.parent)


@pytest.fixture
def desk(xu: Any, signed_in: Any) -> Client:
    """Return her browser, in English."""
    client: Client = signed_in(xu)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def address(pair: tuple[Donor, Donor]) -> str:
    """Return the page that lays two records side by side."""
    return reverse("donors:merge-with", args=[donor.pk for donor in pair])


class TestAsking:
    @pytest.mark.parametrize("said", [{}, {"sure": True}, {"why": WHY}, {"sure": True, "why": " \n"}])
    def test_is_refused_without_a_tick_and_a_reason(self, house: House, said: dict[str, Any]) -> None:
        with pytest.raises(moves.Refused) as refused:
            ask(unlike(house, "name", "sex", "born_on"), house.manages, **said)
        assert str(refused.value.sentences[0]) == "Name, sex and birth date all differ."
        assert not Approval.objects.exists()

    @pytest.mark.parametrize("differs", ["name", "sex", "born_on"])
    def test_needs_neither_where_one_thing_differs(self, house: House, differs: str) -> None:
        asked = ask(unlike(house, differs), house.manages)
        assert asked.facts["differs"] == [differs]
        assert not MoveNote.objects.exists()

    def test_counts_nothing_that_one_record_does_not_say(self, house: House) -> None:
        kept, other = unlike(house, "name", "born_on")
        Donor.objects.filter(pk=other.pk).update(born_on=None)
        assert likeness.differing(kept, again(other)) == ("name",)

    def test_keeps_the_reason_sealed_and_the_trail_says_where(self, house: House) -> None:
        kept, other = unlike(house, "name", "born_on")
        asked = ask((kept, other), house.manages, sure=True, why=WHY)
        approvals.decide(asked, yes=True, by=house.agrees, at=AT)

        note = MoveNote.objects.get(donor=kept, about="merge")
        assert vault.open_one(note, "words")["words"] == WHY
        told = [bytes(body).decode() for body in TrailRow.objects.values_list("body", flat=True)]
        merged = json.loads(next(body for body in told if "donor.merged" in body))
        assert str(note.pk) in str(merged)
        assert "born_on" in str(merged)
        assert not [body for body in told if WHY in json.dumps(json.loads(body), ensure_ascii=False)]

    def test_twice_is_one_question_with_one_reason(self, house: House) -> None:
        pair, manager = unlike(house, "name", "born_on"), house.manages
        first, second = (ask(pair, manager, sure=True, why=WHY) for _ in range(2))
        assert first == second
        assert MoveNote.objects.count() == 1

    def test_about_another_record_meanwhile_does_not_pass_for_the_first_question(self, house: House) -> None:
        kept, other = unlike(house, "name")
        ask((kept, other), house.manages)
        with pytest.raises(moves.Refused) as refused:
            ask((kept, person(house)), house.manages)
        assert "Another question" in str(refused.value.sentences[0])

    def test_about_one_record_says_that_it_is_one(self, house: House) -> None:
        kept = person(house)
        with pytest.raises(moves.Refused) as refused:
            ask((kept, kept), house.manages)
        assert [str(one) for one in refused.value.sentences] == ["This is one and the same record."]


class TestAgreeing:
    def test_is_refused_where_they_differ_more_than_when_it_was_asked(self, house: House) -> None:
        kept, other = unlike(house, "name")
        asked = ask((kept, other), house.manages)
        Donor.objects.filter(pk=other.pk).update(born_on=OTHERWISE["born_on"])
        with pytest.raises(moves.Refused) as refused:
            approvals.decide(asked, yes=True, by=house.agrees, at=AT)
        assert "differ more" in str(refused.value.sentences[0])
        assert not Merge.objects.exists()

    def test_shows_the_reason_to_who_is_asked_and_writes_the_look_down(
        self, house: House, signed_in: Any
    ) -> None:
        pair = unlike(house, "name", "sex")
        asked = ask(pair, house.manages, sure=True, why=WHY)
        page = signed_in(house.caseworker)
        page.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        shown = page.get(reverse("donors:asked-merge", args=[asked.pk])).content.decode()
        assert WHY in shown
        assert "The name and the sex differ." in shown
        assert TrailRow.objects.filter(verb="merge.reason_read").count() == 1

    def test_leads_to_the_one_record_afterwards(self, house: House, desk: Client) -> None:
        kept, other = unlike(house)
        asked = ask((kept, other), house.manages)
        approvals.decide(asked, yes=True, by=house.agrees, at=AT + timedelta(minutes=1))
        home = reverse("donors:detail", args=[kept.pk])
        for gone in (reverse("donors:asked-merge", args=[asked.pk]), address((kept, other))):
            assert desk.get(gone)["Location"] == home


class TestThePage:
    def test_warns_above_the_button_and_keeps_what_was_typed(self, house: House, desk: Client) -> None:
        pair = unlike(house, "name", "sex", "born_on")
        page = desk.get(address(pair)).content.decode()
        assert 0 < page.index("Name, sex and birth date all differ.") < page.index("Ask a second person")

        answer = desk.post(address(pair), {**CHOSEN, "why": WHY})
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert 'href="#id_sure"' in shown
        assert WHY in shown
        assert desk.post(address(pair), {**CHOSEN, "why": WHY, "sure": "on"}).status_code == 302
        assert Approval.objects.get().facts["differs"] == ["name", "sex", "born_on"]

    @pytest.mark.parametrize("differs", ["name", "born_on"])
    def test_says_calmly_what_alone_differs(self, house: House, desk: Client, differs: str) -> None:
        pair = unlike(house, differs)
        page = desk.get(address(pair)).content.decode()
        assert likeness.words((differs,)) in page
        assert page.count(">differs<") == 1
        assert 'name="why"' not in page
        assert desk.post(address(pair), CHOSEN).status_code == 302

    def test_says_that_a_question_waits_already(self, house: House, xu: Any, desk: Client) -> None:
        pair = unlike(house)
        asked = ask(pair, actor(xu), at=timezone.now())
        assert reverse("desk:approval", args=[asked.pk]) in desk.get(address(pair)).content.decode()


class TestWhoMayJoin:
    def test_is_the_registry_manager_whom_a_caseworker_answers(self, house: House, signed_in: Any) -> None:
        """Source: design/security.md 2, the table of roles: joining is hers to ask, agreeing is theirs."""
        pair = unlike(house)
        zhou: Client = signed_in(house.caseworker)
        assert zhou.get(address(pair)).status_code == 403
        with pytest.raises(moves.NotAllowed):
            ask(pair, house.sends)
        asked = ask(pair, house.manages)
        assert approvals.may_decide(asked, by=house.sends, at=AT)
        assert not approvals.may_decide(asked, by=house.collects, at=AT)
