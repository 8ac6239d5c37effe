"""A household's year: what is planned for it, what moves, what is left out, and who releases it."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from unittest.mock import Mock

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from foundation import moves
from foundation.access import Role
from notifications.outbox.models import Message
from notifications.plans import actions, tasks
from notifications.plans.actions import remaking
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import PlanState, TouchpointState
from notifications.plans.whys import Why
from registry.families import actions as families
from registry.families.models import Family, Rite
from registry.families.records import Day, Own, Wishes
from tests.factories import plans
from tests.factories.families import ENTERED, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory

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


def states(plan):
    return dict(plan.touchpoints.values_list("key", "state"))


class TestAPlanThatMoves:
    """Another branch looks after the household: the plan ends here and goes on there."""

    @pytest.fixture
    def sister(self, county):
        return BranchFactory(parent=county.parent)

    @pytest.fixture
    def moved(self, family, county, sister):
        choose(family, d100="SOLAR", anniversary="SOLAR")
        old = Plan.objects.get()
        for key, state in {"condolence": "DONE", "papers_week6": "SKIPPED", "call_month2": "HELD"}.items():
            why = {"SKIPPED": {"why": "not_fitting"}, "HELD": {"held_reason": "dispute"}}.get(state, {})
            old.touchpoints.filter(key=key).update(state=state, **why)
        old.touchpoints.filter(key="d100").update(state="APPROVED", approved_by_id="mei", approved_at=ENTERED)
        self.letter = Touchpoint.objects.get(key="d100")
        self.message = MessageFactory(touchpoint=self.letter, branch=county, bereaved=True)
        families.move_to(family, to=sister, by=SETTER_UP, at=ENTERED)
        return old

    def test_ends_as_moved_and_goes_on_there_as_it_stood(self, moved, sister):
        old, new = Plan.objects.order_by("id")

        assert (old.state, new.state, new.branch) == (PlanState.MOVED, PlanState.ACTIVE, sister)
        assert new.began_at == old.began_at
        assert states(old) == {"condolence": "DONE", "papers_week6": "SKIPPED"}
        assert states(new) | {"d100": ""} == {
            "call_month2": "HELD", "grief_month3": "PLANNED", "d100": "", "anniversary": "PLANNED",
        }  # fmt: skip
        assert set(new.touchpoints.values_list("branch_path", flat=True)) == {sister.path}

    def test_says_nothing_twice_and_is_released_anew_by_who_looks_after_them_now(self, moved, sister, mei):
        actions.keep_family(Plan.objects.get(state=PlanState.ACTIVE).family, by=SETTER_UP, at=ENTERED)

        assert Plan.objects.count() == 2, "twice is once"
        letter = Touchpoint.objects.get(key="d100")
        assert letter.pk == self.letter.pk
        assert (letter.state, letter.approved_by_id) == (TouchpointState.PLANNED, "")
        message = Message.objects.get()
        assert (message.state, message.branch_path) == ("HELD", sister.path)
        with pytest.raises(moves.NotAllowed):
            actions.approve(letter, by=actor(mei), at=ENTERED)
        hers = StaffFactory(role=Role.FAMILY_CARE, branch=sister)
        actions.approve(letter, by=actor(hers), at=ENTERED)
        assert Touchpoint.objects.get(key="d100").state == TouchpointState.APPROVED

    @pytest.mark.parametrize("state", ["PLANNED", "DUE", "HELD", "APPROVED", "UNKNOWN", "FAILED"])
    def test_takes_along_what_somebody_has_still_to_do_with(self, family, sister, state):
        choose(family, d100="SOLAR")
        held_reason = "dispute" if state == TouchpointState.HELD else ""
        Touchpoint.objects.filter(key="d100").update(state=state, held_reason=held_reason)

        families.move_to(family, to=sister, by=SETTER_UP, at=ENTERED)

        letter = Touchpoint.objects.get(key="d100")
        assert (letter.plan.state, letter.branch_path) == (PlanState.ACTIVE, sister.path)
        released = state == TouchpointState.APPROVED
        assert letter.state == (TouchpointState.PLANNED if released else state)

    def test_holds_what_waits_for_one_where_anothers_may_have_been_sent(self, family, sister):
        choose(family, d100="SOLAR")
        Touchpoint.objects.filter(key="d100").update(state="UNKNOWN")
        letter = Touchpoint.objects.get(key="d100")
        mother, son = family.members.get(), MemberFactory(family=family, about={"name": "周小明"})
        unclear = MessageFactory(subject=mother.subject, touchpoint=letter, bereaved=True, state="UNKNOWN")
        waits = MessageFactory(subject=son.subject, touchpoint=letter, bereaved=True)

        families.move_to(family, to=sister, by=SETTER_UP, at=ENTERED)

        letter = Touchpoint.objects.get(key="d100")
        assert (letter.state, letter.held_reason) == (TouchpointState.HELD, Why.MOVED)
        assert Message.objects.get(pk=waits.pk).state == "HELD"
        assert Message.objects.get(pk=unclear.pk).state == "UNKNOWN"
        actions.release(letter, by=actor(StaffFactory(role=Role.FAMILY_CARE, branch=sister)), at=ENTERED)
        assert Message.objects.get(pk=waits.pk).state == "HELD", "until it is released there"

    def test_leaves_a_message_that_was_sent_where_it_was_sent(self, family, county, sister):
        choose(family, d100="SOLAR")
        Touchpoint.objects.filter(key="d100").update(state="UNKNOWN")
        letter = Touchpoint.objects.get(key="d100")
        about = {"touchpoint": letter, "branch": county, "bereaved": True}
        ways = {"SENT": county, "FAILED": county, "UNKNOWN": sister, "CANCELLED": sister}
        for state in ways:
            MessageFactory(subject=MemberFactory(family=family).subject, state=state, **about)

        families.move_to(family, to=sister, by=SETTER_UP, at=ENTERED)

        stand = dict(Message.objects.values_list("state", "branch_path"))
        assert stand == {state: branch.path for state, branch in ways.items()}

    def test_is_moved_too_where_its_calendar_was_made_anew_first(self, family, county, sister):
        Family.objects.filter(pk=family.pk).update(branch=sister, branch_path=sister.path)
        family = Family.objects.get(pk=family.pk)
        actions.replan(Plan.objects.get(), at=ENTERED)
        assert Plan.objects.get().branch == county

        actions.keep_family(family, by=SETTER_UP, at=ENTERED)

        assert list(Plan.objects.order_by("id").values_list("state", "branch")) == [
            ("MOVED", county.pk), ("ACTIVE", sister.pk),
        ]  # fmt: skip

    def test_that_rests_rests_there_too_and_may_come_back(self, family, county, sister):
        actions.pause(Plan.objects.get(), until=date(2027, 1, 31), by=SETTER_UP, at=ENTERED)
        families.move_to(family, to=sister, by=SETTER_UP, at=ENTERED)
        families.move_to(family, to=county, by=SETTER_UP, at=ENTERED)

        assert list(Plan.objects.order_by("id").values_list("state", "branch", "paused_until")) == [
            ("MOVED", county.pk, date(2027, 1, 31)),
            ("MOVED", sister.pk, date(2027, 1, 31)),
            ("PAUSED", county.pk, date(2027, 1, 31)),
        ]
        assert Touchpoint.objects.exclude(plan__state="PAUSED").count() == 0


class TestAPlanOfAHousehold:
    def test_begins_with_what_every_family_gets_and_no_rite(self, family):
        assert [key for key, _ in calendar(family)] == [
            "condolence",
            "papers_week6",
            "call_month2",
            "grief_month3",
        ]

    def test_leaves_out_the_call_and_the_letter_that_the_household_does_not_want(self, family):
        say = {"on": DIED, "by": SETTER_UP, "at": ENTERED}

        families.record_rites(family, Wishes(rites={}, first_months=False), **say)
        assert [key for key, _ in calendar(family)] == ["condolence", "papers_week6"]

        families.record_rites(family, Wishes(rites={}), **say)
        assert {"call_month2", "grief_month3"} < {key for key, _ in calendar(family)}

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


class TestTheFamilysOwnDays:
    @pytest.fixture
    def september(self):
        with time_machine.travel(ENTERED, tick=True):
            yield

    @pytest.mark.usefixtures("september")
    def test_are_planned_with_their_words_and_the_birthday_by_their_calendar(self, family, mei, signed_in):
        typed = {
            "on": "2026-09-01", "counts_the_day": "yes", "events": "yes", "how": "paper",
            "language": "zh-hans", "own_words_1": "河边放一盏灯", "own_1": "9-1", "own_calendar_1": "LUNAR",
            "own_words_2": "他的画展", "own_2": "2027-5-4", "birthdays": "on", "calendar_birthday": "LUNAR",
        }  # fmt: skip
        client, url = signed_in(mei), reverse("families:wishes", args=[family.pk])
        assert client.post(url, typed).status_code == 302

        kept = calendar(family)
        assert kept["own_rite", "L0901:2026"] == date(2026, 10, 10)
        assert kept["own_rite", "L0901:2027"] == date(2027, 9, 30)
        assert kept["own_rite", "S0504:2027"] == date(2027, 5, 4)
        assert kept["birthday", "47"] == date(2027, 4, 26)  # born on lunar 3/20
        touchpoint = Touchpoint.objects.get(occasion="L0901:2026")
        page = client.get(reverse("care:touchpoint", args=[touchpoint.pk])).content.decode()
        assert "河边放一盏灯" in page
        assert "他的画展" in client.get(url).content.decode()
        missing = client.post(url, {**typed, "own_words_1": "", "own_words_3": "散步"})
        assert (missing.status_code, list(missing.context["form"].errors)) == (422, ["own_words_1", "own_3"])

    def test_go_with_the_sheet_and_come_back_with_it(self, family):
        mine = Wishes(rites={}, own_rites=[Own(Day(5, 4, "SOLAR"), "散步")])
        families.record_rites(family, mine, on=ENTERED.date(), by=SETTER_UP, at=ENTERED)
        touchpoint = Touchpoint.objects.get(key="own_rite", occasion="S0504:2027")

        for wishes, state in ((Wishes(rites={}), "CANCELLED"), (mine, "PLANNED")):
            families.record_rites(family, wishes, on=ENTERED.date(), by=SETTER_UP, at=ENTERED)
            assert Touchpoint.objects.get(pk=touchpoint.pk).state == state


class TestADeathInAFamily:
    """What the dead alone were a reason for goes, though the process died right after the report."""

    def test_is_followed_by_the_calendar_whatever_fails_in_between(
        self, county, monkeypatch, django_capture_on_commit_callbacks
    ):
        mother = MemberFactory(branch=county, about={"kin": "PARENT", "born_on": date(1950, 1, 1)})
        choose(mother.family, chongyang="SOLAR")
        assert ("chongyang", "2027") in calendar(mother.family)
        with monkeypatch.context() as broken:
            broken.setattr(remaking, "replan", Mock(side_effect=RuntimeError))
            with django_capture_on_commit_callbacks() as lost:
                families.report_dead(mother, by=SETTER_UP, at=LATER)
            for callback in lost:
                with suppress(RuntimeError):
                    callback()
        assert ("chongyang", "2027") in calendar(mother.family)

        made = tasks.remake()

        assert made == 1
        assert ("chongyang", "2027") not in calendar(mother.family)
        assert tasks.remake() == 0


class TestWhatFallsDue:
    @pytest.fixture
    def rite(self, family):
        choose(family, d100="SOLAR", qingming="SOLAR", anniversary="SOLAR")
        return Touchpoint.objects.get(key="anniversary")

    def test_waits_for_a_person_and_is_due_only_once(self, rite):
        on = rite.on_date

        fallen = actions.plan_due(on, at=datetime(2027, 8, 20, tzinfo=UTC))

        again = actions.plan_due(on, at=datetime(2027, 8, 20, tzinfo=UTC))
        rite = Touchpoint.objects.get(pk=rite.pk)
        assert (rite.state, fallen.released, again.due) == (TouchpointState.DUE, 0, 0)

    def test_goes_to_each_by_a_way_that_is_open_once_a_person_released_it(self, rite, mei):
        rite = actions.approve(rite, by=actor(mei), at=datetime(2027, 8, 1, tzinfo=UTC), channel="SMS")

        (message,) = Message.objects.all()
        assert (message.channel, message.wording, message.bereaved) == ("SMS", "family.anniversary", True)
        assert message.due_at == datetime(2027, 8, 20, 2, 0, tzinfo=UTC)
        assert (rite.state, rite.approved_by_id) == (TouchpointState.APPROVED, str(mei.pk))

    def test_becomes_a_task_where_a_person_does_it(self, rite, mei):
        actions.approve(rite, by=actor(mei), at=datetime(2027, 8, 1, tzinfo=UTC))

        assert not Message.objects.exists()

    def test_is_held_with_what_is_queued_and_goes_on_when_it_is_released_anew(self, rite, mei):
        by, at = actor(mei), datetime(2027, 8, 1, tzinfo=UTC)
        actions.approve(rite, by=by, at=at, channel="SMS")
        actions.hold(rite, why=Why.DISPUTE, by=by, at=at)
        assert Message.objects.get().state == "HELD"

        actions.release(rite, by=by, at=at)
        actions.approve(rite, by=by, at=at)

        assert [message.state for message in Message.objects.all()] == ["DUE"]

    def test_is_released_anew_when_its_day_moved(self, rite, mei, family):
        actions.approve(rite, by=actor(mei), at=LATER, channel="SMS")
        Rite.objects.filter(rite="anniversary").update(calendar="LUNAR")

        actions.keep_family(family, by=SETTER_UP, at=LATER)

        rite = Touchpoint.objects.get(pk=rite.pk)
        assert (rite.state, rite.approved_by_id) == (TouchpointState.PLANNED, "")
        assert Message.objects.get().state == "HELD"

    def test_that_was_sent_is_never_touched(self, rite, mei, family):
        actions.approve(rite, by=actor(mei), at=LATER, channel="SMS")
        Message.objects.update(state="SENT", sent_at=LATER)
        actions.follow(rite, at=LATER)
        Rite.objects.all().delete()

        actions.keep_family(family, by=SETTER_UP, at=LATER)

        assert Touchpoint.objects.get(pk=rite.pk).state == TouchpointState.SENT


class TestBeforeTheHundredthDay:
    AT = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)

    @pytest.fixture
    def early(self, family):
        return Touchpoint.objects.get(plan__family=family, key="papers_week6")

    def test_no_machine_speaks(self, early, mei):
        Touchpoint.objects.filter(pk=early.pk).update(
            step=plans.StepFactory(programme=early.step.programme, channels=["SMS", "CALL"])
        )

        with pytest.raises(moves.Refused) as refused:
            actions.approve(Touchpoint.objects.get(pk=early.pk), by=actor(mei), at=self.AT)

        with override("en"):
            assert "only a call, a visit or a letter" in str(refused.value.sentences[0])

    def test_nothing_is_released_in_numbers(self, early, mei):
        with pytest.raises(moves.Refused):
            actions.approve_many([early], by=actor(mei), at=self.AT)

        assert Touchpoint.objects.get(pk=early.pk).state == TouchpointState.PLANNED

    def test_nothing_goes_by_itself(self, early):
        type(early.step).objects.filter(pk=early.step_id).update(needs_approval=False)

        actions.plan_due(early.on_date, at=datetime(2026, 10, 2, tzinfo=UTC))

        assert Touchpoint.objects.get(pk=early.pk).state == TouchpointState.DUE

    def test_a_family_is_not_looked_after_by_who_looks_after_donors(self, early, county):
        lin = StaffFactory(role=Role.COORDINATOR, branch=county)

        with pytest.raises(moves.Refused):
            actions.approve(early, by=actor(lin), at=self.AT)


class TestAPlanThatEnds:
    def test_stops_when_the_family_wants_no_more_and_begins_when_it_does_again(self, family):
        choose(family, anniversary="SOLAR")
        member = family.members.get()

        families.no_more(member, whole_plan=True, by=SETTER_UP, at=LATER)

        plan = Plan.objects.get(family=family)
        assert plan.state == PlanState.STOPPED
        assert set(plan.touchpoints.values_list("state", "why")) == {("CANCELLED", "no_more")}
        families.hear_again(member, by=SETTER_UP, at=LATER)
        assert Plan.objects.filter(family=family, state=PlanState.ACTIVE).count() == 1

    def test_that_only_paused_leaves_out_what_lay_in_the_pause(self, family):
        choose(family, anniversary="SOLAR", qingming="SOLAR")
        plan = Plan.objects.get(family=family)
        actions.pause(plan, until=date(2027, 6, 1), by=SETTER_UP, at=LATER)

        assert actions.plan_due(date(2027, 4, 5), at=datetime(2027, 4, 5, tzinfo=UTC)).due == 0
        actions.plan_due(date(2027, 6, 1), at=datetime(2027, 6, 1, tzinfo=UTC))

        states = dict(plan.touchpoints.exclude(occasion="").values_list("on_date", "state"))
        assert states[date(2027, 4, 5)] == TouchpointState.CANCELLED
        assert states[date(2027, 8, 20)] == TouchpointState.PLANNED
