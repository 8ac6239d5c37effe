"""What family care did with the plans of the demo's families: three years of it, and this week's work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from foundation import access, moves, vault
from foundation.access import Permission
from foundation.trail import Actor
from notifications import delivery, outbox
from notifications.answers import actions as answers
from notifications.answers import unread
from notifications.care import actions as desk
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.delivery import asking
from notifications.outbox import Message, MessageState, Ready
from notifications.plans import actions as plans
from notifications.plans import ahead, quiet, sendings, ways
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.plans.whys import Why
from registry.config.demo.world import World
from registry.families.models import Family

DAY: Final = timedelta(days=1)
RELEASED, LEFT_AT = time(9, 30), time(10, 5)
BY_MESSAGE_SINCE: Final = 150  # days ago; before, everything was written and rung by hand
OPEN_SINCE: Final = 8  # days ago: what lies there waits still
AHEAD: Final = 45  # days: letters are printed before their day
LEFT_OUT: Final = 14  # one in so many of what was planned did not fit
UNCLEAR, LETTERS, LATE, CALLS, HELD = 3, 12, 3, 4, (Why.DISPUTE, Why.FAMILY_ASKS)
WROTE_BACK: Final = ("谢谢你们还记得他。下次能不能早上打电话？", "退订")


def remember(world: World, *, at: datetime) -> None:
    """Let family care keep the plans: what was is done, and this week waits for a person."""
    _Desk(world, at).keep()


def delivered(messages: Iterable[Message], *, at: datetime) -> None:
    """Hand messages over as the worker does: into the demo's phone and mail catcher."""
    for message in messages:
        delivery.deliver(message.pk, at=at)


def morning(day: date, clock: time = RELEASED) -> datetime:
    """Return a moment of a morning in China."""
    return timezone.make_aware(datetime.combine(day, clock))


class _Desk:
    """What one desk did, oldest first."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.today = timezone.localdate(now)
        self.random = Random(77)  # noqa: S311 - inventing, not hiding

    def keep(self) -> None:
        """Plan year by year, do what lay behind, and lay out this week."""
        for year in range(self.world.since.year, self.today.year + 1):
            ahead.plan_ahead(at=min(self.now, max(self.world.since, morning(date(year, 1, 2)))))
        by_message = self.today - BY_MESSAGE_SINCE * DAY
        for touchpoint in self._planned(self.world.since.date(), by_message):
            self._by_hand(touchpoint)
        rows = self._planned(by_message, self.today - OPEN_SINCE * DAY)
        sent = [messages for one in rows if (messages := self._by_message(one))]
        self._lose_sight(messages[0] for messages in sent[-UNCLEAR:])
        self._reach_nobody(sent[-UNCLEAR - 1 : -UNCLEAR])
        self._write_back([one for messages in sent[: -UNCLEAR - 1] for one in messages])
        plans.plan_due(self.today, at=self.now)
        self._this_week()

    def _by(self, permission: Permission, at: datetime) -> Actor:
        return self.world.actor("mei", permission, at=at)

    def _planned(self, since: date, until: date) -> Iterator[Touchpoint]:
        """Return what was planned for households from one day until before another."""
        found = Touchpoint.objects.filter(plan__family__isnull=False, plan__state="ACTIVE")
        rows: QuerySet[Touchpoint] = found.filter(state=TouchpointState.PLANNED)
        rows = rows.filter(on_date__gte=since, on_date__lt=until).order_by("on_date", "pk")
        yield from rows.select_related("plan__family__giver", "plan__branch", "step__programme")

    def _by_hand(self, touchpoint: Touchpoint) -> None:
        """Ring, go there or write, on the day; now and then it did not fit."""
        at = morning(touchpoint.on_date)
        if not self.random.randrange(LEFT_OUT):
            by = self._by(Permission.CARE_APPROVE, at)
            plans.skip(touchpoint, why=Why.NOBODY_THERE.value, by=by, at=at)
            return
        channel = sendings.way_of(touchpoint)
        people = [one.subject.pk for one in sendings.people_of(touchpoint)]
        reached = people if channel == Channel.LETTER else people[:1]
        by = self._by(Permission.CARE_SEND, at)
        desk.done_by_hand(touchpoint, channel=channel, people=reached, by=by, at=at)

    def _by_message(self, touchpoint: Touchpoint) -> list[Message]:
        """Release it and let its messages go out; where no machine may speak, it was done by hand."""
        at = morning(touchpoint.on_date)
        too_early = quiet.is_early(touchpoint.plan.family, touchpoint.on_date)
        machines = [way for way in touchpoint.step.channels if way in {Channel.SMS, Channel.EMAIL}]
        if not machines or too_early:
            self._by_hand(touchpoint)
            return []
        try:
            by = self._by(Permission.CARE_APPROVE, at)
            plans.approve(touchpoint, channel=self.random.choice(machines), by=by, at=at)
        except moves.Refused:
            self._by_hand(touchpoint)
            return []
        return list(Message.objects.filter(touchpoint=touchpoint).order_by("pk"))

    def _lose_sight(self, messages: Iterable[Message]) -> None:
        """Let the line break while these are handed over: a person finds out whether they arrived."""
        for one in messages:
            at = _when(one)
            message = outbox.claim(one.pk, at=at)
            if message and isinstance(outbox.begin_sending(message, at=at, ask=asking.ask), Ready):
                outbox.leave_to_a_person(message, at=at, why="gateway_line_broke")

    def _reach_nobody(self, touchpoints: Iterable[list[Message]]) -> None:
        """Let every number and address of a household be a wrong one."""
        for messages in touchpoints:
            waiting = Message.objects.filter(touchpoint=messages[0].touchpoint).waiting()
            while (one := waiting.first()) and (taken := outbox.claim(one.pk, at=_when(one))):
                nobodys = "rcpt_550" if taken.channel == Channel.EMAIL else "gateway_invalid_number"
                outbox.fail(taken, at=_when(one), why=nobodys)

    def _write_back(self, messages: list[Message]) -> None:
        """Hand the others over; two people write back."""
        for message in messages:
            delivered([message], at=_when(message))
        by_sms = Message.objects.filter(pk__in=[one.pk for one in messages], channel=Channel.SMS)
        arrived = by_sms.filter(state=MessageState.SENT).select_related("subject__member").order_by("-pk")
        for place, (message, words) in enumerate(zip(arrived, WROTE_BACK, strict=False)):
            number = str(vault.open_one(message.subject.member, "phone")["phone"])
            answers.received(
                message.channel,
                number,
                words,
                provider_id=f"demo{place}",
                by=access.task_actor("demo"),
                at=self.now - timedelta(hours=2 + place),
                to=message,
            )

    def _this_week(self) -> None:
        """Release letters late and letters to come, and calls; hold two; leave the others to the desk."""
        rows = self._near(AHEAD)
        letters = self._letters_of(rows)
        if len(letters) < LETTERS + 2 * len(HELD):  # a time of the year in which few are written to
            letters = self._letters_of(self._near(2 * AHEAD))
        late, rest = letters[:LATE], letters[LATE:]
        calls = [one for one in rows if sendings.way_of(one) in {Channel.CALL, Channel.VISIT}]
        for touchpoint in [*late, *rest[LATE - LETTERS :], *calls[::2][:CALLS]]:
            self._release(touchpoint)
        by = self._by(Permission.CARE_PLAN, self.now)
        for touchpoint, why in zip(rest[: LATE - LETTERS][1::2], HELD, strict=False):
            plans.hold(touchpoint, why=why.value, by=by, at=self.now)

    def _near(self, days: int) -> list[Touchpoint]:
        """Return what can be released of the last week and of so many days to come."""
        near = Touchpoint.objects.filter(
            plan__family__isnull=False,
            plan__state="ACTIVE",
            state__in=[TouchpointState.PLANNED, TouchpointState.DUE],
            on_date__range=(self.today - OPEN_SINCE * DAY, self.today + days * DAY),
        )
        read = near.select_related("plan__family__giver", "plan__branch", "step__programme")
        return [one for one in read.order_by("on_date") if self._can_be_released(one)]

    def _letters_of(self, rows: Iterable[Touchpoint]) -> list[Touchpoint]:
        """Return which of them are letters that can be printed."""
        by_letter = [one for one in rows if sendings.way_of(one) == Channel.LETTER]
        written = post.letters_of(by_letter, at=self.now)
        return [letter.touchpoint for letter in written if not letter.why]

    def _can_be_released(self, touchpoint: Touchpoint) -> bool:
        """Return whether the desk would let it go: nobody wrote back, no rule or closed way is against it."""
        by = self._by(Permission.CARE_APPROVE, self.now)
        if unread.of_plan(touchpoint.plan).exists():
            return False
        if moves.missing(touchpoint, "approve", by=by, at=self.now):
            return False
        return not ways.choose(touchpoint, wanted="", at=self.now).against

    def _release(self, touchpoint: Touchpoint) -> None:
        plans.approve(touchpoint, by=self._by(Permission.CARE_APPROVE, self.now), at=self.now)


def _when(message: Message) -> datetime:
    """Return when a worker takes a message up: on the morning it is due."""
    return max(message.due_at, morning(timezone.localdate(message.due_at), LEFT_AT))


def households(world: World, *, until: datetime) -> QuerySet[Family]:
    """Return the city's households that were there at a moment, the oldest first."""
    there = Family.objects.filter(branch_path__startswith=world.where["3302"].path, opened_at__lt=until)
    return there.select_related("giver").order_by("pk")
