"""The demo's keeping in touch: a campaign with its control group, a draft, and answers by people's links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from consent import gate
from consent.purposes import Purpose as To
from foundation import access, vault
from foundation.access import Permission
from foundation.jobs import running
from foundation.trail import Actor
from notifications import delivery, outbox
from notifications.channel_names import Channel
from notifications.links import acts, facts, making, opening
from notifications.links.purposes import Purpose
from notifications.outbox import Message, MessageState
from notifications.retention import actions, everybody
from notifications.retention.models import Campaign, Group
from registry.config.demo.remembering import LEFT_AT, RELEASED, morning
from registry.config.demo.world import World
from registry.donors import actions as donors
from registry.donors.models import CallKind, CallTask, ContactChoice, Donor
from registry.donors.states import DonorState

DAY: Final = timedelta(days=1)
PLANNED, EVENING = time(7), time(19, 40)
WORDING: Final = "donor.contact_check"
BEGAN: Final = 56  # days ago
SAID: Final[dict[str, Any]] = {
    "wording": WORDING,
    "channels": [Channel.SMS.value],
    "unverified_months": 12,
    "window_days": 60,
}
NOBODYS: Final = 4  # numbers of the campaign that are nobody's any more
# What those whom the campaign reached did by their link, one after the other; the others did nothing.
ANSWERED: Final = (
    *([Purpose.CONFIRM] * 9 + [Purpose.PAUSE]) * 2, Purpose.PHONE, Purpose.ONLY_IF_MATCHED,
    *[Purpose.CONFIRM] * 8, Purpose.PHONE, Purpose.PAUSE, Purpose.WITHDRAW,
)  # fmt: skip
ANSWERS_A_DAY: Final = 4
RUNG_MEANWHILE: Final = {Group.WRITTEN_TO: 8, Group.LEFT_ALONE: 3}  # by staff who did not know of the lot
REACHED_A_YEAR_AGO: Final = 27  # so that the yearly question fell into these weeks
# What they did when it came, one after the other; None is who has done nothing yet.
YEARLY: Final = (
    Purpose.CONFIRM, Purpose.CONFIRM, Purpose.PHONE, Purpose.CONFIRM, None, Purpose.CONFIRM, Purpose.PAUSE,
    None, Purpose.CONFIRM, Purpose.CONFIRM, None, Purpose.CONFIRM, Purpose.ONLY_IF_MATCHED,
)  # fmt: skip
WEEKS: Final = (22, 15, 8, 1)  # days ago on which the nights planned; each catches up with its week
OF_LINKS: Final = re.compile(r"/s/([\w-]+)/")
YES: Final = {"number_right": "yes", "would_go_on": "yes"}


def keep(world: World, *, at: datetime) -> None:
    """Let the province write to some by a campaign, and the yearly question go out and be answered."""
    story = _InTouch(world, at)
    story.reach_some_a_year_ago()
    story.run_a_campaign()
    story.ask_once_a_year()
    story.prepare_the_next()


class _InTouch:
    """What happened, oldest first."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.numbers = 0

    def reach_some_a_year_ago(self) -> None:
        """Ring some whose contact was old then: a year later the program asks them by itself."""
        longer = timezone.localdate(self.now) - 400 * DAY
        known = _may_be_written_to().filter(contact_verified_on__lt=longer)
        for n, donor in enumerate(list(known.order_by("-pk")[:REACHED_A_YEAR_AGO])):
            self._ring(donor, at=self._on(365 + REACHED_A_YEAR_AGO - n, RELEASED))

    def run_a_campaign(self) -> None:
        """Draw and write eight weeks ago, and let those who were reached answer within days."""
        campaign = self._draft("问一声还找得到吗", percent=25, at=self._on(BEGAN + 3, RELEASED))
        at = self._on(BEGAN, RELEASED)
        job = actions.begin(campaign, by=self._manager(at), at=at)
        running.run(job.pk, clock=lambda: at)
        campaign.refresh_from_db(fields=["began_at"])
        waiting = Message.objects.filter(occasion=campaign.occasion).order_by("subject__donor__pk")
        _let_fail(waiting[:NOBODYS], at=self._on(BEGAN, LEFT_AT))
        told = self._let_go(waiting, at=self._on(BEGAN, LEFT_AT))
        for n, (message, wish) in enumerate(zip(told, ANSWERED, strict=False)):
            self._answer(message, wish, at=self._on(BEGAN - n // ANSWERS_A_DAY, EVENING))
        for group, count in RUNG_MEANWHILE.items():
            self._ring_some_of(campaign, group, count)
        self._note(at=self._on(BEGAN - 31, PLANNED))

    def ask_once_a_year(self) -> None:
        """Let four weeks' nights plan what falls on their days, and most of those who are asked answer."""
        asked = 0
        for ago in WEEKS:
            everybody.plan(timezone.localdate(self.now) - ago * DAY, at=self._on(ago, PLANNED))
            waiting = Message.objects.filter(occasion__startswith=f"{actions.PROGRAMME}.")
            for message in self._let_go(waiting, at=self._on(ago, LEFT_AT)):
                if message.wording != WORDING or message.subject.donor.campaigns.exists():
                    continue
                wish = YEARLY[asked % len(YEARLY)]
                asked += 1
                if wish is not None:
                    self._answer(message, wish, at=self._on(ago, EVENING))
        self._note(at=self.now)

    def prepare_the_next(self) -> None:
        """Write down whom to ask next; nobody is drawn yet."""
        year = timezone.localdate(self.now).year - 1
        values = {"year": year, "unverified_months": 6}
        self._draft("再问一次：去年入库的人", percent=20, at=self._on(3, RELEASED), **values)

    def _draft(self, name: str, *, percent: int, at: datetime, **values: Any) -> Campaign:
        values = {**SAID, "name": name, "control_percent": percent, **values}
        return actions.draft(branch=self.world.province, by=self._manager(at), at=at, **values)

    def _let_go(self, messages: QuerySet[Message], *, at: datetime) -> list[Message]:
        """Hand over what is due, and return what arrived, in an order that no lot changes."""
        due = list(messages.filter(state=MessageState.DUE, due_at__lte=at).values_list("pk", flat=True))
        delivery.deliver_all(due, at=at)
        sent = Message.objects.filter(pk__in=due, state=MessageState.SENT)
        return list(sent.select_related("subject__donor").order_by("subject__donor__pk"))

    def _answer(self, message: Message, wish: Purpose, *, at: datetime) -> None:
        """Open the link in a message with the second fact, go on to what somebody wishes, and do it."""
        found = OF_LINKS.search(str(vault.open_one(message, "words")["words"]))
        opened = opening.open_link(opening.find(found[1] if found else ""), at=at)
        assert opened is not None  # noqa: S101 - it was sent a moment ago
        assert opening.prove(opened, facts.ends(opened.person)[0], at=at)  # noqa: S101 - their own document
        if wish != opened.purpose:
            link, _there = making.go_on(wish, opened, at=at)
            opened = opening.open_link(link, at=at)
            assert opened is not None  # noqa: S101 - it was made a moment ago
        acts.settle(acts.use(opened, self._said(wish), at=at), at=at)
        if wish == Purpose.PHONE:
            self._ring_there(message.subject.donor)

    def _said(self, wish: Purpose) -> dict[str, str]:
        self.numbers += 1
        said = {
            Purpose.PAUSE: {"length": "6"},
            Purpose.PHONE: {"phone": f"+861395742{self.numbers:04}"},
            Purpose.WITHDRAW: {"samples": "later"},
        }
        return said.get(wish, {})

    def _ring_there(self, donor: Donor) -> None:
        """Ring at the number that somebody left, on the next working day, if that is over."""
        task = (
            CallTask.objects.open()
            .select_related("donor__service_branch")
            .get(donor=donor, kind=CallKind.NEW_NUMBER)
        )
        at = morning(task.due_on)
        if at < self.now:
            heard = donors.Heard(born_on=task.donor.born_on)
            self._ring(task.donor, kind=task.kind, number="left", answers={}, task=task, heard=heard, at=at)

    def _ring_some_of(self, campaign: Campaign, group: Group, count: int) -> None:
        """Ring whose contact is oldest, as every day, on whichever side they were drawn."""
        began = timezone.localdate(campaign.began_at or self.now)
        failed = Message.objects.filter(occasion=campaign.occasion, state=MessageState.FAILED)
        found = _may_be_written_to().filter(campaigns__campaign=campaign, campaigns__group=group)
        old = found.filter(contact_verified_on__lt=began).exclude(subject__in=failed.values("subject"))
        for n, donor in enumerate(old.order_by("contact_verified_on", "pk")[:count]):
            self._ring(donor, at=self._on(BEGAN - 14 - n, RELEASED))

    def _ring(self, donor: Donor, *, at: datetime, **said: Any) -> None:
        said = {"kind": CallKind.CONTACT_CHECK, "answers": YES, **said}
        by = self.world.coordinator(donor.service_branch.code, at=at)
        donors.record_call(donor, result="REACHED", by=by, at=at, **said)

    def _note(self, *, at: datetime) -> None:
        actions.note_all(by=access.task_actor("retention.note"), at=at)

    def _manager(self, at: datetime) -> Actor:
        return self.world.actor("manager", Permission.PROGRAMME_EDIT, at=at)

    def _on(self, ago: int, clock: time) -> datetime:
        return morning(timezone.localdate(self.now) - ago * DAY, clock)


def _may_be_written_to() -> QuerySet[Donor]:
    """Return listed volunteers who agreed to text messages, and to any occasion."""
    listed = Donor.objects.filter(gate.agreed(To.CONTACT_SMS), state=DonorState.LISTED)
    return listed.filter(contact_choice=ContactChoice.NORMAL).select_related("service_branch")


def _let_fail(messages: Iterable[Message], *, at: datetime) -> None:
    for one in messages:
        if taken := outbox.claim(one.pk, at=at):
            outbox.fail(taken, at=at, why="gateway_invalid_number")
