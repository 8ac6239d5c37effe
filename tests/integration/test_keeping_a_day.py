"""To whom a day of remembrance goes, and what its letter says when it is printed days ahead."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from notifications.care.queries import days
from notifications.channels import post
from notifications.plans import sendings
from registry.families.models import Kin
from tests.factories import wordings
from tests.factories.families import MemberFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
AT = datetime(2027, 9, 20, 2, 0, tzinfo=UTC)
CHONGYANG = date(2027, 10, 8)


def touchpoint(family, key="chongyang", **step):
    return TouchpointFactory(
        plan=PlanFactory(family=family),
        step=StepFactory(channels=["LETTER"], wording=f"family.{key}", **step),
        on_date=CHONGYANG,
        state="APPROVED",
    )


class TestChongyang:
    def test_is_for_elderly_parents_alone(self):
        widow = MemberFactory(about={"born_on": date(1950, 1, 1)})
        for kin, born_on in ((Kin.PARENT, date(1967, 10, 9)), (Kin.SIBLING, date(1940, 1, 1))):
            MemberFactory(family=widow.family, about={"kin": kin, "born_on": born_on})
        mother = MemberFactory(family=widow.family, about={"kin": Kin.PARENT, "born_on": date(1967, 10, 8)})
        of_parents = touchpoint(widow.family, conditions=["parent_60"])

        assert [one.member for one in sendings.people_of(of_parents)] == [mother]
        letter = post.letter_of(of_parents, at=AT)
        assert letter.to is not None
        assert letter.to.member == mother
        of_parents.step.conditions = []
        assert len(sendings.people_of(of_parents)) == 4


class TestALetterPrintedAhead:
    def test_carries_the_day_and_not_that_of_its_printing(self):
        wordings.install()
        widow = MemberFactory()

        letter = post.letter_of(touchpoint(widow.family, "d7"), at=AT)

        assert letter.rendered is not None
        assert letter.rendered.text.endswith("2027年10月8日（星期五）")
        assert "2027年9月20日" not in letter.rendered.text
        assert "今天" not in letter.rendered.text


class TestTheCalendar:
    def test_marks_the_days_on_which_many_families_remember(self):
        with override("en"):
            year = days.days_of(days.span_of(AT.date(), "year"), [])
        marked = [(day.date, day.term) for day in year if day.term]

        assert marked == [
            (date(2027, 2, 6), "Spring Festival"),
            (date(2027, 4, 5), "Qingming (清明)"),
            (date(2027, 8, 16), "Zhongyuan (中元)"),
            (date(2027, 10, 8), "Chongyang (重阳)"),
            (date(2027, 10, 29), "Winter clothes (寒衣)"),
            (date(2027, 12, 22), "Winter solstice (冬至)"),
        ]
