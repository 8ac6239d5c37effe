"""What is written down as posted is the paper that was printed, to the person whose name stands on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation import vault
from foundation.access import Role
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.channels.post.models import Paper
from notifications.outbox import Message
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from tests.conftest import sign_in_client
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.factories.wordings import WordingFactory

pytestmark = pytest.mark.django_db
LAST_YEAR = timezone.localdate() - timedelta(days=400)
HOME = "宁波市示例路8号"
POSTED = "care:letters-posted"


@pytest.fixture
def branch() -> Any:
    return BranchFactory()


@pytest.fixture
def desk(client: Any, branch: Any) -> Any:
    sign_in_client(client, StaffFactory(role=Role.FAMILY_CARE, branch=branch))
    return client


@pytest.fixture
def step(monkeypatch: Any) -> Any:
    WordingFactory(key="family.letter", texts={Channel.LETTER: "{{ name }}"})
    monkeypatch.setattr(post.papers.pdf, "render", lambda *_: b"%PDF")
    return StepFactory(channels=["LETTER"], wording="family.letter")


@pytest.fixture
def letter(branch: Any, step: Any) -> Touchpoint:
    """A letter that is released, to a widow whose son comes after her."""
    return released(branch, step)


def released(branch: Any, step: Any) -> Touchpoint:
    family = FamilyFactory(branch=branch, about={"died_on": LAST_YEAR, "gave_on": LAST_YEAR})
    MemberFactory(family=family, about={"name": "王秀英", "kin": "SPOUSE"})
    MemberFactory(family=family, about={"name": "周小明", "kin": "CHILD", "address": HOME})
    today, stands = timezone.localdate(), TouchpointState.APPROVED
    return TouchpointFactory(plan=PlanFactory(family=family), step=step, on_date=today, state=stands)


def pressed(desk: Any, name: str, *letters: Touchpoint) -> Any:
    return desk.post(reverse(name), {"letter": [str(one.pk) for one in letters]})


def printed(desk: Any, *letters: Touchpoint) -> None:
    assert pressed(desk, "care:letters-print", *letters).status_code == 200


def widow(letter: Touchpoint) -> Any:
    return letter.plan.family.members.get(kin="SPOUSE").subject


def stands(letter: Touchpoint) -> str:
    return str(Touchpoint.objects.get(pk=letter.pk).state)


def at_its_line(page: Any, letter: Touchpoint) -> str:
    """Return what is refused of a letter, as its line says it."""
    return str(next((one.wrong for one in page.context["lines"] if one.letter.touchpoint == letter), ""))


class TestALetter:
    def test_that_was_printed_is_written_down_to_who_stands_on_it(self, desk, letter):
        printed(desk, letter)

        assert pressed(desk, POSTED, letter).status_code == 302

        assert stands(letter) == "DONE"
        assert widow(letter).pk in Message.objects.values_list("subject", flat=True)

    def test_that_was_never_printed_is_not_written_down(self, desk, letter):
        page = pressed(desk, POSTED, letter)

        assert page.status_code == 422
        assert 'id="error-summary"' in page.content.decode()
        assert at_its_line(page, letter)
        assert (stands(letter), Message.objects.count()) == ("APPROVED", 0)

    def test_that_was_printed_for_who_died_since_is_not_written_down_to_another(self, desk, letter):
        printed(desk, letter)
        vault.report_dead(widow(letter), by=SETTER_UP, at=timezone.now())

        page = pressed(desk, POSTED, letter)

        assert page.status_code == 422
        assert at_its_line(page, letter)
        assert (stands(letter), Message.objects.count()) == ("APPROVED", 0)

    def test_that_was_printed_anew_is_written_down_to_who_stands_on_the_new_paper(self, desk, letter):
        printed(desk, letter)
        vault.report_dead(widow(letter), by=SETTER_UP, at=timezone.now())
        printed(desk, letter)

        assert pressed(desk, POSTED, letter).status_code == 302

        assert Message.objects.get().subject_id != widow(letter).pk

    def test_whose_paper_was_taken_out_is_not_written_down(self, desk, letter):
        printed(desk, letter)
        desk.post(reverse("care:letters-gone", args=[letter.pk]))

        assert pressed(desk, POSTED, letter).status_code == 422
        assert stands(letter) == "APPROVED"

    def test_that_may_go_to_nobody_any_more_is_not_passed_over_in_silence(self, desk, letter):
        printed(desk, letter)
        for member in letter.plan.family.members.all():
            vault.report_dead(member.subject, by=SETTER_UP, at=timezone.now())

        page = pressed(desk, POSTED, letter)

        assert page.status_code == 422
        assert at_its_line(page, letter)

    @pytest.mark.parametrize("state", [TouchpointState.HELD, TouchpointState.DUE, TouchpointState.DONE])
    def test_that_is_released_no_more_is_named_to_who_ticked_it(self, desk, letter, state):
        printed(desk, letter)
        why = "dispute" if state == TouchpointState.HELD else ""
        Touchpoint.objects.filter(pk=letter.pk).update(state=state, held_reason=why)

        page = pressed(desk, POSTED, letter)

        assert page.status_code == 422
        assert reverse("care:touchpoint", args=[letter.pk]) in page.content.decode()
        assert (stands(letter), Message.objects.count()) == (state, 0)

    def test_of_another_branch_is_not_written_down(self, client, letter):
        sign_in_client(client, StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory()))

        page = pressed(client, POSTED, letter)

        assert str(letter.pk) not in page.content.decode()
        assert stands(letter) == "APPROVED"


class TestARun:
    def test_is_written_down_wholly_or_not_and_keeps_what_was_ticked(self, desk, branch, step):
        good, never, other = (released(branch, step) for _n in range(3))
        printed(desk, good, other)

        page = pressed(desk, POSTED, good, never)

        assert page.status_code == 422
        assert (stands(good), stands(never)) == ("APPROVED", "APPROVED")
        assert not Message.objects.exists()
        ticked = {one.letter.touchpoint: one.is_ticked for one in page.context["lines"]}
        assert ticked == {good: True, never: True, other: False}
        assert (bool(at_its_line(page, never)), at_its_line(page, good)) == (True, "")


class TestTakingOutAPaperForSomebodyElse:
    def test_is_offered_at_its_line_and_leaves_the_letter_to_be_printed(self, desk, letter):
        printed(desk, letter)
        vault.report_dead(widow(letter), by=SETTER_UP, at=timezone.now())
        out = reverse("care:letters-gone", args=[letter.pk])
        assert out in desk.get(reverse("care:letters")).content.decode()

        desk.post(out)

        (line,) = desk.get(reverse("care:letters")).context["lines"]
        assert (line.is_to_print, line.is_for_another) == (True, False)


class TestDoneByHand:
    def given(self, desk, letter, *people):
        typed = {"channel": "LETTER", "people": [str(one) for one in people], "note": "他谢谢我们"}
        return desk.post(reverse("care:done", args=[letter.pk]), typed)

    def test_a_letter_is_not_written_down_while_one_lies_printed_for_another(self, desk, letter):
        printed(desk, letter)
        vault.report_dead(widow(letter), by=SETTER_UP, at=timezone.now())
        son = letter.plan.family.members.get(kin="CHILD").subject_id

        page = self.given(desk, letter, son)

        assert page.status_code == 422
        assert "他谢谢我们" in page.content.decode()
        assert stands(letter) == "APPROVED"

        Paper.objects.update(gone_at=timezone.now())
        assert self.given(desk, letter, son).status_code == 302

    def test_a_letter_that_somebody_wrote_herself_needs_no_paper(self, desk, letter):
        assert self.given(desk, letter, widow(letter).pk).status_code == 302
        assert stands(letter) == "DONE"
