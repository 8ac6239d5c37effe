"""What was stopped and goes on: nobody gets a second copy of it, and nothing is lost on the way."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import Mock

import pytest
from django.utils import timezone
from django.utils.translation import override

from foundation import moves, vault
from foundation.access import Role
from notifications import outbox
from notifications.care.queries import days
from notifications.channels.post import letters
from notifications.delivery import asking
from notifications.outbox import Message
from notifications.plans import actions
from notifications.plans.actions import ending, falling_due, planning, remaking
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.programmes.models import ProgrammeStep
from registry.families.models import SilentDay
from tests.factories.donors import DonorFactory
from tests.factories.families import MemberFactory
from tests.factories.foundation import SETTER_UP, StaffFactory, actor
from tests.factories.messages import approved_words
from tests.factories.plans import PlanFactory, ProgrammeFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 12, 20, 3, 0, tzinfo=UTC)  # of the day that is planned


@pytest.fixture
def member():
    approved_words()
    return MemberFactory(about={"phone": "+8613600000099", "email": "a@b.cn"})


@pytest.fixture
def mei(member):
    return actor(StaffFactory(role=Role.FAMILY_CARE, branch=member.family.branch))


@pytest.fixture
def planned(member):
    step = StepFactory(
        programme=ProgrammeFactory(key="kept"),
        offset_days=(MORNING.date() - member.family.giver.died_on).days,
        channels=["EMAIL", "SMS", "LETTER"],
        wording="tests.wording",
        beats_gap=True,
    )
    plan = actions.begin("kept", family=member.family, by=SETTER_UP, at=AT)
    return Touchpoint.objects.get(plan=plan, key=step.key)


def fresh(touchpoint):
    return Touchpoint.objects.get(pk=touchpoint.pk)


def leaving(touchpoint, by):
    """Release a touchpoint, and return its message while it is being handed over."""
    actions.approve(touchpoint, by=by, at=AT)
    message = outbox.claim(Message.objects.get().pk, at=MORNING)
    outbox.begin_sending(message, at=MORNING, ask=asking.ask)
    return message


class TestStoppedWhileItLeaves:
    def test_is_released_by_no_other_way_before_it_is_known_what_became_of_it(self, planned, mei):
        leaving(planned, mei)
        actions.hold(planned, why="not_sure", by=mei, at=MORNING)
        actions.release(planned, by=mei, at=MORNING)

        with pytest.raises(moves.Refused) as refused:
            actions.approve(fresh(planned), by=mei, at=MORNING, channel="LETTER")

        with override("en"):
            assert "on its way" in str(refused.value.sentences[0])

    @pytest.mark.parametrize("then", ["held", "released", "cancelled"])
    def test_was_sent_all_the_same(self, planned, mei, then):
        message = leaving(planned, mei)
        if then == "cancelled":
            actions.stop(planned.plan, why="plan_ended", by=mei, at=MORNING)
        else:
            actions.hold(planned, why="not_sure", by=mei, at=MORNING)
        if then == "released":
            actions.release(planned, by=mei, at=MORNING)

        outbox.settle(outbox.Sent(message, MORNING))
        outbox.sweep(at=MORNING + timedelta(minutes=1))

        planned = fresh(planned)
        assert (planned.state, planned.held_reason, planned.why) == (TouchpointState.SENT, "", "")

    def test_may_have_been_sent_all_the_same(self, planned, mei):
        message = leaving(planned, mei)
        actions.hold(planned, why="not_sure", by=mei, at=MORNING)

        outbox.leave_to_a_person(message, at=MORNING, why="no_answer")
        outbox.sweep(at=MORNING + timedelta(minutes=1))

        assert fresh(planned).state == TouchpointState.UNKNOWN

    def test_reaches_the_others_of_a_household_alone(self, planned, member, mei):
        son = MemberFactory(family=member.family, about={"name": "周小明", "kin": "CHILD"})
        actions.approve(planned, by=mei, at=AT)
        Message.objects.filter(subject=member.subject).update(state="SENT", sent_at=AT, settled_at=AT)
        actions.hold(planned, why="not_sure", by=mei, at=AT)
        outbox.sweep(at=AT + timedelta(minutes=1))
        assert fresh(planned).state == TouchpointState.HELD
        actions.release(planned, by=mei, at=AT)

        actions.approve(fresh(planned), by=mei, at=AT, channel="LETTER")

        letter = letters.letter_of(fresh(planned), at=MORNING)
        assert letter.to.subject.pk == son.subject_id


class TestASilentDay:
    def test_is_let_pass_and_the_calendar_says_when_it_leaves(self, planned, member, mei):
        Touchpoint.objects.update(on_date=MORNING.date() - timedelta(days=1))
        ProgrammeStep.objects.update(beats_gap=False)
        for day in (MORNING.day, MORNING.day + 1):
            SilentDay.objects.create(family=member.family, month=12, day=day, **mei.columns())

        actions.approve(planned, by=mei, at=MORNING)

        leaves = Message.objects.get().due_at
        assert timezone.localdate(leaves) == date(2026, 12, 22)
        lines = days.lines_of([fresh(planned)], today=MORNING.date(), language="en")
        with override("en"):
            assert lines[0].stands == "Leaves on 2026-12-22"


class TestAPlanBegunAnew:
    @pytest.fixture
    def stopped(self, planned, mei):
        """A touchpoint that left while its plan was stopped on the same day."""
        message = leaving(planned, mei)
        actions.stop(planned.plan, why="no_more", by=mei, at=MORNING)
        return message

    @pytest.mark.parametrize("settled", [True, False])
    def test_plans_nothing_a_second_time_that_they_may_have(self, planned, stopped, settled):
        if settled:
            outbox.settle(outbox.Sent(stopped, MORNING))
            actions.follow(planned, at=MORNING)

        plan = actions.begin("kept", family=planned.plan.family, by=SETTER_UP, at=MORNING)

        assert list(plan.touchpoints.all()) == []

    def test_plans_what_surely_did_not_reach_them(self, planned, stopped):
        outbox.fail(stopped, at=MORNING, why="refused_550")

        plan = actions.begin("kept", family=planned.plan.family, by=SETTER_UP, at=MORNING)

        assert [one.key for one in plan.touchpoints.all()] == [planned.key]


class TestASecondDonation:
    @pytest.mark.parametrize(("donated_at", "said_again"), [(AT, False), (MORNING, True)])
    def test_is_cared_for_like_the_first(self, donated_at, said_again):
        donor = DonorFactory(state="DONATED")
        type(donor).objects.filter(pk=donor.pk).update(donated_at=donated_at)
        step = StepFactory(
            programme=ProgrammeFactory(key="donated", audience="DONOR"), base="donated_on", offset_days=60
        )
        before = PlanFactory(subject=donor.subject, programme_key="donated", began_at=AT, state="STOPPED")
        TouchpointFactory(plan=before, step=step, state=TouchpointState.SENT)

        plan = actions.begin("donated", subject=donor.subject, by=SETTER_UP, at=MORNING)

        assert plan.touchpoints.exists() == said_again


class TestReleasedAgain:
    @pytest.fixture
    def way(self, planned, mei):
        """The way that was chosen after a hold."""
        actions.approve(planned, by=mei, at=AT)
        actions.hold(planned, why="family_asks", by=mei, at=AT)
        actions.release(planned, by=mei, at=AT)
        actions.approve(fresh(planned), by=mei, at=AT, channel="SMS")

    def test_goes_by_the_way_that_was_chosen_then(self, planned, way):
        (message,) = planned.messages.all()
        assert (message.channel, message.state, message.why) == ("SMS", "DUE", "")

    def test_goes_once_the_reason_why_planning_took_it_away_is_gone(self, planned, mei):
        actions.approve(planned, by=mei, at=AT)
        day = SilentDay.objects.create(
            family=planned.plan.family, month=12, day=20, calendar="SOLAR", by_kind="command", by_id="tests"
        )
        actions.replan(planned.plan, at=AT)
        taken_away = planned.messages.get().state
        day.delete()
        actions.replan(planned.plan, at=AT)

        actions.approve(fresh(planned), by=mei, at=AT)

        assert (taken_away, planned.messages.get().state) == ("CANCELLED", "DUE")

    def test_is_refused_where_nothing_would_go_to_anybody(self, planned, mei):
        actions.approve(planned, by=mei, at=AT)
        actions.hold(planned, why="family_asks", by=mei, at=AT)
        actions.release(planned, by=mei, at=AT)
        planned.messages.update(state="CANCELLED", why="objected")

        with override("en"), pytest.raises(moves.Refused) as refused:
            actions.approve(fresh(planned), by=mei, at=AT)

        assert "Nobody can be reached" in str(refused.value.sentences[0])


def test_one_that_did_not_arrive_is_left_to_be_done_by_hand(planned, mei):
    message = leaving(planned, mei)
    outbox.leave_to_a_person(message, at=MORNING, why="no_answer")
    actions.follow(planned, at=MORNING)

    outbox.decide(Message.objects.get(), arrived=False, by=mei, at=MORNING)
    actions.follow(planned, at=MORNING)

    assert fresh(planned).state == TouchpointState.FAILED


@pytest.mark.parametrize("fault", [moves.Refused(["no"], move="fall_due"), KeyError("x")])
def test_one_plan_keeps_no_other_back_at_night(planned, monkeypatch, fault):
    other = TouchpointFactory(step=planned.step, on_date=planned.on_date)
    paused = PlanFactory(state="PAUSED", paused_until=planned.on_date)
    real, meant = falling_due.locked, []

    def locked(touchpoint):
        meant.append(touchpoint.pk)
        if len(meant) == 1:
            raise fault
        return real(touchpoint)

    monkeypatch.setattr(falling_due, "locked", locked)
    monkeypatch.setattr(ending, "locked_plan", Mock(side_effect=fault))

    actions.plan_due(planned.on_date, at=MORNING)

    assert {fresh(one).state for one in (planned, other)} == {TouchpointState.PLANNED, TouchpointState.DUE}
    assert type(paused).objects.get(pk=paused.pk).state == "PAUSED"


def test_a_calendar_is_made_anew_once_a_death_is_written_down(
    planned, member, monkeypatch, django_capture_on_commit_callbacks
):
    replan = Mock()
    monkeypatch.setattr(remaking, "replan", replan)

    with django_capture_on_commit_callbacks(execute=True):
        vault.report_dead(member.subject, by=SETTER_UP, at=AT)
        assert not replan.called  # it locks others, whom somebody may hold who waits for the one who died

    assert replan.call_args.args == (planned.plan,)


def test_one_plan_whose_calendar_cannot_be_made_keeps_no_other_back(planned, monkeypatch):
    good, bad = planned.plan, PlanFactory(programme_key="broken")
    dates = Mock(side_effect=lambda steps, *_facts, **_span: [] if steps else {}["x"])
    monkeypatch.setattr(planning.planning, "dates", dates)

    count = actions.plan_year([bad, good], MORNING.date(), at=AT)

    assert (count, fresh(planned).why) == (1, "no_longer")
