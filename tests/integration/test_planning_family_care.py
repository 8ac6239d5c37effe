"""A household's year: what is planned for it, what moves, what is left out, and who releases it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from foundation import moves
from foundation.access import Role, task_actor
from foundation.moves import Step
from notifications.plans import actions
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import PlanState, TouchpointState
from notifications.plans.whys import Why
from registry.families import actions as families
from registry.families.models import Rite
from tests.factories import plans
from tests.factories.families import ENTERED, FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
DIED = date(2026, 8, 20)
LATER = datetime(2026, 12, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def county():
    plans.install()
    return BranchFactory()


@pytest.fixture
def mei(county):
    return StaffFactory(role=Role.FAMILY_CARE, branch=county)


@pytest.fixture
def family(county):
    return MemberFactory(branch=county).family


def choose(family, at=ENTERED, **rites):
    for rite, calendar in rites.items():
        Rite.objects.create(
            family=family, rite=rite, calendar=calendar, chosen_at=at, by_kind="command", by_id="tests"
        )
    actions.keep_family(family, by=SETTER_UP, at=at)


def calendar(family):
    found = Touchpoint.objects.filter(plan__family=family).exclude(state="CANCELLED")
    return {(one.key, one.occasion): one.on_date for one in found}


class TestAPlanOfAHousehold:
    def test_begins_with_what_every_family_gets_and_no_rite(self, family):
        assert [key for key, _ in calendar(family)] == [
            "condolence",
            "papers_week6",
            "call_month2",
            "grief_month3",
        ]

    def test_keeps_the_rites_that_were_ticked(self, family):
        choose(family, d100="SOLAR", qingming="SOLAR", anniversary="LUNAR")

        kept = calendar(family)
        assert kept["d100", ""] == DIED + timedelta(days=99)
        assert kept["qingming", "2027"] == date(2027, 4, 5)
        assert kept["anniversary", "1"] == date(2027, 8, 9)  # lunar 7/8

    def test_adds_nothing_when_it_is_planned_again(self, family):
        choose(family, d100="SOLAR", anniversary="SOLAR")
        before = list(Touchpoint.objects.values("pk", "on_date", "state"))
        plan = Plan.objects.get(family=family)

        changes = actions.replan(plan, at=ENTERED)

        assert len(changes) == 0
        assert list(Touchpoint.objects.values("pk", "on_date", "state")) == before

    def test_moves_when_the_calendar_of_a_rite_is_another(self, family):
        choose(family, anniversary="SOLAR")
        kept = Touchpoint.objects.get(key="anniversary")
        Rite.objects.update(calendar="LUNAR")

        actions.keep_family(family, by=SETTER_UP, at=LATER)

        assert calendar(family)["anniversary", "1"] == date(2027, 8, 9)
        assert Touchpoint.objects.get(key="anniversary").pk == kept.pk

    def test_takes_away_what_is_no_longer_chosen_and_says_why(self, family):
        choose(family, qingming="SOLAR")
        Rite.objects.all().delete()

        actions.keep_family(family, by=SETTER_UP, at=LATER)

        gone = Touchpoint.objects.get(key="qingming")
        assert (gone.state, gone.why) == (TouchpointState.CANCELLED, Why.NO_LONGER)
        choose(family, at=LATER, qingming="SOLAR")
        assert Touchpoint.objects.get(key="qingming").state == TouchpointState.PLANNED
