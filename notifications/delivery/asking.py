"""Everything that is asked again at the moment of sending. Source: domain.md section 7, "At send time"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from foundation import calendar
from foundation.standing import Asked
from notifications import channels, recipients, wordings
from notifications.delivery import filling
from notifications.message_states import REACHED_ALREADY
from notifications.outbox import Message, MessageState, NotNow, Ready, claiming
from notifications.outbox.late import DAY_OVER
from notifications.outbox.states import REACHED
from notifications.plans import facts, quiet, sharing
from notifications.plans.states import PlanState, TouchpointState
from notifications.recipients import Recipient

ASKED_AGAIN: Final = timedelta(hours=1)
LEAVING: Final = timedelta(minutes=1)  # longer than a server thinks
# By another way the person can be reached still; a consent taken back is no fault of the way.
_OF_THE_WAY: Final = frozenset({"no_address", "channel_stopped", "channel_broken"})
# The touchpoint goes out: it may have reached others of the household before.
_GOES_OUT: Final = frozenset(
    {
        TouchpointState.APPROVED,
        TouchpointState.SENT,
        TouchpointState.UNKNOWN,
        TouchpointState.FAILED,
        TouchpointState.RESPONDED,
    }
)
_NOT_RELEASED: Final = frozenset({TouchpointState.PLANNED, TouchpointState.DUE, TouchpointState.HELD})


def ask(message: Message, *, at: datetime) -> Ready | NotNow:
    """Return what is to be handed over now; or why not, and what becomes of the message."""
    recipient = recipients.of_subject(message.subject)
    if recipient is None:
        return NotNow("gone", MessageState.CANCELLED)
    for question in (*QUESTIONS, *_of_rooms_above.values(), *OF_TIME):
        if refusal := question(message, recipient, at):
            return refusal
    address = recipients.address(recipient, message.channel)
    if address is None:
        return NotNow("no_address", MessageState.FAILED)
    rendered = _written(message, recipient, at=at)
    if isinstance(rendered, str):
        return _until_mended(message, rendered, at)
    return Ready(recipient, address, rendered, filling.stop_url(message, at=at))


def ahead(message: Message) -> Iterator[Asked]:
    """Return what ``ask`` will probably ask of a message; what it asks besides is asked by itself."""
    yield recipients.asked(message.subject_id, message.channel)
    yield wordings.asked(message.wording, message.channel, message.language)
    for asked in _asked_above.values():
        yield asked(message)


def _until_mended(message: Message, why: str, at: datetime) -> NotNow:
    """
    Wait for what a person mends: words, a field, what the provider has to approve.

    To the bereaved it is held until that is mended; any other is asked again each hour.
    """
    if message.bereaved:
        return NotNow(why, MessageState.HELD)
    return NotNow(why, MessageState.DUE, at + ASKED_AGAIN)


def _person(message: Message, recipient: Recipient, _at: datetime) -> NotNow | None:
    """Alive, there, not objecting, agreed to this way, and the way works."""
    why = recipients.stands_against(recipient, message.channel)
    if not why:
        return None
    return NotNow(why, MessageState.FAILED if why in _OF_THE_WAY else MessageState.CANCELLED)


def _touchpoint(message: Message, _recipient: Recipient, _at: datetime) -> NotNow | None:
    """It is released."""
    state = str(message.touchpoint.state) if message.touchpoint else TouchpointState.APPROVED
    if state in _NOT_RELEASED:
        return NotNow("not_released", MessageState.HELD)
    return None if state in _GOES_OUT else NotNow("touchpoint_ended", MessageState.CANCELLED)


def _plan(message: Message, _recipient: Recipient, at: datetime) -> NotNow | None:
    """The plan runs, and no machine speaks before the hundredth day."""
    plan = message.touchpoint.plan if message.touchpoint else None
    if plan is None:
        return None
    if plan.state == PlanState.PAUSED:
        return NotNow("plan_paused", MessageState.HELD)
    if plan.state != PlanState.ACTIVE:
        return NotNow("plan_ended", MessageState.CANCELLED)
    early = quiet.is_early(plan.family, calendar.day_of(at))
    return NotNow("before_hundred", MessageState.HELD) if early else None


def _same_address(message: Message, recipient: Recipient, at: datetime) -> NotNow | None:
    """
    No second copy of an occasion comes to an address, also where one was corrected since it was released.

    While another is being handed over there nobody can tell.

    Source: docs/decisions/0010, "One copy an address"
    """
    if message.touchpoint is None or not claiming.others_have_copies(message):
        return None
    states = sharing.copies_at_address(message.touchpoint, recipient, message.channel)
    if states - {MessageState.SENDING}:
        return NotNow(REACHED_ALREADY, MessageState.CANCELLED)
    return NotNow("another_leaves", MessageState.DUE, at + LEAVING) if states else None


def _day(message: Message, recipient: Recipient, at: datetime) -> NotNow | None:
    """
    A rite leaves on the day it was released for; what else is for a family, some days later at most.

    A line that was away, or a hold over everything, must not bring the words of a day after it: a person
    decides whether a late word is a good one. Source: docs/operate.md, "Their day"
    """
    rite = message.beats_gap and message.touchpoint is not None
    if message.service or not (rite or message.bereaved):
        return None
    due, here = _day_of(message, recipient), recipient.day_of(at)
    late, most = (here - due).days, 0 if rite else settings.CARE_LATE_DAYS
    if late > most and recipient.member is not None and not rite:
        late -= _silent_days(recipient.member.family_id, after=due, through=here)
    return NotNow(DAY_OVER, MessageState.HELD) if late > most else None


def _day_of(message: Message, recipient: Recipient) -> date:
    """Return the day of a message: of one that was released late, in an evening, the next one."""
    due = recipient.day_of(message.due_at)
    late = message.touchpoint is not None and message.touchpoint.on_date < due
    return quiet.speaking_day(message.due_at, recipient.clock) if late else due


def _silent_days(household: UUID, *, after: date, through: date) -> int:
    """Return how many of some days a family wants no word on."""
    silences = facts.silent_days_of(household)
    days = (after + timedelta(days=n + 1) for n in range((through - after).days))
    return sum(any(silence.holds_on(day) for silence in silences) for day in days)


def _hours(message: Message, recipient: Recipient, at: datetime) -> NotNow | None:
    """Care and retention keep to 09–20 where the recipient is."""
    if message.service:
        return None
    until = quiet.night_over(at, recipient.clock)
    return None if until is None else NotNow("quiet_hours", MessageState.DUE, until)


def _silence(message: Message, recipient: Recipient, at: datetime) -> NotNow | None:
    """
    No word leaves on a day that the family wants to be left alone on, however late it is.

    What may wait a day does; a person decides about a rite, whose day it was.
    """
    if message.service or recipient.member is None:
        return None
    household, here = recipient.member.family_id, recipient.day_of(at)
    if not any(silence.holds_on(here) for silence in facts.silent_days_of(household)):
        return None
    if message.beats_gap and message.touchpoint is not None:
        return NotNow("rite_on_silent_day", MessageState.HELD)
    after = quiet.morning_of(here + timedelta(days=1), recipient.clock)
    return NotNow("silent_day", MessageState.DUE, after)


def _gap(message: Message, _recipient: Recipient, at: datetime) -> NotNow | None:
    """Nothing to the same person within 48 hours, unless it is a rite, whose date beats that."""
    if message.service or message.beats_gap:
        return None
    gap = timedelta(hours=settings.GAP_HOURS)
    lately = Q(begun_at__gt=at - gap) | Q(sent_at__gt=at - gap)
    others = Message.objects.filter(lately, subject=message.subject_id, service=False, state__in=REACHED)
    moments = others.exclude(pk=message.pk).values_list("begun_at", "sent_at")
    if (last := max(_moments(moments), default=None)) is None:
        return None
    return NotNow("too_soon", MessageState.DUE, last + gap)


Question = Callable[[Message, Recipient, datetime], NotNow | None]
# What ends a message, or leaves it to a person, comes before what makes it wait for its hour.
QUESTIONS: Final[tuple[Question, ...]] = (_person, _touchpoint, _plan, _same_address)
OF_TIME: Final[tuple[Question, ...]] = (_day, _hours, _silence, _gap)
_of_rooms_above: Final[dict[str, Question]] = {}
_asked_above: Final[dict[str, Callable[[Message], Asked]]] = {}


def register(key: str, question: Question, *, asked: Callable[[Message], Asked] | None = None) -> None:
    """
    Let a room above ask one more: ``question(message, recipient, at)``; the same key again replaces it.

    :param asked: returns what it asks the database, if that is known from the message alone.
    """
    _of_rooms_above[key] = question
    if asked is not None:
        _asked_above[key] = asked


def _moments(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> Iterator[datetime]:
    return (moment for pair in pairs for moment in pair if moment is not None)


def _written(message: Message, recipient: Recipient, *, at: datetime) -> wordings.Rendered | str:
    """Write the words as approved now, or return what is missing; links are made for this one message."""
    given = filling.Given(message, at)
    try:
        rendered = wordings.render(message.wording, message.channel, recipient, given, at=at)
    except wordings.NoWording:
        return "no_wording"
    except wordings.FieldMissing:
        return "field_empty"
    return channels.missing(message.channel, rendered, recipient) or rendered
